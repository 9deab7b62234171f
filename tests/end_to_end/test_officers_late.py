"""Who is late, one reminder by hand, and what a call came to: from the officer's chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import StoppedClock
from bot.store.tables import people
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play import NOW

PATIENCE = 30.0
MORNING = NOW.replace(day=24, hour=8, minute=0)
"""Tuesday 24/11/2026, 10:00 in Bujumbura."""


async def _prefers_her_chat(chats: Chats) -> None:
    """Odette's reminders go to her chat: there is no SMS here."""
    changed = update(people).where(people.c.sms_name == "Odette").values(channel="telegram")

    async def write(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        await tx.execute(changed)
        return [None] * len(items)

    await chats.app.database.writer.do(write, None)


async def test_who_is_late_is_listed_reminded_and_noted(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, clock=StoppedClock(MORNING)) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        await _prefers_her_chat(chats)
        late = await chats.says(eric, "/late")
        assert late.text.startswith("LATE on 24/11, last 14 days. 2 associations: 0 reported, 2 silent")
        assert "07 ABAHUZA, Rutana: 237 d" in late.text and late.labels == ["07", "11"]
        page = await chats.presses(eric, "07", late)
        card = await chats.presses(eric, "Remind", page)
        assert card.text.startswith("To Odette, ABAHUZA (English):\n") and "since 1/4?" in card.text
        await chats.presses(eric, "Send", card)
        assert card.text.startswith("The reminder to ABAHUZA leaves now")
        await botapi.until(lambda: "since 1/4?" in odette.sees[-1].text, PATIENCE)
        again = await chats.says(eric, "/remind 07")
        assert again.text == "ABAHUZA was reminded less than 72 hours ago. Possible from 27/11 10:00."
        assert (await chats.presses(eric, "No training", page)).text.startswith("Noted: no training at ABAHUZA since")
        shown = await chats.says(eric, "/late")
        assert "1 silent" in shown.text and "No training: ABAHUZA" in shown.text
        assert "🕰 Late: 1" in (await chats.says(eric, "/today")).text
        await chats.presses(eric, "11", shown)
        asked = await chats.presses(eric, "I called")
        await chats.presses(eric, "Will report on", asked)
        await chats.presses(eric, "27/11")
        shown = await chats.says(eric, "/late")
        assert "0 silent" in shown.text and "Later: TWIYUNGE (27/11)" in shown.text


async def test_no_reminder_at_night(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with programme(botapi, tmp_path, monkeypatch, clock=StoppedClock(NOW + timedelta(hours=5))) as chats:
        eric = await chats.eric()
        refused = await chats.says(eric, "/remind 07")
        assert refused.text == "Nothing unasked leaves to ABAHUZA at this hour. Possible from 24/11 07:30."
