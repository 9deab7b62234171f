"""A mentor's day in Telegram: a question comes, is answered by a reply, climbs when it is not; visits; lessons."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.console.simulator import move_clock
from bot.programme import roster as rosters
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import User
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW
from tests.programme import small_roster

HUSKER = "rice husker stops when hot, what to do?"
TEAM = (
    rosters.Staff("Claude", "mentor", languages="en fr", subjects="processing, business"),
    rosters.Staff("Alice", "mentor", languages="rn", subjects="savings"),
)
ISABU = rosters.Partner("ISABU", "seed, semences, imbuto", "Chantal 00 00 00 52", "Gisozi", "research", "Mon-Fri")


@pytest.fixture
async def chats(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    async with programme(botapi, tmp_path, monkeypatch) as running:

        async def load(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
            people = small_roster()
            more = replace(people, staff=(*people.staff, *TEAM), partners=(ISABU,))
            await rosters.load(tx, more, NOW, "test")
            return [None] * len(items)

        await running.app.database.writer.do(load, None)
        await running.app.reload()
        yield running


async def _mentor(chats: Chats, name: str = "Claude", chat_id: int = 41) -> User:
    user = chats.botapi.user(chat_id, name)
    user.starts(await chats.token(name))
    await chats.presses(user, "English")
    return user


async def _replies(chats: Chats, user: User, text: str, number: int = 1) -> str:
    shown = [one for one in user.sees if one.text.startswith(f"No {number} from")][-1]
    user.replies(shown, text)
    await chats.settled()
    return user.sees[-1].text


async def test_a_question_is_asked_answered_by_a_reply_and_rated(chats: Chats) -> None:
    odette, claude, eric = await chats.odette(), await _mentor(chats), await chats.eric()
    odette.taps("❓ Mentor")
    await chats.settled()
    assert odette.sees[-1].text.startswith("Write your question")
    assert "No 1: your question went to mentor Claude" in (await chats.says(odette, HUSKER)).text
    await chats.settled()
    assert claude.sees[-1].text.startswith("No 1 from ABAHUZA, reads English. Promised by Thursday 26/11.")
    assert HUSKER in claude.sees[-1].text and "Odette" not in claude.sees[-1].text
    assert await _replies(chats, claude, "Stop the motor") == "No 1: answered. Thank you."
    await chats.settled()
    assert odette.sees[-1].text == "Mentor No 1: Stop the motor Helped? 1 yes 2 no"
    late = await chats.says(eric, "/answer 1 or clean it")
    assert late.text == "Claude answered No 1 on 23/11 at 17:31. Your text was not sent."
    await chats.presses(odette, "Yes")
    (row,) = await chats.rows("questions")
    assert (row["state"], row["helped"], row["subject"]) == ("answered", True, "processing")
    claude_row = next(one for one in await chats.rows("people") if one["name"] == "Claude")
    assert row["mentor_id"] == row["answered_by"] == claude_row["id"]
    assert claude_row["consent"] != "stopped", "a reply that begins with stop is an answer"


async def test_another_language_is_asked_about_and_may_be_changed(chats: Chats) -> None:
    odette, claude = await chats.odette(), await _mentor(chats)
    await chats.says(odette, HUSKER)
    await chats.settled()
    shown = claude.sees[-1]
    mine = await chats.replies(claude, shown, "arretez la machine avec vous pour deux heures, puis nettoyez")
    await chats.settled()
    claude.edits(mine, "arretez la machine avec vous pour une heure")
    await chats.settled()
    said = claude.sees[-1].text
    assert len([one for one in claude.sees if "your text is" in one.text]) == 2, "an edited text is weighed anew"
    assert "your text is French, she or he reads English" in said
    assert len(claude.sees[-1].labels) == 3 and "Send as it is" in claude.sees[-1].labels[0]
    assert (await chats.presses(claude, "Change")).text == "No 1: write the new text."
    mine = claude.says("call me when it is cold")
    await chats.settled()
    assert "answered" in claude.sees[-1].text
    claude.edits(mine, "call me at once")
    await chats.settled()
    assert "has been sent already" in claude.sees[-1].text
    assert "call me when it is cold" in odette.sees[-1].text
    assert await chats.rows("tasks") == []


async def test_what_is_no_new_text_is_never_sent_to_who_asked(chats: Chats) -> None:
    """Of a text that was too long, or shall be changed, another one is asked: a digit, a word, a line is none."""
    odette, claude = await chats.odette(), await _mentor(chats)
    await chats.says(odette, HUSKER)
    await chats.settled()
    seen = len(odette.sees)
    assert "at most 250" in await _replies(chats, claude, "x" * 300)
    for word in ("1", "2"):
        assert (await chats.says(claude, word)).text == "No 1: write the new text."
    assert (await chats.says(claude, "visit 07 belt changed")).text.startswith("Visit to ABAHUZA, 23/11: belt")
    for word in ("3", "cancel", "annuler"):
        assert "at most 250" in await _replies(chats, claude, "x" * 300)
        assert (await chats.says(claude, word)).text == "No 1: nothing was sent. The question is still open."
    assert len(odette.sees) == seen
    assert "at most 250" in await _replies(chats, claude, "x" * 300)
    assert (await chats.says(claude, "STOP")).text.startswith("You will get no more messages")
    assert (await chats.says(claude, "START")).text.startswith("Welcome, Claude.") and not claude.sees[-1].keyboard
    assert "at most 250" in await _replies(chats, claude, "x" * 300)
    assert "answered" in (await chats.says(claude, "answer 1 visit 3 mills and compare")).text
    await chats.settled()
    assert odette.sees[-1].text.startswith("Mentor No 1: visit 3 mills and compare Helped?")
    await chats.says(odette, HUSKER.replace("rice", "new"))
    await chats.settled()
    claude.replies([one for one in claude.sees if "No 2 from" in one.text][-1], "x" * 300)
    await chats.settled()
    assert "answered" in (await chats.says(claude, "Stop the motor")).text, "it stopped the mentor"


async def test_an_overdue_question_climbs_and_its_task_closes_with_the_answer(chats: Chats) -> None:
    odette, claude = await chats.odette(), await _mentor(chats)
    await chats.says(odette, HUSKER)
    await move_clock(chats.app, timedelta(days=3))
    await chats.settled()
    assert claude.sees[-1].text.startswith("No 1 from ABAHUZA was promised by Thursday 26/11")
    assert await chats.rows("tasks") == []
    await move_clock(chats.app, timedelta(days=1))
    await chats.settled()
    (task,) = await chats.rows("tasks")
    assert (task["kind"], task["about"], task["state"]) == ("question", "No 1", "open")
    assert (await chats.rows("questions"))[0]["climbed"] == 2
    assert "answered" in await _replies(chats, claude, "let it cool down")
    (task,) = await chats.rows("tasks")
    assert (task["state"], task["result"]) == ("closed", "answered")


async def test_after_stop_the_answer_is_kept_and_nothing_leaves(chats: Chats) -> None:
    odette, claude = await chats.odette(), await _mentor(chats)
    await chats.says(odette, HUSKER)
    await chats.says(odette, "STOP")
    seen = len(odette.sees)
    assert "STOP since" in await _replies(chats, claude, "let it cool down")
    await chats.settled()
    assert len(odette.sees) == seen
    assert (await chats.rows("questions"))[0]["answer"] == "let it cool down"


async def test_visits_are_logged_echoed_and_taken_back(chats: Chats) -> None:
    claude, odette = await _mentor(chats), await chats.odette()
    said = await chats.says(claude, "/call 07 12/11 belt changed, costs explained")
    assert said.text == "Call with ABAHUZA, 12/11: belt changed, costs explained\nWrong? Send 0 and write it again."
    assert (await chats.says(claude, "0")).text == "It is taken back."
    said = await chats.says(claude, "visite abahuza hier courroie changée")
    assert said.text.startswith("Visit to ABAHUZA, 22/11: courroie changée")
    await chats.says(claude, "/visit 7 to ISABU 12 november seed ordered")
    await chats.says(claude, "call 07 the mill runs again")
    assert "no association of yours" in (await chats.says(claude, "visit 77 nobody")).text
    assert "has not come yet" in (await chats.says(claude, "visit 07 30/11/2026 later")).text
    behind = (await chats.says(claude, "visit 07 chez KABURA 12/11 belt changed")).text
    assert behind.startswith("Visit to ABAHUZA, 12/11: chez KABURA belt changed"), "a name is no partner's"
    await chats.says(claude, "0")
    for not_clear in ("visit 07 31/11 belt changed", "visit 07 12/13 belt changed", "visite"):
        assert (await chats.says(claude, not_clear)).text.startswith("Write the association, the day")
    await chats.says(claude, "visit 07 chez l'ISABU 10/11 advice on pests")
    await chats.says(claude, "visite 07 au ISABU hier")
    await chats.says(claude, "visit 07 at the ISABU")
    assert "has not come yet" in (await chats.says(claude, "visit 07 30/11/2026 later")).text
    assert (await chats.says(claude, "0")).text != "It is taken back.", "nothing was logged: the one before stays"
    rows = await chats.rows("visits")
    assert [(row["day"], row["partner_id"] is not None) for row in rows[3:]] == [
        ("2026-11-10", True),
        ("2026-11-22", True),
        ("2026-11-23", True),
    ]
    rows = rows[:3]
    assert [(row["kind"], row["day"], row["note"]) for row in rows] == [
        ("visit", "2026-11-22", "courroie changée"),
        ("visit", "2026-11-12", "seed ordered"),
        ("call", "2026-11-23", "the mill runs again"),
    ]
    assert [row["partner_id"] is not None for row in rows] == [False, True, False]
    await chats.says(odette, "visit 07 12/11 a leader logs nothing")
    assert len(await chats.rows("visits")) == 6


async def test_a_visit_is_of_the_day_that_stands_behind_and_never_todays_in_silence(chats: Chats) -> None:
    claude = await _mentor(chats)
    for line, day, note in (
        ("visit 07 belt changed 12/11", "12/11", "belt changed"),
        ("visite 07 courroie changée, 12/11/2026.", "12/11", "courroie changée"),
        ("call 07 the mill runs again yesterday", "22/11", "the mill runs again"),
        ("visit 07 belt changed on 12 november", "12/11", "belt changed"),
        ("visit 07 to ISABU seed ordered 12/11", "12/11", "seed ordered"),
        ("visit 07 today belt changed 12/11", "23/11", "belt changed 12/11"),
        ("visit 07 rice sold at 1.5 to 3", "23/11", "rice sold at 1.5 to 3"),
        ("visit 07 belt changed monday 9/11", "9/11", "belt changed"),
        ("visit 07 10/11 to be seen again 30/11", "10/11", "to be seen again 30/11"),
        ("visit 07 and the mill 12/11", "12/11", "and the mill"),
        ("visit 07 12 sacks sold", "23/11", "12 sacks sold"),
    ):
        said = (await chats.says(claude, line)).text
        assert f", {day}: {note}\n" in said, line
    there = len(await chats.rows("visits"))
    for not_clear in (
        "visit 07 belt changed 12/11 and costs explained",
        "visit 07 next visit 30/11",
        "visit 07 12/11/2025 belt changed",
        "visit 07 belt changed monday",
        "visite 07 10/11 et 12/11 courroie",
        "visite 07 de 10/11 à 12/11",
        "visit 07 and 11 10/11",
        "visite 07, 11 10/11 courroie",
        "visit 07 & 11 belt changed",
    ):
        assert (await chats.says(claude, not_clear)).text.startswith("Write the association, the day"), not_clear
    assert "no association of yours" in (await chats.says(claude, "visit 07,11 10/11 belt changed")).text
    assert len(await chats.rows("visits")) == there


async def test_a_spoken_lesson_is_kept_and_somebody_listens(chats: Chats) -> None:
    odette = await chats.odette()
    odette.taps("💡 Lesson")
    await chats.settled()
    odette.sends_voice()
    await chats.settled()
    assert odette.sees[-1].labels == ["✅ With the name", "✅ Without the name", "❌ No"]
    await chats.presses(odette, "Without the name")
    (lesson,) = await chats.rows("lessons")
    assert (lesson["text"], lesson["show"]) == ("", "anonymous")
    (task,) = await chats.rows("tasks")
    assert (task["kind"], task["about"]) == ("listen", "lesson No 1")
    assert len(await chats.rows("media")) == 1


async def test_a_mentors_words_that_answer_nothing_are_told_how(chats: Chats) -> None:
    claude = await _mentor(chats)
    assert "Telegram's reply" in (await chats.says(claude, "clean the screen first")).text
    assert "/answer 612" in (await chats.says(claude, "/help")).text or "answer 612" in claude.sees[-1].text
    assert await chats.rows("tasks") == []


async def test_a_question_is_passed_on_and_answered_from_the_inbox(chats: Chats) -> None:
    """By the mentor to another one, then to the officer; whose reply to the task is the answer with its number."""
    odette, claude, eric = await chats.odette(), await _mentor(chats), await chats.eric()
    alice = await _mentor(chats, "Alice", 42)
    await chats.says(odette, HUSKER)
    await chats.settled()
    assert (await chats.presses(claude, "Pass it on")).text == "No 1: to whom?"
    assert claude.sees[-1].labels == ["Alice", "The officer"]
    assert "No 1 went to Alice" in (await chats.presses(claude, "Alice")).text
    await chats.settled()
    assert HUSKER in alice.sees[-1].text
    await chats.presses(alice, "Pass it on")
    await chats.presses(alice, "The officer")
    await chats.settled()
    assert HUSKER in eric.sees[-1].text
    shown = await chats.says(eric, "/inbox")
    assert shown.text.startswith("❓ No 1, Odette, ABAHUZA\n" + HUSKER)
    await chats.replies(eric, shown, "Stop the motor")
    await chats.settled()
    assert eric.sees[-1].text == "No 1: answered. Thank you."
    await chats.settled()
    assert odette.sees[-1].text == "Mentor No 1: Stop the motor Helped? 1 yes 2 no"
    assert [(task["state"], task["result"]) for task in await chats.rows("tasks")] == [("closed", "answered")]
    assert "Eric answered No 1" in (await chats.presses(alice, "Pass it on")).text
    await chats.says(odette, "The rice mill smells of smoke since this morning")
    await chats.settled()
    assert (await chats.presses(eric, "To a mentor")).text == "Odette, ABAHUZA: to which mentor?"
    assert eric.sees[-1].labels == ["Claude", "Alice"]
    assert (await chats.presses(eric, "Claude")).text.startswith("Odette, ABAHUZA: it is a question to Claude now")
    await chats.settled()
    assert "No 2: your question went to mentor Claude" in odette.sees[-1].text
    assert claude.sees[-1].text.startswith("No 2 from ABAHUZA") and "smells of smoke" in claude.sees[-1].text
    assert "a question to Claude" in (await chats.presses(eric, "To a mentor")).text


async def test_a_question_that_needs_no_answer_is_followed_no_more(chats: Chats) -> None:
    odette, eric = await chats.odette(), await chats.eric()
    await chats.says(odette, "how do we store the seed?")  # no mentor has a chat: the officer's
    await chats.settled()
    await chats.says(eric, "/inbox")
    await chats.presses(eric, "Nothing to answer")
    assert (await chats.rows("questions"))[0]["state"] == "closed"
    seen = len(eric.sees)
    await move_clock(chats.app, timedelta(days=3))
    await chats.settled()
    assert not [one for one in eric.sees[seen:] if "No 1" in one.text]
