"""A period of whole days in the programme's zone: a week, a month, a quarter or any range."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BotError
from handlers.understand.calendar import MONTHS
from handlers.understand.words import plain

_DAY = timedelta(days=1)
_MONTH = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})|(?P<last>\d{1,2})[-/.](?P<of>\d{4})")
_NAMED = re.compile(r"(\D+?)(?: (\d{4}))?")
_QUARTER = re.compile(r"(\d{4})-?[qt]([1-4])", re.IGNORECASE)
_WEEK = re.compile(r"(\d{4})-?[ws](\d{1,2})", re.IGNORECASE)
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:\.\.|/)\s*(\d{4}-\d{2}-\d{2})")
ALLOWED = "2026-10, oct, 2026-q4, 2026-w45 or 2026-10-03..2026-10-17"


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included. `kind`: week, month, quarter or range."""

    kind: str
    first: date
    last: date

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month; month 0 is the December before, 13 the January after."""
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        return cls("month", date(year, month, 1), _first(year, month + 1) - _DAY)

    @classmethod
    def of(cls, day: date) -> Period:
        """The month of a day."""
        return cls.month(day.year, day.month)

    @classmethod
    def parse(cls, text: str, today: date) -> Period:
        """What staff write after a name: nothing is this month, "oct" the last October. Raises BotError."""
        said = text.strip()
        try:
            found = _parse(said, today)
        except ValueError:
            found = None
        if found is None:
            raise BotError(f"{said!r} is no period. Write {ALLOWED}.")
        return found

    @property
    def name(self) -> str:
        """As it is written and read: 2026-10, 2026-q4, 2026-w45, 2026-10-03..2026-10-17."""
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.first.year}-q{(self.first.month + 2) // 3}"
        if self.kind == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year}-w{week:02}"
        return f"{self.first}..{self.last}"

    @property
    def previous(self) -> Period:
        """The one before it, of the same kind; of a range the same number of days."""
        return self._step(-1)

    @property
    def following(self) -> Period:
        """The one after it."""
        return self._step(1)

    def _step(self, by: int) -> Period:
        if self.kind == "month":
            return Period.month(self.first.year, self.first.month + by)
        if self.kind == "quarter":
            return _quarter(self.first.year, self.first.month + 3 * by)
        days = self.last - self.first + _DAY
        return Period(self.kind, self.first + by * days, self.last + by * days)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when to before when it lasts, aware UTC."""
        return midnight(self.first, zone), midnight(self.last + _DAY, zone)

    def months(self) -> list[Period]:
        """The calendar months that it touches."""
        found = [Period.of(self.first)]
        while found[-1].last < self.last:
            found.append(found[-1].following)
        return found


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there, aware UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _first(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _quarter(year: int, month: int) -> Period:
    first = _first(year, month)
    return Period("quarter", first, _first(first.year, first.month + 3) - _DAY)


def _parse(said: str, today: date) -> Period | None:
    if not said:
        return Period.of(today)
    if found := _RANGE.fullmatch(said):
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
        return Period("range", first, last) if first <= last else None
    if found := _MONTH.fullmatch(said):
        year, month = int(found["year"] or found["of"]), int(found["month"] or found["last"])
        return Period.month(year, month) if 1 <= month <= 12 else None
    if found := _QUARTER.fullmatch(said):
        return _quarter(int(found[1]), 3 * int(found[2]) - 2)
    if found := _WEEK.fullmatch(said):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Period("week", monday, monday + timedelta(days=6))
    named = _NAMED.fullmatch(" ".join(plain(said.replace(".", " ")).split()))
    number = next((n for n, names in enumerate(MONTHS, 1) if named and named[1] in names), None)
    if named is None or number is None:
        return None
    year = today.year if number <= today.month else today.year - 1
    return Period.month(int(named[2] or year), number)
