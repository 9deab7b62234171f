"""Leases between processes that share a database: one holder, taken over when it dies, never two at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.errors import ChannelMisconfigured
from bot.store.engine import Database
from bot.store.leases import Wish, take
from bot.workers.lease import Lease
from tests.databases import database, place, postgres_server, processes

__all__ = ["database", "place", "postgres_server", "processes"]
SECONDS = 0.9


async def test_one_holds_it_until_it_lets_go_or_its_time_is_over(database: Database) -> None:
    async def asks(holder: str, seconds: float = 60.0) -> int:
        return int(await database.writer.do(take, Wish("telegram", holder, seconds)))

    assert await asks("one") == 1
    assert await asks("two") == 0
    assert await asks("one") == 1, "kept, not taken anew"
    assert await asks("two", 0.0) == 0, "who does not hold it cannot let it go"
    assert await asks("two") == 0
    assert await asks("one", 0.0) == 0
    assert await asks("two", 0.05) == 2, "the turn grows with each holder"
    await asyncio.sleep(0.1)
    assert await asks("two", 0.05) == 3, "it may have been somebody else's in between"
    await asyncio.sleep(0.1)
    assert await asks("one") == 4
    assert int(await database.writer.do(take, Wish("smpp", "two", 60.0))) == 1, "each channel has its own"


class Work:
    """Counts how many do it at once, and who."""

    def __init__(self) -> None:
        self.now, self.most, self.by = 0, 0, list[int]()

    async def __call__(self, who: int) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        self.by.append(who)
        try:
            await asyncio.Event().wait()
        finally:
            self.now -= 1

    async def begun(self, times: int, within_s: float = 20.0) -> None:
        """Until it was begun so often."""
        async with asyncio.timeout(within_s):
            while len(self.by) < times:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(databases: Sequence[Database], work: Work) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Every process wants to do it."""
    tasks = [
        asyncio.create_task(Lease(one, "telegram", SECONDS).run(lambda who=number: work(who)))  # type: ignore[misc]
        for number, one in enumerate(databases)
    ]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_another_takes_over_from_one_that_stops(processes: Sequence[Database]) -> None:
    work = Work()
    async with running(processes, work) as tasks:
        await work.begun(1)
        tasks[work.by[0]].cancel()
        await work.begun(2)
    assert work.by[0] != work.by[1]
    assert work.most == 1


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_another_takes_over_from_one_that_dies(processes: Sequence[Database]) -> None:
    """It says nothing any more, as a machine without power: the row alone tells, once its time is over."""
    work = Work()
    one, two = processes
    assert await one.writer.do(take, Wish("telegram", "dead", SECONDS))
    began = time.monotonic()
    async with running([two], work):
        await work.begun(1)
    assert time.monotonic() - began >= SECONDS * 0.9
    assert work.by == [0]


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_who_cannot_renew_stops_before_another_begins(
    processes: Sequence[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder's database hangs; its work ends by its own count of the seconds."""
    work = Work()
    async with running(processes, work):
        await work.begun(1)
        cut_off = processes[work.by[0]]

        async def hangs(*nothing: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(cut_off.writer, "do", hangs)
        await work.begun(2)
    assert work.by[0] != work.by[1]
    assert work.most == 1, "never both"


async def test_what_the_work_raises_is_told_and_the_lease_is_free_again(database: Database) -> None:
    async def refused() -> None:
        raise ChannelMisconfigured("refused", "look at the token")

    with pytest.raises(ChannelMisconfigured):
        await Lease(database, "telegram", SECONDS).run(refused)
    assert await database.writer.do(take, Wish("telegram", "another", 60.0)) == 2
