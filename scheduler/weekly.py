"""So many unasked messages to a person in seven days, an hour apart: reminders, tips and broadcasts together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

WEEK = timedelta(days=7)
APART = timedelta(hours=1)
"""After an outage a tip of noon and a question of the evening would reach one phone in the same minute."""
_BUSINESSES = 12 * 7 / 365
"""Of a week: businesses are asked about once a month."""


def apart(touches: int, per_week: int) -> int:
    """The fewest days from ladder to ladder of trainings that leave businesses their place in a week.

    For a contact who never answers, and the first touch about businesses; `per_week` from 1.
    """
    return math.ceil(touches * WEEK.days / (per_week - _BUSINESSES))


def may_leave(sent: Sequence[datetime], now: datetime, per_week: int, gap: timedelta = APART) -> datetime | None:
    """When the next one may leave: `now`, or when enough of those are a week old and the last one is `gap` old.

    None = never (limit 0). A clock that was put back by less than `gap` has sent it just now; what one sent that
    stood further ahead keeps its place in the week, and holds no hour.
    """
    if per_week < 1:
        return None
    if not sent:
        return now
    recent = sorted(moment for moment in sent if moment > now - WEEK)
    last = max((moment for moment in recent if moment < now + gap), default=now - gap)
    free = recent[-per_week] + WEEK if len(recent) >= per_week else now
    return max(free, last + gap)
