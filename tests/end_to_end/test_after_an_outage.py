"""We were away for hours: what a modem and Telegram kept for us meanwhile is there once, in order, whoever died."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.channels.base import Recorder
from tests.bot.channels.test_gammu import channel, running
from tests.bot.channels.test_telegram import DiesAfterCommit, polling, words
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import html
from tests.gammu import Smsd, require

BEFORE = ["raporo 0", "raporo 1"]
MEANWHILE = [f"raporo {n}" for n in range(2, 9)]


@pytest.mark.fault("B25")
async def test_what_a_modem_received_while_we_were_away_is_there_once(tmp_path: Path) -> None:
    """The real gammu-smsd with its dummy phone goes on without us; of two processes of ours the first dies at it."""
    require()
    smsd, first, second = Smsd(tmp_path), DiesAfterCommit(), Recorder()
    for text in (*BEFORE, *MEANWHILE):
        smsd.arrives("+25779123456", text)
    long = "Muraho neza " * 12
    smsd.arrives("+25761000000", long[:70], long[70:])
    inbox = smsd.folder / "inbox"
    async with smsd, asyncio.timeout(30):
        while len(list(inbox.iterdir())) < len(BEFORE) + len(MEANWHILE) + 1:
            await asyncio.sleep(0.05)
    made = channel(smsd.folder)
    async with running(made, first) as until:
        await until(lambda: bool(first.kept))
    async with running(channel(smsd.folder), second) as until:
        await until(lambda: not list(inbox.iterdir()))
    assert {arrival.key for arrival in first.kept} <= {arrival.key for arrival in second.kept}, (
        "kept, and known again"
    )
    assert len({arrival.key for arrival in second.kept}) == len(second.kept)
    texts = [arrival.text for arrival in second.kept]
    assert [text for text in texts if text != long] == [*BEFORE, *MEANWHILE], "each once, in their order"
    assert texts.count(long) == 1


@pytest.mark.fault("B25")
async def test_what_telegram_kept_for_us_is_there_once_and_in_order(botapi: Emulator) -> None:
    """250 updates of three people, more than two of its pages; it answers badly at first, and we die once more."""
    people = [botapi.user(4711 + n) for n in range(3)]
    for number in range(250):
        people[number % 3].says(f"raporo {number}")
    botapi.fail("getUpdates", html(502), html(502))
    first, second = DiesAfterCommit(), Recorder()
    async with polling(botapi, first):
        await botapi.until(lambda: first.kept, 20)
    assert 0 < len(first.kept) < 250
    async with polling(botapi, second):
        await botapi.until(lambda: not botapi.queue.pending, 20)
        await botapi.until(lambda: len(second.kept) >= 250, 20)
    assert [arrival.key for arrival in second.kept[: len(first.kept)]] == [arrival.key for arrival in first.kept]
    assert words(second) == [f"raporo {number}" for number in range(250)]
    assert len({arrival.key for arrival in second.kept}) == 250
