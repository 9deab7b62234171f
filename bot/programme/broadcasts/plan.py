"""What a broadcast comes to before anything is sent: people, phones, chats, parts, money, time, and what to mind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import audience as audiences
from bot.programme.broadcasts.acts import PAGE
from bot.programme.broadcasts.audience import Audience
from bot.programme.broadcasts.recipients import Rule, Setup, Tally, rows_of, without_address
from bot.programme.broadcasts.wording import Wording
from bot.settings import Settings, unasked_hours
from bot.store import audiences as people
from bot.store import broadcasts as store
from bot.store.roads import TALKING, reached
from scheduler import pacing
from scheduler.pace import Limits
from scheduler.quiet import Hours

SAME_TEXT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Means:
    """What sending costs and how fast it goes, from the settings."""

    setup: Setup
    hours: Hours
    limits: Mapping[str, Limits]
    """Of each channel."""
    price_bif: int = 0
    """0 = not set."""
    budget_bif: int = 0


def means_of(settings: Settings, channels: Mapping[str, Any], limits: Mapping[str, Limits]) -> Means:
    """The means of the channels that are on (each has a scheme and is rich or not)."""
    setup = Setup(
        sender=settings.project.sender,
        live=settings.live,
        first={channel.scheme: name for name, channel in reversed(list(channels.items()))},
        channels=tuple(channels),
        rich=tuple(name for name, channel in channels.items() if channel.rich),
        per_week=settings.limits.unasked_per_week,
        timezone=settings.project.timezone,
        start=settings.project.start.isoformat(),
        period_days=settings.reminders.training_every_days,
        within_a_day=tuple(one.removesuffix(TALKING) for one in reached(channels.values()) if one.endswith(TALKING)),
    )
    every = {name: limits.get(name, Limits()) for name in channels}
    return Means(setup, unasked_hours(settings), every, settings.sms.price_bif, settings.sms.budget_month_bif)


@dataclass(frozen=True, slots=True)
class Plan:
    """Counted over the real recipients. All moments are aware UTC."""

    asked: str
    audience: Audience
    """Of this moment: its list is made of the same."""
    wording: Wording
    tally: Tally
    starts_at: datetime
    ends_at: datetime
    """When the last one leaves, if nothing else does."""
    parts: int
    """Of SMS."""
    price_bif: int
    budget_bif: int
    month_parts: int
    """That left this month already."""
    spill: int = 0
    """Copies that leave on a later day than the first one."""
    spill_at: datetime | None = None
    same: tuple[tuple[int, datetime, int], ...] = field(default=())
    """(broadcast, when, recipients) with the same words in the last days."""

    @property
    def cost_bif(self) -> int | None:
        """None: the price is not set."""
        return self.parts * self.price_bif if self.price_bif else None


Each = Callable[[people.Page, Mapping[str, Any], Rule, Tally], None]


async def make(
    tx: AsyncConnection,
    asked: Mapping[str, Any],
    wording: Wording,
    means: Means,
    starts_at: datetime,
    now: datetime,
    each: Each = lambda *shown: None,
) -> Plan:
    """The plan of a broadcast to this audience from `starts_at` on. Reads only. Raises AudienceError.

    `each` is shown every row that the list of recipients would have, once it is counted.
    """
    chosen = await audiences.resolve(tx, asked, means.setup.period(), now)
    rule = Rule(chosen, wording, means.setup, bool(asked.get("leave_out_full")))
    tally, after = Tally(), 0
    without_address(await people.without_address(tx), rule, tally)
    while True:
        page = await people.page(tx, after, PAGE, now)
        for row in rows_of(page, rule, tally):
            each(page, row, rule, tally)
        await asyncio.sleep(0)  # others have their turn
        if page.last is None:
            break
        after = page.last
    return await _of_tally(tx, str(asked["asked"]), rule, tally, means, starts_at, now)


async def _of_tally(
    tx: AsyncConnection,
    asked: str,
    rule: Rule,
    tally: Tally,
    means: Means,
    starts_at: datetime,
    now: datetime,
) -> Plan:
    """The plan of what was counted."""
    sms = [channel for channel in tally.parts if channel not in means.setup.rich]
    local = now.astimezone(means.hours.zone)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    same = await store.same_text(tx, rule.wording.digest, now - SAME_TEXT)
    ahead = await store.ahead(tx, now)
    # a second or more for 100,000 texts by one phone: meanwhile others have their turn
    ends, spill, spill_at = await asyncio.to_thread(_times, tally, means, starts_at, ahead)
    return Plan(
        asked,
        rule.audience,
        rule.wording,
        tally,
        means.hours.next_allowed(starts_at),
        ends,
        sum(sum(tally.parts[channel]) for channel in sms),
        means.price_bif,
        means.budget_bif,
        await store.parts_since(tx, month, [c for c in means.limits if c not in means.setup.rich]),
        spill,
        spill_at,
        tuple((row.id, row.starts_at, row.recipients) for row in same),
    )


def _times(
    tally: Tally, means: Means, starts_at: datetime, ahead: Mapping[str, int]
) -> tuple[datetime, int, datetime | None]:
    """When the last copy leaves by any channel, how many go on a later day, and when those begin."""
    ends, spill, spill_at = means.hours.next_allowed(starts_at), 0, None
    for channel, parts in tally.parts.items():
        limits = means.limits.get(channel, Limits())
        before = [1] * ahead.get(channel, 0) if limits != Limits() else []
        found = pacing.plan([*before, *parts], starts_at, means.hours, limits.per_half_hour, limits.per_day)
        ends = max(ends, found.last_leaves_at or ends)
        spill += min(found.spill, len(parts))
        if found.first_spill_at and len(parts) and (spill_at is None or found.first_spill_at < spill_at):
            spill_at = found.first_spill_at
    return ends, spill, spill_at
