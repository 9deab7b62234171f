"""How long many texts take: SMS parts per half hour, a SIM's parts per day, the hours of unasked messages.

What a composer shows before anything is sent: when the last one leaves, and what goes on another day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.noun import noun
from scheduler.pace import Limits, Pace
from scheduler.quiet import Hours


@noun
class Plan:
    """When texts leave, if nothing else does. All moments are aware UTC; None where there is nothing to send."""

    first_leaves_at: datetime | None
    last_leaves_at: datetime | None
    spill: int = 0
    """Messages that leave on a later local day than the first one."""
    spill_parts: int = 0
    first_spill_at: datetime | None = None


def plan(parts: Sequence[int], starts_at: datetime, hours: Hours, per_half_hour: int, per_day: int = 0) -> Plan:
    """When messages of so many parts each leave, in this order, from `starts_at` on: as the outbox paces them.

    `per_half_hour` and `per_day` count parts, 0 = no limit; a day is a local one of `hours`. A message longer
    than a limit goes alone. Raises ValueError for a moment without a zone, a message without parts, or when the
    hours leave no minute free.
    """
    if any(one < 1 for one in parts):
        raise ValueError("a message has at least one part")
    if not parts:
        return Plan(None, None)
    now = first = hours.next_allowed(starts_at)
    limits = Limits(per_half_hour, per_day)
    if limits == Limits():
        return Plan(first, first)
    pace, start = Pace(limits, hours.zone), _day(first, hours)
    spill, spill_parts, spilled_at = 0, 0, None
    for one in parts:
        while wait := pace.wait_s(now, one, unasked=True):
            now = hours.next_allowed(now + timedelta(seconds=wait))
        if spilled_at or _day(now, hours) != start:
            spilled_at = spilled_at or now
            spill, spill_parts = spill + 1, spill_parts + one
    return Plan(first, now, spill, spill_parts, spilled_at)


def _day(moment: datetime, hours: Hours) -> date:
    return moment.astimezone(hours.zone).date()
