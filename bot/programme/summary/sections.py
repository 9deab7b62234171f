"""The whole summary in its order: figures, what was said, asked, sold, needed, doubted, what is not known. Pure.

A section is a title with paragraphs and tables, which the terminal, the page, the PDF and the chat show each in its
own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.programme.summary import phrases
from bot.programme.summary.doubts import UNKNOWN
from bot.programme.summary.figure_tables import MOST_LISTED, Table, figures
from bot.programme.summary.model import RULES_VERSION, Point, Question, Quotation, Summary
from bot.programme.summary.words import Say

MOST_NUMBERS, MOST_QUOTED = 12, 2


@dataclass(frozen=True, slots=True)
class Section:
    """`title` is empty for what stands at the top."""

    title: str
    blocks: tuple[str | Table, ...]


def title(found: Summary, say: Say) -> str:
    """ABAHUZA (07) · October 2026"""
    return f"{phrases.name(found, say)} · {say.period(found.sheet.period)}"


def sections(found: Summary, say: Say) -> list[Section]:
    """All of them; what has nothing to say is left out, doubts and what is not known never."""
    made = [
        Section("", tuple(_top(found, say))),
        Section(say("In one sentence"), (phrases.sentence(found, say),)),
        Section(say("Figures"), tuple(figures(found, say))),
        Section(say("What they told us"), tuple(_told(found, say))),
        Section(say("Questions"), tuple(_questions(found, say))),
        Section(say("Businesses"), tuple(_businesses(found, say))),
        Section(say("Needs and promises"), tuple(_needs(found, say))),
        Section(say("Reminders"), (_reminders(found, say),)),
        Section(say("Doubts"), (_doubts(found, say),)),
        Section(say("Not known"), (" ".join(say(what) for what in UNKNOWN),)),
        Section(say("How this was made"), tuple(_made(found, say))),
    ]
    return [section for section in made if section.blocks]


def _top(found: Summary, say: Say) -> Iterator[str]:
    sheet, people = found.sheet, found.people
    parts = []
    if found.scope.kind == "association":
        place = found.scope.places[0]
        parts = [say("{colline}, commune {commune} ({now} since 2025)", colline=place.colline, now=place.commune_now,
                     commune=place.commune_old), place.activity]  # fmt: skip
        if place.members is not None:
            parts.append(say("{n} {n:member|members}", n=place.members))
    else:
        parts.append(say("{n} {n:association|associations}", n=len(found.scope.places)))
    parts.append(say("{n} {n:representative|representatives} "
                     "({women} {women:woman|women}, {men} {men:man|men})", n=people.all, women=people.women,
                     men=people.men))  # fmt: skip
    if found.officer:
        parts.append(say("officer {name}", name=found.officer))
    if found.scope.kind == "association" and found.mentors:
        parts.append(say("mentor {name}", name=say.listed(found.mentors)))
    yield " · ".join(filter(None, parts))
    goes_on = sheet.as_of.astimezone(say.zone).date() <= sheet.period.last
    until = (
        "Data until {at}, by rules v{version}."
        if goes_on
        else "Data until {last} 24:00, made {at} by rules v{version}."
    )
    yield say(until, last=say.day(sheet.period.last), at=say.moment(sheet.as_of), version=RULES_VERSION)


# --- talk ---


def _told(found: Summary, say: Say) -> Iterator[str]:
    talk = found.talk
    if not talk.arrived.value:
        yield say("No message arrived.")
        return
    channels = phrases.channels(found, say)
    yield say("{n} {n:message|messages}: {languages}; {channels}.", n=talk.arrived.value,
              languages=phrases.languages(found, say), channels=channels)  # fmt: skip
    quoted = 0
    for place, point in enumerate(found.points, 1):
        room = MOST_QUOTED - quoted
        quoted += min(room, len(point.quotations))
        yield _point(place, point, room, say)
    if others := [point for point in found.said if point not in found.points and not point.need]:
        said = ", ".join(f"{point.title[say.language]} {say.number(point.figure.value)}" for point in others)
        yield say("Also: {items}.", items=said)
    if found.not_grouped.value:
        yield say("Messages that fit no subject: {n} ({items}).", n=found.not_grouped.value,
                  items=_messages(found.not_grouped.messages, say))  # fmt: skip


def _point(place: int, point: Point, room: int, say: Say) -> str:
    days = say.day(point.first)
    if point.last != point.first:
        days += f"–{say.day(point.last)}"
    said = say("{place}. {title} ({n} {n:message|messages}, {days}): "
               "{items}.", place=place, n=point.figure.value, days=days,
               title=point.title[say.language].capitalize(), items=_messages(point.figure.messages, say))  # fmt: skip
    return " ".join((said, *(_quotation(one, say) for one in point.quotations[:room])))


def _quotation(one: Quotation, say: Say) -> str:
    """Her words in her language, then the translation with who made it."""
    name = one.association or say("an association")
    said = f"“{one.text}” {name}, {say.day(one.day)}, {say.word(one.language)}."
    if there := one.translations.get(say.language) or next(iter(one.translations.values()), None):
        said += say(" “{text}” (transl. {by})", text=there["text"], by=there["by"])
    return said


def _messages(numbers: tuple[int, ...], say: Say) -> str:
    shown = ", ".join(f"#{number}" for number in numbers[:MOST_NUMBERS])
    more = len(numbers) - MOST_NUMBERS
    return shown if more <= 0 else say("{items} and {n} more", items=shown, n=more)


def _questions(found: Summary, say: Say) -> Iterator[str]:
    as_of = found.sheet.as_of
    for one in found.owed:
        late = "promised for {day}, not answered" if one.overdue(as_of) else "promised for {day}"
        yield say("We owe an answer: {what}, asked {asked}, {late}.", what=_asked(found, one, say),
                  asked=say.day(one.asked_at), late=say(late, day=say.day(one.promised_at)))  # fmt: skip
    answered = [one for one in found.asked if one.hours is not None]
    if answered:
        said = [say("{what} in {hours} h", what=_asked(found, one, say), hours=f"{one.hours:.0f}")
                for one in answered[:MOST_LISTED]]  # fmt: skip
        yield say("Answered: {items}.", items="; ".join(said))
    if found.answer_hours is not None:
        yield say("{n} asked; answer time, middle value: {hours} h.", n=len(found.asked),
                  hours=f"{found.answer_hours:.0f}")  # fmt: skip


def _asked(found: Summary, one: Question, say: Say) -> str:
    what = f"No {one.number}"
    if found.scope.kind != "association":
        what += f" ({one.association})"
    return what + (f" {one.title[say.language]}" if one.title else "")


# --- businesses, needs, reminders, doubts ---


def _businesses(found: Summary, say: Say) -> Iterator[str | Table]:
    grid = found.grid
    if not grid.lines:
        return
    if len(grid.lines) == 1:
        line = grid.lines[0]
        now, before = line.cells[-1], line.cells[-2] if len(line.cells) > 1 else None
        month = say.period(grid.months[-2], short=True) if before else ""
        yield " ".join((*phrases.business(line, now, before, say, month), *_details(now, say)))
        return
    counts = [f"{say.word(name)} {say.number(figure.value)}" for name, figure in grid.statuses().items()]
    yield say("{n} {n:business|businesses}: {items}.", n=len(grid.lines), items=", ".join(counts))
    totals = []
    for name in ("sales", "costs", "left", "workers"):
        figure, missing = grid.total(name)
        row = (
            say.word(name),
            say.number(figure.value),
            say("{n} of {of} did not say", n=missing, of=len(grid.lines)),
        )
        totals.append(row)
    yield Table(("", say.period(grid.months[-1], short=True), say("Not said")), tuple(totals))
    for months, there in grid.survival().items():
        if there["of"]:
            yield say("Still there {months} {months:month|months} after the kit: {yes} of {of}; "
                      "not known: {not_known}.",
                      months=months, **there)  # fmt: skip


def _details(cell: object, say: Say) -> Iterator[str]:
    names = (("kit", "Kit: {value}."), ("workers", "Paid workers: {value}."), ("problem", "Problem: {value}."))
    for name, text in names:
        value = getattr(cell, name)
        shown = say.word(value) if isinstance(value, str) else say.number(value)
        yield say(text, value=shown)


def _needs(found: Summary, say: Say) -> Iterator[str]:
    said = [phrases.need(one, say) for one in found.needs]
    if said:
        yield say("Asked for or promised: {items}.", items="; ".join(said[:MOST_LISTED]))
    if found.owed:
        yield say("Answers owed: {items}.", items=say.numbers(one.number for one in found.owed))


def _reminders(found: Summary, say: Say) -> str:
    sent = found.reminders.sent.value or 0
    if not sent:
        return say("None was sent.")
    return say("{n} sent; after {answered} of them a report came within two days.", n=sent,
               answered=found.reminders.answered)  # fmt: skip


def _doubts(found: Summary, say: Say) -> str:
    said = [phrases.doubt(one, say) for one in found.doubts]
    said.append(say("sales and costs are what the leaders say") if found.grid.lines else "")
    return _sentences(filter(None, said)) or say("None that a rule finds.")


def _sentences(items: Iterable[str]) -> str:
    return " ".join(f"{item[:1].upper()}{item[1:]}." for item in items)


def _made(found: Summary, say: Say) -> Iterator[str]:
    yield say("By rules, not by a language model: {messages} {messages:message|messages} in, {out} out, "
              "{reports} training {reports:report|reports}. "
              "A message counts under one subject, by a list of words. No. = report or question, # = message.",
              messages=found.talk.arrived.value, out=found.talk.left.value, reports=len(found.trainings))  # fmt: skip
    yield phrases.in_steps(found.sheet.rules.step, say) + "."
    yield " ".join(found.sheet.rules.said(say.language))
