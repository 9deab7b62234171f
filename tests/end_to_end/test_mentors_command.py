"""A question by SMS, answered from the command line while the service runs: the answer leaves by SMS."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from bot.programme.roster import Staff
from tests.programme import ODETTE, Gateway, Programme, small_roster

MENTOR = "+25779123490"


async def _until(check: Any) -> Any:
    for _ in range(600):
        if found := check():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


async def test_an_answer_from_the_command_line_leaves_by_sms(tmp_path: Path) -> None:
    async with Gateway() as gateway:
        programme = Programme(tmp_path, {"kannel": gateway.settings})
        people = small_roster()
        mentor = Staff("Claude", "mentor", MENTOR, languages="en", subjects="processing")
        programme.bring(replace(people, staff=(*people.staff, mentor)))
        async with programme, aiohttp.ClientSession() as http:
            query = {"from": ODETTE, "to": "8585", "id": "a", "time": "1795000000"}
            query["text"] = "why does the husker stop?"
            async with http.get(f"{programme.url}/channels/kannel/s3cret/incoming", params=query) as answer:
                assert answer.status == 200
            await _until(lambda: {to for to, _ in gateway.sent} >= {ODETTE, MENTOR})
            (told,) = [text for to, text in gateway.sent if to == MENTOR]
            assert "why does the husker stop?" in told and told.endswith("Send: answer 1 your text")
            assert programme.json("mentors", "questions")[0]["mentor"] == "Claude"
            programme.command("mentors", "answer", "1", "let it cool", "--as", "Claude", "--yes", "1")
            said = await _until(lambda: [text for to, text in gateway.sent if to == ODETTE and "cool" in text])
            assert said == ["Mentor No 1: let it cool Helped? 1 yes 2 no"]
            programme.command("mentors", "answer", "1", "or so", code=1)
        assert "husker" not in programme.log and "cool" not in programme.log
