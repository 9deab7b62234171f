"""What leaders paid, and that a month is told once, on both databases; what the operations refuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.operations import OPERATIONS
from bot.store import inbox, tables
from bot.store.engine import Database
from tests.databases import NOW, database, execute, message, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
ASKED = {"month": "2026-11", "who": "test", "zone": "Africa/Bujumbura"}


async def _operate(database: Database, name: str, **details: Any) -> Any:
    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        return [await OPERATIONS[name](tx, {**ASKED, **details}, NOW) for _ in items]

    return await database.writer.do(work, None)


async def _programme(database: Database) -> None:
    """Odette paid two SMS this month and one before it; Jean, who said stop, one."""
    association = {"id": 1, "no": "07", "name": "A", "sms_name": "A", "commune_old": "R", "commune_now": "R"}
    await execute(database, insert(tables.associations), {**association, "colline": "K"})
    for number, (name, consent) in enumerate((("Odette", "yes"), ("Jean", "stopped")), 1):
        person = {"id": number, "kind": "leader", "association_id": 1, "name": name, "sms_name": name}
        await execute(database, insert(tables.people), {**person, "consent": consent})
        phone = f"+2577900000{number}"
        for key, at in (("a", NOW), ("b", NOW - timedelta(days=40)), ("c", NOW - timedelta(hours=1))):
            if number == 1 or key == "a":
                await database.writer.do(inbox.keep, message(f"{name}{key}", phone, received_at=at))
        there = select(tables.addresses.c.id).where(tables.addresses.c.value == phone)
        address = (await rows(database, there))[0][0]
        await execute(database, insert(tables.people_addresses), {"person_id": number, "address_id": address})


async def test_a_month_is_listed_noted_and_told_once(database: Database) -> None:
    await _programme(database)
    listed = await _operate(database, "refunds list")
    assert [(row["names"], row["messages"], row["association"]) for row in listed] == [(["Odette"], 2, "07")]
    assert await _operate(database, "refunds sent", yes=None) == {"phones": 1, "told": None}
    with pytest.raises(BotError, match="write --yes 1"):
        await _operate(database, "refunds sent", yes=3)
    for _ in range(2):
        assert (await _operate(database, "refunds sent", yes=1))["told"] == 1
    woken = await rows(database, select(tables.inbox.c.data).where(tables.inbox.c.channel == "timer"))
    assert [row.data["messages"] for row in woken] == [2]
    noted = [row.what for row in await rows(database, select(tables.audit.c.what).order_by(tables.audit.c.id))]
    assert noted == ["refunds read", "refunds told", "refunds told"]


async def test_the_month_is_the_programme_s(database: Database) -> None:
    """An SMS of 31 October 23:00 in UTC came on 1 November where the programme is."""
    await _programme(database)
    late = datetime(2026, 10, 31, 23, tzinfo=UTC)
    await database.writer.do(inbox.keep, message("d", "+25779000001", received_at=late))
    assert (await _operate(database, "refunds list"))[0]["messages"] == 3
    for month in ("11", "2026-13", "november"):
        with pytest.raises(BotError, match="write a month as 2026-11"):
            await _operate(database, "refunds list", month=month)
