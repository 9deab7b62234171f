"""Telegram and the real process: killed between commit and offset, and called by webhook."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import User, slow
from tests.programme import Programme, database_rows, small_roster

LINE = "12 11 3 12 7 5 3"


async def enrolled(botapi: Emulator, programme: Programme) -> User:
    """Odette, by the token that the officer's command prints."""
    odette = botapi.user(4711, "Odette")
    printed = await asyncio.to_thread(programme.command, "token", "ABAHUZA ODETTE")
    odette.starts(max(printed.split(), key=len))
    await botapi.hears(4711, 1, 20)
    odette.presses(odette.sees[-1], "English")
    await botapi.hears(4711, 2, 20)
    return odette


async def test_killed_between_commit_and_offset_the_report_is_there_once(botapi: Emulator, tmp_path: Path) -> None:
    programme = Programme(tmp_path, {"telegram": {"token": botapi.token, "api_url": botapi.url}})
    programme.bring(small_roster())
    async with programme:
        odette = await enrolled(botapi, programme)
        odette.says(LINE)
        (*_, card) = await botapi.hears(4711, 3, 20)
        await botapi.until(lambda: not botapi.queue.pending, 20)
        botapi.fail("getUpdates", slow(60))
        asked = len(botapi.called("getUpdates"))
        odette.presses(card, "Send")
        await botapi.until(lambda: database_rows(tmp_path, "select number from reports"), 20)
        await botapi.until(lambda: len(botapi.called("getUpdates")) > asked, 20)  # the slow one is this service's
        assert botapi.queue.pending, "the offset was not raised yet"
        assert programme._service is not None
        programme._service.kill()
        await asyncio.to_thread(programme._service.join)
    async with programme:
        await botapi.until(lambda: not botapi.queue.pending, 20)
        await botapi.until(lambda: card.text.startswith("✅ No 1."), 20)
    assert database_rows(tmp_path, "select number, source, state from reports") == [(1, "chat", "reported")]
    assert len(database_rows(tmp_path, "select 1 from inbox where kind = 'button'")) == 2


async def test_by_webhook(botapi: Emulator, tmp_path: Path) -> None:
    telegram = {"token": botapi.token, "api_url": botapi.url, "mode": "webhook", "secret": "of_the-webhook_in-tests"}
    programme = Programme(tmp_path, {"telegram": telegram})
    programme.bring(small_roster())
    async with programme:
        odette = await enrolled(botapi, programme)
        odette.says(LINE)
        (*_, card) = await botapi.hears(4711, 3, 20)
        odette.presses(card, "Send")
        await botapi.until(lambda: card.text.startswith("✅ No 1."), 20)
    assert set(botapi.queue.hooked) == {200}
