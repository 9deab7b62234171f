"""A broadcast that has begun, outside its hours: nothing is written for it, but what must be decided then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import sending
from bot.programme.broadcasts.sending import Begin
from bot.store.engine import Database
from tests.contracts.test_broadcasts import PEOPLE, Clock, approve, draft, fill, state, worker
from tests.databases import NOW, database, place, postgres_server

__all__ = ["database", "place", "postgres_server"]


async def test_outside_its_hours_nothing_is_written_until_they_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number, clock = await draft(database, monkeypatch), Clock()
    await approve(database, number, PEOPLE)
    here, begun = worker(database, clock), list[datetime]()
    await here.look()
    begin = sending.begin

    async def counted(tx: AsyncConnection, items: Sequence[Begin]) -> list[str]:
        begun.extend(item.now for item in items)
        return await begin(tx, items)

    monkeypatch.setattr(sending, "begin", counted)
    clock.now = night = NOW.replace(hour=21)  # 23:00 in Burundi
    for second in range(5):
        clock.now = night + timedelta(seconds=second)
        await here.look()
    assert begun == []
    assert await state(database, number) == "sending"
    clock.now = NOW + timedelta(hours=8)  # it is told in the night that it is late, not when the hours open
    await here.look()
    assert begun == [clock.now]
    assert await state(database, number) == "asks"
