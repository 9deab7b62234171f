"""The demo has something to show: what the invented leaders wrote was answered by the real turns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from bot import demo
from bot.demo_talk import TALK
from bot.store import tables as t
from bot.store.engine import Database
from tests.databases import count, rows

TODAY = date(2026, 11, 28)


async def test_every_line_was_answered_on_its_day_and_a_second_start_adds_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        settings, _clock = await demo.prepare(tmp_path / "demo", 0, TODAY)
    database = await Database.look(settings.database.url, settings.folder)
    try:
        written = [line for line in TALK if line.text]
        assert [row.text for row in await rows(database, select(t.inbox).where(t.inbox.c.kind == "text"))] == [
            line.text for line in written
        ]
        left = await rows(database, select(t.outbox.c.state, func.count()).group_by(t.outbox.c.state))
        assert left == [("sent", len(TALK))]
        answered = select(t.questions.c.state).order_by(t.questions.c.number)
        assert [row.state for row in await rows(database, answered)] == ["answered", "open"]
        assert [row.show for row in await rows(database, select(t.lessons).order_by(t.lessons.c.number))] == [
            "name",
            "anonymous",
        ]
        waiting = await rows(database, select(t.inbox.c.kind).where(t.inbox.c.state == "new"))
        assert {row.kind for row in waiting} == {"timer"}, "only what the team is told, once its chats are there"
        assert await count(database, t.message_days)
    finally:
        await database.close()
