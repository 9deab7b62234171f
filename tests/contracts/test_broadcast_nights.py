"""A broadcast that has begun, outside its hours or hours late: nothing leaves, but what must be decided then is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import sending
from bot.programme.broadcasts.acts import BroadcastError
from bot.programme.broadcasts.sending import Begin
from bot.store import broadcasts, outbox, tables
from bot.store.engine import Database
from bot.store.outbox import Mark, Wanted
from bot.workers.broadcasts import BroadcastWorker
from tests.contracts.test_broadcasts import PEOPLE, Clock, approve, do, draft, fill, send_all, state, states, worker
from tests.databases import NOW, database, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]


async def begun(database: Database, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Clock, BroadcastWorker]:
    """One to all people, approved and begun: its number, its clock, who looks after it."""
    await fill(database)
    number, clock = await draft(database, monkeypatch), Clock()
    await approve(database, number, PEOPLE)
    here = worker(database, clock)
    await here.look()
    return number, clock, here


async def test_hours_late_it_asks_and_goes_on_with_those_who_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, clock, here = await begun(database, monkeypatch)
    for claim in await database.writer.do(outbox.claim, Wanted("kannel", 5, NOW, True)):
        await database.writer.do(outbox.mark, Mark(claim.id, "sent", NOW))
    clock.now = NOW + timedelta(hours=15)  # the service was off all night
    await here.look()
    assert await state(database, number) == "asks"
    assert await states(database, number) == {"queued": 5, "waiting": 20, "out sent": 5, "out cancelled": 20}
    about = await rows(database, select(tables.tasks.c.about).where(tables.tasks.c.kind == "broadcast"))
    assert [row[0] for row in about] == [f"broadcast {number} is hours late: look at it, then send or stop it"]
    with pytest.raises(BroadcastError, match="goes to 20"):
        await approve(database, number, PEOPLE, clock.now)
    await approve(database, number, 20, clock.now)
    left = select(tables.tasks.c.state, tables.tasks.c.result).where(tables.tasks.c.kind == "broadcast")
    assert [tuple(row) for row in await rows(database, left)] == [("closed", "approved")]
    await here.look()
    await send_all(database, clock.now)
    await here.look()
    assert await states(database, number) == {"queued": PEOPLE, "out sent": PEOPLE, "out cancelled": 20}
    assert await state(database, number) == "done"
    async with database.read() as tx:
        row = await broadcasts.one(tx, number)
        assert row.starts_at > NOW
        assert await broadcasts.began(tx, row) == NOW, "it began with its first text, not when it went on"


async def test_outside_its_hours_nothing_is_written_until_they_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, clock, here = await begun(database, monkeypatch)
    began, begin = list[datetime](), sending.begin

    async def counted(tx: AsyncConnection, items: Sequence[Begin]) -> list[str]:
        began.extend(item.now for item in items)
        return await begin(tx, items)

    monkeypatch.setattr(sending, "begin", counted)
    clock.now = night = NOW.replace(hour=21)  # 23:00 in Burundi
    for second in range(5):
        clock.now = night + timedelta(seconds=second)
        await here.look()
    assert began == []
    assert await state(database, number) == "sending"
    clock.now = NOW + timedelta(hours=8)  # it is told in the night that it is late, not when the hours open
    await here.look()
    assert began == [clock.now]
    assert await state(database, number) == "asks"


async def test_what_waited_in_the_outbox_does_not_leave_hours_late_before_anybody_asks(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a start, or when a laptop wakes, senders may be faster than the look at broadcasts."""
    number, clock, here = await begun(database, monkeypatch)
    (first,) = await database.writer.do(outbox.claim, Wanted("kannel", 1, NOW, True))
    await database.writer.do(outbox.mark, Mark(first.id, "sent", NOW))
    clock.now = NOW + timedelta(hours=7)
    assert await database.writer.do(outbox.claim, Wanted("kannel", 100, clock.now, True)) == []
    await here.look()
    assert await state(database, number) == "asks"
    assert (await states(database, number))["waiting"] == PEOPLE - 1


async def test_nobody_is_asked_where_nobody_waits(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """All had left when the service was switched off, and it had not been seen to be done."""
    number, clock, here = await begun(database, monkeypatch)
    for claim in await database.writer.do(outbox.claim, Wanted("kannel", 100, NOW, True)):
        await database.writer.do(outbox.mark, Mark(claim.id, "sent", NOW))
    clock.now = NOW + timedelta(hours=15)
    await here.look()
    assert await state(database, number) == "done"


async def test_a_week_in_which_the_service_was_off_does_not_end_what_repeats(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The late one asks, a person stops it, and the next ones come at their own time."""
    await fill(database)
    number, clock = await draft(database, monkeypatch, every="weekly"), Clock()
    await approve(database, number, PEOPLE)
    clock.now = NOW + timedelta(days=8)
    await worker(database, clock).look()
    assert await state(database, number) == "asks"
    await do(database, "stop", id=number)
    later = select(tables.broadcasts.c.state, tables.broadcasts.c.starts_at).where(tables.broadcasts.c.id > number)
    first = (await rows(database, select(tables.broadcasts.c.starts_at).where(tables.broadcasts.c.id == number)))[0]
    assert [tuple(row) for row in await rows(database, later)] == [("approved", first.starts_at + timedelta(days=14))]
