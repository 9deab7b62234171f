"""Moves the clock of a demo: it walks through what becomes due on the way, as the days would have passed.

A jump of two weeks would find every reminder of those weeks too late to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import look, singles

if TYPE_CHECKING:
    from bot.app import App

WAIT_S = 5.0
"""So long what became due is given to be said before the clock goes on."""


async def move_clock(app: App, by: timedelta) -> None:
    """Move the clock ahead; a restart keeps it, and what became due is looked for at once."""
    target = app.clock.now() + by
    while app.settings.limits.reminders:
        async with app.database.read() as tx:
            due = await look.next_unasked(tx, app.clock.now())
        if due is None or due >= target:
            break
        await _ahead(app, due - app.clock.now())
        await _said(app)
    await _ahead(app, target - app.clock.now())


async def _ahead(app: App, by: timedelta) -> None:
    by = max(by, timedelta())
    await app.database.writer.do(_keep_offset, (app.clock.offset + by).total_seconds())
    app.clock.advance(by)
    await app.timers.look()
    await app.outbox.look()


async def _said(app: App) -> None:
    """Wait until no turn and no text is under way."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_S
    while loop.time() < end:
        if not app.database.writer.at_work:
            async with app.database.read() as tx:
                if not await look.under_way(tx, app.clock.now()):
                    return
            await app.outbox.look()
        await asyncio.sleep(0.005)


async def _keep_offset(tx: AsyncConnection, items: Sequence[float]) -> list[None]:
    for seconds in items:
        await singles.put(tx, "clock_offset_s", seconds)
    return [None] * len(items)
