"""What was said and what is needed: messages grouped by subject, quotations with consent, promises. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Any

from bot.programme.counting import Figure, Grid, Scope
from bot.programme.posters import MAY_BE_SHOWN, discreet, names_in
from bot.programme.summary.model import Need, Point, Quotation
from bot.programme.summary.subjects import Subject, says_something, subject_of, subjects
from handlers.understand.words import plain

PROMISED = ("help", "call")
"""Kinds of tasks that an association waits for."""
_TASKS: Mapping[str, Mapping[str, str]] = {
    "help": {"en": "help that was asked for", "fr": "aide demandée"},
    "call": {"en": "a call that was asked for", "fr": "appel demandé"},
}


def points(
    words: Sequence[Any], reported: Iterable[Any], told: Iterable[Any], names: Iterable[str], zone: tzinfo
) -> tuple[tuple[Point, ...], Figure]:
    """The subjects, most messages first, and the free texts that fit none.

    `words` are messages; those that became a report are no free texts. `told` are lessons: their words, also those
    written down from a voice note, stand for the message's own.
    """
    in_reports = {number for row in reported for number in row.inbox_ids or ()}
    lessons = {row.inbox_id: row for row in told}
    by: dict[str, list[Any]] = {}
    rest = []
    for row in words:
        text = lessons[row.id].text if row.id in lessons else row.text
        if row.id in in_reports or not says_something(text):
            continue
        subject = subject_of(text)
        if subject is None:
            rest.append(row.id)
        else:
            by.setdefault(subject.name, []).append(row)
    people = names_in(names)
    found = [_point(subject, by[subject.name], lessons, people, zone) for subject in subjects() if subject.name in by]
    most_first = sorted(found, key=lambda point: -(point.figure.value or 0))
    return tuple(most_first), Figure(len(rest), messages=tuple(rest))


def _point(
    subject: Subject, rows: Sequence[Any], lessons: Mapping[int, Any], people: set[str], zone: tzinfo
) -> Point:
    days = [row.received_at.astimezone(zone).date() for row in rows]
    quoted = [
        _quotation(lessons[row.id], people, day) for row, day in zip(rows, days, strict=True) if row.id in lessons
    ]
    return Point(
        subject.name,
        subject.title,
        Figure(len(rows), messages=tuple(row.id for row in rows)),
        min(days),
        max(days),
        subject.need,
        tuple(filter(None, quoted)),
    )


def _quotation(row: Any, people: set[str], day: date) -> Quotation | None:
    """A lesson whose teller agreed to show it; nobody's name but her association's, if she wants that."""
    if row.show not in MAY_BE_SHOWN or not row.text:
        return None
    own = {plain(word) for word in (row.association_name, row.sms_name) if word}
    named = row.show == "name"

    def clean(text: str) -> str:
        return discreet(text, people - own, set() if named else own)

    translations = {
        code: {"text": clean(there["text"]), "by": there["by"]}
        for code, there in sorted((row.translations or {}).items())
    }
    name = (row.association_name or "") if named else ""
    return Quotation(row.number, row.inbox_id, clean(row.text), row.language, name, day, translations)


def needs(
    said: Iterable[Point],
    tasks: Iterable[Any],
    grid: Grid,
    scope: Scope,
    team: Mapping[int, str],
    as_of: datetime,
    zone: tzinfo,
) -> tuple[Need, ...]:
    """What they ask for in messages, what we promised and have not done, what businesses need."""
    officers = {place.no: team.get(place.officer_id or 0, "") for place in scope.places}
    only = scope.no
    found = [
        Need(point.title, only, officers.get(only, ""), None, False, point.figure) for point in said if point.need
    ]
    numbers = {place.id: place.no for place in scope.places}
    for row in tasks:
        if row.kind in PROMISED:
            behind = Figure(1, messages=(row.inbox_id,) if row.inbox_id else ())
            due, association = row.due_at.astimezone(zone).date(), numbers.get(row.association_id, "")
            found.append(Need(_TASKS[row.kind], association, row.officer or "", due, row.due_at < as_of, behind))
    return tuple(_merged((*found, *_of_businesses(grid, only))))


def _merged(needs: Iterable[Need]) -> Iterable[Need]:
    """What is asked for by a message and by a business is one need."""
    found: dict[tuple[str, str, date | None], Need] = {}
    for one in needs:
        key = (one.what["en"], one.association, one.due)
        if key in found:
            there, more = found[key].figure, one.figure
            figure = Figure(
                (there.value or 0) + (more.value or 0),
                tuple(sorted({*there.reports, *more.reports})),
                tuple(sorted({*there.messages, *more.messages})),
            )
            one = replace(found[key], figure=figure)
        found[key] = one
    return found.values()


def _of_businesses(grid: Grid, association: str) -> Iterable[Need]:
    """What the businesses say they need, by subject where its words say one; the words themselves stay inside."""
    for line in grid.lines:
        cell = line.cells[-1] if line.cells else None
        if cell and cell.need and cell.report:
            subject = next((one for one in subjects() if one.need and one.fits_item(cell.need)), None)
            other = {"en": f"something for {line.no}", "fr": f"quelque chose pour {line.no}"}
            behind = Figure(1, (cell.report,), cell.messages)
            yield Need(subject.title if subject else other, association, "", None, False, behind)
