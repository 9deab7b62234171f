"""What is no step of a form in a chat: checks, corrections, commands, photos, edits, groups, leaving."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.clock import Clock
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import error, flood
from tests.end_to_end.chats import Chats, chats_fixture, programme  # noqa: F401

LINE = "12 11 3 12 7 5 3"


async def test_the_same_training_twice(chats: Chats) -> None:
    odette = await chats.odette()
    await chats.says(odette, LINE)
    await chats.presses(odette, "Send")
    card = await chats.says(odette, LINE)
    await chats.presses(odette, "Send")
    assert card.labels == ["The same", "Another one"], "the question stands on the card"
    await chats.presses(odette, "Another one")
    assert card.text.startswith("✅ No 2.") and card.labels[-1] == "↩️ Correct"
    assert [row["state"] for row in await chats.rows("reports")] == ["reported", "reported"]
    await chats.says(odette, "13 11 3 12 7 0 0")
    await chats.presses(odette, "Send")
    third = await chats.says(odette, "13 11 3 12 7 0 0")
    await chats.presses(odette, "Send")
    await chats.presses(odette, "The same")
    assert "3" in third.text and (await chats.rows("reports"))[-1]["state"] == "withdrawn"


async def test_many_people_are_asked_about(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "12 11 3 40 30 5 3")
    await chats.presses(odette, "Send")
    assert card.text == "70 people in one training?" and card.labels == ["Yes, correct", "No, I send it again"]
    await chats.presses(odette, "Yes, correct")
    assert card.text.startswith("✅ No 1.") and (await chats.report())["state"] == "reported"


async def test_correct_by_button_and_by_word(chats: Chats) -> None:
    odette = await chats.odette()
    await chats.says(odette, LINE)
    card = await chats.presses(odette, "Send")
    menu = await chats.presses(odette, "Correct", card)
    assert menu.labels == ["Date", "Topic", "People", "New", "🗑 Remove", "Nothing"]
    await chats.presses(odette, "People")
    fixed = await chats.says(odette, "13 7")
    assert "13" in fixed.text and (await chats.report())["values"]["women"] == 13
    await chats.says(odette, "FIX 1")
    removed = await chats.presses(odette, "Remove")
    assert (await chats.report())["state"] == "withdrawn" and removed.labels == ["↩️ Bring back"]
    await chats.presses(odette, "Bring back")
    assert (await chats.report())["state"] == "reported"
    old = await chats.presses(odette, "Date", menu)
    assert old.text == "This is an old message. Tap 📋 to report."


async def test_an_edited_message_asks(chats: Chats) -> None:
    odette = await chats.odette()
    number = odette.says(LINE)
    await chats.presses(odette, "Send")
    odette.edits(number, "12 11 3 13 7 5 3")
    await chats.settled()
    assert odette.sees[-1].text == "Do you want to correct No 1?" and odette.sees[-1].labels == ["Yes", "❌ No"]
    menu = await chats.presses(odette, "Yes")
    assert "🗑 Remove" in menu.labels and (await chats.report())["state"] == "reported"


async def test_the_business_card(chats: Chats) -> None:
    odette = await chats.odette()
    odette.taps("🏪 Business")
    await chats.settled()
    card = odette.sees[-1]
    steps: list[str] = []
    while "✅ Send" not in card.labels and len(steps) < 9:
        steps.append(card.text.splitlines()[-1])
        if "working" in card.labels:
            await chats.presses(odette, "working", card)
        elif "none" in card.labels:
            await chats.presses(odette, "machine", card)
        elif "Sales" in steps[-1]:
            await chats.says(odette, "450000")
        else:
            await chats.presses(odette, "I do not know" if "I do not know" in card.labels else card.labels[0], card)
    await chats.presses(odette, "Send", card)
    report = await chats.report()
    assert "No 1" in card.text and card.labels == ["↩️ Correct"], (steps, card.text)
    assert report["form"] == "business" and report["values"]["sales"] == 450000 and report["source"] == "chat"


async def test_the_commands(chats: Chats) -> None:
    odette = await chats.odette()
    said = [
        (command, (await chats.says(odette, command)).text)
        for command in ("/help", "/privacy", "/mydata", "/nonsense", "/total", "/start", "/annuler")
    ]
    expected = ("report a training", "to follow up", "We keep", "do not know this", "ABAHUZA", "Welcome", "No report")
    assert [(c, text) for (c, text), part in zip(said, expected, strict=True) if part not in text] == []
    for command in ("/formation", "/inyigisho", "/mafunzo", "/report"):
        assert "When was it?" in (await chats.says(odette, command)).text
    assert "Business" in (await chats.says(odette, "/activite")).text
    assert (await chats.says(odette, "/cancel")).labels in ([], ["↩️ Bring back"])
    await chats.says(odette, "/language")
    french = await chats.presses(odette, "Français")
    assert french.keyboard[0] == ["📋 Formation", "🏪 Activité"]


async def test_stop_and_back(chats: Chats) -> None:
    odette = await chats.odette()
    last = await chats.says(odette, "/stop")
    assert last.removes_keyboard and "last message" in last.text
    for text in ("Hello?", LINE, "/help"):
        assert await chats.says(odette, text) is last
    assert len(await chats.rows("reports")) == 1, "a report counts all the same"
    back = await chats.says(odette, "/start")
    assert back.keyboard and "Welcome back Odette" in back.text


async def test_a_photo_of_the_sheet(chats: Chats) -> None:
    odette = await chats.odette()
    await chats.says(odette, LINE)
    await chats.presses(odette, "Send")
    picture, file = Image.new("RGB", (60, 40), "white"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    picture.save(file, "JPEG", exif=exif)
    odette.sends_photo(file.getvalue())
    await chats.settled()
    assert odette.sees[-1].text == "📷 received for No 1. Eric checks it."
    await chats.app.media.look()
    (kept,) = await chats.rows("media")
    assert (kept["state"], kept["report_number"]) == ("kept", 1)
    folder = chats.app.settings.path(chats.app.settings.privacy.media_folder)
    content = (folder / kept["file"]).read_bytes()
    assert b"taken at home" not in content and "sheet" not in kept["file"]
    assert Image.open(io.BytesIO(content)).size == (60, 40)
    odette.sends_photo(file.getvalue() + b"\0" * 10_000_000, as_file=True)
    await chats.settled()
    assert "too large" in odette.sees[-1].text and len(await chats.rows("media")) == 1


async def test_voice_and_sticker(chats: Chats) -> None:
    odette = await chats.odette()
    odette.sends_sticker()
    await chats.settled()
    assert len(odette.sees) == 2
    odette.sends_voice()
    await chats.settled()
    assert odette.sees[-1].text == "Received. A person will listen before tomorrow evening."
    assert [task["kind"] for task in await chats.rows("tasks")] == ["listen"]


async def test_a_group_gets_one_line_and_no_data(chats: Chats) -> None:
    odette = await chats.odette()
    odette.says_in_group(-1001, "/total")
    await chats.settled()
    assert ["mugwi" in shown.text for shown in chats.botapi.sent(-1001)] == [True]


async def test_who_blocks_the_bot_is_left_alone(chats: Chats) -> None:
    odette = await chats.odette()
    odette.blocks()
    await chats.settled()
    (chat,) = await chats.rows("addresses", scheme="telegram")
    assert not chat["active"] and "blocked" in chat["reason"]


@pytest.mark.fault("B7")
async def test_a_403_switches_the_address_off(chats: Chats) -> None:
    odette = await chats.odette()
    chats.botapi.fail("sendMessage", error(403, "Forbidden: bot was blocked by the user"))
    await chats.says(odette, "/help")
    (chat,) = await chats.rows("addresses", scheme="telegram")
    assert not chat["active"] and (await chats.rows("outbox"))[-1]["state"] == "failed"


@pytest.mark.fault("B3")
async def test_a_429_is_waited_out(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with programme(botapi, tmp_path, monkeypatch, clock=Clock()) as chats:
        odette = await chats.odette()
        botapi.fail("sendMessage", flood(1))
        await chats.says(odette, "/help")
        assert "report a training" in odette.sees[-1].text and len(odette.sees) == 3
