"""Quality flags: which reports a person should look at, each by a rule, never shown to a leader as an accusation.

The rules are those of the documents (conversations, 3.5). A day of rain or a holiday is not one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting.businesses import Cell, grid
from bot.programme.counting.figures import NOTHING, of_each
from bot.programme.counting.period import Period
from bot.programme.counting.reports import Training, does_count, last_two_before, trainings
from bot.programme.counting.scope import Place, Scope
from bot.programme.counting.trainings import START
from bot.store import training_sums, verification

KINDS = (
    "doubt",
    "same_numbers",
    "round_numbers",
    "all_new_again",
    "more_than_members",
    "groups",
    "same_elsewhere",
    "same_photo",
    "only_after_reminders",
    "sales",
)
_IN_A_ROW = 3
_SALES_TIMES = 5
_USUAL_OF = 3
"""Earlier months with sales before there is anything usual."""


@dataclass(frozen=True, slots=True)
class Flag:
    """`report` is to be looked at, because of `others`. `said` holds the numbers that its text needs."""

    kind: str
    report: int
    place: Place
    day: str
    others: tuple[int, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    settled: bool = False
    """A person has accepted or rejected the report."""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind,
            "report": self.report,
            "association": self.place.no,
            "day": self.day,
            "others": list(self.others),
            "said": dict(self.said),
            "settled": self.settled,
        }


async def flags(
    tx: AsyncConnection,
    scope: Scope,
    period: Period,
    zone: ZoneInfo,
    there: Sequence[Training] | None = None,
) -> list[Flag]:
    """The flags of the reports about these days, by report. `there`: the trainings of these days, if read already.

    Of what came before is read only: the last two reports of each association, how many there were with how many new
    people, and which photos were sent already.
    """
    about = [one for one in there or await trainings(tx, scope, period) if one.counts]
    ids = sorted({one.place.id for one in about})
    earlier = _by_association(await last_two_before(tx, scope, period.first, ids))
    day_before = (period.first - timedelta(days=1)).isoformat()
    before = of_each(await training_sums.days(tx, START, day_before, ids))
    own = {number: [*earlier.get(number, ()), *them] for number, them in _by_association(about).items()}
    unseen = [one.number for them in own.values() for one in them if one.sheet == "no"]
    soon = await verification.reminded(tx, unseen)
    found: list[Flag] = [flag for one in about for flag in _alone(one)]
    for number, them in own.items():
        found += [*_repeated(them), *_round(them), *_after_reminders(them, soon)]
        since_start = before.get(number, NOTHING).all
        news = them[len(earlier.get(number, ())) :]
        found += [*_all_new(news, since_start.trainings), *_members(news, since_start.new_people)]
    found += [*_elsewhere(about), *await _photos(tx, scope, about)]
    first = period.first.isoformat()
    within = [flag for flag in found if first <= flag.day] + await _sales(tx, scope, period, zone)
    return sorted(within, key=lambda flag: (flag.report, KINDS.index(flag.kind)))


def _flag(kind: str, one: Training, others: Iterable[Training] = (), **said: Any) -> Flag:
    settled = one.verdict in ("accepted", "rejected")
    return Flag(kind, one.number, one.place, one.day, tuple(other.number for other in others), said, settled)


def _by_association(every: Iterable[Training]) -> dict[int, list[Training]]:
    found: dict[int, list[Training]] = {}
    for one in every:
        found.setdefault(one.place.id, []).append(one)
    return found


def _numbers(one: Training) -> tuple[Any, ...]:
    return tuple(one.values.get(name) for name in ("women", "men", "new_women", "new_men", "new_people"))


def _came(one: Training) -> int:
    return one.adds.attendances


def _alone(one: Training) -> Iterator[Flag]:
    """A question that is open; groups that do not add up."""
    if one.standing == "doubtful":
        yield _flag("doubt", one, doubt=one.doubt or one.verdict)
    groups = [one.values.get(name) for name in ("displaced", "returnee", "host")]
    said = [number for number in groups if number is not None]
    if sum(said) > _came(one) or (len(said) == len(groups) and sum(said) != _came(one)):
        yield _flag("groups", one, groups=sum(said), people=_came(one))


def _repeated(own: Sequence[Training]) -> Iterator[Flag]:
    """The same numbers as the last report."""
    for before, one in pairwise(own):
        if _numbers(before) == _numbers(one) and _came(one):
            yield _flag("same_numbers", one, [before])


def _round(own: Sequence[Training]) -> Iterator[Flag]:
    """Three reports in a row of people that end in 0 or 5."""
    for last in range(_IN_A_ROW, len(own) + 1):
        row = own[last - _IN_A_ROW : last]
        if all(_came(one) and _came(one) % 5 == 0 for one in row):
            yield _flag("round_numbers", row[-1], row[:-1], people=[_came(one) for one in row])


def _all_new(own: Sequence[Training], before: int) -> Iterator[Flag]:
    """Everybody is new, at a third training or later."""
    for one in own[max(0, _IN_A_ROW - 1 - before) :]:
        if _came(one) and one.adds.new_people == _came(one):
            yield _flag("all_new_again", one, people=_came(one))


def _members(own: Sequence[Training], new: int) -> Iterator[Flag]:
    """More new people than the association has members."""
    members = own[0].place.members
    for one in own:
        new += one.adds.new_people
        if members is not None and one.adds.new_people and new > members:
            yield _flag("more_than_members", one, members=members, new_people=new)


def _after_reminders(own: Sequence[Training], soon: Set[int]) -> Iterator[Flag]:
    """Three times in a row within a day of a reminder, and no sheet."""
    for last in range(_IN_A_ROW, len(own) + 1):
        row = own[last - _IN_A_ROW : last]
        if all(one.number in soon for one in row):
            yield _flag("only_after_reminders", row[-1], row[:-1])


def _elsewhere(every: Iterable[Training]) -> Iterator[Flag]:
    """Two associations with the same place, date and numbers: one joint training, told twice?"""
    there: dict[Any, list[Training]] = {}
    for one in every:
        place = one.values.get("place") or one.place.colline
        there.setdefault((place, one.day, _numbers(one)), []).append(one)
    for same in there.values():
        for one in same if len({one.place.id for one in same}) > 1 and _came(same[0]) else ():
            yield _flag("same_elsewhere", one, [other for other in same if other.place.id != one.place.id])


async def _photos(tx: AsyncConnection, scope: Scope, about: Sequence[Training]) -> list[Flag]:
    """A photo that is the same file as an earlier one of another report, which is named where it is to be seen."""
    known = {one.number: one for one in about if one.photos}
    own = [photo for photo in await verification.photos(tx, list(known)) if photo.sha256]
    first: dict[str, Any] = {}
    for photo in await verification.the_same_photos(tx, sorted({photo.sha256 for photo in own})):
        first.setdefault(photo.sha256, photo)
    seen = {place.id for place in scope.places}
    found = []
    for photo in own:
        earlier = first[photo.sha256]
        if earlier.report_number != photo.report_number:
            others = (earlier.report_number,) if earlier.association_id in seen and does_count(earlier) else ()
            found.append(replace(_flag("same_photo", known[photo.report_number], photo=photo.id), others=others))
    return found


async def _sales(tx: AsyncConnection, scope: Scope, period: Period, zone: ZoneInfo) -> list[Flag]:
    """Sales five times the usual, which is the median of the months before."""
    found = []
    year_ago = Period.month(period.first.year - 1, period.first.month).first
    months = await grid(tx, scope, year_ago, period.last, zone, survival=False)
    names = {month.name for month in period.months()}
    for line in months.lines:
        for at, cell in enumerate(line.cells):
            usual = _usual(line.cells[:at])
            if cell.month in names and usual and cell.report and (cell.sales or 0) >= _SALES_TIMES * usual:
                day = cell.made_at.astimezone(zone).date().isoformat() if cell.made_at else ""
                said = {"business": line.no, "sales": cell.sales, "usual": usual}
                found.append(Flag("sales", cell.report, line.place, day, said=said))
    return found


def _usual(cells: Sequence[Cell]) -> float | None:
    said = [cell.sales for cell in cells if cell.sales]
    return median(said) if len(said) >= _USUAL_OF else None
