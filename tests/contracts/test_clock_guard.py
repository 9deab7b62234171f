"""A clock that stands earlier than it was once seen is not believed: only answers leave (faults C1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.channels.base import Message, Sent
from bot.operations import clock_right
from bot.store import other_clocks, singles, tables
from bot.store.engine import Database
from bot.workers.clock_guard import ClockGuard
from bot.workers.outbox import OutboxWorker
from scheduler import right_time
from scheduler.quiet import Hours
from tests.databases import NOW, add_addresses, add_outbox, count, database, execute, place, postgres_server
from tests.sending import sends

__all__ = ["database", "place", "postgres_server"]
HOURS = Hours.parse(time(0, 0), time(23, 59), (), (), ZoneInfo("Africa/Bujumbura"))
SPANS = st.timedeltas(timedelta(days=-60 * 365), timedelta(days=365))


@given(st.lists(SPANS, max_size=20))
def test_the_clock_is_believed_exactly_while_it_does_not_stand_back(moves: list[timedelta]) -> None:
    """Whatever it does: NTP steps, two days back, 1970."""
    now, seen = NOW, None
    for move in moves:
        now = max(min(now + move, datetime(2100, 1, 1, tzinfo=UTC)), datetime(1970, 1, 1, tzinfo=UTC))
        by = right_time.behind(now, seen)
        latest = max(filter(None, (seen, right_time.EARLIEST)))
        assert bool(by) == (now < latest - timedelta(minutes=5))
        assert (right_time.said(by) == "") == (not by)
        seen = max(filter(None, (seen, now)))
        assert not right_time.behind(seen, seen) or seen < right_time.EARLIEST


@pytest.mark.fault("C1")
async def test_only_answers_leave_until_the_clock_is_right_again(database: Database) -> None:
    sent, clock = [], [NOW]

    async def send(message: Message) -> Sent:
        sent.append(message.id)
        return Sent(None)

    async def until(number: int) -> None:
        async with asyncio.timeout(10):
            while number not in sent:
                await worker.look()
                await asyncio.sleep(0.02)

    await ClockGuard(database, lambda: NOW).look()  # the process before
    clock[0] = NOW - timedelta(days=2)
    guard = ClockGuard(database, lambda: clock[0])
    await guard.look()
    channel: Any = SimpleNamespace(name="kannel", scheme="tel", window=32, keyed=False, send=send)
    worker = OutboxWorker(database, {"kannel": channel}, lambda: clock[0], {}, HOURS, Path())
    worker.may_speak = guard.is_right
    first, second = await add_addresses(database, 2)
    due = {"due_at": NOW - timedelta(days=3), "made_at": NOW - timedelta(days=3)}
    answer = await add_outbox(database, first, **due)
    unasked = await add_outbox(database, second, kind="reminder", urgency=1, **due)
    running = asyncio.create_task(sends(worker, database))
    try:
        await until(answer)
        for _ in range(5):
            await worker.look()
            await asyncio.sleep(0.05)
        assert unasked not in sent
        assert "2 days behind" in guard.wrong and "kurikirana clock right" in guard.wrong
        clock[0] = NOW + timedelta(minutes=1)
        await until(unasked)
        assert not guard.wrong
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_time_that_was_seen_is_never_taken_back_but_by_a_person(database: Database) -> None:
    ahead = NOW + timedelta(days=9)
    for now in (NOW, ahead, NOW, NOW - timedelta(hours=1)):
        await ClockGuard(database, lambda now=now: now).look()  # type: ignore[misc]
    async with database.read() as tx:
        assert await singles.last_seen(tx) == ahead
    guard = ClockGuard(database, lambda: NOW)
    await guard.look()
    assert "9 days behind" in guard.wrong

    async def say(tx: Any, items: Any) -> list[Any]:
        return [await clock_right(tx, {"who": "Aline"}, NOW) for _ in items]

    await database.writer.do(say, None)
    await guard.look()
    assert not guard.wrong and await count(database, tables.audit) == 1


@pytest.mark.fault("C1")
async def test_a_machine_that_begins_in_1970_is_not_believed_although_nothing_was_seen(database: Database) -> None:
    guard = ClockGuard(database, lambda: datetime(1970, 1, 1, 0, 2, tzinfo=UTC))
    await guard.look()
    assert guard.wrong and not guard.is_right(datetime(1970, 1, 1, 0, 2, tzinfo=UTC))


async def test_a_clock_ahead_of_the_networks_is_noticed_from_the_newest_messages(database: Database) -> None:
    addresses = await add_addresses(database, 4)

    async def arrives(number: int, sent: datetime | None, at: datetime) -> None:
        row = {
            "channel": "kannel",
            "dedupe_key": str(number),
            "address_id": addresses[number // 2 % 4],
            "kind": "text",
        }
        await execute(database, insert(tables.inbox), row | {"text": "1", "sent_at": sent, "received_at": at})

    async def noticed() -> timedelta:
        async with database.read() as tx:
            return await other_clocks.ahead(tx)

    assert await noticed() == timedelta()
    ours = NOW + timedelta(days=2)
    for number in range(20):
        at = ours + timedelta(minutes=5 * number)
        await arrives(number, None if number % 2 else at - timedelta(days=2), at)
    assert await noticed() == timedelta(days=2)
    await arrives(20, ours, ours + timedelta(seconds=3))
    assert await noticed() == timedelta(), "one that is fresh says that the clock is right"
