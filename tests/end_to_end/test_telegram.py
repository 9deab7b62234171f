"""The leader's journey in Telegram, from the QR code to the receipt (conversations 1.5 and 1.6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme

KEYBOARD = [["📋 Training", "🏪 Business"], ["❓ Mentor", "💡 Lesson"], ["📊 Totals", "☎️ Call me"]]


@pytest.fixture
async def chats(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    async with programme(botapi, tmp_path, monkeypatch) as running:
        yield running


async def test_the_whole_report_on_one_card(chats: Chats) -> None:
    odette = await chats.odette()
    assert odette.sees[-1].text == "Welcome, Odette. Tap 📋 after each training."
    assert odette.sees[-1].keyboard == KEYBOARD
    odette.taps("📋 Training")
    await chats.settled()
    card = odette.sees[-1]
    print(card.text, card.labels)
    before = len(odette.sees)
    for button in ("Saturday 21/11", "processing", "Next", "12", "5", "5", "3"):
        await chats.presses(odette, button, card)
        print(card.text, card.labels)
    await chats.presses(odette, "Send", card)
    print(card.text, card.labels)
    assert len(odette.sees) == before
    assert len(chats.botapi.answered) == len(set(chats.botapi.answered)) == len(chats.botapi.callbacks)
    report = await chats.report()
    assert report["source"] == "chat"
