"""Tasks that no turn opened are told to the officer's chat too, through the same way of speaking."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from bot.app import App
from bot.cli.talk import Line
from bot.store import listing, timers
from bot.store import tables as t
from bot.store.tasks import open_for_row
from bot.store.timers import Look
from tests.play_service import NOW, service


async def _rows(app: App, statement: Any) -> list[Any]:
    async with app.database.read() as tx:
        return list((await tx.execute(statement)).all())


async def _told(app: App, key: str, most: int = 1) -> list[str]:
    """What the team's chats were told under this key, once so many have left."""
    for _ in range(200):
        found = await _rows(
            app, select(t.outbox.c.text).where(t.outbox.c.key == key, t.outbox.c.state == "delivered")
        )
        if len(found) >= most:
            return [row.text for row in found]
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody was told with {key}")


async def _write(app: App, work: Any) -> None:
    async def one(tx: Any, items: Any) -> list[None]:
        await work(tx)
        return [None] * len(items)

    await app.database.writer.do(one, None)


async def test_an_association_that_nobody_can_write_to_is_told_at_once(tmp_path: Path) -> None:
    async with service(tmp_path, on=frozenset(("reminders",))) as app:

        async def silence(tx: Any) -> None:
            theirs = select(t.associations.c.id).where(t.associations.c.no == "07").scalar_subquery()
            await tx.execute(update(t.people).where(t.people.c.association_id == theirs).values(consent="stopped"))

        await _write(app, silence)
        at = NOW + timedelta(days=21)
        await app.database.writer.do(timers.fire, Look(at, 2_000, app.turns.when))
        texts = await _told(app, "O.task.call")
        assert any("ABAHUZA" in text for text in texts)


async def test_a_message_that_was_set_aside_is_told_at_once(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        async with app.database.read() as tx:
            odette = (await listing.people_named(tx, "ABAHUZA ODETTE"))[0]
        line = Line(app, odette["phone"])
        await line.send("HELP")
        await line.answers()
        (row,) = await _rows(app, select(t.inbox.c.id).where(t.inbox.c.text == "HELP"))
        await app.database.writer.do(open_for_row, (row.id, NOW + timedelta(days=1), NOW))
        assert len(await _told(app, "O.task.read")) >= 1
        blank = {"channel": "timer", "dedupe_key": "blank", "kind": "timer", "text": "", "received_at": NOW}

        async def erased(tx: Any) -> None:  # as an erasure leaves a timer that had fired and waits
            there = (await tx.execute(select(t.inbox.c.address_id).where(t.inbox.c.id == row.id))).scalar_one()
            await tx.execute(insert(t.inbox).values(**blank, address_id=there, state="new", deaths=0))

        await _write(app, erased)
        await line.send("HELP")
        assert await line.answers(), "it harms no other turn"
        assert (await _rows(app, select(t.inbox.c.state).where(t.inbox.c.dedupe_key == "blank")))[0].state == "done"
