"""Copies of a database that is being written to (fault A22): whole, of one moment, or not there at all."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.store import copies, inbox, tables
from bot.store.copies import Since
from bot.store.engine import Database
from tests import processes
from tests.databases import NOW, execute, message, rows

HOW_MANY = int(os.environ.get("KURIKIRANA_BACKUPS", "30"))
"""`make backups`: 1,000."""
KILLS = max(10, HOW_MANY // 10)
STAY = 2_000
"""Rows that are there at any moment, once so many arrived: the file has a few MB however long it runs."""
URL = "sqlite:///test.db"
_OLDEST = delete(tables.inbox).where(
    tables.inbox.c.id <= select(func.max(tables.inbox.c.id) - STAY).scalar_subquery()
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(URL, tmp_path)
    yield database
    await database.close()


def numbers(file: Path) -> list[int]:
    """What arrived, as a copy has it."""
    with closing(sqlite3.connect(file)) as there:
        return sorted(int(key) for (key,) in there.execute("SELECT dedupe_key FROM inbox"))


async def _keep(tx: AsyncConnection, items: Sequence[inbox.Incoming]) -> list[int]:
    """What arrived; as much of the oldest goes in the same transaction, or a copy would take longer each time."""
    kept = await inbox.keep(tx, items)
    await tx.execute(_OLDEST)
    return kept


async def copy_beside_writers(database: Database, folder: Path, how_many: int) -> int:
    """Copy while four write, number after number; how many were acknowledged. Fails at a copy that is not whole."""
    next_number, acknowledged = itertools.count(), -1

    async def write() -> None:
        nonlocal acknowledged
        while True:
            some = [next(next_number) for _ in range(5)]
            kept = [database.writer.put(_keep, message(str(number), text=f"{number}" * 50)) for number in some]
            await asyncio.gather(*kept)
            acknowledged = max(acknowledged, *some)
            await asyncio.sleep(0.02)

    writing = [asyncio.create_task(write()) for _ in range(4)]
    try:
        for number in range(how_many):
            await asyncio.sleep(random.uniform(0, 0.02))
            before, file = acknowledged, folder / f"copy-{number}.db"
            found = await asyncio.to_thread(copies.copy, folder / "test.db", file)
            there = numbers(file)
            last = there[-1] if there else -1
            assert before <= last, "what was acknowledged before the copy began is not in it"
            assert there == list(range(max(0, last + 1 - STAY), last + 1)), "not of one moment"
            assert found["inbox"] == len(there)
            file.unlink()
    finally:
        for task in writing:
            task.cancel()
    return acknowledged + 1


@pytest.mark.fault("A22")
@pytest.mark.timeout(3600)
async def test_a_copy_made_while_it_is_written_to_is_whole(database: Database, tmp_path: Path) -> None:
    assert await copy_beside_writers(database, tmp_path, HOW_MANY) > HOW_MANY, "nobody wrote"
    assert not list(tmp_path.glob("*.half"))


def _bytes_only(source: Path, into: Path) -> copies.Rows:
    """Planted: what stands in the file, as a copy of the folder has it."""
    into.write_bytes(source.read_bytes())
    return {"inbox": len(numbers(into))}


def _of_two_moments(source: Path, into: Path, true: Callable[[Path, Path], copies.Rows] = copies.copy) -> copies.Rows:
    """Planted: whole, and some of what came meanwhile beside it."""
    true(source, into)
    time.sleep(0.1)
    with closing(sqlite3.connect(into)) as there:
        there.execute("ATTACH ? AS now", [str(source)])
        there.execute("INSERT OR IGNORE INTO main.inbox SELECT * FROM now.inbox WHERE id % 2")
        there.commit()
    return {"inbox": len(numbers(into))}


@pytest.mark.parametrize(("planted", "seen"), [(_bytes_only, "acknowledged before"), (_of_two_moments, "one moment")])
async def test_a_copy_that_is_not_whole_is_seen(
    planted: Callable[..., copies.Rows],
    seen: str,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies, "copy", planted)
    with closing(sqlite3.connect(tmp_path / "test.db")) as file:
        file.execute("PRAGMA wal_checkpoint")
    with pytest.raises(AssertionError, match=seen):
        await copy_beside_writers(database, tmp_path, 50)


def _copy_for_ever(source: str, into: str) -> None:
    while True:
        copies.copy(Path(source), Path(into))


@pytest.mark.fault("A22")
@pytest.mark.timeout(3600)
async def test_a_copy_that_is_killed_leaves_the_one_before(database: Database, tmp_path: Path) -> None:
    for number in range(150):
        database.writer.put(inbox.keep, message(f"{number}", text="x" * 20_000))
    await database.writer.do(inbox.keep, message("last"))
    copy = tmp_path / "copy.db"
    rows_there = copies.copy(tmp_path / "test.db", copy)
    half, halves = copy.with_name("copy.db.half"), 0
    for _ in range(KILLS):
        process = processes.started(_copy_for_ever, str(tmp_path / "test.db"), str(copy), out=os.devnull)
        while not half.exists():
            await asyncio.sleep(0.001)
        await asyncio.sleep(random.uniform(0, 0.02))
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        halves += half.exists()
        half.unlink(missing_ok=True)
        assert copies.prove(copy) == rows_there
    assert halves, "no kill came in the middle of a copy"
    half.write_text("what a death left")
    assert copies.copy(tmp_path / "test.db", copy) == rows_there
    assert not half.exists()


async def test_a_writer_does_not_wait_for_a_copy(database: Database, tmp_path: Path) -> None:
    for number in range(400):
        database.writer.put(inbox.keep, message(f"{number}", text="x" * 20_000))
    await database.writer.do(inbox.keep, message("last"))
    copying = asyncio.create_task(asyncio.to_thread(copies.copy, tmp_path / "test.db", tmp_path / "copy.db"))
    longest, number = 0.0, 0
    while not copying.done():
        began, number = time.perf_counter(), number + 1
        await database.writer.do(inbox.keep, message(f"during {number}"))
        longest = max(longest, time.perf_counter() - began)
    await copying
    assert number > 1 and longest < 2


async def test_a_copy_with_other_rows_is_not_kept(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.writer.do(inbox.keep, message("1"))
    true = copies.prove

    def one_row_less(file: Path) -> copies.Rows:
        with closing(sqlite3.connect(file)) as there:
            there.execute("DELETE FROM inbox")
            there.commit()
        return true(file)

    monkeypatch.setattr(copies, "prove", one_row_less)
    with pytest.raises(DatabaseError, match="other rows"):
        copies.copy(tmp_path / "test.db", tmp_path / "copy.db")
    assert sorted(file.name for file in tmp_path.glob("copy*")) == []


def test_what_is_no_copy_of_ours_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no such file"):
        copies.prove(tmp_path / "nothing.db")
    (tmp_path / "text.db").write_text("a letter")
    with pytest.raises(DatabaseError, match="no database"):
        copies.prove(tmp_path / "text.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE poems (line)")
    with pytest.raises(DatabaseError, match="not a database of Kurikirana"):
        copies.prove(tmp_path / "other.db")


async def test_a_damaged_copy_is_said(database: Database, tmp_path: Path) -> None:
    for number in range(50):
        await database.writer.do(inbox.keep, message(f"{number}", text="x" * 2_000))
    copies.copy(tmp_path / "test.db", copy := tmp_path / "copy.db")
    content = bytearray(copy.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    copy.write_bytes(content)
    with pytest.raises(DatabaseError, match="damaged|no database that can be used"):
        copies.prove(copy)


async def test_what_was_erased_since_goes_again_and_no_number_is_given_twice(database: Database) -> None:
    for number in (1, 2):
        person = {"id": number, "kind": "leader", "name": f"Leader {number}", "sms_name": "L", "consent": "yes"}
        await execute(database, insert(tables.people), person)
    kept = Since({1: NOW, 77: NOW}, {"last_report": 4127, "last_question": 3})
    await execute(database, insert(tables.facts), {"name": "last_question", "value": 9})
    assert await database.writer.do(copies.catch_up, (kept, {})) == 1
    assert [(row.id, row.name, row.erased_at) for row in await rows(database, tables.people.select())] == [
        (1, "", NOW),
        (2, "Leader 2", None),
    ]
    async with database.read() as tx:
        assert await copies.since(tx) == Since({1: NOW}, {"last_report": 4127, "last_question": 9})
    assert await database.writer.do(copies.catch_up, (kept, {})) == 0, "once is enough"
