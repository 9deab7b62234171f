"""The businesses: a grid of months, survival after the kit, sales and costs. "Not said" is None and never zero.

The last report of a business in a month counts for that month. A month without a report is not said; a business that
has reported later was there all the same, so survival looks at the first report at or after the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting.figures import CountingError, Figure
from bot.programme.counting.period import Period, midnight
from bot.programme.counting.scope import Place, Scope
from bot.store import counting as store

STATUSES = ("working", "paused", "stopped")
NOT_SAID = "not_said"
SURVIVAL_MONTHS = (3, 6, 12)


@dataclass(frozen=True, slots=True)
class Cell:
    """A business in a month. Every value is None when it was not said."""

    month: str
    report: int | None = None
    messages: tuple[int, ...] = ()
    made_at: datetime | None = None
    status: str | None = None
    sales: int | None = None
    costs: int | None = None
    kit: str | None = None
    problem: str | None = None
    workers_women: int | None = None
    workers_men: int | None = None
    stock: str | None = None
    """In the leader's own words, as `need`."""
    need: str | None = None

    @property
    def left(self) -> int | None:
        """Sales less costs, when both were said."""
        return None if self.sales is None or self.costs is None else self.sales - self.costs

    @property
    def workers(self) -> int | None:
        """Paid workers; None when nobody said how many."""
        said = [n for n in (self.workers_women, self.workers_men) if n is not None]
        return sum(said) if said else None


@dataclass(frozen=True, slots=True)
class Business:
    """A line of the grid: a cell for each month asked for, oldest first."""

    id: int
    no: str
    type: str
    place: Place
    kit_date: date | None
    cells: tuple[Cell, ...]
    survived: Mapping[int, bool | None]
    """Months after the kit -> whether it still existed then; None: not there yet, or not known."""

    @property
    def last(self) -> Cell | None:
        """The last month in which something was said of it."""
        return next((cell for cell in reversed(self.cells) if cell.report), None)


@dataclass(frozen=True, slots=True)
class Grid:
    """The businesses of a place over some months."""

    months: tuple[Period, ...]
    lines: tuple[Business, ...]

    def cells(self, month: int = -1) -> list[Cell]:
        """Of one month, by its position."""
        return [line.cells[month] for line in self.lines]

    def statuses(self, month: int = -1) -> dict[str, Figure]:
        """How many are working, paused, stopped, not_said; they add up to the lines."""
        found = {status: _figure(c for c in self.cells(month) if c.status == status) for status in STATUSES}
        found[NOT_SAID] = Figure(sum(cell.status not in STATUSES for cell in self.cells(month)))
        if sum(figure.value or 0 for figure in found.values()) != len(self.lines):
            raise CountingError(f"the statuses of {self.months[month].name} do not add up to {len(self.lines)}")
        return found

    def total(self, name: str, month: int = -1) -> tuple[Figure, int]:
        """Sales, costs, left or workers of those that said it, and how many did not. None when nobody did."""
        cells = self.cells(month)
        said = [cell for cell in cells if getattr(cell, name) is not None]
        figure = _figure(said)
        value = sum(getattr(cell, name) for cell in said) if said else None
        return Figure(value, figure.reports, figure.messages), len(cells) - len(said)

    def counted(self, name: str, month: int = -1) -> dict[str, Figure]:
        """How often each kit state or problem was said, most first; not_said too."""
        cells = self.cells(month)
        values = sorted({str(getattr(cell, name)) for cell in cells if getattr(cell, name) is not None})
        found = {value: _figure(c for c in cells if getattr(c, name) == value) for value in values}
        missing = sum(getattr(cell, name) is None for cell in cells)
        most_first = sorted(found.items(), key=lambda one: (-(one[1].value or 0), one[0]))
        return {**dict(most_first), NOT_SAID: Figure(missing)}

    def survival(self) -> dict[int, dict[str, int]]:
        """After 3, 6 and 12 months: `yes` of `of`; `not_known` had the time and said nothing."""
        found = {}
        for months in SURVIVAL_MONTHS:
            answers = [line.survived[months] for line in self.lines if months in line.survived]
            yes, no = answers.count(True), answers.count(False)
            found[months] = {"yes": yes, "of": yes + no, "not_known": len(answers) - yes - no}
        return found

    def plain(self) -> dict[str, Any]:
        """For JSON, without the leaders' own words."""
        return {
            "months": [month.name for month in self.months],
            "statuses": {name: figure.plain() for name, figure in self.statuses().items()},
            "survival": {str(months): row for months, row in self.survival().items()},
            **{name: {**self.total(name)[0].plain(), "not_said": self.total(name)[1]} for name in _TOTALS},
            **{name: {value: one.plain() for value, one in self.counted(name).items()} for name in _CHOICES},
            "businesses": [
                {
                    "no": line.no,
                    "type": line.type,
                    "association": line.place.no,
                    "kit_date": line.kit_date,
                    "survived": {str(months): answer for months, answer in line.survived.items()},
                    "months": [_plain(cell) for cell in line.cells],
                }
                for line in self.lines
            ],
        }


_TOTALS = ("sales", "costs", "left", "workers")
_CHOICES = ("kit", "problem")
_SAID = ("status", "sales", "costs", "left", "kit", "problem", "workers_women", "workers_men")


def _plain(cell: Cell) -> dict[str, Any]:
    said = {name: getattr(cell, name) for name in _SAID}
    return {"month": cell.month, **said, "report": cell.report, "messages": list(cell.messages)}


def _figure(cells: Iterable[Cell]) -> Figure:
    there = list(cells)
    reports = tuple(sorted(cell.report for cell in there if cell.report))
    return Figure(len(there), reports, tuple(sorted({message for cell in there for message in cell.messages})))


async def grid(
    tx: AsyncConnection, scope: Scope, first: date, last: date, zone: ZoneInfo, *, survival: bool = True
) -> Grid:
    """The months from one day to another. Everything ever reported is read for the survival, and only for that."""
    months = tuple(Period("range", first, last).months())
    places = {place.id: place for place in scope.places}
    starts, ends = midnight(months[0].first, zone), midnight(months[-1].following.first, zone)
    said: dict[str, dict[str, Cell]] = {}
    for row in await store.business_reports_ever(tx, scope.ids) if survival else ():
        if row.created_at < starts:
            month, of_it = _whose(row, zone, said)
            of_it[month] = Cell(month, made_at=row.created_at, status=row.values.get("status"))
    for row in await store.business_reports(tx, starts, ends, scope.ids):
        month, of_it = _whose(row, zone, said)
        of_it[month] = _cell(month, row, of_it.get(month))
    lines = []
    for row in await store.business_list(tx, scope.ids):
        if row.association_id in places and (row.left_at is None or row.no in said):
            own = said.get(row.no, {})
            cells = tuple(own.get(month.name, Cell(month.name)) for month in months)
            survived = _survived(row.kit_date, own, months[-1].last, zone) if survival else {}
            lines.append(
                Business(row.id, row.no, row.type, places[row.association_id], row.kit_date, cells, survived)
            )
    return Grid(months, tuple(lines))


def _whose(row: Any, zone: ZoneInfo, said: dict[str, dict[str, Cell]]) -> tuple[str, dict[str, Cell]]:
    """The month of a report, and what was said of its business."""
    made_at = row.created_at.astimezone(zone)
    return f"{made_at.year:04}-{made_at.month:02}", said.setdefault(str(row.values.get("business") or ""), {})


_FROM_BEFORE = ("sales", "costs", "kit", "problem", "workers_women", "workers_men", "stock", "need")


def _cell(month: str, row: Any, earlier: Cell | None) -> Cell:
    """The report of a month; what a later one of the same month leaves out stands as it was said."""
    said = {name: row.values.get(name) for name in _FROM_BEFORE}
    if earlier is not None:
        said = {name: getattr(earlier, name) if value is None else value for name, value in said.items()}
    messages = tuple(row.inbox_ids or ())
    return Cell(month, row.number, messages, row.created_at, row.values.get("status"), **said)


def _survived(kit: date | None, said: Mapping[str, Cell], until: date, zone: ZoneInfo) -> dict[int, bool | None]:
    """By the first report at or after the day; a business that stopped before and said no more has not survived."""
    found: dict[int, bool | None] = {}
    if kit is None:
        return found
    told = sorted((c.made_at.astimezone(zone).date(), c.status) for c in said.values() if c.made_at and c.status)
    for months in SURVIVAL_MONTHS:
        day = _later(kit, months)
        if day > until:
            continue
        after = next((status for made, status in told if made >= day), None)
        if after is not None:
            found[months] = after != "stopped"
        else:
            found[months] = False if told and told[-1][1] == "stopped" else None
    return found


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    month = Period.month(day.year, day.month + months)
    return month.first.replace(day=min(day.day, month.last.day))
