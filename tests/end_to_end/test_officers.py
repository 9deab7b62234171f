"""Officers in Telegram: tasks come at once, one of them answers with a reply, by the leader's own channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import StoppedClock
from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play import NOW

ALINE = Staff("Aline", "officer")
PATIENCE = 30.0
"""Seconds."""


@pytest.fixture
async def chats(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    async with programme(botapi, tmp_path, monkeypatch, staff=(ALINE, Staff("Bosco", "staff"))) as running:
        yield running


async def test_a_chat_of_the_team_is_greeted_and_shows_the_commands_of_its_role(chats: Chats) -> None:
    eric = await chats.eric(language="Français")
    assert eric.sees[-1].text.startswith("Bienvenue Eric")
    assert eric.sees[-1].removes_keyboard
    bosco = await chats.one_of_the_team("Bosco", 32)
    odette = await chats.odette()
    profile = chats.botapi._methods.profile
    shown = {key[1]: [c["command"] for c in value] for key, value in profile.items() if key[0] == "commands"}
    of = {chat: next(names for scope, names in shown.items() if str(chat) in scope) for chat in (31, 32, 4711)}
    assert of[31][:2] == ["today", "late"] and of[32] == ["language", "help"] and of[4711][0] == "report"
    assert bosco.sees[-1].text.startswith("Welcome, Bosco") and odette.sees
    assert (await chats.says(bosco, "/report_for 07")).text == (await chats.says(bosco, "/nonsense")).text


async def test_what_a_leader_writes_comes_at_once_and_a_reply_answers_her(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.hears(31, 3, PATIENCE)
    await chats.settled()
    told = eric.sees[-1]
    assert told.text.startswith("✉️ Odette, ABAHUZA\nthe husker is broken since Monday")
    assert told.labels == ["✓ Nothing to answer", "ABAHUZA"]
    eric.replies(told, "we come on Thursday")
    await chats.botapi.until(lambda: odette.sees[-1].text == "Eric: we come on Thursday", PATIENCE)
    assert eric.sees[-1].text == "Sent to Odette, ABAHUZA."
    (task,) = await chats.rows("tasks")
    assert (task["state"], task["result"]) == ("closed", "answered")
    assert [row["what"] for row in await chats.rows("audit")] == ["roster imported", "task told", "answered"]
    eric.replies(told, "and on Friday too")
    await chats.settled()
    assert eric.sees[-1].text == "Eric answered at 17:31."


async def test_another_language_is_shown_first(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    eric.replies(eric.sees[-1], "nous venons jeudi avec la pièce pour vous")
    await chats.settled()
    card = eric.sees[-1]
    assert card.text == "Your text is French; Odette, ABAHUZA reads English."
    assert card.labels == ["Send as it is", "I write English", "🗑 Cancel"]
    assert (await chats.presses(eric, "I write English", card)).text.startswith("Odette, ABAHUZA reads English")
    eric.replies(card, "we come on Thursday with the part")
    await chats.botapi.until(lambda: odette.sees[-1].text == "Eric: we come on Thursday with the part", PATIENCE)


async def test_send_as_it_is_and_editing_what_waits(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    message = eric.replies(eric.sees[-1], "nous venons jeudi avec la pièce pour vous")
    await chats.settled()
    eric.edits(message, "nous venons vendredi avec la pièce pour vous")
    await chats.settled()
    await chats.presses(eric, "Send as it is")
    await chats.botapi.until(
        lambda: odette.sees[-1].text == "Eric: nous venons vendredi avec la pièce pour vous", PATIENCE
    )
    assert not eric.sees[-1].labels
    eric.edits(message, "nous venons samedi")
    await chats.settled()
    assert eric.sees[-1].text.startswith("Your first text has been sent already")


async def test_cancelled_and_nothing_to_answer(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "thank you for the training yesterday")
    await chats.botapi.until(lambda: "thank you" in eric.sees[-1].text, PATIENCE)
    told = eric.sees[-1]
    eric.replies(told, "merci pour le message et les nouvelles")
    await chats.settled()
    assert (await chats.presses(eric, "Cancel")).text.startswith("Not sent")
    assert [task["state"] for task in await chats.rows("tasks")] == ["open"]
    await chats.presses(eric, "Nothing to answer", told)
    assert told.text.endswith("✓ nothing to answer") and not told.labels
    assert [task["result"] for task in await chats.rows("tasks")] == ["nothing to answer"]


async def test_two_officers_and_a_day_of_absence(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock, staff=(ALINE,)) as chats:
        eric, aline, odette = await chats.eric(), await chats.one_of_the_team("Aline", 33), await chats.odette()
        await chats.says(odette, "the husker is broken since Monday")
        await botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
        assert "husker" not in aline.sees[-1].text, "Eric is her officer"
        clock.advance(timedelta(hours=25))
        await botapi.until(lambda: "husker" in aline.sees[-1].text, PATIENCE)
        assert aline.sees[-1].text.startswith("Nobody has come to this for a day.")
        aline.replies(aline.sees[-1], "we come on Thursday")
        await botapi.until(lambda: odette.sees[-1].text == "Aline: we come on Thursday", PATIENCE)
        eric.replies(eric.sees[-1], "tomorrow")
        await botapi.until(lambda: eric.sees[-1].text == "Aline answered at 18:31.", PATIENCE)


async def test_nobody_who_said_stop_is_answered(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "STOP")
    odette.says("the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    eric.replies(eric.sees[-1], "we come on Thursday")
    await chats.settled()
    assert eric.sees[-1].text.startswith("Odette, ABAHUZA said STOP")
    assert [task["state"] for task in await chats.rows("tasks")] == ["open"]


async def test_an_officer_reports_for_an_association(chats: Chats) -> None:
    eric = await chats.eric()
    assert "ABAHUZA" in (await chats.says(eric, "/report_for 7")).text
    card = await chats.presses(eric, "Training")
    for button in ("Saturday 21/11", "processing", "Next", "12", "5", "5", "3"):
        await chats.presses(eric, button, card)
    await chats.presses(eric, "Send", card)
    assert "ABAHUZA" in card.text
    assert "by Eric, phone" in eric.sees[-1].text
    report = await chats.report()
    assert (report["source"], report["state"]) == ("officer", "reported")
    (seven,) = await chats.rows("associations", no="07")
    assert report["association_id"] == seven["id"]
    assert (await chats.says(eric, "/report_for 25")).text == "I find no association 25 among yours."
