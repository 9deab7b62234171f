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
from tests.bot.test_attachments import read
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

PATIENCE = 30.0
MORNING = NOW.replace(day=24, hour=8, minute=0)
"""Tuesday 24/11/2026, 10:00 in Bujumbura."""


async def _prefers_her_chat(chats: Chats) -> None:
    """Reminders go to chats: there is no SMS here."""
    changed = update(people).where(people.c.kind == "leader").values(channel="telegram")

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
        assert late.text.splitlines()[:2] == [
            "LATE on 24/11, period from 11/11",
            "2 associations: 0 reported, 0 no training, 0 later, 2 silent",
        ]
        assert "1. 07 ABAHUZA, Rutana: 237 d, reminders 0, our text left at 10:00, no receipt yet" in late.text
        assert late.text.endswith("2. 11 TWIYUNGE, Rutana: 237 d, reminders 0")
        assert late.labels == ["1", "2", "📨 Remind all", "📄 Excel"]
        page = await chats.presses(eric, "1", late)
        card = await chats.presses(eric, "Remind", page)
        assert card.text.startswith("To Odette, ABAHUZA (English):\n") and "since 1/4?" in card.text
        await chats.presses(eric, "Send", card)
        assert card.text.startswith("The reminder to ABAHUZA leaves now")
        await botapi.until(lambda: "since 1/4?" in odette.sees[-1].text, PATIENCE)
        again = await chats.says(eric, "/remind 07")
        assert again.text == "ABAHUZA was reminded less than 72 hours ago. Possible from 27/11 10:00."
        sure = await chats.presses(eric, "No training", page)
        assert sure.text == "ABAHUZA: no training since 1/4? It is not late then."
        await chats.presses(eric, "Cancel", sure)
        assert sure.text == "It is taken back." and "2 silent" in (await chats.says(eric, "/late")).text
        sure = await chats.presses(eric, "No training", page)
        await chats.presses(eric, "Yes", sure)
        assert sure.text.startswith("Noted: no training at ABAHUZA since 1/4")
        shown = await chats.says(eric, "/late")
        assert "1 silent" in shown.text and "No training: ABAHUZA" in shown.text
        assert "🕰 Late: 1" in (await chats.says(eric, "/today")).text
        await chats.presses(eric, "1", shown)
        asked = await chats.presses(eric, "I called")
        await chats.presses(eric, "Will report on", asked)
        await chats.presses(eric, "27/11")
        shown = await chats.says(eric, "/late")
        assert "0 silent" in shown.text and "Later: TWIYUNGE (27/11)" in shown.text


async def test_a_reminder_to_a_phone_is_shown_as_the_phone_gets_it(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, clock=StoppedClock(MORNING)) as chats:
        eric = await chats.eric()
        card = await chats.says(eric, "/remind 07")
        assert card.text == (
            "To Odette, ABAHUZA (English, 1 SMS):\n"
            "OIM: Odette, did ABAHUZA hold a training since 1/4? 1 yes, I report now 0 no training 2 ask me later"
        )


async def test_no_reminder_at_night(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with programme(botapi, tmp_path, monkeypatch, clock=StoppedClock(NOW + timedelta(hours=5))) as chats:
        eric = await chats.eric()
        refused = await chats.says(eric, "/remind 07")
        assert refused.text == "Nothing unasked leaves to ABAHUZA at this hour. Possible from 24/11 07:30."


async def test_several_are_reminded_at_once_and_the_list_is_a_file(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, clock=StoppedClock(MORNING)) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        agnes = await chats.one_of_the_team("TWIYUNGE AGNES", 4712)
        await _prefers_her_chat(chats)
        late = await chats.says(eric, "/late")
        assert late.labels == ["1", "2", "📨 Remind all", "📄 Excel"]
        shown = await chats.presses(eric, "Remind all", late)
        assert shown.text.startswith("To Odette, ABAHUZA (English):\nOdette, did ABAHUZA hold a training since 1/4?")
        assert "TWIYUNGE (English)" in shown.text and shown.labels == ["✅ Send", "🗑 Cancel"]
        await chats.presses(eric, "Send", shown)
        assert shown.text == ("The reminders leave now, or when what is open there is answered: ABAHUZA, TWIYUNGE")
        for leader in (odette, agnes):
            await botapi.until(lambda: "since 1/4?" in leader.sees[-1].text, PATIENCE)  # noqa: B023
        again = await chats.presses(eric, "Remind all", late)
        assert "ABAHUZA was reminded less than 72 hours ago" in again.text and again.labels == []
        assert (await chats.says(eric, "/late")).labels == ["1", "2", "📄 Excel"]

        file = await chats.presses(eric, "Excel", late)
        assert file.text == "Who has not reported, 24/11: 2 silent." and file.file
        assert file.file[0] == "late-2026-11-24.xlsx"
        head, first, second = read(file.file[1])
        assert head[:5] == ["No", "Association", "Commune", "State", "Days"]
        assert first[:6] == ["07", "Abahuza", "Rutana", "silent", 237, 1]
        audit = [row["details"] for row in await chats.rows("audit", what="late list")]
        assert audit[-1] == {"associations": 2, "file": True}
