"""today, inbox and task on the command line, while the service runs: the leader gets the answer as an SMS."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from tests.programme import ODETTE, Gateway, Programme, database_rows, small_roster


async def test_a_message_is_found_answered_and_closed(tmp_path: Path) -> None:
    async with Gateway() as gateway:
        programme = Programme(tmp_path, {"kannel": {**gateway.settings, "per_day": 100}})
        await asyncio.to_thread(programme.bring, small_roster())
        assert (await asyncio.to_thread(programme.json, "today"))["channels"] is None, "no service answers"
        async with programme, aiohttp.ClientSession() as http:
            for number, text in enumerate(("the husker is broken since Monday", "9")):
                there = {"from": ODETTE, "to": "8585", "text": text, "ts": "1795447860", "id": str(number)}
                incoming = f"{programme.url}/channels/kannel/s3cret/incoming"
                async with http.get(incoming, params=there) as answer:
                    assert answer.status in (200, 202), await answer.text()
            await _until(lambda: len(gateway.sent) == 2)
            await asyncio.to_thread(_look_and_answer, programme)
            await _until(lambda: gateway.sent[-1] == (ODETTE, "Eric: we come on Thursday"))
            await asyncio.to_thread(_then, programme)
    written = [what for (what,) in database_rows(tmp_path, "select what from audit order by id")]
    calls = database_rows(tmp_path, "select kind, note, staff_id is null from visits order by id")
    assert written == ["roster imported", "inbox", "task shown", "answered", *["task closed"] * 3]
    assert calls == [("call", "no answer", 0), ("call", "wrong number", 0)]


def _look_and_answer(programme: Programme) -> None:
    (message,) = programme.json("inbox")
    assert (message["name"], message["association"]) == ("Odette", "07")
    assert message["text"] == "the husker is broken since Monday"
    number = str(message["id"])
    today = programme.json("today")
    assert [len(today[name]) for name in ("calls", "messages", "questions", "photos")] == [1, 1, 0, 0]
    assert today["channels"] == [{"channel": "kannel", "state": "ok", "heard_at": None, "rest": 98}]
    assert today["clock"] == "" and "kannel: no fault known, 98 SMS left for today" in programme.command("today")
    assert programme.json("task", "show", number)["text"] == message["text"]
    programme.command("inbox", "reply", number, "we come on Thursday", "--as", "Eric", "--dry-run")
    programme.command("inbox", "reply", number, "we come on Thursday", "--as", "Eric", code=1)
    programme.command("inbox", "reply", number, "we come", "--as", "Nobody", "--yes", "1", code=1)
    assert len(programme.json("task", "list")) == 2, "nothing was sent, nothing closed"
    programme.command("inbox", "reply", number, "we come on Thursday", "--as", "Eric", "--yes", "1")
    programme.command("inbox", "reply", number, "and on Friday", "--yes", "1", code=1)


def _then(programme: Programme) -> None:
    (call,) = programme.json("task", "list")
    number = str(call["id"])
    assert "text" not in call and "name" not in call
    programme.command("task", "close", number, "--result", "  ", code=1)
    programme.command("task", "close", number, "--result", "no answer", "--dry-run")
    programme.command("task", "close", number, "--result", "No answer.", "--as", "Eric")
    (again,) = programme.json("task", "list")
    assert again["kind"] == "call" and again["about"].startswith("no answer on "), "as behind the chat's button"
    programme.command("task", "close", str(again["id"]), "--result", "wrong number", "--as", "Eric")
    (check,) = programme.json("task", "list")
    assert check["kind"] == "check_number"
    number = str(check["id"])
    programme.command("task", "close", number, "--result", "talked", "--as", "Eric")
    assert programme.json("task", "list") == []
    programme.command("task", "close", number, "--result", "again", code=1)


async def _until(true: object) -> None:
    for _ in range(600):
        if true():  # type: ignore[operator]
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")
