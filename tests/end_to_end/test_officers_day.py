"""A day in the life of an officer (conversations 6, point 5), in Telegram, in as few acts as ten minutes allow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import StoppedClock
from bot.programme.roster import Staff
from handlers.mentor_questions import BUSY_FOR
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import Shown, User
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

PATIENCE = 30.0
MOST_ACTS = 40
"""15 seconds for each press and each text: ten minutes."""


class Day:
    """Eric at work; every press and every text of his is counted."""

    def __init__(self, chats: Chats, eric: User) -> None:
        self.chats, self.eric, self.acts = chats, eric, 0

    async def says(self, text: str) -> Shown:
        self.acts += 1
        return await self.chats.says(self.eric, text)

    async def presses(self, button: str, shown: Shown | None = None) -> Shown:
        self.acts += 1
        return await self.chats.presses(self.eric, button, shown)

    async def replies(self, shown: Shown, text: str) -> Shown:
        self.acts += 1
        await self.chats.replies(self.eric, shown, text)
        await self.chats.settled()
        return self.eric.sees[-1]

    async def sees(self, words: str) -> Shown:
        """What comes by itself."""
        await self.chats.botapi.until(lambda: words in self.eric.sees[-1].text, PATIENCE)
        return self.eric.sees[-1]


async def test_a_day_of_an_officer(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        others = [
            await _enrolled(chats, "ABAHUZA JEAN", "Français"),
            await _enrolled(chats, "TWIYUNGE AGNES", "Ikirundi"),
        ]
        day = Day(chats, eric)
        clock.advance(timedelta(hours=14, minutes=30))  # Tuesday 08:01
        today = await day.sees("Good morning Eric. Tuesday 24/11")
        assert "🕰 Late: 2" in today.text
        await _who_is_late(day, today)
        await _a_question(day, odette, clock)
        await _a_report_by_phone(day)
        await _a_broadcast_in_three_languages(day, [odette, *others], clock)
        shown = await day.says("/today")
        assert "🕰 Late: 1" in shown.text and "Without an answer" not in shown.text
        assert day.acts <= MOST_ACTS
        assert len(botapi.answered) == len(botapi.callbacks), "every press was answered"
        states = [(row["state"], row["result"]) for row in await chats.rows("tasks", kind="read")]
        assert states == [("closed", "answered")]


async def _enrolled(chats: Chats, name: str, language: str) -> User:
    """A leader with a chat, in her language."""
    user = chats.botapi.user(4712 if "JEAN" in name else 4713, name.title())
    user.starts(await chats.token(name))
    await chats.presses(user, language)
    return user


async def _who_is_late(day: Day, today: Shown) -> None:
    """Find who is late; remind one, call another who does not answer."""
    late = await day.presses("Late", today)
    assert late.labels[:2] == ["1", "2"]
    page = await day.presses("1", late)
    card = await day.presses("Remind", page)
    assert card.text.startswith("To Odette, ABAHUZA (English)")
    await day.presses("Send", card)
    assert card.text.startswith("The reminder to ABAHUZA leaves")
    await day.presses("2", late)
    asked = await day.presses("I called")
    await day.presses("No answer", asked)
    assert asked.text == "☎️ TWIYUNGE: no answer"


async def _a_question(day: Day, odette: User, clock: StoppedClock) -> None:
    """They come by themselves; the bot sees that an answer is in another language than she reads.

    What she was reminded of is open still, so the first answer comes a while later.
    """
    odette.says("how do we clean the husker after the rain?")
    asked = await day.sees("how do we clean the husker")
    await day.replies(asked, "clean the screen with a brush and water")
    clock.advance(BUSY_FOR)
    await day.chats.botapi.until(lambda: "with a brush and water" in odette.sees[-1].text, PATIENCE)
    assert "No 1" in odette.sees[-1].text, "the answer has the question's number"
    odette.says("the belt is broken since Monday")
    told = await day.sees("the belt is broken")
    card = await day.replies(told, "nous venons jeudi avec la nouvelle courroie")
    assert card.text == "Your text is French; Odette, ABAHUZA reads English."
    await day.presses("I write English", card)
    await day.replies(card, "we come on Thursday with a new belt")
    await day.chats.botapi.until(lambda: odette.sees[-1].text.endswith("with a new belt"), PATIENCE)
    assert odette.sees[-1].text == "Eric: we come on Thursday with a new belt"


async def _a_report_by_phone(day: Day) -> Any:
    """TWIYUNGE answers the phone at last."""
    await day.says("/report_for 11")
    card = await day.presses("Training")
    for button in ("Saturday 21/11", "processing", "Next", "12", "5", "5", "3", "Send"):
        await day.presses(button, card)
    assert day.eric.sees[-1].text.endswith("by Eric, phone.")
    assert (await day.chats.report())["source"] == "officer"


FAIR = {
    "English": "OIM: {name}, the Fair is on 12/12 in Rutana. See you there",
    "French": "OIM: {name}, la Foire est le 12/12 à Rutana. A bientôt",
    "Kirundi": "OIM: {name}, imurikagurisha ni 12/12 i Rutana. Turabona",
}


async def _a_broadcast_in_three_languages(day: Day, leaders: list[User], clock: StoppedClock) -> None:
    """Every reader gets her own language; nobody gets it before the minute for undoing is over."""
    card = await day.says("/broadcast")
    await day.presses("All 3", card)
    await day.says(FAIR["English"])
    await day.presses("English", card)
    while "there is no text for it" in card.text:
        language = "French" if "French," in card.text else "Kirundi"
        await day.presses(f"Write it in {language}", card)
        await day.says(FAIR[language])
    assert "Telegram" in card.text
    await day.presses("Continue", card)
    assert "3 people = 0 phones + 3 chats" in card.text
    await day.presses("Continue", card)
    await day.chats.botapi.until(lambda: "Send to 3" in card.labels, PATIENCE)
    await day.presses("Send to 3", card)
    assert "Undo" in card.labels and "OIM" not in leaders[0].sees[-1].text
    clock.advance(timedelta(seconds=61))
    for leader, (name, language) in zip(
        leaders, (("Odette", "English"), ("Jean", "French"), ("Agnes", "Kirundi")), strict=True
    ):
        said = FAIR[language].format(name=name)
        await day.chats.botapi.until(lambda her=leader, text=said: her.sees[-1].text == text, PATIENCE)
    clock.advance(timedelta(seconds=4))
    await day.chats.botapi.until(lambda: "3/3 sent" in card.text, PATIENCE)
    clock.advance(timedelta(seconds=61))
    await day.chats.botapi.until(lambda: card.text.startswith("✅ Broadcast 1: 3/3 sent"), PATIENCE)


async def test_a_call_that_another_officer_made_is_said_with_its_result(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old card's "No answer" opened the call anew."""
    clock, staff = StoppedClock(NOW), (Staff("Aline", "officer"),)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock, staff=staff) as chats:
        eric, aline, odette = await chats.eric(), await chats.one_of_the_team("Aline", 33), await chats.odette()
        odette.taps("☎️ Call me")
        await botapi.until(lambda: "asked to be called" in eric.sees[-1].text, PATIENCE)
        told = eric.sees[-1]
        asked = await chats.presses(eric, "I called", told)
        await chats.presses(aline, "Calls", await chats.says(aline, "/today"))
        await chats.presses(aline, "I called")
        await chats.presses(aline, "We talked")
        for button, where in (("No answer", asked), ("I called", told)):
            assert (await chats.presses(eric, button, where)).text == "Closed at 17:31 by Aline: we talked."
        assert [(row["state"], row["result"]) for row in await chats.rows("tasks")] == [("closed", "talked")]
        clock.advance(timedelta(hours=1))
        before = len(eric.sees)
        odette.taps("☎️ Call me")  # she needs him again, within the two days in which 0 takes a call back
        await botapi.until(lambda: len(eric.sees) > before and "to be called" in eric.sees[-1].text, PATIENCE)
        odette.taps("☎️ Call me")
        await chats.settled()
        assert [row["state"] for row in await chats.rows("tasks")] == ["closed", "open"]
