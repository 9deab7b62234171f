"""The sealed queue in Telegram: who is told, who may look, what is written down, what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import StoppedClock
from bot.operations import OPERATIONS
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import User
from tests.end_to_end.chats import Chats, chats_fixture, programme  # noqa: F401
from tests.play_service import NOW

WORDS = "he beat me with xylophonecanary"


async def command(chats: Chats, **details: Any) -> dict[str, Any]:
    """`kurikirana sealed ...` as the service does it."""

    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        return [await OPERATIONS["sealed"](tx, details, NOW) for _ in items]

    answer: dict[str, Any] = await chats.app.database.writer.do(work, None)
    return answer


def last(user: User) -> str:
    return user.sees[-1].text


async def test_focal_points_are_told_without_content_and_only_they_can_look(chats: Chats) -> None:
    beatrice, eric, odette = await chats.beatrice(), await chats.eric(), await chats.odette()
    eric_saw = len(eric.sees)
    await chats.says(odette, WORDS)
    await chats.botapi.until(lambda: "asked to talk" in last(beatrice), 10)
    assert last(beatrice) == "Somebody asked to talk. /sealed"
    assert len(eric.sees) == eric_saw, "nobody but the focal points is told"
    assert (await chats.says(eric, "/sealed")).text == (await chats.says(eric, "/nonsense")).text
    assert (await chats.says(eric, "/sealed 1")).text == (await chats.says(odette, "/sealed")).text
    listed = await chats.says(beatrice, "/sealed")
    assert "NOT OPENED YET" in listed.text
    assert "xylophone" not in listed.text
    assert "Odette" not in listed.text
    shown = await chats.presses(beatrice, "1")
    for part in ("Odette Ninahazwe", "+25779123456", "ABAHUZA", WORDS):
        assert part in shown.text
    assert [row["what"] for row in await chats.rows("audit")][-2:] == ["sealed listed", "sealed opened"]
    assert all(row["who"].startswith("person ") for row in (await chats.rows("audit"))[-2:])


async def test_the_other_number_that_was_asked_for_goes_to_the_focal_points_behind_the_time_too(chats: Chats) -> None:
    beatrice, eric, odette = await chats.beatrice(), await chats.eric(), await chats.odette()
    seen = len(eric.sees)
    await chats.says(odette, WORDS)
    await chats.presses(odette, "A woman")
    assert "Another number? Send it." in last(odette)
    await chats.says(odette, "1")
    assert last(odette).startswith("OIM: OK, it is noted")
    await chats.says(odette, "79 00 00 11")
    assert last(odette).startswith("OIM: OK, it is noted"), "it became a message that the officer reads"
    assert len(eric.sees) == seen and await chats.rows("tasks", sealed=False) == []
    assert "79 00 00 11" not in (await chats.says(eric, "/find 79")).text
    case = (await chats.rows("tasks", sealed=True))[0]["id"]
    assert "79 00 00 11" in (await chats.says(beatrice, f"/sealed {case}")).text
    await chats.says(odette, "12 11 3 12 7 5 3")
    assert "12/11" in last(odette), "a report is none"


async def test_a_voice_note_at_the_door_is_not_kept_and_no_officer_is_told(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    eric_saw = len(eric.sees)
    await chats.says(odette, "7")
    for _ in ("what is it about?", "who shall call?"):
        odette.sends_voice()
        await chats.settled()
        assert last(odette).startswith("Thank you. Do not write more here.")
    await chats.presses(odette, "woman")
    await chats.presses(odette, "oday")
    odette.sends_photo()
    await chats.settled()
    assert "OK, it is noted. We call you." in last(odette)
    assert not await chats.rows("media") and len(eric.sees) == eric_saw
    assert {row["sealed"] for row in await chats.rows("tasks")} == {True}


async def test_what_was_shown_leaves_the_outbox_and_a_case_closes_only_once_it_was_read(chats: Chats) -> None:
    beatrice, odette = await chats.beatrice(), await chats.odette()
    await chats.says(odette, WORDS)
    await chats.presses(odette, "A woman")
    case = (await chats.rows("tasks", sealed=True))[0]["id"]
    await chats.says(beatrice, f"/sealed {case}")
    assert "a woman shall call" in last(beatrice)
    await chats.says(odette, "it happened again, tomorrow please")  # after it was read
    await chats.presses(beatrice, "Called", next(s for s in reversed(beatrice.sees) if s.labels))
    assert "it happened again" in last(beatrice), "what came later is read before anything is closed"
    await chats.presses(beatrice, "Not reached")
    assert last(beatrice) == f"Not reached: {case} is open. Try at another hour."
    assert [row["state"] for row in await chats.rows("tasks", sealed=True)] == ["open"] * 3
    assert (await chats.rows("audit"))[-1]["what"] == "sealed not reached"
    await chats.says(beatrice, f"/sealed {case}")
    await chats.presses(beatrice, "Called")
    assert last(beatrice) == f"{case} is closed."
    assert {row["state"] for row in await chats.rows("tasks", sealed=True)} == {"closed"}
    assert {row["result"] for row in await chats.rows("tasks", sealed=True)} == {"called"}
    await chats.settled()
    await chats.app.erasures.look()
    assert all("xylophone" not in row["text"] for row in await chats.rows("outbox"))
    assert any(row["key"] == "S.case" and row["state"] in ("sent", "delivered") for row in await chats.rows("outbox"))
    assert (await chats.says(beatrice, "/sealed")).text.startswith("Nobody waits")


async def test_after_a_day_every_focal_point_is_told_again_until_one_has_looked(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as chats:
        beatrice, odette = await chats.beatrice(), await chats.odette()
        await chats.says(odette, WORDS)
        await botapi.until(lambda: "asked to talk" in last(beatrice), 10)
        clock.offset += timedelta(hours=30)
        await chats.app.timers.look()
        await botapi.until(lambda: "more than a day ago" in last(beatrice), 10)
        await chats.says(beatrice, "/sealed 1")
        clock.offset += timedelta(hours=30)
        seen = len(beatrice.sees)
        await chats.app.timers.look()
        await chats.settled()
        assert len(beatrice.sees) == seen


async def test_by_command_only_a_focal_point_reads_and_it_is_written_down(chats: Chats) -> None:
    await chats.beatrice()
    await chats.says(await chats.odette(), WORDS)
    for who in ("Eric", "Odette", "nobody", ""):
        assert "refused" in await command(chats, do="show", number=1, who=who)
    assert [row["what"] for row in await chats.rows("audit")][-4:] == ["sealed show refused"] * 4
    (case,) = (await command(chats, do="list", who="Beatrice"))["cases"]
    assert "refused" in await command(chats, do="close", number=case["number"], who="Beatrice", result="called")
    shown = await command(chats, do="show", number=case["number"], who="Beatrice")
    assert shown["words"] == [WORDS]
    done = await command(chats, do="close", number=case["number"], who="Beatrice", result="referred")
    assert done == {"closed": case["number"], "result": "referred"}
    assert (await command(chats, do="list", who="Beatrice")) == {"cases": []}
    about = [(row["what"], (row["details"] or {}).get("tasks")) for row in await chats.rows("audit")][-3:]
    assert about == [("sealed opened", [1]), ("sealed closed", [1]), ("sealed listed", [])]
