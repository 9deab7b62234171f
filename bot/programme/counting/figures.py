"""Figures of trainings: what is shown, split by how far it can be trusted, with the reports and messages behind it.

Three figures are never added: attendances, new people as reported, and the bounds of unique people. Of an association
the lower bound is the largest number of women in one training plus the largest number of men; the upper bound is all
attendances, or the members where only members attend. Of several associations the bounds are the sums: memberships
are taken not to overlap (field: honest unique reach).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from operator import add
from typing import Any, NamedTuple

from bot.errors import BotError
from bot.store.training_days import LARGEST, STANDINGS, of_report, standing
from bot.store.training_sums import ADDED


class CountingError(BotError):
    """Sums that must be equal are not: nothing is shown. The text names the figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it was counted from: report numbers, message ids. `value` None is "not said"."""

    value: int | None
    reports: tuple[int, ...] = ()
    messages: tuple[int, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As in every JSON of ours."""
        return {"value": self.value, "reports": list(self.reports), "messages": list(self.messages)}


class Counts(NamedTuple):
    """Sums over trainings. Every `..._not_said` is what is missing to the whole; `new_not_said` counts trainings."""

    trainings: int = 0
    attendances: int = 0
    women: int = 0
    men: int = 0
    new_women: int = 0
    new_men: int = 0
    new_sex_not_said: int = 0
    new_people: int = 0
    new_checked: int = 0
    """New people of checked trainings, and of others those whom a call has found."""
    new_not_said: int = 0
    """Trainings of which nobody said how many were new."""
    youth: int = 0
    youth_not_said: int = 0
    displaced: int = 0
    returnee: int = 0
    host: int = 0
    groups_not_said: int = 0
    new_youth: int = 0
    new_youth_not_said: int = 0
    new_displaced: int = 0
    new_returnee: int = 0
    new_host: int = 0
    new_groups_not_said: int = 0
    unique_lower: int = 0
    unique_upper: int = 0

    @classmethod
    def of(cls, rolled: Sequence[int]) -> Counts:
        """Of one association: the sums of ADDED, then the LARGEST."""
        return cls._make((*rolled[:-2], min(rolled[-2] + rolled[-1], rolled[1]), rolled[1]))

    @classmethod
    def of_report(cls, values: Mapping[str, Any], how: str, found: int) -> Counts:
        """What a report adds; see store.training_days."""
        adds = of_report(values, how, found)
        adds["attendances"] = adds["women"] + adds["men"]
        adds["new_sex_not_said"] = adds["new_people"] - adds["new_women"] - adds["new_men"]
        return cls.of([adds[name] for name in (*ADDED, *LARGEST)])

    def plain(self) -> dict[str, int]:
        """Bare numbers by name."""
        return self._asdict()


NAMES = Counts._fields
"""Every figure, in the order in which it is shown."""
BOUNDS = ("unique_lower", "unique_upper")
assert (*ADDED, *BOUNDS) == NAMES, "what is read is not what is shown"


def added(several: Iterable[Counts]) -> Counts:
    """Of other associations, whose members are taken to be other people."""
    there = list(several)
    return Counts._make(map(sum, zip(*there, strict=True))) if there else Counts()


_WHOLES: Mapping[str, tuple[str, ...]] = {
    "attendances": ("women", "men"),
    "new_people": ("new_women", "new_men", "new_sex_not_said"),
}
_ALSO_WHOLES: Mapping[str, tuple[str, ...]] = {
    "attendances": ("displaced", "returnee", "host", "groups_not_said"),
    "new_people": ("new_displaced", "new_returnee", "new_host", "new_groups_not_said"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A report behind the figures, with what it adds."""

    number: int
    association_id: int
    standing: str
    adds: Mapping[str, int]
    messages: tuple[int, ...]

    @classmethod
    def of(cls, row: Any) -> Source:
        """A row of store.counting.trainings that counts."""
        return cls(
            row.number,
            row.association_id,
            standing(row.state, row.verdict),
            Counts.of_report(row.values, standing(row.state, row.verdict), row.new_found).plain(),
            tuple(row.inbox_ids or ()),
        )


class Column(NamedTuple):
    """The figures of one period: all that counts, and the same by standing. `sources` only when asked for."""

    all: Counts
    checked: Counts
    reported: Counts
    doubtful: Counts
    sources: tuple[Source, ...] | None = None

    def by(self, how: str) -> Counts:
        """all, checked, reported or doubtful."""
        found: Counts = getattr(self, how)
        return found

    def figure(self, name: str, how: str = "all") -> Figure:
        """A figure with the reports that add something to it; without ids when the sources were not asked for."""
        behind = [s for s in self.sources or () if how in ("all", s.standing) and s.adds[name]]
        return Figure(
            getattr(self.by(how), name),
            tuple(source.number for source in behind),
            tuple(sorted({message for source in behind for message in source.messages})),
        )

    def new_by_standing(self) -> dict[str, int]:
        """New people, each once: checked, also by a call alone; of the rest reported and doubtful. They add up."""
        rest = {how: self.by(how).new_people - self.by(how).new_checked for how in ("reported", "doubtful")}
        return {"checked": self.all.new_checked, **rest}


_NO_COUNTS = Counts()
NOTHING = Column(_NO_COUNTS, _NO_COUNTS, _NO_COUNTS, _NO_COUNTS)


def together(columns: Iterable[Column]) -> Column:
    """Of several associations, without their sources."""
    found = [column for column in columns if column is not NOTHING]
    split = {
        how: added(counts for column in found if (counts := column.by(how)) is not _NO_COUNTS) for how in STANDINGS
    }
    bounds = {name: sum(getattr(column.all, name) for column in found) for name in BOUNDS}
    return _column({**split, "all": added(split.values())._replace(**bounds)})


def _column(by: Mapping[str, Counts]) -> Column:
    return Column(by["all"], by["checked"], by["reported"], by["doubtful"])


def of_each(rolled: Sequence[Sequence[Any]], members: Mapping[int, int | None] | None = None) -> dict[int, Column]:
    """Of every association that has any: `rolled` are columns of store.training_sums.days.

    `members` of each association where only members attend. Written for thousands of associations.
    """
    numbers, hows, *sums = rolled
    women, men = (_most(numbers, largest) for largest in sums[-2:])
    there: dict[int, dict[str, Counts]] = {}
    for number, how, counts in zip(numbers, hows, _counts(sums), strict=True):
        if number in there:
            there[number][how] = counts
        else:
            there[number] = {how: counts}
    found = {number: _of(split, women[number] + men[number]) for number, split in there.items()}
    if members is None:
        return found
    return {number: _no_more(column, members.get(number)) for number, column in found.items()}


def _counts(sums: Sequence[Sequence[int]]) -> Iterable[Counts]:
    attendances = sums[1]
    lower = map(min, map(add, *sums[-2:]), attendances)
    return map(partial(tuple.__new__, Counts), zip(*sums[:-2], lower, attendances, strict=True))


def _most(numbers: Iterable[int], largest: Iterable[int]) -> dict[int, int]:
    """The largest of each number."""
    found: dict[int, int] = {}
    for number, one in zip(numbers, largest, strict=True):
        if found.get(number, -1) < one:
            found[number] = one
    return found


def _of(split: Mapping[str, Counts], most: int) -> Column:
    """Of one association by standing. `most` is the largest number of women and that of men in a training."""
    if len(split) == 1:
        (whole,) = split.values()
    else:
        sums: Iterable[int] = repeat(0)
        for counts in split.values():
            sums = map(add, sums, counts)
        *others, _, upper = sums
        whole = Counts._make((*others, min(most, upper), upper))
    get = split.get
    return Column(whole, get("checked", _NO_COUNTS), get("reported", _NO_COUNTS), get("doubtful", _NO_COUNTS))


def _no_more(column: Column, members: int | None) -> Column:
    """Of people who are all members, however many came in all."""
    if members is None:
        return column
    cut = {}
    for how in ("all", *STANDINGS):
        counts = column.by(how)
        bounds = {name: min(getattr(counts, name), members) for name in BOUNDS}
        cut[how] = counts._replace(**bounds)
    return _column(cut)


def check(what: str, column: Column) -> None:
    """The sums that every reader will do, done before anything is shown. Raises CountingError."""
    for how in ("all", *STANDINGS):
        counts = column.by(how)
        for wholes in (_WHOLES, _ALSO_WHOLES):
            for whole, parts in wholes.items():
                _equal(f"{what}, {how}", whole, getattr(counts, whole), [(p, getattr(counts, p)) for p in parts])
        _equal(f"{what}, {how}", "new_people", counts.new_people, _new_split(counts))
        if not 0 <= counts.unique_lower <= counts.unique_upper:
            raise CountingError(
                f"{what}, {how}: unique_lower {counts.unique_lower} is more than unique_upper {counts.unique_upper}"
            )
    for name in ADDED:
        split = [(how, getattr(column.by(how), name)) for how in STANDINGS]
        _equal(what, name, getattr(column.all, name), split)
        if column.sources is not None:
            added = sum(source.adds[name] for source in column.sources)
            _equal(what, name, getattr(column.all, name), [(f"its {len(column.sources)} reports", added)])


def _new_split(counts: Counts) -> list[tuple[str, int]]:
    return [("new_checked", counts.new_checked), ("not checked", counts.new_people - counts.new_checked)]


def check_parts(what: str, whole: Counts, parts: Mapping[str, Counts]) -> None:
    """What places, months or people add up to is the whole. Raises CountingError."""
    for name in ADDED:
        _equal(what, name, getattr(whole, name), [(part, getattr(one, name)) for part, one in parts.items()])


def _equal(what: str, whole: str, value: int, parts: list[tuple[str, int]]) -> None:
    if value != sum(number for _, number in parts) or any(number < 0 for _, number in parts):
        said = " + ".join(f"{name} {number}" for name, number in parts)
        raise CountingError(f"{what}: {whole} {value} is not {said}. Nothing is shown; run `kurikirana recount`.")
