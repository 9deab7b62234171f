"""Officers in Telegram, and things a little different from what was thought of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.base import Arrival
from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, chats_fixture, programme  # noqa: F401
from tests.programme import ODETTE, small_roster

PATIENCE = 30.0
"""Seconds."""


async def test_a_thumb_is_no_answer(chats: Chats) -> None:
    """It closed the task, and on a keypad phone she read ":thumbsup:"."""
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    told, before = eric.sees[-1], len(odette.sees)
    for nothing in ("👍", "."):
        await chats.replies(eric, told, nothing)
        await chats.settled()
        assert eric.sees[-1].text == "Only text reaches a leader. Write it."
    assert len(odette.sees) == before
    assert [row["state"] for row in await chats.rows("tasks")] == ["open"]


async def test_why_she_wants_to_be_called_is_told(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "call me please the machine smokes")
    await chats.botapi.until(lambda: "the machine smokes" in eric.sees[-1].text, PATIENCE)


async def test_who_called_is_found_by_her_number(chats: Chats) -> None:
    eric = await chats.eric()
    for typed in ("79123456", "+257 79 12 34 56", "0025779123456"):
        found = await chats.says(eric, f"/find {typed}")
        assert found.text == "👤 Odette Ninahazwe, ABAHUZA" and found.labels == ["ABAHUZA"], typed
    assert "Odette" not in (await chats.says(eric, "/find 7912345")).text


async def test_a_command_without_its_slash_is_one(chats: Chats) -> None:
    eric = await chats.eric()
    for typed, begins in (
        ("today", "Good afternoon Eric."),
        ("/ Today", "Good afternoon Eric."),
        ("Late", "LATE on 23/11"),
        ("association 07", "07 Abahuza"),
        ("late again, what now?", "I do not know whom this is for."),
        ("sealed", "I do not know whom this is for."),
        ("/ sealed", "I do not know this command."),
    ):
        assert (await chats.says(eric, typed)).text.startswith(begins), typed
    await chats.says(eric, "/report_for 07")
    card = await chats.presses(eric, "Training")
    assert "When was it?" in card.text
    await chats.says(eric, "today")
    assert any("date: 23/11" in one.text for one in eric.sees[-2:]), "it answers the card"


async def test_a_phone_of_two_associations_is_no_strangers(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came from it was told to officers who look after neither of them, as of an unknown number."""
    small = small_roster()
    odette, jean, agnes = (replace(one, phone_is="shared") for one in small.leaders)
    shared = replace(small, leaders=(odette, replace(jean, phone_is="own"), replace(agnes, phone=ODETTE)))
    monkeypatch.setattr("tests.end_to_end.chats.small_roster", lambda: shared)
    staff = (Staff("Aline", "officer", area="Giharo"),)
    gateway = {"kannel": {"sendsms_url": "http://127.0.0.1:9/", "username": "u", "password": "p", "secret": "s3cret"}}
    async with programme(botapi, tmp_path, monkeypatch, staff=staff, channels=gateway) as chats:
        eric, aline = await chats.eric(), await chats.one_of_the_team("Aline", 33)
        seen = len(aline.sees)
        text = "the husker is broken since Monday"
        await chats.app.inbox.arrivals([Arrival("kannel", "k1", "tel", ODETTE, text=text)])
        await botapi.until(lambda: text in eric.sees[-1].text, PATIENCE)
        assert eric.sees[-1].text.startswith("✉️ ABAHUZA")
        await chats.app.inbox.arrivals([Arrival("kannel", "k2", "tel", ODETTE, kind="missed_call")])
        await botapi.until(lambda: "asked to be called" in eric.sees[-1].text, PATIENCE)
        assert eric.sees[-1].text.startswith("☎️ ABAHUZA")
        await chats.settled()
        assert len(aline.sees) == seen
