"""Moves the clock of a demo: it walks through what becomes due on the way, as the days would have passed.

A jump of two weeks would find every reminder of those weeks too late to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.parts import Parts
from bot.store import look, singles

WAIT_S = 5.0
"""So long what became due is given to be said before the clock goes on."""


async def move_clock(parts: Parts, by: timedelta) -> None:
    """Move the clock ahead; a restart keeps it, and what became due is looked for at once."""
    target = parts.clock.now() + by
    while parts.settings.limits.reminders:
        async with parts.database.read() as tx:
            due = await look.next_unasked(tx, parts.clock.now())
        if due is None or due >= target:
            break
        await _ahead(parts, due - parts.clock.now())
        await _said(parts)
    await _ahead(parts, target - parts.clock.now())


async def _ahead(parts: Parts, by: timedelta) -> None:
    by = max(by, timedelta())
    await parts.database.writer.do(_keep_offset, (parts.clock.offset + by).total_seconds())
    parts.clock.advance(by)
    await parts.timers.look()
    await parts.outbox.look()


async def _said(parts: Parts) -> None:
    """Wait until no turn and no text is under way."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while loop.time() < end:
        if not parts.database.at_work:
            async with parts.database.read() as tx:
                if not await look.under_way(tx, parts.clock.now()):
                    return
            await parts.outbox.look()
        await asyncio.sleep(0.005)


async def _keep_offset(tx: AsyncConnection, items: Sequence[float]) -> list[None]:
    for seconds in items:
        await singles.put(tx, "clock_offset_s", seconds)
    return [None] * len(items)
