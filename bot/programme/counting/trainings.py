"""Counts trainings: the sheet of a place and a period, its months, its communes in both geographies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting import groups
from bot.programme.counting.figures import (
    NOTHING,
    Column,
    Counts,
    Figure,
    Source,
    added,
    check,
    check_parts,
    of_each,
    together,
)
from bot.programme.counting.period import Period
from bot.programme.counting.reports import does_count
from bot.programme.counting.rules import Rules
from bot.programme.counting.scope import Place, Scope
from bot.store import counting as store
from bot.store import training_sums

START = ""
"""Sorts before every day."""


@dataclass(frozen=True, slots=True)
class Target:
    """How far the place has come: reached of `people`.

    `direct` were trained by the project itself, `cascade` are the new people whom they reached in turn. `reached` is
    both or the cascade alone, as the programme's rule says.
    """

    people: int
    direct: int
    cascade: int
    includes_direct: bool

    @property
    def reached(self) -> int:
        """What counts towards the target."""
        return self.cascade + (self.direct if self.includes_direct else 0)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "people": self.people,
            "reached": self.reached,
            "direct": self.direct,
            "cascade": self.cascade,
            "includes_direct": self.includes_direct,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures of a place: this period, the one before, since the start; `target` as at the end of each."""

    scope: Scope
    period: Period
    as_of: datetime
    this: Column
    before: Column
    since_start: Column
    target: Target
    target_before: Target
    rules: Rules

    def plain(self, language: str = "en") -> dict[str, Any]:
        """For JSON: figures with the reports and messages behind them."""
        return {
            "scope": {"kind": self.scope.kind, "name": self.scope.name, "no": self.scope.no},
            "period": self.period.name,
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "as_of": self.as_of.isoformat(timespec="seconds"),
            "target": self.target.plain(),
            "target_before": self.target_before.plain(),
            "this": groups.plain(self.this, self.rules.step),
            "before": groups.plain(self.before, self.rules.step),
            "since_start": groups.plain(self.since_start, self.rules.step),
            "rules": list(self.rules.said(language)),
        }


async def sheet(
    tx: AsyncConnection,
    scope: Scope,
    period: Period,
    rules: Rules,
    as_of: datetime,
    *,
    sources: bool = False,
    since_start: bool = True,
) -> Sheet:
    """Count. `sources`: with the reports and messages behind each figure; `since_start`: also behind those since the
    start, which are more every month. Raises CountingError.
    """
    last, previous = period.last.isoformat(), period.previous
    this = await column(tx, scope, period.first.isoformat(), last, rules, sources=sources)
    before = await column(tx, scope, previous.first.isoformat(), previous.last.isoformat(), rules, sources=sources)
    since = await column(tx, scope, START, last, rules, sources=sources and since_start)
    until_before = await column(tx, scope, START, (period.first - timedelta(days=1)).isoformat(), rules)
    check_parts("since the start", since.all, {"before": until_before.all, "in the period": this.all})
    direct = await _direct(tx, scope)
    people = rules.target if scope.kind == "programme" else sum(place.target for place in scope.places)
    targets = [
        Target(people, direct, counted.all.new_people, rules.includes_representatives)
        for counted in (since, until_before)
    ]
    said = replace(rules, target=people, direct=direct)
    return Sheet(scope, period, as_of, this, before, since, targets[0], targets[1], said)


async def column(
    tx: AsyncConnection, scope: Scope, first: str, last: str, rules: Rules, *, sources: bool = False
) -> Column:
    """The figures from one day (START: the beginning) to another, both ISO and included. Raises CountingError."""
    found, _ = await _columns(tx, scope, first, last, rules)
    if sources:
        found = found._replace(sources=await behind(tx, scope, first, last))
    check(f"{scope.name or 'the programme'} from {first or 'the start'} to {last}", found)
    return found


async def each(
    tx: AsyncConnection, scope: Scope, first: str, last: str, rules: Rules
) -> tuple[Column, dict[int, Column]]:
    """The figures of all together and of every association by its id, as `column`. Raises CountingError."""
    whole, found = await _columns(tx, scope, first, last, rules)
    check(f"from {first or 'the start'} to {last}", whole)
    return whole, found


async def _columns(
    tx: AsyncConnection, scope: Scope, first: str, last: str, rules: Rules
) -> tuple[Column, dict[int, Column]]:
    rolled = await training_sums.days(tx, first, last, scope.ids)
    there = of_each(rolled, members(scope) if rules.members_only else None)
    found = {place.id: there.get(place.id, NOTHING) for place in scope.places}
    return together(found.values()), found


async def behind(tx: AsyncConnection, scope: Scope, first: str, last: str) -> tuple[Source, ...]:
    """The reports that count, by number."""
    rows = await store.trainings(tx, first, last, scope.ids)
    return tuple(Source.of(row) for row in rows if does_count(row) and row.association_id is not None)


def members(scope: Scope) -> Mapping[int, int | None]:
    """Of each association."""
    return {place.id: place.members for place in scope.places}


async def _direct(tx: AsyncConnection, scope: Scope) -> int:
    trained = await store.direct(tx, scope.ids)
    return sum(trained.get(place.id, 0) for place in scope.places)


# --- by association, by commune, by month ---


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """One line of a table of places. `this` is the period, `since_start` until its end."""

    name: str
    places: tuple[Place, ...]
    this: Column
    since_start: Column
    target: Target


async def by_association(tx: AsyncConnection, scope: Scope, period: Period, rules: Rules) -> list[PlaceFigures]:
    """Every association of the scope, by number. Raises CountingError."""
    return await _by(tx, scope, period, rules, [((place.no,), (place,)) for place in scope.places])


async def by_commune(
    tx: AsyncConnection, scope: Scope, period: Period, rules: Rules, geography: str = "old"
) -> list[PlaceFigures]:
    """`geography` old, now, or both: then a line for each pair, named "Giharo / Rutana". Raises CountingError."""
    which = ("old", "now") if geography == "both" else (geography,)
    there: dict[tuple[str, ...], list[Place]] = {}
    for place in scope.places:
        there.setdefault(tuple(place.commune(one) for one in which), []).append(place)
    return await _by(tx, scope, period, rules, [(name, tuple(places)) for name, places in sorted(there.items())])


async def _by(
    tx: AsyncConnection,
    scope: Scope,
    period: Period,
    rules: Rules,
    lines: Sequence[tuple[tuple[str, ...], tuple[Place, ...]]],
) -> list[PlaceFigures]:
    last = period.last.isoformat()
    wholes = [await each(tx, scope, first, last, rules) for first in (period.first.isoformat(), START)]
    direct = await store.direct(tx, scope.ids)
    found = []
    for name, places in lines:
        ids = [place.id for place in places]
        columns = [together(by[number] for number in ids) for _, by in wholes]
        target = Target(
            sum(place.target for place in places),
            sum(direct.get(number, 0) for number in ids),
            columns[1].all.new_people,
            rules.includes_representatives,
        )
        found.append(PlaceFigures(" / ".join(name), places, columns[0], columns[1], target))
    for at, (whole, _) in enumerate(wholes):
        parts = {one.name: (one.this, one.since_start)[at].all for one in found}
        check_parts(("the period", "since the start")[at], whole.all, parts)
    return found


@dataclass(frozen=True, slots=True)
class Month:
    """A bar of the chart: what the month added (`this`), and new people since the start by standing."""

    period: Period
    this: Mapping[str, Counts]
    """all, checked, reported, doubtful; their bounds of unique people are not known here and are 0."""
    new_so_far: Mapping[str, int]

    def figure(self, name: str, how: str = "all") -> Figure:
        """Without ids: they are those of the month's sheet."""
        return Figure(getattr(self.this[how], name))


async def by_month(tx: AsyncConnection, scope: Scope, first: date, last: date) -> list[Month]:
    """The calendar months from one day to another; what was before the first counts in `new_so_far`."""
    months = Period("range", first, last).months()
    sums: dict[str, dict[str, Counts]] = {}
    so_far = dict.fromkeys(("all", "checked", "reported", "doubtful"), 0)
    for month_name, how, *rolled in await training_sums.months(tx, months[-1].name, scope.ids):
        counts = Counts.of(rolled)._replace(unique_lower=0, unique_upper=0)
        if month_name < months[0].name:
            so_far = _more(so_far, {"all": counts, how: counts})
            continue
        there = sums.setdefault(month_name, dict.fromkeys(so_far, Counts()))
        there["all"] = added((there["all"], counts))
        there[how] = added((there[how], counts))
    found = []
    for month in months:
        this = sums.get(month.name) or dict.fromkeys(so_far, Counts())
        so_far = _more(so_far, this)
        found.append(Month(month, this, so_far))
    return found


def _more(so_far: Mapping[str, int], this: Mapping[str, Counts]) -> dict[str, int]:
    """New people so far, each once: those whom a call has found are checked."""
    checked = this["all"].new_checked
    rest = {how: this[how].new_people - this[how].new_checked for how in ("reported", "doubtful") if how in this}
    added = {"all": this["all"].new_people, "checked": checked, **rest}
    return {how: so_far[how] + added.get(how, 0) for how in so_far}
