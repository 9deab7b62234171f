"""By moving the clock the demo shows what the service says by itself: a reminder and a tip, each at its hour."""

from __future__ import annotations

from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.store.tables import outbox
from tests.play import service


async def test_the_next_reminder_and_the_next_tip_come_at_a_press(tmp_path: Path) -> None:
    async with (
        service(tmp_path, web=True, on=frozenset(("reminders", "tips"))) as app,
        aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as http,
    ):
        kinds: set[str] = set()
        while not {"reminder", "tip"} <= kinds:
            async with http.post("/sim/clock", json={"hours": "next"}) as answer:
                assert answer.status == 200, await answer.text()
            async with app.database.read() as tx:
                rows = (await tx.execute(select(outbox.c.kind, outbox.c.state, outbox.c.sent_at))).all()
            kinds = {row.kind for row in rows if row.state in ("accepted", "delivered")}
