"""late and remind as an officer uses them: real commands, a real service, its hours wide open."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.programme import Gateway, Programme, command, small_roster

ALWAYS = {"KURIKIRANA_HOURS__SEND_FROM": "00:00", "KURIKIRANA_HOURS__SEND_TO": "23:59"}


def _open_all_week(programme: Programme) -> None:
    file = programme.folder / "kurikirana.toml"
    file.write_text(file.read_text() + "\n[hours]\nno_sending = []\n")


async def test_late_and_a_reminder_by_hand(tmp_path: Path) -> None:
    async with Gateway() as gateway:
        programme = Programme(tmp_path, {"kannel": gateway.settings}, **ALWAYS)
        _open_all_week(programme)
        programme.bring(small_roster())
        assert {(row["association"], row["state"]) for row in programme.json("late")} == {
            ("07", "silent"),
            ("11", "silent"),
        }
        shown = programme.json("remind", "07", "--dry-run")
        assert shown["text"].startswith("OIM: Odette, did ABAHUZA hold a training since 1/4? 1 yes")
        assert (shown["why"], shown["sent"]) == ("", False)
        programme.command("remind", "07", code=1)  # without --yes nothing is sent
        programme.command("remind", "99", code=1)
        assert programme.json("remind", "abahuza", "--dry-run")["text"] == shown["text"]
        async with programme:
            done = command(["remind", "07", "--yes", "1"], programme.environment, programme.folder)
            assert "it leaves within seconds" in done.stderr
            async with asyncio.timeout(30):
                while not gateway.sent:
                    await asyncio.sleep(0.1)
            assert gateway.sent == [("+25779123456", shown["text"])]
            again = programme.command("remind", "07", "--dry-run", "--json", code=1)
            assert "less than 72 hours" in again
