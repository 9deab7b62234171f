"""The reminder ladder: day 0, one follow-up, a third touch that says who will call, and then a person calls.

A report, a zero report and "later" begin it anew. Escalating to a person is what makes reminders work, and the
leader is told; more touches than these only annoy (conversations 0, findings 5 and 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.cadence import on


def touches(most: int, then_after_days: Sequence[int]) -> int:
    """How many messages before the call: as many as there are days for, and at most `most`; 0 = a call at once."""
    return min(most, 1 + len(then_after_days))


def next_touch(touch: int, day0: date, then_after_days: Sequence[int], at: time, zone: ZoneInfo) -> datetime:
    """When the touch after this one is due, aware UTC. Raises IndexError behind the last one."""
    return on(day0 + timedelta(days=then_after_days[touch]), at, zone)


def begins_anew(touch: int, day0: datetime, news: datetime | None, next_due: datetime | None, now: datetime) -> bool:
    """Whether what is known makes this touch needless.

    `news`: the last report or zero report; `next_due`: when the cadence asks again after it. Day 0 is needless
    while that lies ahead, a later touch when the news came after day 0.
    """
    if news is None or next_due is None:
        return False
    return next_due > now if touch == 0 else news >= day0
