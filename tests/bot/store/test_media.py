"""The rows of photos on both databases: a reservation is had by one process only, and an end is an end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from bot.store import media as store
from bot.store.engine import Database
from bot.store.media import Kept, Refusal, Reservation
from bot.store.tables import inbox, media
from tests.databases import add_addresses, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


async def waits(database: Database, how_many: int = 1) -> list[int]:
    """Photos that wait; their ids."""
    (address,) = await add_addresses(database, 1)
    for number in range(how_many):
        arrived = {
            "channel": "telegram", "dedupe_key": f"k{number}", "address_id": address, "kind": "photo",
            "text": "", "data": {"file_id": f"f{number}"}, "received_at": NOW,
        }  # fmt: skip
        ((row,),) = await execute(database, insert(inbox).values(arrived).returning(inbox.c.id))
        await execute(database, insert(media).values(inbox_id=row, kind="photo", state="waiting", at=NOW))
    return [row.id for row in await rows(database, select(media.c.id).order_by(media.c.id))]


async def row_of(database: Database, number: int) -> tuple[object, ...]:
    (row,) = await rows(database, select(media).where(media.c.id == number))
    return row.state, row.file, row.sha256, row.bytes, row.reason


async def test_what_waits_comes_oldest_first_and_in_parts(database: Database) -> None:
    numbers = await waits(database, 5)
    async with database.read() as tx:
        first = await store.waiting(tx, 0, 3)
        rest = await store.waiting(tx, first[-1].id, 3)
    assert [row.id for row in first + rest] == numbers and len(first) == 3
    one = first[0]
    assert (one.kind, one.file, one.at, one.channel, one.data) == ("photo", None, NOW, "telegram", {"file_id": "f0"})


async def test_a_row_whose_message_is_gone_is_seen_too(database: Database) -> None:
    await execute(database, insert(media).values(inbox_id=999, kind="voice", state="waiting", at=NOW))
    async with database.read() as tx:
        (row,) = await store.waiting(tx, 0, 9)
    assert row.channel is None and row.data is None


async def test_from_waiting_to_kept(database: Database) -> None:
    (number,) = await waits(database)
    do = database.writer.do
    assert await do(store.reserve, Reservation(number, None, "2026-11/a"))
    assert await do(store.keep, Kept(number, "2026-11/a", "2026-11/a.jpg", "5a", 7, NOW))
    assert await row_of(database, number) == ("kept", "2026-11/a.jpg", "5a", 7, None)
    assert not await do(store.refuse, Refusal(number, "2026-11/a.jpg", "late", NOW))
    assert not await do(store.reserve, Reservation(number, "2026-11/a.jpg", "x"))
    assert await row_of(database, number) == ("kept", "2026-11/a.jpg", "5a", 7, None)


@pytest.mark.parametrize("held", [None, "2026-11/a"])
async def test_from_waiting_to_refused(database: Database, held: str | None) -> None:
    (number,) = await waits(database)
    if held:
        await database.writer.do(store.reserve, Reservation(number, None, held))
    assert not await database.writer.do(store.refuse, Refusal(number, "another's", "why", NOW))
    assert await database.writer.do(store.refuse, Refusal(number, held, "why", NOW))
    assert await row_of(database, number) == ("refused", None, None, None, "why")


async def test_one_of_many_gets_the_reservation(processes: list[Database]) -> None:
    (number,) = await waits(processes[0])
    got = []
    for turn in range(6):
        database = processes[turn % len(processes)]
        got.append(await database.writer.do(store.reserve, Reservation(number, None, f"n{turn}")))
    assert got == [True, False, False, False, False, False]
    assert (await row_of(processes[0], number))[1] == "n0"


async def test_who_lost_the_row_cannot_keep_it(processes: list[Database]) -> None:
    (number,) = await waits(processes[0])
    first, second = processes[0].writer.do, processes[-1].writer.do
    assert await first(store.reserve, Reservation(number, None, "a"))
    assert await second(store.reserve, Reservation(number, "a", "b"))
    assert not await first(store.keep, Kept(number, "a", "a.jpg", "1", 1, NOW))
    assert await second(store.keep, Kept(number, "b", "b.jpg", "2", 2, NOW))
    assert (await row_of(processes[0], number))[1] == "b.jpg"
