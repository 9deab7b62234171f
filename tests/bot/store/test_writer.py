"""The writer alone: what waits goes together, nobody waits for ever, a stop loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.store import writer as module
from bot.store.engine import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open("sqlite:///test.db", tmp_path)
    yield opened
    await opened.close()


class Work:
    """Notes the groups it was given; the first one waits until it may go on."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.go_on = asyncio.Event()

    async def __call__(self, tx: AsyncConnection, items: Sequence[int]) -> list[int]:
        self.groups.append(list(items))
        await self.go_on.wait()
        return [item * 2 for item in items]


async def test_what_waits_during_a_commit_goes_next_together_in_order(database: Database) -> None:
    work = Work()
    first = database.writer.put(work, 0)
    await asyncio.sleep(0.05)
    rest = [database.writer.put(work, number) for number in range(1, 8)]
    work.go_on.set()
    assert await asyncio.gather(first, *rest) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert work.groups == [[0], [1, 2, 3, 4, 5, 6, 7]]


async def test_a_group_has_a_largest_size(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_GROUP", 10)
    work = Work()
    work.go_on.set()
    assert len(await asyncio.gather(*(database.writer.do(work, number) for number in range(35)))) == 35
    assert max(map(len, work.groups)) == 10


async def test_what_nobody_waits_for_fills_what_others_leave_of_a_group(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_GROUP", 4)
    monkeypatch.setattr(module, "MOST_WAITING", 9)
    work = Work()
    first = database.writer.put(work, 0)
    await asyncio.sleep(0.05)
    due = [database.writer.put(work, number, unasked=True) for number in range(10, 19)]
    with pytest.raises(DatabaseError, match="too much is waiting"):
        database.writer.put(work, 19, unasked=True)
    wrote = [database.writer.put(work, number) for number in range(1, 7)]  # though so much is due
    work.go_on.set()
    await asyncio.gather(first, *due, *wrote)
    assert work.groups == [[0], [1, 2, 3, 4], [5, 6, 10, 11], [12, 13, 14, 15], [16, 17, 18]]


async def test_what_is_too_much_is_refused_at_once_and_taken_again_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 5)
    work = Work()
    first = database.writer.put(work, 0)
    await asyncio.sleep(0.05)
    waiting = [database.writer.put(work, number) for number in range(5)]
    with pytest.raises(DatabaseError, match="too much is waiting"):
        database.writer.put(work, 9)
    work.go_on.set()
    await asyncio.gather(first, *waiting)
    assert await database.writer.do(work, 9) == 18


async def test_a_stop_finishes_what_waits_and_takes_nothing_more(database: Database) -> None:
    work = Work()
    futures = [database.writer.put(work, number) for number in range(3)]
    stopping = asyncio.create_task(database.writer.stop())
    await asyncio.sleep(0)
    with pytest.raises(DatabaseError, match="stopping"):
        database.writer.put(work, 9)
    work.go_on.set()
    await stopping
    assert [future.result() for future in futures] == [0, 2, 4]


async def test_the_named_points_come_in_order_and_only_after_a_commit_is_anybody_told(database: Database) -> None:
    seen: list[str] = []
    database.writer.crash = seen.append
    work = Work()
    work.go_on.set()
    future = database.writer.put(work, 1)
    future.add_done_callback(lambda _: seen.append("told"))
    await future
    await asyncio.sleep(0)
    assert seen == ["before_commit", "after_commit", "told"]


async def test_a_group_that_breaks_off_before_its_commit_tells_everybody(database: Database) -> None:
    def full(point: str) -> None:
        if point == "before_commit":
            raise OSError(28, "No space left on device")

    database.writer.crash = full
    work = Work()
    work.go_on.set()
    results = await asyncio.gather(*(database.writer.do(work, number) for number in range(4)), return_exceptions=True)
    assert [type(result) for result in results] == [DatabaseError] * 4
    assert len(work.groups) == 1, "a failing disk is not asked again for each item"
