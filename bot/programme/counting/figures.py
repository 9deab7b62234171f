"""Figures of trainings: what is shown, split by how far it can be trusted, with the reports and messages behind it.

Three figures are never added: attendances, new people as reported, and the bounds of unique people. Of an association
the lower bound is the largest number of women in one training plus the largest number of men; the upper bound is all
attendances, or the members where only members attend. Of several associations the bounds are the sums: memberships
are taken not to overlap (field: honest unique reach).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from bot.errors import BotError
from bot.store.counting import ADDED
from bot.store.training_days import LARGEST, STANDINGS, of_report, standing


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
    def of(cls, rolled: Sequence[int], members: int | None = None) -> Counts:
        """Of one association: the sums of ADDED, then the LARGEST. `members` where only members attend."""
        most = rolled[-2] + rolled[-1]
        upper = rolled[1] if members is None or rolled[1] < members else members
        return cls._make((*rolled[:-2], most if most < upper else upper, upper))

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
assert (*ADDED, "unique_lower", "unique_upper") == NAMES, "what is read is not what is shown"


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


@dataclass(frozen=True, slots=True)
class Column:
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
    bounds = {name: sum(getattr(column.all, name) for column in found) for name in ("unique_lower", "unique_upper")}
    return _column({**split, "all": added(split.values())._replace(**bounds)})


def _column(by: Mapping[str, Counts]) -> Column:
    return Column(by["all"], by["checked"], by["reported"], by["doubtful"])


class Sums:
    """Adds up rows of the roll-up: association id, (reporter,) standing, sums."""

    def __init__(self, members_only: bool) -> None:
        self._members_only = members_only
        self._by: dict[int, dict[str, Sequence[int]]] = {}

    def take(self, association_id: int, how: str, rolled: Sequence[int]) -> None:
        """One row: the sums of ADDED, then the LARGEST."""
        there = self._by.setdefault(association_id, {})
        there[how] = _more(there[how], rolled) if how in there else rolled

    def columns(self, members: Mapping[int, int | None]) -> dict[int, Column]:
        """Of each of these associations; NOTHING where there is no row. `members` by association."""
        return {number: self._of(self._by[number], most) if number in self._by else NOTHING
                for number, most in members.items()}  # fmt: skip

    def _of(self, there: Mapping[str, Sequence[int]], members: int | None) -> Column:
        most = members if self._members_only else None
        split = {how: Counts.of(rolled, most) for how, rolled in there.items()}
        whole = next(iter(split.values())) if len(split) == 1 else Counts.of(reduce(_more, there.values()), most)
        none = _NO_COUNTS
        return Column(whole, split.get("checked", none), split.get("reported", none), split.get("doubtful", none))


def _more(one: Sequence[int], other: Sequence[int]) -> Sequence[int]:
    """Sums are added; of the largest trainings the larger counts."""
    sums = list(map(add, one, other))
    for place in (-2, -1):
        sums[place] = one[place] if one[place] > other[place] else other[place]
    return sums


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
