"""Our Telegram channel as tests run it against the emulator: the real one, with short waits."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import aiohttp

from bot.channel_sections import Telegram as Settings
from bot.channels.base import Intake
from bot.channels.telegram import Telegram, Waits
from bot.channels.telegram_wire import Pace
from scheduler.second import PerSecond
from tests.botapi import Emulator

FAST = Waits(poll=1, answer=0.5, whole=1.5, back_off=(0.02,), conflict=0.3)


def no_pace() -> Pace:
    """It need not wait, not even for the first second, in which a service that just started sends nothing."""
    pace = Pace(1000, 0)
    pace._second = PerSecond(1000, time.monotonic() - 1)
    return pace


def channel(settings: Settings, public_url: str = "", pace: Pace | None = None) -> Telegram:
    """A channel that need not wait before it sends."""
    return Telegram(settings, public_url, waits=FAST, pace=pace or no_pace())


@contextlib.asynccontextmanager
async def started(telegram: Telegram) -> AsyncIterator[Telegram]:
    """The channel, logged in."""
    async with aiohttp.ClientSession() as http:
        try:
            await telegram.start(http)
            yield telegram
        finally:
            await telegram.stop()


@contextlib.asynccontextmanager
async def polling(botapi: Emulator, intake: Intake) -> AsyncIterator[Telegram]:
    """The channel, polling into this intake until it is left."""
    async with started(channel(botapi.settings)) as telegram:
        task = asyncio.create_task(telegram.run(intake))
        try:
            yield telegram
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
