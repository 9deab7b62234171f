"""Asks once a second, for all queues at once, whether anything is due, and has only those looked at where it is.

A loop of its own: as a job of APScheduler's it took most of what a service takes that has nothing to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from prometheus_client import Gauge, Histogram

from bot.store import due
from bot.store.due import Ready
from bot.store.engine import Database

LAG = Histogram(
    "kurikirana_loop_lag_seconds", "How late the service came to look at its clock", buckets=(0.05, 0.25, 1, 5, 30)
)
BACKLOG = Gauge("kurikirana_inbox_waiting", "Inbound not handled yet, at the last look")
EVERY_S = 1.0
Look = Callable[[], Awaitable[None]]


class DueWorker:
    """`looks` by the queues of bot/store/due.py; `begin` calls one in a task, unless it is under way."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        ready: Callable[[], Ready],
        looks: Mapping[str, Look],
        begin: Callable[[Look], None],
    ) -> None:
        self._database, self._now, self._ready, self._looks, self._begin = database, now, ready, looks, begin

    async def run(self) -> None:
        """Ask until cancelled, and note how late the loop came to it."""
        clock = asyncio.get_running_loop().time
        while True:
            at = clock() + EVERY_S
            await asyncio.sleep(EVERY_S)
            LAG.observe(max(0.0, clock() - at))
            self._begin(self.look)

    async def look(self) -> None:
        """Begin the looks whose queue has something; each asks properly again."""
        async with self._database.glance() as tx:
            found = await due.found(tx, self._now(), self._ready())
        BACKLOG.set(found.inbox)
        for queue, look in self._looks.items():
            if getattr(found, queue):
                self._begin(look)
