"""What makes the figures less sure, and what a summary can never know. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.programme.counting import Figure, Flag, Training
from bot.programme.summary.model import Doubt, People

UNKNOWN = (
    "Whether people use what they learned.",
    "What family members' work costs the businesses.",
    "Who of the new people has a phone.",
)
"""Nobody is asked for it; said in every summary."""


def found(trainings: Sequence[Training], flags: Sequence[Flag], people: People) -> tuple[Doubt, ...]:
    """Missing sheets, corrections, rejected reports, flags that nobody settled, who never wrote."""
    return tuple(_found(trainings, flags, people))


def _found(trainings: Sequence[Training], flags: Sequence[Flag], people: People) -> Iterator[Doubt]:
    counted = [one for one in trainings if one.counts]
    if without := [one for one in counted if one.sheet == "no"]:
        yield Doubt("no_sheet", _behind(without))
    if waiting := [one for one in counted if one.sheet == "sent"]:
        yield Doubt("sheet_waits", _behind(waiting))
    for one in counted:
        if changed := _corrected(one):
            yield Doubt("corrected", _behind([one]), {"before": changed[0], "after": changed[1]})
    if out := [one for one in trainings if one.standing == "rejected"]:
        yield Doubt("rejected", _behind(out))
    for kind in dict.fromkeys(flag.kind for flag in flags if not flag.settled):
        own = [flag for flag in flags if flag.kind == kind and not flag.settled]
        yield Doubt(kind, Figure(len(own), reports=tuple(flag.report for flag in own)))
    if people.never_wrote:
        yield Doubt("silent", Figure(people.never_wrote), {"of": people.all})


def _behind(there: Sequence[Training]) -> Figure:
    messages = tuple(sorted({number for one in there for number in one.messages}))
    return Figure(len(there), tuple(one.number for one in there), messages)


def _corrected(one: Training) -> tuple[int, int] | None:
    """How many came, as first said and as it stands; None when that was not corrected."""
    if not one.before:
        return None
    first = one.before[0].values
    before = int(first.get("women") or 0) + int(first.get("men") or 0)
    after = one.adds.attendances
    return (before, after) if before != after else None
