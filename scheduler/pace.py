"""How fast a channel may send: SMS parts in half an hour, and in a local day (a SIM's bundle). Reads no clock.

What left before a restart is told by `left`, so that a new process does not begin the day anew.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import UTC, date, datetime, timedelta, tzinfo

from handlers.noun import noun
from scheduler.quiet import MINUTE

HALF_HOUR = timedelta(minutes=30)
MANY = 1_000_000
"""More texts than anybody claims at once."""


@noun
class Limits:
    """SMS parts of one channel; 0 = no limit. A day is a local one of the programme."""

    per_half_hour: int = 0
    per_day: int = 0


class Pace:
    """What one channel may still send. A message longer than a limit goes alone, as the first of its time."""

    def __init__(self, limits: Limits, zone: tzinfo) -> None:
        self._limits, self._zone = limits, zone
        self._limited = limits != Limits()
        self._lately: deque[tuple[datetime, int]] = deque()
        """When parts left within the half hour."""
        self._half = 0
        """Their sum: adding them up for every text would cost more, the more leave."""
        self._day, self._today = date.min, 0
        half = limits.per_half_hour
        self._each = HALF_HOUR / half if half else timedelta()
        self._most = self._credit = max(1, min(half // 3, 30))
        """Unasked parts that may leave at once when the channel has rested, and those that still may."""
        self._paid_until = datetime.min.replace(tzinfo=UTC)
        """When the time of all unasked parts that left is over, each having its own."""

    def left(self, at: datetime, parts: int) -> None:
        """So many parts left at this moment; in the order of time."""
        if not self._limited:
            return
        self._turn(at)
        self._lately.append((at, parts))
        self._half += parts
        self._today += parts

    def room(self, now: datetime) -> float:
        """How many parts may leave now."""
        if not self._limited:
            return math.inf
        half, day = self._used(now)
        return min(_rest(self._limits.per_half_hour, half), _rest(self._limits.per_day, day))

    def at_once(self, now: datetime) -> int:
        """How many unasked texts may begin now: under a limit for the half hour a few, then one part's time apart.

        Thirty at once would take as long in the end, and every answer of the half hour would wait for its end.
        """
        if not self._each:
            return MANY
        rested = max(0, (now - self._paid_until) // self._each)
        self._credit = min(self._most, self._credit + rested)
        self._paid_until += rested * self._each
        return self._credit or int(self._paid_until <= now)

    def wait_s(self, now: datetime, parts: int, unasked: bool = False) -> float:
        """Seconds until so many parts may leave; 0 when they may now, and then they count."""
        if not self._limited:
            return 0.0
        if unasked and not self.at_once(now):
            return (self._paid_until - now).total_seconds()
        half, day = self._used(now)
        if _over(self._limits.per_day, day, parts):
            return (tomorrow(now, self._zone) - now).total_seconds()
        if _over(self._limits.per_half_hour, half, parts):
            return (self._lately[0][0] + HALF_HOUR - now).total_seconds()
        self.left(now, parts)
        if unasked:
            self._credit = max(0, self._credit - parts)
            self._paid_until = max(self._paid_until, now) + parts * self._each
        return 0.0

    def rest(self, now: datetime) -> int | None:
        """Parts of the day that are not used yet; None where a day has no limit."""
        return max(0, self._limits.per_day - self._used(now)[1]) if self._limits.per_day else None

    def _used(self, now: datetime) -> tuple[int, int]:
        """Parts of the last half hour, and of today."""
        self._turn(now)
        return self._half, self._today

    def _turn(self, now: datetime) -> None:
        while self._lately and self._lately[0][0] <= now - HALF_HOUR:
            self._half -= self._lately.popleft()[1]
        if (today := now.astimezone(self._zone).date()) != self._day:
            self._day, self._today = today, 0


def _rest(limit: int, used: int) -> float:
    return limit - used if limit else math.inf


def _over(limit: int, used: int, parts: int) -> bool:
    return bool(limit and used and used + parts > limit)


def tomorrow(moment: datetime, zone: tzinfo) -> datetime:
    """The first minute of the next local day, wherever the clock changes."""
    today, then = moment.astimezone(zone).date(), moment.replace(second=0, microsecond=0)
    while then.astimezone(zone).date() == today:
        then += HALF_HOUR
    while (then - MINUTE).astimezone(zone).date() != today:
        then -= MINUTE
    return then
