"""A sender as the service runs it: asked again whenever the question for all queues finds something for it."""

from __future__ import annotations

import asyncio

from bot.store.engine import Database
from bot.workers.due import DueWorker
from bot.workers.outbox import OutboxWorker
from scheduler.alarm import Alarm


async def sends(worker: OutboxWorker, database: Database, every_s: float = 0.05) -> None:
    """Until cancelled; the question is asked every so many seconds."""
    due = DueWorker(database, worker._now, worker.ready, {"outbox": worker.look}, Alarm().begin)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        while True:
            await asyncio.sleep(every_s)
            await due.look()
