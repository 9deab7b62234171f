"""The figures of a summary as tables: nothing of fewer than 5 people of a group, and no name. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.programme.counting import Training
from bot.programme.counting.groups import GROUPS, REST, YOUTH, groups
from bot.programme.summary import phrases
from bot.programme.summary.model import Summary
from bot.programme.summary.words import Say

MOST_LISTED = 12
"""Trainings, needs or answers; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Table:
    """One head row, then rows of as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figures(found: Summary, say: Say) -> Iterator[str | Table]:
    """This period, the one before, since the start, and how far they are checked; then places or trainings."""
    sheet = found.sheet
    head = ("", say.period(sheet.period, short=True), say.period(sheet.period.previous, short=True),
            say("Since the start"), say("State"))  # fmt: skip
    yield Table(head, tuple(_lines(found, say)))
    yield say("Reached since the start: {share}.", share=phrases.reached(found, say)) + " " + phrases.rule(found, say)
    if found.places:
        yield _places(found, say)
    elif found.trainings:
        yield _trainings(found, say)


def _lines(found: Summary, say: Say) -> Iterator[tuple[str, ...]]:
    sheet = found.sheet
    columns = (sheet.this, sheet.before, sheet.since_start)
    this = {how: sheet.this.by(how) for how in ("checked", "reported", "doubtful")}
    yield (say("Trainings"), *(say.number(one.all.trainings) for one in columns),
           _standing({how: one.trainings for how, one in this.items()}, say))  # fmt: skip
    yield (say("Attendances"), *(f"{say.number(one.all.attendances)} ({phrases.split(one.all, say)})"
                                 for one in columns),
           _standing({how: one.attendances for how, one in this.items()}, say))  # fmt: skip
    yield (say("New people"), *(f"{say.number(one.all.new_people)} ({phrases.split(one.all, say, 'new_')})"
                                for one in columns),
           _standing(sheet.this.new_by_standing(), say))  # fmt: skip
    split = [groups(one.all, sheet.rules.step) for one in columns]
    yield (say("of the new: displaced / returnee / host / rest"),
           *(_groups(told, (*GROUPS, REST), say) for told in split), say("said by the leader"))  # fmt: skip
    yield (say("of the new: youth 15-35 / not said"), *(_groups(told, YOUTH, say) for told in split),
           say("said by the leader"))  # fmt: skip
    unique = [f"{say.number(one.all.unique_lower)} - {say.number(one.all.unique_upper)}" for one in columns]
    yield say("Unique people, at least - at most"), *unique, ""


def _groups(told: Mapping[str, str | None], names: tuple[str, ...], say: Say) -> str:
    """When nobody said it of anybody new, all of them are the rest: a number alone would say of whom it is."""
    if told[names[0]] is None:
        return say("not said")
    return " / ".join(cell for name in names if (cell := told[name]) is not None)


def _standing(split: Mapping[str, int], say: Say) -> str:
    return phrases.standings({how: n for how, n in split.items() if n}, say) or "–"


def _places(found: Summary, say: Say) -> Table:
    head = (say("Place"), say("Trainings"), say("Attendances"), say("New people"), say("Reached"))
    rows = [
        (
            f"{one.name} {one.places[0].name}" if found.scope.kind == "commune" else one.name,
            say.number(one.this.all.trainings),
            say.number(one.this.all.attendances),
            say.number(one.this.all.new_people),
            say("{part} of {whole}", part=one.target.reached, whole=one.target.people),
        )
        for one in found.places
    ]
    return Table(head, tuple(rows))


def _trainings(found: Summary, say: Say) -> Table:
    head = (say("No"), say("Date"), say("Topic"), say("Came"), say("New"), say("Sheet"), say("Remark"))
    rows = [_training(one, say) for one in found.trainings[:MOST_LISTED]]
    if len(found.trainings) > MOST_LISTED:
        rows.append((say("{n} more", n=len(found.trainings) - MOST_LISTED), *[""] * (len(head) - 1)))
    return Table(head, tuple(rows))


def _training(one: Training, say: Say) -> tuple[str, ...]:
    came = f"{say.number(one.adds.attendances)} ({phrases.split(one.adds, say)})"
    topics = ", ".join(say.word(topic) for topic in one.values.get("topics") or ())
    return (str(one.number), say.day(one.day), topics, came, say.number(one.adds.new_people), say.word(one.sheet),
            "; ".join(_remarks(one, say)))  # fmt: skip


def _remarks(one: Training, say: Say) -> Iterator[str]:
    if not one.counts:
        yield say("{state}: does not count", state=say.word(one.standing))
    elif one.standing == "doubtful":
        yield say("a question is open")
    if one.before:
        first = one.before[0].values
        came = int(first.get("women") or 0) + int(first.get("men") or 0)
        yield say("first {came}, corrected {day}", came=came, day=say.day(one.before[-1].until))
    if one.new_found:
        yield say("{n} of the new checked by call", n=one.new_found)
    yield say.word(f"by {one.source}")
