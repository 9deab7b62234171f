"""Asked by the alarm once a second: whether anything is due in any queue; only those are looked at where it is."""

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
        self._next = 0.0
        """When it should be asked next, by the loop's clock; 0 before the first time."""

    async def look(self) -> None:
        """Begin the looks whose queue has something; each asks properly again. Notes how late it was asked itself."""
        clock = asyncio.get_running_loop().time()
        LAG.observe(max(0.0, clock - self._next) if self._next else 0.0)
        self._next = clock + EVERY_S
        async with self._database.glance() as tx:
            found = await due.found(tx, self._now(), self._ready())
        BACKLOG.set(found.inbox)
        for queue, look in self._looks.items():
            if getattr(found, queue):
                self._begin(look)
