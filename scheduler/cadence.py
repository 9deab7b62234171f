"""When an association is next asked: trainings every so many days, businesses after the 25th, at its own hour.

The hour is the one on the wall where the programme is. An hour that a clock change skips is the next minute
that exists; one that comes twice is the first of the two. Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handlers.noun import noun

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
_SATURDAY = 5


@noun
class Cadence:
    """How often and when: `[reminders]`, with what an association or a season has of its own laid over it."""

    training_every_days: int
    at: time
    then_after_days: tuple[int, ...]
    """After day 0, one for each further touch."""
    business_after_day: int


@noun
class Season:
    """From its first to its last day of every year, both included; it may run over the new year."""

    starts: tuple[int, int]
    """Month and day."""
    ends: tuple[int, int]

    def has(self, day: date) -> bool:
        """Whether the day is in it."""
        here = (day.month, day.day)
        if self.starts <= self.ends:
            return self.starts <= here <= self.ends
        return here >= self.starts or here <= self.ends


def season(seasons: Mapping[str, Season], day: date) -> str:
    """The letter of the first season that has this day, or ''."""
    return next((letter for letter, one in sorted(seasons.items()) if one.has(day)), "")


@lru_cache(maxsize=1024)
def on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """This hour of this local day, aware UTC."""
    wall = datetime.combine(day, at)
    while True:
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall += MINUTE  # skipped by a clock change


def first_from(moment: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first time from this moment on that the wall shows this hour."""
    day = moment.astimezone(zone).date()
    while on(day, at, zone) < moment:
        day += DAY
    return on(day, at, zone)


def training(cadence: Cadence, after: datetime, zone: ZoneInfo) -> datetime:
    """So many days after the last news, or after the last time we began to ask."""
    day = after.astimezone(zone).date() + cadence.training_every_days * DAY
    return on(day, cadence.at, zone)


def business(cadence: Cadence, after: datetime, zone: ZoneInfo, holidays: Collection[date]) -> datetime:
    """The first working day after the 25th that comes after this moment; the month's last day if none is left."""
    month = after.astimezone(zone).date().replace(day=1)
    while True:
        moment = on(_working_day(month, cadence.business_after_day, holidays), cadence.at, zone)
        if moment > after:
            return moment
        month = _next_month(month)


def month_end(cadence: Cadence, after: datetime, zone: ZoneInfo) -> datetime:
    """The association's hour on the first day after a month's end, the next one that comes after this moment."""
    month = after.astimezone(zone).date().replace(day=1)
    while on(month, cadence.at, zone) <= after:
        month = _next_month(month)
    return on(month, cadence.at, zone)


def _working_day(month: date, after_day: int, holidays: Collection[date]) -> date:
    day, last = month + after_day * DAY, _next_month(month) - DAY
    while day < last and (day.weekday() >= _SATURDAY or day in holidays):
        day += DAY
    return day


def _next_month(month: date) -> date:
    return (month + 31 * DAY).replace(day=1)
