"""Of two processes on PostgreSQL one sends by a channel with a limit; who takes over knows what the other sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.base import Message, Sent
from bot.store.engine import Database
from bot.workers.lease import Lease
from bot.workers.one_sender import OneSender
from bot.workers.outbox import OutboxWorker
from scheduler.pace import Limits
from tests.bot.test_outbox_pace import HOURS
from tests.databases import NOW, add_addresses, add_outbox, database, place, postgres_server, processes
from tests.sending import sends

__all__ = ["database", "place", "postgres_server", "processes"]
SECONDS = 1.0
"""A lease of the test."""


class Process:
    """One of several that send by the same phone, four parts in half an hour."""

    def __init__(self, database: Database, clock: list[timedelta]) -> None:
        self.sent = 0
        channel: Any = SimpleNamespace(name="kannel", scheme="tel", window=4, keyed=False, send=self._send)
        limits = {"kannel": Limits(per_half_hour=4)}
        worker = OutboxWorker(database, {"kannel": channel}, lambda: NOW + clock[0], limits, HOURS, Path())
        self.one = OneSender(Lease(database, "send kannel", SECONDS), partial(worker.count_today, "kannel"))
        worker.holds = lambda name: self.one.is_ours
        self.tasks = [asyncio.create_task(self.one.run()), asyncio.create_task(sends(worker, database, 0.02))]

    async def _send(self, message: Message) -> Sent:
        self.sent += 1
        return Sent(None)

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.wait(self.tasks)


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_the_limit_is_one_for_all(processes: Sequence[Database]) -> None:
    for address in await add_addresses(processes[0], 10):
        await add_outbox(processes[0], address)
    clock = [timedelta()]
    both = [Process(one, clock) for one in processes]

    async def sent(how_many: int) -> None:
        async with asyncio.timeout(20):
            while sum(one.sent for one in both) < how_many:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        assert sum(one.sent for one in both) == how_many

    try:
        await sent(4)
        first, second = sorted(both, key=lambda one: one.sent, reverse=True)
        assert (first.sent, second.sent) == (4, 0)
        await first.stop()
        async with asyncio.timeout(20):
            while not second.one.is_ours:
                await asyncio.sleep(0.02)
        await sent(4)
        clock[0] = timedelta(minutes=31)
        await sent(8)
        assert second.sent == 4
    finally:
        for one in both:
            await one.stop()
