"""When something that repeats is due next: at the same time on the wall, a week or a month later."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Every = Literal["weekly", "monthly"]


def next_time(moment: datetime, every: str, zone: ZoneInfo) -> datetime:
    """The next one after `moment` (aware); UTC. The 31st becomes the last day of a shorter month.

    Raises ValueError for another word than weekly or monthly.
    """
    wall = moment.astimezone(zone)
    if every == "weekly":
        then = wall.replace(tzinfo=None) + timedelta(weeks=1)
    elif every == "monthly":
        year, month = (wall.year + 1, 1) if wall.month == 12 else (wall.year, wall.month + 1)
        day = min(wall.day, monthrange(year, month)[1])
        then = wall.replace(year=year, month=month, day=day, tzinfo=None)
    else:
        raise ValueError(f"every: read {every!r}; allowed are weekly and monthly")
    return then.replace(tzinfo=zone).astimezone(UTC)
