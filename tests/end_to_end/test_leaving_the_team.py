"""One of the team leaves: her chat knows nothing any more, and what was hers goes to somebody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import StoppedClock
from bot.control import run_all
from bot.errors import BotError
from bot.operations import Asked
from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

TEAM = (Staff("Melchior", "mentor", subjects="processing"), Staff("Carine", "admin"))


async def _leaves(chats: Chats, name: str, **details: object) -> dict[str, object]:
    asked = Asked("leader left", {"user": "test", "utc_offset_min": 120, "name": name, **details}, NOW)
    found: dict[str, object] = await chats.app.database.writer.do(run_all, asked)
    await chats.app.changed("leader left")
    await chats.settled()
    return found


async def test_who_has_left_the_team_is_told_nothing_any_more(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock, staff=TEAM) as chats:
        eric, carine, odette = await chats.eric(), await chats.one_of_the_team("Carine", 33), await chats.odette()
        await chats.says(odette, "the husker is broken since Monday")
        await botapi.until(lambda: "husker" in eric.sees[-1].text)
        card = await chats.says(eric, "/broadcast")
        with pytest.raises(BotError, match="nobody. Write ASSOCIATION NAME of one leader, or ROLE NAME"):
            await _leaves(chats, "Erik")
        assert (await _leaves(chats, "officer Eric", dry_run=True))["associations"] == ["07", "11"]
        assert (await _leaves(chats, "Eric"))["role"] == "officer"
        for typed in ("/today", "/inbox", "/find odette", "/association 07"):
            assert "07" not in (await chats.says(eric, typed)).text and "usker" not in eric.sees[-1].text
        assert "All" not in (await chats.presses(eric, "All", card)).text
        seen = len(eric.sees)
        clock.advance(timedelta(hours=14, minutes=30))  # 08:01 of the next day
        await chats.says(odette, "it still does not work")
        await botapi.until(lambda: any("still does not work" in one.text for one in carine.sees), 10)
        await chats.settled()
        assert len(eric.sees) == seen, [one.text for one in eric.sees[seen:]]
        assert all(row["officer_id"] is None for row in await chats.rows("associations"))


async def test_a_mentors_questions_go_to_the_officer(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, staff=TEAM) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        melchior = await chats.one_of_the_team("Melchior", 35)
        await chats.says(odette, "how do we clean the husker after the rain?")
        await botapi.until(lambda: "No 1" in melchior.sees[-1].text)
        asked = melchior.sees[-1]
        assert (await _leaves(chats, "Melchior"))["questions"] == [1]
        await botapi.until(lambda: "clean the husker" in eric.sees[-1].text, 10)
        his = eric.sees[-1]
        await chats.replies(melchior, asked, "with a brush")
        await chats.settled()
        (question,) = await chats.rows("questions")
        assert (question["state"], question["mentor_id"]) == ("open", None)
        await chats.replies(eric, his, "with a brush and water")
        await botapi.until(lambda: "brush and water" in odette.sees[-1].text, 10)


async def test_it_is_said_when_nobody_hears_of_sealed_messages_any_more(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = (*TEAM, Staff("Diane", "safeguarding", "+25779123477"))
    async with programme(botapi, tmp_path, monkeypatch, staff=team) as chats:
        assert not (await _leaves(chats, "Melchior"))["unheard"]
        assert not (await _leaves(chats, "Beatrice"))["unheard"], "Diane is there"
        for dry_run in (True, False):
            assert (await _leaves(chats, "Diane", dry_run=dry_run))["unheard"]
