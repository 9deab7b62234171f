"""W4's row: many reminders due at once, beside a scheduler that keeps its jobs in memory, and sqlite3 alone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from benchmarks import systems, world
from benchmarks.peers import raw_clock
from benchmarks.runs import Bench
from benchmarks.targets import Row

PEER = "benchmarks.peers.apscheduler_jobs"
BEFORE = timedelta(minutes=2)
"""They were due within one minute, which is over: the service was off."""


def measure(bench: Bench, say: Callable[[str], None]) -> Iterator[Row]:
    """Every association has one leader and one reminder due; the peer's default drops what it is late for."""
    many = bench.size.timers
    say(f"W4, {many:,} reminders due")
    folder = bench.new_folder()
    due = datetime.now(UTC) - BEFORE
    asyncio.run(world.fill("sqlite:///bench.db", folder, many, each=1, due=due))
    file, log = world.settings(folder, "clock", url="sqlite:///bench.db", port=0, provider=1), folder / "clock.log"
    again = shutil.copytree(folder, bench.new_folder() / "again") / file.name
    ours = systems.said_by("benchmarks.clock", str(file), str(many), log=log)
    replayed = systems.said_by("benchmarks.replayed", str(again), str(many), log=log)
    theirs = systems.said_by(PEER, str(many), log=log)
    dropped = systems.said_by(PEER, str(many), "1", log=log)["missed"]
    beside = {
        "us of processor": ours["cpu_s"] / many * 1e6,
        "MB more": ours["most_mb"] - ours["before_mb"],
        "SQLite alone for the same statements, s": replayed["seconds"],
        "sqlite3 alone, nothing decided, s": raw_clock.main(folder, many),
        "apscheduler in memory, s": theirs["seconds"],
        "by its default dropped": dropped,
    }
    made = min(ours["count"], replayed["count"])
    wrong = "" if made == many else f"{made} of {many} are in the outbox"
    yield Row(f"w4_{many}", f"W4, {many:,} reminders due at once, in the outbox", ours["seconds"], "s", beside, wrong)
