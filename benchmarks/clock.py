"""Many reminders due at once, by our own parts: `python -m benchmarks.clock CONFIG TIMERS [PROFILE]`.

The people are there. From the alarm's look to the last row in the outbox, with nobody sending. Prints JSON: seconds,
processor time, memory in MB, and how many rows there are.
"""

from __future__ import annotations

import asyncio
import contextlib
import cProfile
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.broadcast import always, memory, reset
from bot import channels
from bot import settings as settings_file
from bot.added_forms import load_all
from bot.channels.base import Arrival
from bot.cli.base import loop_factory
from bot.render import Words
from bot.settings import Settings
from bot.settled import settle
from bot.store.engine import Database
from bot.turns import Turns
from bot.workers.inbox import InboxWorker
from bot.workers.timers import TimerWorker
from handlers.conversations import step

WAIT_S = 0.05


@contextlib.asynccontextmanager
async def parts(settings: Settings) -> AsyncIterator[tuple[Database, InboxWorker, TimerWorker]]:
    """The service's pieces that a timer passes through, bound to a database that nobody sends from."""
    database = await Database.open(settings.database.url, settings.folder)
    now = lambda: datetime.now(UTC)  # noqa: E731
    turns = Turns(settings, Words.load(), {}, now, step, channels.build(settings, now))
    async with database.read() as tx:
        turns.forms = await load_all(tx)
    inbox = InboxWorker(database, turns, now, lambda: None)
    database.writer.start()
    try:
        yield database, inbox, TimerWorker(database, now, inbox.fire, turns.when)
    finally:
        await database.close()


async def fire(settings: Settings, wanted: int, begin: Callable[[], None] = lambda: None) -> dict[str, float]:
    """From the first look until so many rows are in the outbox. `begin`: called right before."""
    async with parts(settings) as (database, inbox, timers):
        await _warm(database, inbox)
        settle()  # as the service has done at its start
        begin()
        before, began, cpu = reset(), time.perf_counter(), time.process_time()
        looking = asyncio.create_task(timers.look())
        while (made := await _made(database)) < wanted + 1:
            await asyncio.sleep(WAIT_S)
            if time.perf_counter() - began > 600:
                break
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        await looking
        return {"seconds": seconds, "cpu_s": cpu, "before_mb": before, "most_mb": memory("VmHWM"), "count": made - 1}


async def _warm(database: Database, inbox: InboxWorker) -> None:
    """One message through it: a service that runs has read its associations."""
    await inbox.arrivals([Arrival("kannel", "warm", "tel", "+25761999999", "text", "?", None)])
    while not await _made(database):
        await asyncio.sleep(WAIT_S)


async def _made(database: Database) -> int:
    async with database.read() as tx:
        return int((await tx.exec_driver_sql("SELECT coalesce(max(id), 0) FROM outbox")).scalar_one())


def main(config: str, wanted: int, profile: str = "") -> None:
    """Print what was measured."""
    settings = always(settings_file.load(Path(config), {}))
    profiler = cProfile.Profile() if profile else None
    if profiler:
        profiler.enable()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        print(json.dumps(runner.run(fire(settings, wanted))))
    if profiler:
        profiler.dump_stats(profile)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:4])
