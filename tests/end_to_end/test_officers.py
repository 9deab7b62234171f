"""Officers in Telegram: tasks come at once, one of them answers with a reply, by the leader's own channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import StoppedClock
from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

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
    assert of[31][:2] == ["today", "late"] and of[4711][0] == "report"
    assert of[32] == ["summary", "progress", "export", "find", "console", "language", "help"]
    assert bosco.sees[-1].text.startswith("Welcome, Bosco") and odette.sees
    assert (await chats.says(bosco, "/report_for 07")).text == (await chats.says(bosco, "/nonsense")).text


async def test_what_a_leader_writes_comes_at_once_and_a_reply_answers_her(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.hears(31, 3, PATIENCE)
    await chats.settled()
    told = eric.sees[-1]
    assert told.text.startswith("✉️ Odette, ABAHUZA\nthe husker is broken since Monday")
    assert told.labels == ["✓ Nothing to answer", "➡️ To a mentor", "ABAHUZA"]
    await chats.replies(eric, told, "we come on Thursday")
    await chats.botapi.until(lambda: odette.sees[-1].text == "Eric: we come on Thursday", PATIENCE)
    assert eric.sees[-1].text == "Sent to Odette, ABAHUZA."
    (task,) = await chats.rows("tasks")
    assert (task["state"], task["result"]) == ("closed", "answered")
    assert [row["what"] for row in await chats.rows("audit")] == ["roster imported", "task told", "answered"]
    await chats.replies(eric, told, "and on Friday too")
    await chats.settled()
    assert eric.sees[-1].text == "Eric answered at 17:31."


async def test_another_language_is_shown_first(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    await chats.replies(eric, eric.sees[-1], "nous venons jeudi avec la pièce pour vous")
    await chats.settled()
    card = eric.sees[-1]
    assert card.text == "Your text is French; Odette, ABAHUZA reads English."
    assert card.labels == ["Send as it is", "I write English", "🗑 Cancel"]
    assert (await chats.presses(eric, "I write English", card)).text.startswith("Odette, ABAHUZA reads English")
    await chats.replies(eric, card, "we come on Thursday with the part")
    await chats.botapi.until(lambda: odette.sees[-1].text == "Eric: we come on Thursday with the part", PATIENCE)


async def test_send_as_it_is_and_editing_what_waits(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    message = await chats.replies(eric, eric.sees[-1], "nous venons jeudi avec la pièce pour vous")
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
    await chats.replies(eric, told, "merci pour le message et les nouvelles")
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
        await chats.replies(aline, aline.sees[-1], "we come on Thursday")
        await botapi.until(lambda: odette.sees[-1].text == "Aline: we come on Thursday", PATIENCE)
        await chats.replies(eric, eric.sees[-1], "tomorrow")
        await botapi.until(lambda: eric.sees[-1].text == "Aline answered at 18:31.", PATIENCE)


async def test_two_answers_at_the_same_moment_are_one(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, staff=(ALINE, Staff("Carine", "admin"))) as chats:
        odette, carine, eric = await chats.odette(), await chats.one_of_the_team("Carine", 34), await chats.eric()
        before = len(odette.sees)
        await chats.says(odette, "the husker is broken since Monday")
        await botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
        shown = await chats.says(carine, "/inbox")
        eric.replies(eric.sees[-1], "we come on Thursday")
        carine.replies(shown, "we come on Friday")
        await botapi.until(lambda: odette.sees[-1].text.startswith(("Eric: ", "Carine: ")), PATIENCE)
        await chats.settled()
        assert len(odette.sees) == before + 2, "what is said to every message, and one answer"
        winner = odette.sees[-1].text.partition(":")[0]
        loser = {"Eric": carine, "Carine": eric}[winner]
        assert loser.sees[-1].text == f"{winner} answered at 17:31."
        assert [(row["state"], row["result"]) for row in await chats.rows("tasks")] == [("closed", "answered")]


async def test_nobody_who_said_stop_is_answered(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "STOP")
    odette.says("the husker is broken since Monday")
    await chats.botapi.until(lambda: "husker" in eric.sees[-1].text, PATIENCE)
    await chats.replies(eric, eric.sees[-1], "we come on Thursday")
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
    assert (await chats.says(eric, "FIX")).text.startswith(f"No {report['number']}: 21/11")


async def test_today_and_its_lists(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    assert (await chats.says(eric, "/today")).text == "Good afternoon Eric. Monday 23/11\n🕰 Late: 2"
    for text in ("the husker is broken since Monday", "we need a new belt for the husker"):
        await chats.says(odette, text)
    odette.taps("☎️ Call me")
    await chats.botapi.until(lambda: "asked to be called" in eric.sees[-1].text, PATIENCE)
    shown = await chats.says(eric, "/today")
    assert "☎️ To call (1): ABAHUZA (asked to be called)" in shown.text
    assert "✉️ Without an answer (2): Odette, ABAHUZA, Odette, ABAHUZA" in shown.text
    assert (await chats.presses(eric, "☎️ Calls", shown)).labels == ["☎️ I called", "ABAHUZA"]
    before = len(eric.sees)
    await chats.presses(eric, "✉️ Messages", shown)
    assert [one.text.split("\n")[1] for one in eric.sees[before:]] == [
        "the husker is broken since Monday",
        "we need a new belt for the husker",
    ]
    await chats.replies(eric, eric.sees[-1], "it comes on Friday")
    await chats.botapi.until(lambda: odette.sees[-1].text == "Eric: it comes on Friday", PATIENCE)
    assert (await chats.presses(eric, "Photos", shown)).text == "Nothing waits."
    assert len(chats.botapi.answered) == len(chats.botapi.callbacks)


async def test_today_comes_in_the_morning_and_not_at_night(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as chats:
        eric = await chats.eric()
        before = len(eric.sees)
        clock.advance(timedelta(hours=14, minutes=40))
        await botapi.hears(31, before + 1, PATIENCE)
        assert eric.sees[-1].text.startswith("Good morning Eric. Tuesday 24/11")
        clock.advance(timedelta(hours=10))
        assert (await chats.says(eric, "/today")).text.startswith("Good evening Eric. Tuesday 24/11")
        before += 1
        clock.advance(timedelta(days=3, hours=8))
        timer = await _set_again(chats)
        assert len(eric.sees) == before + 1, "the service slept until Saturday 02:11: nothing at night"
        assert (timer["due_at"] + timedelta(hours=2)).strftime("%a %H:%M") == "Mon 08:00"


async def _set_again(chats: Chats) -> Mapping[str, Any]:
    """The timer of /today, once it has fired and been set for another day."""
    for _ in range(int(PATIENCE * 20)):
        (row,) = await chats.rows("timers", kind="today")
        if row["due_at"] > chats.app.clock.now():
            return row
        await asyncio.sleep(0.05)
    raise AssertionError("the timer was not set again")


async def test_an_association_is_opened_called_and_noted(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "the husker is broken since Monday")
    await chats.says(odette, "my neighbour beats me, I am afraid of him")
    page = await chats.says(eric, "/association 7")
    assert "Odette (English) +25779123456" in page.text and "the husker is broken" in page.text
    assert "neighbour" not in page.text, "what goes through the neutral door is shown to nobody here"
    await chats.presses(eric, "Note", page)
    assert (await chats.says(eric, "They need a belt")).text == "Noted on ABAHUZA."
    asked = await chats.presses(eric, "I called", page)
    await chats.presses(eric, "Will report on", asked)
    for no_day in ("32/13", "27/11 in the morning", "22/11"):
        assert (await chats.says(eric, no_day)).text.startswith("Write a day that comes within two months"), no_day
    assert (await chats.says(eric, "27/11")).text == "☎️ ABAHUZA: will report on 27/11"
    visits = await chats.rows("visits")
    assert [(row["kind"], row["note"]) for row in visits] == [
        ("note", "They need a belt"),
        ("call", "will report on 27/11"),
    ]
    shown = [row["what"] for row in await chats.rows("audit")]
    assert shown.count("association shown") == 1 and "noted" in shown and "called" in shown


async def test_no_answer_is_called_again(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    odette.taps("☎️ Call me")
    await chats.botapi.until(lambda: "asked to be called" in eric.sees[-1].text, PATIENCE)
    await chats.presses(eric, "I called")
    asked = await chats.presses(eric, "No answer")
    assert asked.text == "☎️ ABAHUZA: no answer"
    tasks = [(row["kind"], row["state"], row["result"], row["about"]) for row in await chats.rows("tasks")]
    assert tasks == [
        ("call", "closed", "no answer", "asked to be called"),
        ("call", "open", None, "no answer on 23/11; asked to be called"),
    ]


async def test_find_without_accents_and_never_what_is_sealed(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "La décortiqueuse est en panne")
    await chats.says(odette, "my neighbour beats me, I am afraid of him")
    found = await chats.says(eric, "/find DECORTIQUEUSE panne")
    assert "Odette, ABAHUZA: La décortiqueuse est en panne" in found.text and found.labels == ["ABAHUZA"]
    assert (await chats.says(eric, "/find neighbour")).text.startswith("I find nothing")
    assert "👤 Jean Ndayizeye, ABAHUZA" in (await chats.says(eric, "/find ndayizeye")).text
    assert "🏠 11 Twiyunge" in (await chats.says(eric, "/find twiyunge")).text
    assert [row["what"] for row in await chats.rows("audit")].count("searched") == 4


async def test_an_area_limits_every_list(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = (Staff("Aline", "officer", area="11"), Staff("Carine", "admin"), Staff("Bosco", "mentor"))
    async with programme(botapi, tmp_path, monkeypatch, staff=staff) as chats:
        odette, aline = await chats.odette(), await chats.one_of_the_team("Aline", 33)
        carine, bosco = await chats.one_of_the_team("Carine", 34), await chats.one_of_the_team("Bosco", 35)
        await chats.says(odette, "the husker is broken since Monday")
        shown = await chats.says(carine, "/inbox")
        assert "husker" in shown.text
        assert (await chats.says(aline, "/inbox")).text == "Nothing waits."
        assert (await chats.says(aline, "/association 07")).text == "I find no association 07 among yours."
        assert (await chats.says(aline, "/report_for abahuza")).text.startswith("I find no association abahuza")
        assert (await chats.says(aline, "/find husker")).text.startswith("I find nothing")
        assert (await chats.says(aline, "/find odette")).text.startswith("I find nothing")
        assert "TWIYUNGE" in (await chats.says(aline, "/find twiyunge")).labels
        assert (await chats.says(aline, "/today")).text.endswith("\n🕰 Late: 1")
        unknown = (await chats.says(bosco, "/nonsense")).text
        for command in ("/today", "/inbox", "/find odette", "/association 07", "/report_for 07"):
            assert (await chats.says(bosco, command)).text == unknown, command
