"""The writer's contract, on SQLite and PostgreSQL: groups, bad items, callers who go away, clashes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.store import inbox, kept, tables
from bot.store.direct import DirectEngine
from bot.store.engine import Database
from bot.store.writer import Writer
from tests.databases import (
    NOW,
    Place,
    add_addresses,
    count,
    database,
    execute,
    message,
    place,
    postgres_server,
    processes,
    rows,
)

__all__ = ["database", "place", "postgres_server", "processes"]
FACTS = tables.facts


async def _put(tx: AsyncConnection, items: Sequence[str]) -> list[str]:
    await tx.execute(insert(FACTS), [{"name": item, "value": 1} for item in items])
    return list(items)


async def _names(database: Database) -> set[str]:
    return {row.name for row in await rows(database, select(FACTS.c.name))}


async def test_one_bad_item_is_told_so_and_harms_nobody_of_its_group(database: Database) -> None:
    items = [f"n{number}" for number in range(50)] + ["n7"]
    results = await asyncio.gather(*(database.writer.do(_put, item) for item in items), return_exceptions=True)
    failed = [result for result in results if isinstance(result, Exception)]
    assert len(failed) == 1
    assert isinstance(failed[0], IntegrityError)
    assert await _names(database) == set(items)


@pytest.mark.parametrize("bad", [2**70, "a\x00b", "\ud800"], ids=["too large", "NUL", "half a surrogate pair"])
async def test_what_the_database_cannot_hold_is_the_fault_of_its_item_alone(database: Database, bad: Any) -> None:
    """Were it taken for a failing disk, the whole group would be refused, again at every redelivery."""
    if isinstance(bad, int):
        bad_item = message("bad", data={"at": 1}, received_at=NOW)
        work = _with_number(bad)
    else:
        bad_item, work = message("bad", text=bad), inbox.keep
    good = [message(f"n{number}") for number in range(20)]
    futures = [database.writer.do(work, item) for item in (*good[:10], bad_item, *good[10:])]
    results = await asyncio.gather(*futures, return_exceptions=True)
    errors = [result for result in results if isinstance(result, BaseException)]
    assert not any(isinstance(error, DatabaseError) for error in errors), errors
    kept = {row.dedupe_key for row in await rows(database, select(tables.inbox.c.dedupe_key))}
    assert kept >= {item.key for item in good}
    assert len(kept) + len(errors) == 21


def _with_number(number: int) -> Any:
    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[int]:
        for item in items:
            if item.key == "bad":
                await tx.execute(insert(tables.associations), {"id": number})
        return await inbox.keep(tx, items)

    return work


async def _pair(tx: AsyncConnection, items: Sequence[str]) -> list[None]:
    """Two rows with a wait between, so that there is a middle to be cancelled in."""
    for item in items:
        await tx.execute(insert(FACTS), {"name": f"{item}-a", "value": 1})
        await asyncio.sleep(0)
        await tx.execute(insert(FACTS), {"name": f"{item}-b", "value": 1})
    return [None] * len(items)


@pytest.mark.fault("A18")
async def test_a_caller_who_goes_away_leaves_the_connection_clean(processes: list[Database]) -> None:
    """Cancelled after every number of steps of the loop there is until the commit (fault A18)."""
    writer, cancelled, steps, tried = processes[0].writer, 0, 0, 0
    async with asyncio.timeout(60):
        while cancelled < 60:
            task = asyncio.ensure_future(writer.do(_pair, f"n{tried}"))
            for _ in range(steps):
                await asyncio.sleep(0)
            here = task.cancel()
            cancelled, steps = cancelled + here, (steps + 1 if here else 0)  # past the commit: from the start again
            await asyncio.gather(task, return_exceptions=True)
            if tried % 10 == 0:
                assert await writer.do(_put, f"after-{tried}") == f"after-{tried}"
            tried += 1
    await writer.do(_put, "last")
    names = await _names(processes[-1])
    assert {f"after-{number}" for number in range(0, tried, 10)} | {"last"} <= names
    for number in range(tried):
        assert (f"n{number}-a" in names) == (f"n{number}-b" in names)


async def test_a_reader_who_goes_away_leaves_the_pool_clean(database: Database) -> None:
    async def look() -> None:
        async with database.read() as tx:
            await tx.execute(select(FACTS))
            await asyncio.sleep(0)
            await tx.execute(select(tables.inbox))

    cancelled, steps = 0, 0
    async with asyncio.timeout(60):
        while cancelled < 60:
            task = asyncio.ensure_future(look())
            for _ in range(steps):
                await asyncio.sleep(0)
            here = task.cancel()
            cancelled, steps = cancelled + here, (steps + 1 if here else 0)  # past its end: from the start again
            await asyncio.gather(task, return_exceptions=True)
    await execute(database, insert(FACTS), {"name": "new", "value": 1})
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(count(database, FACTS) for _ in range(20))) == [1] * 20


async def _count_up(tx: AsyncConnection, items: Sequence[int]) -> list[int]:
    """Read, then write: what starves when a transaction begins as a reader."""
    value = (await tx.execute(select(FACTS.c.value).where(FACTS.c.name == "n").with_for_update())).scalar_one()
    await asyncio.sleep(0)
    await tx.execute(update(FACTS).where(FACTS.c.name == "n").values(value=value + len(items)))
    return [0] * len(items)


async def _two_writers(place: Place, begin: str) -> tuple[int, int]:
    """(counted, failed) when two connections count up to 400 together."""
    from bot.store.engine import _postgres, _sqlite

    database = await place.open()
    await execute(database, insert(FACTS), {"name": "n", "value": 0})
    await database.close()
    make = (
        (lambda: _sqlite(place.file, writes=True))
        if place.kind == "sqlite"
        else (lambda: _postgres(place.url, writes=True))
    )
    engines = [make() for _ in range(2)]
    if begin:
        for engine in engines:
            cast(DirectEngine, engine).begins_with = begin
    writers = [Writer(engine) for engine in engines]
    results: list[Any] = []
    for _ in range(100):
        jobs = [writers[n % 2].do(_count_up, 1) for n in range(4)]
        results += await asyncio.gather(*jobs, return_exceptions=True)
    async with engines[0].connect() as connection:
        counted = (await connection.execute(select(FACTS.c.value).where(FACTS.c.name == "n"))).scalar_one()
    for writer, engine in zip(writers, engines, strict=True):
        await writer.stop()
        await engine.dispose()
    return counted, sum(isinstance(result, BaseException) for result in results)


@pytest.mark.fault("A17")
async def test_two_connections_that_read_and_then_write_both_get_their_turn(place: Place) -> None:
    assert await _two_writers(place, "") == (400, 0)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_check_above_would_see_starvation(place: Place) -> None:
    counted, failed = await _two_writers(place, "BEGIN")
    assert failed > 0
    assert counted == 400 - failed


async def test_two_processes_in_each_others_way_both_finish(processes: list[Database]) -> None:
    """They lock the same two rows in opposite orders; PostgreSQL breaks one of them off (fault A19)."""
    ids = await add_addresses(processes[0], 2)

    async def both(tx: AsyncConnection, items: Sequence[tuple[int, ...]]) -> list[int]:
        for order in items:
            for address in order:
                change = update(tables.addresses).where(tables.addresses.c.id == address).values(reason="x")
                await tx.execute(change)
                await asyncio.sleep(0.02)
        return [1] * len(items)

    for _ in range(3):
        jobs = [one.writer.do(both, tuple(ids[:: 1 - 2 * n])) for n, one in enumerate(processes)]
        assert await asyncio.gather(*jobs) == [1] * len(processes)


@pytest.mark.fault("A19")
@pytest.mark.parametrize("place", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_lost_connection_is_told_as_such_and_the_next_work_is_done(processes: list[Database]) -> None:
    first, last = processes

    async def slow(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        pid = (await tx.execute(text("select pg_backend_pid()"))).scalar_one()
        await _put(tx, ["lost"])
        await execute(last, text("select pg_terminate_backend(:pid)"), {"pid": pid})
        await tx.execute(text("select 1"))
        return [None]

    with pytest.raises(DatabaseError):
        await first.writer.do(slow, None)
    assert await first.writer.do(_put, "next") == "next"
    assert await _names(first) == {"next"}


@pytest.mark.parametrize("place", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_connection_that_was_lost_while_it_rested_is_taken_anew(
    processes: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = processes

    async def whose(tx: AsyncConnection, items: Sequence[None]) -> list[int]:
        return [(await tx.execute(text("select pg_backend_pid()"))).scalar_one()] * len(items)

    pid = await first.writer.do(whose, None)
    assert await first.writer.do(whose, None) == pid  # kept from one transaction to the next
    monkeypatch.setattr(kept, "REST_S", 0.0)
    await execute(last, text("select pg_terminate_backend(:pid)"), {"pid": pid})
    assert await first.writer.do(whose, None) != pid


@pytest.mark.parametrize("place", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_look_at_a_server_that_goes_away_says_so(processes: list[Database]) -> None:
    first, last = processes
    with pytest.raises(DatabaseError, match="cannot be reached"):
        async with first.read() as tx:
            pid = (await tx.execute(text("select pg_backend_pid()"))).scalar_one()
            await execute(last, text("select pg_terminate_backend(:pid)"), {"pid": pid})
            await tx.execute(text("select 1"))
    async with first.read() as tx:
        assert (await tx.execute(text("select 1"))).scalar_one() == 1
    with pytest.raises(ProgrammingError):  # a wrong statement is not taken for that
        async with first.read() as tx:
            await tx.execute(text("select nothing"))


@pytest.mark.parametrize("place", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_server_that_goes_away_right_before_a_commit_is_the_storages_fault(processes: list[Database]) -> None:
    """asyncpg has three words for it, by the moment at which it hears; an error of another kind ended the service."""
    first, last = processes

    async def cut_off(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        pid = (await tx.execute(text("select pg_backend_pid()"))).scalar_one()
        await execute(last, text("select pg_terminate_backend(:pid)"), {"pid": pid})
        return [None] * len(items)

    for _ in range(100):
        with pytest.raises(DatabaseError):
            await first.writer.do(cut_off, None)
    assert await first.writer.do(_put, "next") == "next"


def test_the_errors_of_sqlite_are_known_to_be_the_storages() -> None:
    from bot.store.writer import is_storage

    for words in ("database or disk is full", "disk I/O error", "attempt to write a readonly database"):
        assert is_storage(DBAPIError("", None, sqlite3.OperationalError(words)))


async def test_what_failed_with_its_group_is_done_in_the_other_way_in_its_order(database: Database) -> None:
    """A turn that raises must not let a later message of the same phone go before it."""
    done: list[str] = []

    async def at_once(tx: AsyncConnection, items: Sequence[str]) -> list[str]:
        if "bad" in items:
            raise ZeroDivisionError
        return await _put(tx, [f"{item} at once" for item in items])

    async def first(tx: AsyncConnection, items: Sequence[str]) -> list[str]:
        done.extend(items)
        return await _put(tx, items)

    writer = database.writer
    futures = [writer.put(at_once, item, instead=first) for item in ("a", "bad", "b")]
    assert await asyncio.gather(*futures) == ["a", "bad", "b"]
    assert done == ["a", "bad", "b"]
    assert await writer.put(at_once, "c", instead=first) == "c at once"
    assert await writer.put(at_once, "bad ", instead=first) == "bad  at once"
    with pytest.raises(ZeroDivisionError):
        await writer.put(at_once, "bad")
    assert await _names(database) == {"a", "bad", "b", "c at once", "bad  at once"}
