"""The store's contract on what stays of an erased person, and on numbers that are given once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import facts, singles, tables, tombstones
from bot.store.engine import Database
from bot.store.tombstones import of_address, of_name
from handlers.turn import NextNumber
from tests.databases import NOW, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
OWN, SHARED = "+25779000031", "+25779000040"
ODETTE, JEAN = 1, 2
NUMBERS = 40


async def _two_people(database: Database) -> None:
    row = {"id": 1, "no": "07", "name": "Abahuza", "sms_name": "ABAHUZA", "commune_old": "x"}
    await execute(database, insert(tables.associations), row | {"commune_now": "x", "colline": "x"})
    for number, name in ((ODETTE, "Odette Nininahazwe"), (JEAN, "Jean Ndayizeye")):
        row = {"id": number, "kind": "leader", "association_id": 1, "name": name, "sms_name": name.split()[0]}
        await execute(database, insert(tables.people), row)
    for number, phone, people in ((1, OWN, (ODETTE,)), (2, SHARED, (ODETTE, JEAN))):
        await execute(database, insert(tables.addresses), {"id": number, "scheme": "tel", "value": phone})
        for person in people:
            await execute(database, insert(tables.people_addresses), {"person_id": person, "address_id": number})


async def _bury(database: Database, erased: dict[int, Any]) -> None:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        await tombstones.bury(tx, erased)
        return [None] * len(items)

    await database.writer.do(work, None)


async def _found(database: Database) -> dict[str, Any]:
    whats = (
        *(of_address("tel", OWN), of_address("tel", SHARED)),
        *(of_name("07", "NINÍNAHAZWE"), of_name("07", "odette  nininahazwe"), of_name("08", "Odette Nininahazwe")),
        of_name("07", "Jean Ndayizeye"),
    )
    async with database.read() as tx:
        return await tombstones.found(tx, whats)


async def test_her_own_number_and_her_name_in_the_association_are_known_again(database: Database) -> None:
    await _two_people(database)
    assert await _found(database) == {}
    await _bury(database, {ODETTE: NOW})
    assert await _found(database) == {of_address("tel", OWN): NOW, of_name("07", "odette  nininahazwe"): NOW}


async def test_nothing_can_be_read_back_and_the_key_stays(database: Database) -> None:
    await _two_people(database)
    await _bury(database, {ODETTE: NOW})
    async with database.read() as tx:
        key = await singles.get(tx, tombstones.KEY)
    kept = [row.digest for row in await rows(database, select(tables.tombstones))]
    assert all(len(digest) == 64 and not {OWN[1:], "nininahazwe"} & {digest} for digest in kept)
    later = NOW + timedelta(days=9)
    await _bury(database, {ODETTE: later, JEAN: later})
    async with database.read() as tx:
        assert await singles.get(tx, tombstones.KEY) == key
    assert set((await _found(database)).values()) == {later}, "who came back and goes again: the last time counts"
    assert len(await rows(database, select(tables.tombstones))) == len(kept) + 1, "Jean's name; the phone is shared"


async def test_a_number_is_given_once_although_nobody_has_had_one(processes: list[Database]) -> None:
    """Two processes on PostgreSQL ask at once while the row of the last number is missing."""

    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[int]:
        given = []
        for _ in items:
            (number,) = (await facts.load(tx, [NextNumber()], {})).values()
            await asyncio.sleep(0.001)
            await singles.put(tx, "last_report", number)
            given.append(number)
        return given

    asked = [processes[one % len(processes)].writer.do(work, None) for one in range(NUMBERS)]
    assert sorted(await asyncio.gather(*asked)) == list(range(1, NUMBERS + 1))
