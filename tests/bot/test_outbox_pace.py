"""What waits for its pace waits in the outbox, where it can still be stopped: not in a sender's hands."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.channels.base import Message, Sent
from bot.store import tables
from bot.store.engine import Database
from bot.workers.outbox import OutboxWorker
from scheduler.pace import Limits
from scheduler.quiet import Hours
from tests.databases import NOW, add_addresses, add_outbox, database, execute, place, postgres_server, rows
from tests.sending import sends

__all__ = ["database", "place", "postgres_server"]
HOURS = Hours.parse(time(0, 0), time(23, 59), (), (), ZoneInfo("Africa/Bujumbura"))


def sender(database: Database, limits: Limits, clock: list[datetime]) -> tuple[OutboxWorker, list[int]]:
    """One that sends by a phone with these limits, and what it has sent."""
    sent = list[int]()

    async def send(message: Message) -> Sent:
        sent.append(message.id)
        return Sent(None)

    channel: Any = SimpleNamespace(name="kannel", scheme="tel", window=32, keyed=False, send=send)
    return OutboxWorker(database, {"kannel": channel}, lambda: clock[0], {"kannel": limits}, HOURS, Path()), sent


@pytest.mark.fault("B22")
async def test_a_stop_reaches_what_waits_for_the_half_hour(database: Database) -> None:
    clock = [NOW]
    worker, sent = sender(database, Limits(4), clock)
    addresses = await add_addresses(database, 5)
    first = [await add_outbox(database, address, parts=1) for address in addresses[:3]]
    long = await add_outbox(database, addresses[3], parts=2)
    last = await add_outbox(database, addresses[4], kind="broadcast", urgency=1)
    running = asyncio.create_task(sends(worker, database))
    try:
        async with asyncio.timeout(10):
            while len(sent) < 4:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        assert sorted(sent) == sorted([*first, last]), "four parts, and the one that fits no more waits"
        found = {row.id: row for row in await rows(database, select(tables.outbox))}
        assert found[long].state == "queued" and found[long].due_at > NOW + timedelta(minutes=29)
        other = await add_outbox(database, addresses[3], parts=1)
        waiting = update(tables.outbox).where(tables.outbox.c.address_id == addresses[3])
        await execute(database, waiting.where(tables.outbox.c.state == "queued").values(state="cancelled"))
        clock[0] = NOW + timedelta(minutes=31)
        after = await add_outbox(database, addresses[0], parts=1)
        async with asyncio.timeout(10):
            while after not in sent:
                await asyncio.sleep(0.02)
        assert not {long, other} & set(sent)
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.fault("B22")
async def test_a_restart_does_not_begin_the_day_anew_and_answers_are_first_tomorrow(database: Database) -> None:
    sent, clock = list[int](), [NOW]

    async def send(message: Message) -> Sent:
        sent.append(message.id)
        return Sent(None)

    channel: Any = SimpleNamespace(name="kannel", scheme="tel", window=1, keyed=False, send=send)

    async def running_until(worker: OutboxWorker, most: int) -> None:
        running = asyncio.create_task(sends(worker, database))
        try:
            async with asyncio.timeout(10):
                while len(sent) < most:
                    await worker.look()
                    await asyncio.sleep(0.02)
            await asyncio.sleep(0.2)
        finally:
            running.cancel()
            await asyncio.wait([running])

    limits = {"kannel": Limits(0, 4)}
    addresses = await add_addresses(database, 5)
    today = [await add_outbox(database, address, parts=2) for address in addresses[:2]]
    await running_until(OutboxWorker(database, {"kannel": channel}, lambda: clock[0], limits, HOURS, Path()), 2)
    tip = await add_outbox(database, addresses[2], kind="tip", urgency=1)
    later = await add_outbox(database, addresses[3])
    clock[0] = NOW + timedelta(hours=1)
    new = OutboxWorker(database, {"kannel": channel}, lambda: clock[0], limits, HOURS, Path())
    await new.count_today()
    assert new.full == ["kannel"]
    await running_until(new, 2)
    assert sent == today, "nothing more leaves today"
    clock[0] = NOW + timedelta(hours=12)
    await running_until(new, 4)
    assert sent == [*today, later, tip] and new.full == []


async def test_an_answer_does_not_wait_for_the_half_hour_of_a_broadcast(database: Database) -> None:
    """Thirty texts that left at once made everybody wait half an hour for her answer, however long it went on."""
    clock = [NOW]
    worker, sent = sender(database, Limits(30), clock)
    addresses = await add_addresses(database, 41)
    texts = [await add_outbox(database, one, kind="broadcast", urgency=1) for one in addresses[:40]]
    running = asyncio.create_task(sends(worker, database))
    try:
        for minute in range(35):
            clock[0] = NOW + timedelta(minutes=minute)
            await worker.look()
            async with asyncio.timeout(10):
                while len(sent) <= minute:
                    await asyncio.sleep(0.002)
        await asyncio.sleep(0.2)
        assert sent == texts[:35], "ten at once, then one a minute as soon as their time is over"
        answer = await add_outbox(database, addresses[40])
        clock[0] += timedelta(minutes=1)
        await worker.look()
        async with asyncio.timeout(10):
            while answer not in sent:
                await asyncio.sleep(0.002)
    finally:
        running.cancel()
        await asyncio.wait([running])
