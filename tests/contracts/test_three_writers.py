"""What arrives, the turns and what was sent: each is written without waiting for the others, and in order."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Message, Sent
from bot.store import tables
from bot.store.engine import Database
from bot.workers.outbox import OutboxWorker
from tests.bot.test_outbox_pace import HOURS
from tests.databases import NOW, add_addresses, add_outbox, database, place, postgres_server, processes

__all__ = ["database", "place", "postgres_server", "processes"]
TEXTS = 30


async def _put(tx: AsyncConnection, items: Sequence[str]) -> list[str]:
    await tx.execute(insert(tables.facts), [{"name": item, "value": 1} for item in items])
    return list(items)


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_what_arrives_and_what_was_sent_is_written_while_turns_are_taken(database: Database) -> None:
    """Each of the three kinds of work has a connection of its own: none waits for another's ways to the server."""
    go_on = asyncio.Event()

    async def held(tx: AsyncConnection, items: Sequence[str]) -> list[str]:
        await go_on.wait()
        return await _put(tx, items)

    for busy, *others in itertools.permutations((database.writer, database.intake, database.marks)):
        turns = busy.put(held, f"held by {id(busy)} {id(others[0])}")
        async with asyncio.timeout(20):
            await asyncio.gather(*(one.do(_put, f"{id(busy)}-{id(one)}-{id(others[0])}") for one in others))
        assert not turns.done() and database.at_work
        go_on.set()
        await turns
        go_on.clear()
    assert not database.at_work


async def test_on_sqlite_one_writer_does_it_all(processes: list[Database]) -> None:
    """The file has one owner, whatever is asked of it."""
    one = processes[0]
    assert len({one.writer, one.intake, one.marks}) == (3 if one.shared else 1)


async def test_the_next_text_to_a_phone_leaves_once_the_one_before_is_marked(database: Database) -> None:
    """On PostgreSQL the mark is written beside what claims: who claims too early finds her still written to."""
    (address,) = await add_addresses(database, 1)
    wanted = [await add_outbox(database, address) for _ in range(TEXTS)]
    sent: list[int] = []

    async def send(message: Message) -> Sent:
        sent.append(message.id)
        return Sent(None)

    channel: Any = SimpleNamespace(name="kannel", scheme="tel", window=4, keyed=False, send=send)
    worker = OutboxWorker(database, {"kannel": channel}, lambda: NOW, {}, HOURS, Path())
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(20):
            while len(sent) < TEXTS:
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.wait([running])
        await worker.drain(5.0)
    assert sent == wanted
