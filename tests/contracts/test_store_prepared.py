"""Prepared statements say the same as SQLAlchemy's own way, on both databases and for every column type."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import inbox, outbox, people, tables
from bot.store.engine import Database
from bot.store.prepared import apart, rows, write
from tests.databases import NOW, add_addresses, add_outbox, count, database, message, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
AT = datetime(2026, 11, 2, 8, 30, 0, 123456, tzinfo=UTC)
INBOX, ADDRESSES = tables.inbox, tables.addresses
PUT_ADDRESS, PUT = insert(ADDRESSES), insert(INBOX)
NAMED = select(INBOX).where(INBOX.c.dedupe_key.in_(bindparam("keys", expanding=True))).order_by(INBOX.c.id)
OF = select(INBOX.c.id).where(INBOX.c.address_id.in_(bindparam("ids", expanding=True)), INBOX.c.kind == "text")
NEITHER = select(INBOX.c.id).where(
    INBOX.c.dedupe_key.not_in(["c'", "a"]), INBOX.c.address_id.in_(bindparam("ids", expanding=True))
)
DIED = (
    update(INBOX)
    .where(INBOX.c.dedupe_key == bindparam("key"), INBOX.c.state == "new")
    .values(deaths=INBOX.c.deaths + 1, handled_at=bindparam("at", type_=INBOX.c.handled_at.type))
    .returning(INBOX.c.deaths, INBOX.c.handled_at)
)
TOLD = apart(
    update(INBOX)
    .where(INBOX.c.id == bindparam("row"))
    .values(handled_at=bindparam("at"), understood=bindparam("words"))
)
ONE_MORE = update(INBOX).where(INBOX.c.dedupe_key == bindparam("key")).values(deaths=INBOX.c.deaths + 1)


def _message(key: str, **more: Any) -> dict[str, Any]:
    row = {"channel": "kannel", "dedupe_key": key, "address_id": 1, "kind": "text", "text": f"Murakoze {key} é"}
    return {**row, "data": None, "sent_at": None, "received_at": AT, **more}


async def _fill(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
    await write(tx, PUT_ADDRESS, [{"scheme": "tel", "value": f"+2577900000{n}", "active": n == 0} for n in range(2)])
    await write(tx, PUT, [_message("a", data={"x": [1, None]}), _message("b", sent_at=AT), _message("c'", text="")])
    return list(items)


async def test_rows_are_those_of_sqlalchemy(database: Database) -> None:
    await database.writer.do(_fill, 0)
    async with database.engine.begin() as tx:
        for statement, parameters in (
            (NAMED, {"keys": ["c'", "a", "nobody"]}),
            (NAMED, {"keys": []}),
            (NAMED, {"keys": ["c'"]}),
            (OF, {"ids": {2}}),
            (NEITHER, {"ids": [1]}),
            (OF, {"ids": [1, 2, 2**62]}),
            (select(ADDRESSES).order_by(ADDRESSES.c.id), {}),
        ):
            found = await rows(tx, statement, parameters)
            assert [tuple(row) for row in found] == [tuple(row) for row in await tx.execute(statement, parameters)]
        [first, second] = await rows(tx, NAMED, {"keys": ["a", "b"]})
        assert (first.data, second.sent_at, first.text) == ({"x": [1, None]}, AT, "Murakoze a é")
        assert [row.active for row in await rows(tx, select(ADDRESSES).order_by(ADDRESSES.c.id), {})] == [True, False]


async def test_a_change_returns_what_it_made(database: Database) -> None:
    await database.writer.do(_fill, 0)
    async with database.engine.begin() as tx:
        assert [tuple(r) for r in await rows(tx, DIED, {"key": "a", "at": AT})] == [(1, AT)]
        assert [tuple(r) for r in await rows(tx, DIED, {"key": "a", "at": None})] == [(2, None)]
        assert await rows(tx, DIED, {"key": "nobody", "at": None}) == []


@pytest.mark.parametrize(
    "times",
    [1, 3, 30],
    ids=["few", "so many that what they have in common is converted once", "more than one statement takes"],
)
async def test_many_rows_keep_their_order_and_each_gets_its_own_change(database: Database, times: int) -> None:
    """Also where PostgreSQL takes them all at once, with nothing, empty texts and signs of its arrays in them."""
    texts = ["z", "", "{a,NULL}", 'it\'s "x" \\ é', "NULL", "a"] * times
    keys = [f"k{n}" for n in range(len(texts))]

    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        await write(tx, PUT_ADDRESS, [{"scheme": "tel", "value": "+25779000001", "active": True}])
        data = [None, {"x": "{}"}, [], {"y": True}, None, {"y": 1}] * times
        many = [_message(key, text=text, data=one) for key, text, one in zip(keys, texts, data, strict=True)]
        await write(tx, PUT, many)
        ids = [row.id for row in await rows(tx, NAMED, {"keys": keys})]
        told = [{"row": row, "at": AT if row % 2 else None} for row in ids]
        await write(tx, TOLD, [{**row, "words": words} for row, words in zip(told, texts, strict=True)])
        return [[tuple(row) for row in await rows(tx, NAMED, {"keys": keys})]]

    found = await database.writer.do(work, 0)
    async with database.read() as tx:
        assert found == [tuple(row) for row in await tx.execute(NAMED, {"keys": keys})]
        kept = (await tx.execute(NAMED, {"keys": keys})).all()
    assert [row.dedupe_key for row in kept] == keys  # numbered in the order in which they were written
    assert [row.text for row in kept] == [row.understood for row in kept] == texts
    assert [row.handled_at for row in kept] == [AT if row.id % 2 else None for row in kept]


async def test_the_same_row_twice_is_changed_twice(database: Database) -> None:
    """A change that nobody has said to be apart is made for one set of parameters after the other."""
    await database.writer.do(_fill, 0)

    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        await rows(tx, select(ADDRESSES), {})
        await write(tx, ONE_MORE, [{"key": "a"}, {"key": "a"}, {"key": "b"}])
        return [[row.deaths for row in await rows(tx, NAMED, {"keys": ["a", "b"]})]]

    assert await database.writer.do(work, 0) == [2, 1]


async def test_a_broken_rule_is_the_items_fault_and_says_nothing_personal(database: Database) -> None:
    async def twice(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        await write(tx, PUT, [_message("same", text="secret words"), _message("same")])
        return list(items)

    await database.writer.do(_fill, 0)
    with pytest.raises(IntegrityError) as raised:
        await database.writer.do(twice, 0)
    assert "secret words" not in str(raised.value)


async def test_a_value_of_another_kind_is_the_items_fault_and_is_not_told(database: Database) -> None:
    async def wrong(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        await rows(tx, select(ADDRESSES), {})
        await write(tx, PUT, [_message("odd", address_id="secret number")])
        return list(items)

    with pytest.raises(DBAPIError) as raised:
        await database.writer.do(wrong, 0)
    assert "secret number" not in str(raised.value)


async def test_a_name_that_is_missing_stores_nothing(database: Database) -> None:
    async def lacking(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        await write(tx, PUT, [_message("d"), {"channel": "kannel"}])
        return list(items)

    await database.writer.do(_fill, 0)
    with pytest.raises(Exception, match="dedupe_key"):
        await database.writer.do(lacking, 0)
    async with database.read() as tx:
        assert len((await tx.execute(NAMED, {"keys": ["a", "b", "c'", "d"]})).all()) == 3


_READ_WHOLE = text("SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0")


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_an_answer_reads_no_table_from_end_to_end(database: Database) -> None:
    """Its statements are planned while the tables are nearly empty, and kept."""
    [address] = await add_addresses(database, 1)
    read: list[str] = []

    async def answer(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
        for number in items:
            ids = await inbox.keep(tx, [message(f"id-{number}", "+25779000001")])
            taken, _ = await inbox.take(tx, ids)
            await people.load_addresses(tx, [row.address_id for row in taken], {})
            [claims] = await outbox.claim(tx, [outbox.Wanted("kannel", 9, NOW)])
            await outbox.mark(tx, [outbox.Mark(claim.id, "sent", NOW, day="2026-11-02") for claim in claims])
            read.extend((await tx.execute(_READ_WHOLE)).scalars())
        return [None] * len(items)

    for number in range(8):
        await add_outbox(database, address)
        await database.writer.do(answer, number)
    assert (read, await count(database, tables.inbox)) == ([], 8)


async def test_a_glance_sees_what_is_committed_and_nothing_of_what_is_not(database: Database) -> None:
    """On SQLite it asks the writer's own connection: never in the middle of a transaction."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def fill(tx: AsyncConnection, items: Sequence[Any]) -> list[Any]:
        await _fill(tx, items)
        begun.set()
        await go_on.wait()
        return list(items)

    async def keys() -> list[str]:
        async with database.glance() as tx:
            return [row.dedupe_key for row in await rows(tx, NAMED, {"keys": ["a", "b"]})]

    assert await keys() == []
    writing = asyncio.create_task(database.writer.do(fill, 0))
    await begun.wait()
    looking = asyncio.create_task(keys())
    await asyncio.sleep(0.05)
    go_on.set()
    await writing
    assert await looking == ([] if database.shared else ["a", "b"])
    assert await keys() == ["a", "b"]
