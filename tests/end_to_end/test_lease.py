"""Two processes on one PostgreSQL, one bot: one of them polls Telegram, and the other once that one has stopped."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from telegram.error import Conflict

from bot.app import App
from bot.channels.telegram import Telegram
from bot.clock import StoppedClock
from bot.settings import Settings
from bot.workers.lease import Lease
from tests import botapi_bots
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import User
from tests.databases import Place, place, postgres_server  # noqa: F401
from tests.end_to_end.chats import settings_for
from tests.play_service import NOW


@pytest.mark.postgres
@pytest.mark.fault("B10")
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_one_process_polls(
    botapi: Emulator,
    tmp_path: Path,
    place: Place,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.telegram.Telegram", lambda settings, url: botapi_bots.channel(settings, url))
    conflicts, pause = list[Exception](), Telegram._pause

    def counted(channel: Telegram, error: Exception, failures: int) -> float:
        conflicts.extend([error] if isinstance(error, Conflict) else [])
        return pause(channel, error, failures)

    monkeypatch.setattr(Telegram, "_pause", counted)
    monkeypatch.setattr("bot.parts.Lease", lambda database, name: Lease(database, name, 1.0))
    settings: Settings = settings_for(tmp_path, botapi)
    settings = settings.model_copy(update={"database": settings.database.model_copy(update={"url": place.url})})
    async with AsyncExitStack() as one, AsyncExitStack() as two:
        first = await one.enter_async_context(App.running(settings, StoppedClock(NOW), web=False))
        await _held(first)
        second = await two.enter_async_context(App.running(settings, StoppedClock(NOW), web=False))
        await asyncio.sleep(1.5)
        assert not second.leases["telegram"].held
        user = botapi.user(4711, "Odette")
        user.says("/start")
        await _answers(user, 1)
        await one.aclose()
        await _held(second)
        user.says("/help")
        await _answers(user, 2)
    assert conflicts == []


async def _held(app: App) -> None:
    async with asyncio.timeout(10):
        while not app.leases["telegram"].held:
            await asyncio.sleep(0.02)


async def _answers(user: User, how_many: int) -> None:
    async with asyncio.timeout(10):
        while len(user.sees) < how_many:
            await asyncio.sleep(0.02)
