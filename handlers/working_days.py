"""Promises are given in working days: Monday to Friday, without the programme's holidays. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from handlers.turn import Turn

EVENING = time(17)
"""Until then, at the programme's place, a promise made for a day is kept."""
_DAY = timedelta(days=1)
_SATURDAY = 5
_LONG = 60


def is_working(day: date, holidays: Collection[date]) -> bool:
    """Whether somebody of the team works on this day."""
    return day.weekday() < _SATURDAY and day not in holidays


def after(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The `count`-th working day after this day; `count` is at least 1."""
    while count > 0:
        day += _DAY
        count -= is_working(day, holidays)
    return day


def between(first: date, last: date, holidays: Collection[date] = ()) -> int:
    """How many working days have gone by after `first`, `last` counted. Long waits count as sixty days at most."""
    days = min((last - first).days, _LONG)
    return sum(is_working(first + _DAY * step, holidays) for step in range(1, days + 1))


def evening(turn: Turn, count: int) -> datetime:
    """17:00 of the `count`-th working day after today, at the programme's place, in aware UTC."""
    day = after(turn.today, count, turn.programme.holidays)
    return datetime.combine(day, EVENING, turn.now.tzinfo) - turn.utc_offset


def day_of(turn: Turn, moment: datetime) -> date:
    """The local day of a moment."""
    return (moment + turn.utc_offset).date()
