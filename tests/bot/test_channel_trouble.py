"""One channel's trouble is its own: a provider that hangs slows no other channel, and is left alone for a while; who
refuses us where messages are fetched is told to two of the team, since nothing need leave by which it is seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from sqlalchemy import select

from bot.channel_sections import Kannel as Settings
from bot.channels.base import Intake, Recorder
from bot.channels.kannel import Kannel
from bot.errors import ChannelMisconfigured
from bot.store import tables
from bot.store.engine import Database
from bot.workers import receiving
from bot.workers.outbox import OutboxWorker
from scheduler.breaker import FAILURES
from scheduler.quiet import Hours
from tests.databases import NOW, add_addresses, add_outbox, database, place, postgres_server, rows
from tests.faultproxy import FaultProxy, HalfOpen
from tests.programme import Gateway, free_port
from tests.sending import sends

__all__ = ["database", "place", "postgres_server"]
HOURS = Hours.parse(clock_time(0, 0), clock_time(23, 59), (), (), ZoneInfo("Africa/Bujumbura"))
TEXTS, WINDOW = 60, 8


def settings(place: str) -> Settings:
    """A gateway there."""
    url = f"{place}/send"
    return Settings.model_validate({"sendsms_url": url, "username": "u", "password": "p", "secret": "s3cret"})


@asynccontextmanager
async def sending(database: Database, channels: dict[str, Kannel]) -> AsyncIterator[OutboxWorker]:
    """The real worker with the real channel, once for each name."""
    worker = OutboxWorker(database, channels, lambda: datetime.now(UTC), {}, HOURS, Path())
    async with aiohttp.ClientSession() as http:
        for name, channel in channels.items():
            channel.window = worker._free[name] = WINDOW
            await channel.start(http)
        running = asyncio.create_task(sends(worker, database))
        try:
            yield worker
        finally:
            running.cancel()
            await asyncio.wait([running])
            for task in list(worker._sending):
                task.cancel()
            for channel in channels.values():
                await channel.stop()


async def latencies(database: Database, worker: OutboxWorker, gateway: Gateway, addresses: list[int]) -> list[float]:
    """Seconds from the commit of each text until the provider has it, one after the other."""
    took = []
    for number in range(TEXTS):
        before = len(gateway.sent)
        await add_outbox(database, addresses[number % len(addresses)], channel="http", due_at=NOW - timedelta(days=9))
        began = time.monotonic()
        worker.notify()
        async with asyncio.timeout(20):
            while len(gateway.sent) == before:
                await asyncio.sleep(0.002)
        took.append(time.monotonic() - began)
    return sorted(took)


@pytest.mark.fault("B2")
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_provider_that_hangs_slows_no_other_channel(database: Database) -> None:
    async with Gateway() as gateway, FaultProxy("127.0.0.1", gateway.port) as proxy:
        proxy.fault = HalfOpen()
        channels = {
            "kannel": Kannel(settings(proxy.url), ""),
            "http": Kannel(settings(f"http://127.0.0.1:{gateway.port}"), ""),
        }
        theirs, ours = await add_addresses(database, 100), await add_addresses(database, 20)
        async with sending(database, channels) as worker:
            alone = await latencies(database, worker, gateway, ours)
            for address in theirs:
                await add_outbox(database, address, due_at=NOW - timedelta(days=9))
            worker.notify()
            async with asyncio.timeout(20):
                while worker._free["kannel"]:
                    await asyncio.sleep(0.01)
            beside = await latencies(database, worker, gateway, ours)
            assert worker._free["kannel"] == 0, "all of its connections hang still"
        p99 = int(TEXTS * 0.99) - 1
        print(f"p99 alone {alone[p99] * 1000:.0f} ms, beside a channel that hangs {beside[p99] * 1000:.0f} ms")
        assert beside[p99] < max(1.0, 3 * alone[p99])


@pytest.mark.fault("B1")
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_provider_that_is_off_is_left_alone_and_then_tried_with_one(database: Database) -> None:
    port = free_port()
    channel = Kannel(settings(f"http://127.0.0.1:{port}"), "")
    addresses = await add_addresses(database, 60)
    for address in addresses:
        await add_outbox(database, address, due_at=NOW - timedelta(days=9))
    async with sending(database, {"kannel": channel}) as worker:
        async with asyncio.timeout(20):
            while worker._breakers["kannel"].until is None:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        tried = [row for row in await rows(database, select(tables.outbox)) if row.attempts]
        assert FAILURES <= len(tried) <= WINDOW + 1, "the others wait as they are"
        assert all(row.state == "queued" for row in tried), "never written, so nothing is in doubt"
        gateway = Gateway()
        gateway.port = port
        async with gateway:
            worker._breakers["kannel"].until = datetime.now(UTC)
            async with asyncio.timeout(20):
                while len(gateway.sent) < len(addresses) - len(tried):
                    await asyncio.sleep(0.02)
        assert worker._breakers["kannel"].until is None


class Refusing:
    """A channel that fetches; its account is refused so often, then it goes well."""

    name = "smpp"

    def __init__(self) -> None:
        self.refusals, self.runs = 2, 0

    async def run(self, intake: Intake) -> None:
        self.runs += 1
        if self.runs <= self.refusals:
            raise ChannelMisconfigured("refused", "compare system_id and password")
        await asyncio.Event().wait()


async def _nothing() -> None: ...


@pytest.mark.fault("B9")
async def test_who_is_refused_where_messages_are_fetched_counts_as_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "AGAIN_S", 0.05)
    channels: Any = {"smpp": Refusing()}
    worker: Any = SimpleNamespace(_paused={}, unheard=set(), refused=set())
    running = asyncio.create_task(receiving.receive(channels["smpp"], Recorder(), None, worker.unheard, _nothing))
    seen = list[list[str]]()
    async with asyncio.timeout(20):
        while channels["smpp"].runs < 3 or worker.unheard:
            broken = OutboxWorker.broken.fget(worker)  # type: ignore[attr-defined]
            if not seen or seen[-1] != broken:
                seen.append(broken)
            await asyncio.sleep(0.005)
    running.cancel()
    assert seen in ([[], ["smpp"]], [["smpp"]]), "without a break between two tries, so it is told once"
