"""A USSD screen passes whatever holds up the SMS of its channel; one that nobody waits for any more is an SMS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.channels.base import Message, Sent
from bot.errors import ChannelMisconfigured
from bot.store import tables
from bot.store.engine import Database
from bot.workers.outbox import OutboxWorker
from scheduler.pace import Limits
from scheduler.quiet import Hours
from tests.databases import NOW, add_addresses, add_outbox, database, place, postgres_server, rows
from tests.sending import sends

__all__ = ["database", "place", "postgres_server"]
HOURS = Hours.parse(time(0, 0), time(23, 59), (), (), ZoneInfo("Africa/Bujumbura"))
SCREEN = {"urgency": -1, "parts": 0, "data": {"session": {"key": "k"}}}


class Gateway:
    """A channel that shows screens at once; `fails` is what an SMS meets."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.shown: list[int] = []
        self.texts: list[int] = []
        self._fails = fails
        self.waits = True

    async def send(self, message: Message) -> Sent:
        if self.waits and "session" in message.data:
            self.shown.append(message.id)
            return Sent(None, parts=0)
        if self._fails:
            raise self._fails
        self.texts.append(message.id)
        return Sent("theirs", parts=2 if "session" in message.data else None)


@asynccontextmanager
async def running(
    database: Database, gateway: Gateway, limits: Limits, window: int = 32
) -> AsyncIterator[OutboxWorker]:
    is_so = {"name": "kannel", "scheme": "tel", "window": window, "keyed": False, "screens": True}
    channel: Any = SimpleNamespace(**is_so, send=gateway.send)
    worker = OutboxWorker(database, {"kannel": channel}, lambda: NOW, {"kannel": limits}, HOURS, Path())
    task = asyncio.create_task(sends(worker, database))
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0.02)


async def test_a_refused_account_for_sms_stops_no_screen(database: Database) -> None:
    gateway = Gateway(ChannelMisconfigured("no credit", "top up"))
    hers, other = await add_addresses(database, 2)
    text = await add_outbox(database, hers)
    async with running(database, gateway, Limits()) as worker:
        await until(lambda: worker.broken)
        screens = [await add_outbox(database, address, **SCREEN) for address in (hers, other)]
        await until(lambda: len(gateway.shown) == 2)
        assert sorted(gateway.shown) == sorted(screens), "also behind an SMS to the same phone"
        assert worker.broken == ["kannel"], "a screen says nothing of the account"
    (waits,) = await rows(database, select(tables.outbox).where(tables.outbox.c.id == text))
    assert waits.state == "queued"


async def test_a_day_that_is_used_up_stops_no_screen(database: Database) -> None:
    gateway = Gateway()
    first, second = await add_addresses(database, 2)
    async with running(database, gateway, Limits(0, 1)) as worker:
        await add_outbox(database, first, parts=1)
        await until(lambda: gateway.texts)
        screen, text = await add_outbox(database, second, **SCREEN), await add_outbox(database, first, parts=1)
        await until(lambda: gateway.shown)
        assert gateway.shown == [screen] and text not in gateway.texts and worker.full == ["kannel"]


async def test_a_screen_that_nobody_waits_for_is_counted_as_an_sms(database: Database) -> None:
    gateway = Gateway()
    gateway.waits = False
    (address,) = await add_addresses(database, 1)
    screen = await add_outbox(database, address, **SCREEN)
    async with running(database, gateway, Limits(0, 2)) as worker:
        await until(lambda: gateway.texts)
        assert worker.full == ["kannel"]
        await asyncio.sleep(0.2)
    (left,) = await rows(database, select(tables.outbox).where(tables.outbox.c.id == screen))
    assert (left.state, left.parts) == ("sent", 2)
