"""A button's data may be anything: whoever presses what she was never shown changes nothing and learns nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import programme

ABAHUZA, ITS_TASK = 1, 1
FORGED = (
    f"task:{ITS_TASK}:nothing",
    f"task:{ITS_TASK}:talked",
    f"assoc:{ABAHUZA}",
    f"files:{ABAHUZA}",
    f"remind:{ABAHUZA}:send",
    f"late:+:remind:{ABAHUZA}",
    f"late:+:send:{ABAHUZA}",
    f"zero:{ABAHUZA}",
    f"note:{ABAHUZA}",
    f"called:{ABAHUZA}:{ITS_TASK}",
    f"result:{ABAHUZA}:{ITS_TASK}:t",
    f"for:{ABAHUZA}:training",
    f"task:{10**30}:nothing",
    "assoc:\N{SUPERSCRIPT TWO}",
)


@pytest.mark.parametrize(("name", "role", "area"), [("Aline", "officer", "11"), ("Bosco", "mentor", "")])
async def test_a_forged_button_does_nothing(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, role: str, area: str
) -> None:
    staff = (Staff(name, role, area=area),)
    async with programme(botapi, tmp_path, monkeypatch, staff=staff) as chats:
        eric, odette = await chats.eric(), await chats.odette()
        her = await chats.one_of_the_team(name, 33)
        await chats.says(odette, "the husker is broken since Monday")
        await chats.settled()
        shown = her.sees[-1]
        before = await _changeable(chats)
        for data in FORGED:
            botapi.press(her, shown, data)
            await chats.settled()
            said = her.sees[-1]
            assert "husker" not in said.text and "Odette" not in said.text and said.file is None, (data, said.text)
        assert await _changeable(chats) == before
        (task,) = await chats.rows("tasks", kind="read")
        assert task["state"] == "open" and "husker" in eric.sees[-1].text


async def _changeable(chats: object) -> list[list[object]]:
    tables = ("tasks", "visits", "zero_reports", "reports", "timers")
    found = [await chats.rows(table) for table in tables]  # type: ignore[attr-defined]
    return [sorted(str(row) for row in rows) for rows in found]
