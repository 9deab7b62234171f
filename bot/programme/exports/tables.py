"""The sheets of an export: README says what each cell means, small groups are "<5", persons pseudonyms. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.programme.counting import PlaceFigures
from bot.programme.counting.groups import GROUPS, REST, groups
from bot.programme.exports.columns import (
    BUSINESSES,
    MESSAGES,
    NEEDS,
    PROGRESS,
    QUALITY,
    QUESTIONS,
    TRAININGS,
    WHERE,
    columns,
)
from bot.programme.exports.gather import Exported, Wanted
from bot.programme.summary import phrases
from bot.programme.summary.model import RULES_VERSION
from bot.programme.summary.subjects import subject_of
from bot.programme.summary.words import Say
from bot.render.book import Cell, Page

Row = tuple[Cell, ...]


def pages(found: Exported, kind: str, say: Say) -> list[Page]:
    """The sheets of an export of this kind (of KINDS), README first."""
    names = KINDS[kind]
    tables = [_SHEETS[name](found, say) for name in names]
    if found.wanted.names:
        tables = [_marked(one, found.wanted, say) for one in tables]
    return [_readme(found, names, say), *tables]


def _marked(page: Page, wanted: Wanted, say: Say) -> Page:
    """Where persons are named each row says who took it away and when, wherever it is copied to."""
    at = (wanted.taken_at or wanted.asked.as_of).astimezone(say.zone)
    taken = f"{wanted.made_by}, {at:%Y-%m-%d %H:%M}"
    more = columns(say, ("Taken away by, when", "text", "#meta+taken"))
    return replace(page, columns=(*page.columns, *more), rows=tuple((*row, taken) for row in page.rows))


def _where(place: Any) -> Row:
    return place.no, place.name, place.commune_old, place.commune_now


def _yes(value: bool | None, say: Say) -> str:
    return say("not said") if value is None else say("yes") if value else say.word("no")


def _numbers(numbers: tuple[int, ...]) -> str:
    return " ".join(map(str, numbers))


def _progress(found: Exported, say: Say) -> Page:
    return Page(
        "Progress",
        columns(say, *PROGRESS),
        tuple(_association(one, found.wanted.asked.rules.step) for one in found.associations),
    )


def _association(one: PlaceFigures, step: int) -> Row:
    this, told = one.this.all, groups(one.this.all, step)
    figures = (this.trainings, this.attendances, this.women, this.men, this.new_people, this.new_women, this.new_men)
    unique = (one.since_start.all.unique_lower, one.since_start.all.unique_upper)
    split = one.this.new_by_standing().values()
    split_up = [int(cell) if cell and cell.isdecimal() else cell for cell in map(told.get, (*GROUPS, REST))]
    return (*_where(one.places[0]), *figures, *split, *split_up, one.target.reached, one.target.people, *unique)


def _trainings(found: Exported, say: Say) -> Page:
    rows = [
        (
            one.number,
            *_where(one.place),
            one.day,
            ", ".join(say.word(topic) for topic in one.values.get("topics") or ()),
            one.adds.women,
            one.adds.men,
            *((None,) * 3 if one.adds.new_not_said else (one.adds.new_people, one.adds.new_women, one.adds.new_men)),
            say.word(one.standing),
            _yes(one.counts, say),
            say.word(one.sheet),
            say.word(f"by {one.source}"),
            len(one.before) + 1,
            found.person(one.person_id),
        )
        for one in found.summary.trainings
    ]
    return Page("Trainings", columns(say, *TRAININGS), tuple(rows))


def _businesses(found: Exported, say: Say) -> Page:
    within = {month.name for month in found.wanted.asked.period.months()}
    rows = []
    for line in found.summary.grid.lines:
        kit = line.kit_date.isoformat() if line.kit_date else None
        for cell in line.cells:
            if cell.month in within:
                said = [
                    say.word(value) if value else say("not said") for value in (cell.status, cell.kit, cell.problem)
                ]
                money = (cell.sales, cell.costs, cell.left)
                workers = (cell.workers_women, cell.workers_men)
                about: Row = (line.no, *_where(line.place), line.type, kit, cell.month)
                rows.append((*about, said[0], *money, *said[1:], *workers, cell.report))
    return Page("Businesses", columns(say, *BUSINESSES), tuple(rows))


def _needs(found: Exported, say: Say) -> Page:
    rows = [
        (
            one.what[say.language],
            one.association,
            one.who,
            one.due.isoformat() if one.due else None,
            _yes(one.overdue, say),
            _numbers(one.figure.reports),
            _numbers(one.figure.messages),
        )
        for one in found.summary.needs
    ]
    return Page("Needs", columns(say, *NEEDS), tuple(rows))


def _questions(found: Exported, say: Say) -> Page:
    def local(moment: datetime | None) -> str | None:
        return moment.astimezone(say.zone).replace(tzinfo=None, microsecond=0).isoformat() if moment else None

    rows = [
        (
            one.number,
            one.association,
            one.title.get(say.language, ""),
            local(one.asked_at),
            local(one.promised_at),
            local(one.answered_at),
            None if one.hours is None else round(one.hours, 1),
            one.mentor,
            _yes(one.helped, say),
        )
        for one in found.summary.questions
    ]
    return Page("Questions", columns(say, *QUESTIONS), tuple(rows))


def _quality(found: Exported, say: Say) -> Page:
    rows: list[Row] = [
        (phrases.doubt(one, say), one.figure.value, _numbers(one.figure.reports), say.word("no"))
        for one in found.summary.doubts
    ]
    settled = [flag for flag in found.summary.flags if flag.settled]
    rows += [(say.word(flag.kind), 1, str(flag.report), say("yes")) for flag in settled]
    return Page("Quality", columns(say, *QUALITY), tuple(rows))


def _messages(found: Exported, say: Say) -> Page:
    """Whole words only where persons are asked for by right; else the subject says what a message is about."""
    places = {place.id: place for place in found.wanted.asked.scope.places}
    rows = []
    for one in found.messages:
        subject, place = subject_of(one.text), places.get(one.association_id)
        at = one.received_at.astimezone(say.zone).replace(tzinfo=None, microsecond=0).isoformat()
        where: Row = _where(place) if place else ("",) * len(WHERE)
        words = one.text if found.wanted.names else ""
        about = subject.title[say.language] if subject else ""
        rows.append((one.id, *where, at, say.word(one.channel), one.kind, about, found.person(one.person_id), words))
    return Page("Messages", columns(say, *MESSAGES), tuple(rows))


_SHEETS: Mapping[str, Callable[[Exported, Say], Page]] = {
    "Progress": _progress,
    "Trainings": _trainings,
    "Businesses": _businesses,
    "Needs": _needs,
    "Questions": _questions,
    "Quality": _quality,
    "Messages": _messages,
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "donor": ("Progress", "Trainings", "Businesses", "Needs", "Questions", "Quality"),
    "trainings": ("Trainings",),
    "businesses": ("Businesses",),
    "messages": ("Messages",),
}
"""What can be exported -> its sheets."""


def _readme(found: Exported, names: tuple[str, ...], say: Say) -> Page:
    head = columns(say, ("What", "text", "#meta+key"), ("Meaning", "text", "#meta+description"))
    return Page("README", head, tuple(_said(found, names, say)))


def _said(found: Exported, names: tuple[str, ...], say: Say) -> Iterator[Row]:
    asked = found.wanted.asked
    yield say("Place"), phrases.name(found.summary, say)
    yield say("Period"), f"{say.period(asked.period)} ({asked.period.first} - {asked.period.last})"
    yield say("As of"), f"{asked.as_of.astimezone(say.zone):%d/%m/%Y %H:%M}"
    yield say("Made by"), found.wanted.made_by
    yield say("Rules"), f"v{RULES_VERSION}"
    persons = "names and words of persons: by right, and noted" if found.wanted.names else "persons are pseudonyms"
    yield say("Persons"), say(persons)
    yield say("Groups"), phrases.in_steps(asked.rules.step, say)
    yield say("Empty cell"), say("not said, which is never zero")
    for number, sentence in enumerate(found.summary.sheet.rules.said(say.language), 1):
        yield say("Rule {n}", n=number), sentence
    for name in names:
        yield say("Sheet {name}", name=name), say(_MEANING[name])


_MEANING = {
    "Progress": "one row for each association: figures of the period, then since the start",
    "Trainings": "one row for each training report about the period, also those that do not count",
    "Businesses": "one row for each business and month, as the leader says",
    "Needs": "what is asked for and what was promised, until it is closed",
    "Questions": "questions to mentors of the period, and those still open",
    "Quality": "what makes figures less sure",
    "Messages": "one row for each message of leaders; sealed ones are nowhere",
}
