"""A chat has a new id: who is reached there stays reached, also where the new id was heard of before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import inbox
from bot.store.engine import Database
from bot.store.moved_chats import moved
from bot.store.tables import addresses, outbox, people, people_addresses
from bot.store.tables import inbox as arrived
from tests.databases import database, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
NOW = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
OLD, NEW, OTHER = 1, 2, 3


async def done(database: Database, work: Any) -> Any:
    async def whole(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        return [await work(tx)]

    return await database.writer.do(whole, None)


async def _there(tx: AsyncConnection) -> None:
    """Odette is reached at -7; Jean wrote from -1007, and two texts wait there, one of them read already."""
    for number, value in ((OLD, "-7"), (NEW, "-1007"), (OTHER, "-9")):
        await tx.execute(insert(addresses), {"id": number, "scheme": "telegram", "value": value, "active": True})
    for number, where in ((1, OLD), (2, NEW)):
        await tx.execute(insert(people), {"id": number, "kind": "leader", "name": "N", "sms_name": "N"})
        await tx.execute(insert(people_addresses), {"person_id": number, "address_id": where})
    row = {"channel": "telegram", "kind": "text", "text": "5", "received_at": NOW}
    for key, where, state in (("1", OLD, "done"), ("2", NEW, "done"), ("3", NEW, "new"), ("4", OTHER, "new")):
        await tx.execute(insert(arrived), {**row, "dedupe_key": key, "address_id": where, "state": state})
    row = {"channel": "telegram", "key": "B1", "kind": "reply", "language": "en", "text": "t", "parts": 1}
    for where, state in ((OLD, "sending"), (NEW, "queued"), (NEW, "sent"), (OTHER, "queued")):
        text = {**row, "address_id": where, "state": state, "due_at": NOW, "made_at": NOW}
        await tx.execute(insert(outbox), text)


async def test_an_id_that_was_heard_of_before_is_taken_over_with_what_waits_there(database: Database) -> None:
    async def work(tx: AsyncConnection) -> dict[str, Any]:
        await _there(tx)
        await moved(tx, [(OLD, "-1007"), (OLD, "-1007")])  # two texts met the move: the second changes nothing
        found = {row.id: (row.value, row.active) for row in await tx.execute(select(addresses))}
        links = {(row.person_id, row.address_id) for row in await tx.execute(select(people_addresses))}
        waits = {row.dedupe_key: row.address_id for row in await tx.execute(select(arrived))}
        texts = [row.address_id for row in await tx.execute(select(outbox).order_by(outbox.c.id))]
        hears = await inbox.address_ids(tx, [("telegram", "-1007", "telegram")])
        return {"found": found, "links": links, "waits": waits, "texts": texts, "hears": hears}

    there = await done(database, work)
    assert there["found"] == {OLD: ("-1007", True), NEW: ("-7", False), OTHER: ("-9", True)}
    assert there["links"] == {(1, OLD), (2, OLD)}
    assert there["waits"] == {"1": OLD, "2": NEW, "3": OLD, "4": OTHER}
    assert there["texts"] == [OLD, OLD, NEW, OTHER]
    assert there["hears"] == {("telegram", "-1007"): OLD}


async def test_an_id_that_nobody_has_is_simply_taken(database: Database) -> None:
    async def work(tx: AsyncConnection) -> dict[int, tuple[str, bool]]:
        await _there(tx)
        await moved(tx, [(OLD, "-2000")])
        return {row.id: (row.value, row.active) for row in await tx.execute(select(addresses))}

    assert await done(database, work) == {OLD: ("-2000", True), NEW: ("-1007", True), OTHER: ("-9", True)}
