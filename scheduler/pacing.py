"""How long many texts take: SMS parts per half hour, a SIM's parts per day, the hours of unasked messages.

What a composer shows before anything is sent: when the last one leaves, and what goes on another day.
The outbox lets a burst go as soon as the half hour allows it, so a plan is a row of bursts half an hour apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import accumulate

from handlers.noun import noun
from scheduler.quiet import MINUTE, Hours

HALF_HOUR = timedelta(minutes=30)


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
    """When messages of so many parts each leave, in this order, from `starts_at` on.

    `per_half_hour` and `per_day` count parts, 0 = no limit; a day is a local one of `hours`. A message longer
    than a limit goes alone. The time depends on the number of half hours, not of messages. Raises ValueError
    for a moment without a zone, a message without parts, or when the hours leave no minute free.
    """
    if any(one < 1 for one in parts):
        raise ValueError("a message has at least one part")
    if not parts:
        return Plan(None, None)
    sums = [0, *accumulate(parts)]
    now = first = hours.next_allowed(starts_at)
    today = start = _day(first, hours)
    sent_today, gone, spill, spilled_at = 0, 0, 0, None
    while True:
        if spilled_at is None and today != start:
            spill, spilled_at = gone, now
        fits = _fits(sums, gone, per_half_hour, per_day, sent_today)
        sent_today += sums[fits] - sums[gone]
        gone = fits
        if gone == len(parts):
            break
        full = per_day and sent_today and sent_today + parts[gone] > per_day
        now = hours.next_allowed(tomorrow(now, hours.zone) if full else now + HALF_HOUR)
        if _day(now, hours) != today:
            today, sent_today = _day(now, hours), 0
    if spilled_at is None:
        return Plan(first, now)
    return Plan(first, now, len(parts) - spill, sums[-1] - sums[spill], spilled_at)


def _fits(sums: Sequence[int], gone: int, per_half_hour: int, per_day: int, sent_today: int) -> int:
    """How many messages have left after this burst: what fits both limits, and at least one of a new window."""
    if not per_half_hour and not per_day:
        return len(sums) - 1
    room = per_half_hour or sums[-1]
    if per_day:
        room = min(room, per_day - sent_today)
    fits = bisect_right(sums, sums[gone] + room) - 1
    if fits == gone and (not per_day or not sent_today or sums[gone + 1] - sums[gone] <= per_day - sent_today):
        return gone + 1
    return max(fits, gone)


def _day(moment: datetime, hours: Hours) -> date:
    return moment.astimezone(hours.zone).date()


def tomorrow(moment: datetime, zone: tzinfo) -> datetime:
    """The first minute of the next local day, wherever the clock changes."""
    today, then = moment.astimezone(zone).date(), moment.replace(second=0, microsecond=0)
    while then.astimezone(zone).date() == today:
        then += HALF_HOUR
    while (then - MINUTE).astimezone(zone).date() != today:
        then -= MINUTE
    return then
