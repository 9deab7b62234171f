"""A night's copy by the running service, and bringing it back: nobody who was erased comes back with it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import Arrival
from bot.clock import StoppedClock
from tests.end_to_end.inside import Inside
from tests.programme import AGNES, JEAN, ODETTE, Gateway, small_roster

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def says(inside: Inside, key: str, phone: str, text: str) -> None:
    """An SMS, handled and answered."""
    assert inside.app
    before = len(inside.gateway.sent)
    await inside.app.inbox.arrivals([Arrival("kannel", key, "tel", phone, "text", text, NOW)])
    async with asyncio.timeout(20):
        while len(inside.gateway.sent) == before:
            await asyncio.sleep(0.02)


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as there:
        return [name for (name,) in there.execute("SELECT name FROM people WHERE kind = 'leader' ORDER BY id")]


@pytest.mark.fault("A22")
async def test_a_night_and_a_damaged_morning(tmp_path: Path) -> None:
    async with Gateway() as gateway:
        inside, clock = Inside(tmp_path, gateway), StoppedClock(NOW)
        await inside.bring(small_roster())
        assert "no copy yet, the first one at 02:00" in await inside.command("doctor", code=1, both=True)
        async with inside.service(clock) as app:
            await says(inside, "1", ODETTE, "12 11 3 12 7 5 3")
            await app.backups.look()  # at 14:00: nothing was copied today
            clock.offset += timedelta(hours=11)
            await app.backups.look()  # at 01:00: not yet
            assert len(list((tmp_path / "backups").glob("*.db"))) == 1
            clock.offset += timedelta(hours=2)
            await app.backups.look()
            await app.backups.look()
            copies = sorted((tmp_path / "backups").glob("*.db"))
            assert [file.name for file in copies] == [
                "kurikirana-2026-11-23-1400.db",
                "kurikirana-2026-11-24-0300.db",
            ]
            await says(inside, "2", JEAN, "13 11 3 10 6 5 3")
            await says(inside, "3", AGNES, "DELETE")
            await says(inside, "4", AGNES, "55")
            await app.backups.look()
            assert "in use by process" in await inside.command("restore", str(copies[-1]), "--yes", code=1)
        assert names(tmp_path / "kurikirana.db")[2] == ""
        (tmp_path / "kurikirana.db").write_bytes(b"what a broken disk left")
        said = await inside.command("restore", str(copies[-1]), "--yes", both=True)
        assert "5 people, 1 report, 1 message" in said and "kurikirana.db.before-" in said
        assert names(tmp_path / "kurikirana.db")[2] == "Agnes Nizigama", "the copy is from before she was erased"
        async with inside.service(clock):
            assert names(tmp_path / "kurikirana.db") == ["Odette Ninahazwe", "Jean Ndayizeye", ""]
            await says(inside, "5", JEAN, "13 11 3 10 6 5 3")
        reports: Any = await inside.json("reports")
        assert [row["number"] for row in reports] == [1, 3], "No 2 is on Jean's phone"
