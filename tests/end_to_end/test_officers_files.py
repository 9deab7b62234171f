"""Photos and voice notes of leaders reach the officer's chat once they are safe; a reply to one answers her."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.clock import StoppedClock
from bot.programme.counting import Period, Rules, find, sheet, talk
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

PATIENCE = 30.0
LINE = "12/11 3 12 7 5 3"
VOICE = b"OggS" + b"\0" * 24 + b"OpusHead" + b"\0" * 60


def photo() -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (60, 40), "white").save(file, "JPEG", exif=exif)
    return file.getvalue()


async def _settled(chats: Chats) -> None:
    """Until the files are fetched too, which the alarm asks for every two seconds."""
    await chats.settled()
    async with asyncio.timeout(PATIENCE):
        while await chats.rows("media", state="waiting"):
            await asyncio.sleep(0.05)
    await chats.settled()


async def _is_counted(chats: Chats) -> None:
    """The sheet that Eric has seen makes the report checked; the messages are Odette's, and what went to her."""
    assert (await chats.report())["verdict"] == "accepted"
    zone = chats.app.settings.zone
    async with chats.app.database.read() as tx:
        place, month = await find(tx, "07"), Period.of(NOW.astimezone(zone).date())
        page = await sheet(tx, place, month, Rules.of(chats.app.settings), NOW, sources=True)
        said = await talk(tx, place, month, zone, ids=True)
    assert page.this.figure("new_people", "checked").plain() == page.this.figure("new_people").plain()
    theirs = await _hers(chats)
    hers = {row["id"] for row in await chats.rows("inbox") if row["address_id"] in theirs}
    left = {row["id"] for row in await chats.rows("outbox") if row["address_id"] in theirs}
    assert hers and set(said.arrived.messages) <= hers
    assert left and set(said.left.messages) <= left
    assert len(said.arrived.messages) >= 4 and len(said.left.messages) >= 4


async def _hers(chats: Chats) -> set[int]:
    team = {row["id"] for row in await chats.rows("people", kind="staff")}
    return {row["address_id"] for row in await chats.rows("people_addresses") if row["person_id"] not in team}


async def test_a_photo_is_seen_checked_and_answered(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        await chats.says(odette, LINE)
        await chats.presses(odette, "Send")
        before = len(eric.sees)
        odette.sends_photo(photo())
        await _settled(chats)
        (told,) = eric.sees[before:]
        says = "12/11 processing, women 12, men 7, new women 5, new men 3"
        assert told.text == f"📷 Odette, ABAHUZA: a photo for No 1.\nNo 1: {says}" and told.file
        assert Image.open(io.BytesIO(told.file[1])).size == (60, 40)
        assert b"taken at home" not in told.file[1] and "sheet" not in told.file[0]

        assert "📷 Photos to check (1): ABAHUZA (a photo for No 1)" in (await chats.says(eric, "/today")).text
        clock.advance(timedelta(minutes=1))
        await chats.replies(eric, told, "we cannot read the names, send it again please")
        await chats.settled()
        assert odette.sees[-1].text == "Eric: we cannot read the names, send it again please"
        again = await chats.presses(eric, "✓", told)
        assert "Eric answered at" in again.text

        clock.advance(timedelta(minutes=1))
        odette.sends_photo(photo(), caption="the sheet")
        await _settled(chats)
        card = eric.sees[-1]
        await chats.says(odette, "FIX")
        await chats.says(odette, "3")
        await chats.says(odette, "13 7")
        await chats.presses(eric, card.labels[0], card)
        assert "Corrected since. No 1 now says: 12/11 processing, women 13, men 7" in card.text
        assert (await chats.report())["verdict"] == "" and len(card.labels) == 3
        await chats.presses(eric, card.labels[0], card)
        assert card.history and "Odette, ABAHUZA" in card.text and card.labels == [] and eric.sees[-1] is card
        await _is_counted(chats)

        page = await chats.says(eric, "/association 07")
        assert page.labels[-1] == "📎 Photos and voice notes: 1", "of the last five messages"
        await chats.presses(eric, "📎", page)
        assert eric.sees[-1].file and eric.sees[-1].text.endswith("Odette: the sheet")


async def test_a_voice_note_is_heard_and_one_that_is_none_says_why(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        odette.sends_voice(VOICE)
        await _settled(chats)
        heard = eric.sees[-1]
        assert heard.file and heard.file[1] == VOICE and botapi.called("sendVoice")
        await chats.presses(eric, "Note")
        await chats.says(eric, "she says that the belt is broken")
        assert [row["note"] for row in await chats.rows("visits")] == ["she says that the belt is broken"]
        odette.sends_voice(b"MZ" + b"\0" * 60)
        await _settled(chats)
        none = eric.sees[-1]
        assert none.file is None and none.text.endswith("It is not there: not a voice note in OGG/Opus, MP3 or M4A.")


async def test_what_was_erased_since_is_not_sent(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        odette.sends_photo(photo())
        await _settled(chats)
        page = await chats.says(eric, "/association 07")
        await chats.says(odette, "/stop")
        await chats.says(odette, "DELETE")
        sent = len(eric.sees)
        await chats.app.erasures.look()
        await chats.presses(eric, "📎", page)
        assert all(shown.file is None for shown in eric.sees[sent:])
