"""At most so many unasked messages to one person in seven days: reminders, tips and broadcasts together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

WEEK = timedelta(days=7)
_BUSINESSES = 12 * 7 / 365
"""Of a week: businesses are asked about once a month."""


def apart(touches: int, per_week: int) -> int:
    """The fewest days from ladder to ladder of trainings that leave businesses their place in a week.

    For a contact who never answers, and the first touch about businesses; `per_week` from 1.
    """
    return math.ceil(touches * WEEK.days / (per_week - _BUSINESSES))


def may_leave(sent: Sequence[datetime], now: datetime, per_week: int) -> datetime | None:
    """When the next one may leave: `now`, or when enough of those sent are a week old; None = never (limit 0)."""
    if per_week < 1:
        return None
    if not sent:
        return now
    recent = sorted(moment for moment in sent if moment > now - WEEK)
    if len(recent) < per_week:
        return now
    return recent[-per_week] + WEEK
