"""When something that repeats is due next: at the same time on the wall, a week or a month later."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Every = Literal["weekly", "monthly"]


def next_time(moment: datetime, every: str, zone: ZoneInfo) -> datetime:
    """The next one after `moment` (aware); UTC. The 31st becomes the last day of a shorter month: of which day it was
    made, `every` says when it is "monthly 31" (`kept`).

    Raises ValueError for another word than weekly or monthly.
    """
    wall = moment.astimezone(zone)
    word, _, wanted = every.partition(" ")
    if word == "weekly":
        then = wall.replace(tzinfo=None) + timedelta(weeks=1)
    elif word == "monthly":
        year, month = (wall.year + 1, 1) if wall.month == 12 else (wall.year, wall.month + 1)
        day = min(int(wanted or wall.day), monthrange(year, month)[1])
        then = wall.replace(year=year, month=month, day=day, tzinfo=None)
    else:
        raise ValueError(f"every: read {every!r}; allowed are weekly and monthly")
    return then.replace(tzinfo=zone).astimezone(UTC)


def kept(moment: datetime, every: str, zone: ZoneInfo) -> str:
    """`every` with the day of the month that it is meant for, which the one of February does not know any more."""
    return f"monthly {moment.astimezone(zone).day}" if every == "monthly" else every
