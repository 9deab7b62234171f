"""Kills two equal processes on one PostgreSQL database, each again and again, then looks what is left.

    python -m tests.crash.cluster --database postgresql://... --kills 100

A phone brings each message to either of them, and again to either until one has thanked for it. What a dead process
held, the other one or its own next life takes over. Now and then the server cuts every connection, as when it is
started anew; nobody dies of that. Prints one JSON object, as tests/crash/harness.py does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bot.app import App
from bot.errors import DatabaseError
from bot.settings import Settings
from bot.store import outbox
from tests.crash import child, gateway, phones, programme
from tests.crash.check import Outcome
from tests.crash.child import Plan, Shared
from tests.crash.harness import IN_RECOVERY, LOOKS_S, PATIENCE_S, PAUSE_S, POINTS, dead, fork, listening, wait
from tests.crash.warm import warm

PROCESSES = 2
LEASE = timedelta(seconds=3)
"""Instead of ten minutes; much longer than a send takes here."""
CUT = 0.15
"""Share of deaths with which the server cuts every connection too."""
_CUT = """select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()"""
_TABLES = ("inbox", "reports", "figures", "outbox", "tasks")


@dataclass
class Life:
    """One process that is to die: how, and when at the latest (monotonic seconds, once it is ready)."""

    pid: int
    plan: Plan
    within_s: float
    born: float = field(default_factory=time.monotonic)
    ready: float = 0.0
    cut: bool = False
    """Whether its connections were cut before it was ready: it may leave then, and is started again."""


class Cluster:
    """One database, its phones and its gateway, and two processes that die many times."""

    def __init__(self, seed: int, folder: Path, url: str, planted: str) -> None:
        self.chance, self.planted, self.died, self.under_way = random.Random(seed), planted, Counter[str](), 0
        self._together = self._cuts = self._in_recovery = 0
        today, gate, doors = date.today(), listening(), [listening() for _ in range(PROCESSES)]
        ports = [door.getsockname()[1] for door in doors]
        made = [programme.settings(folder, port, gate.getsockname()[1], today) for port in ports]
        database = made[0].database.model_copy(update={"url": url})
        self._settings = [one.model_copy(update={"database": database}) for one in made]
        self._shared = [Shared() for _ in range(PROCESSES)]
        self._logs = folder / "phones.json", folder / "gateway.json"
        wait(fork(lambda: asyncio.run(programme.make(self._settings[0]))))
        self._gateway = fork(lambda: gateway.serve(gate, self._logs[1]))
        self._phones = fork(lambda: phones.run(ports, seed, PAUSE_S, today, self._logs[0]))
        for socket in (gate, *doors):
            socket.close()

    def _life(self, place: int, plan: Plan) -> int:
        shared = self._shared[place]
        shared.ready = shared.died_at_point = 0
        return fork(lambda: live(self._settings[place], plan, shared))

    def _born(self, place: int) -> Life:
        """At a point or at any time; some of them while they take over what a dead one left."""
        early = not self._in_recovery and self.chance.random() < 0.25  # three of these set a message aside
        point = self.chance.choice((*(IN_RECOVERY if early else POINTS), "any time", "any time"))
        nth = 1 if point == "inside_recovery" else self.chance.choice((1, 1, 2, 3, 5, 8, 13))
        plan = Plan(point=point, nth=nth, early=early, planted=self.planted)
        within_s = self.chance.random() * 0.3 if point == "any time" else 0.5
        return Life(self._life(place, plan), plan, within_s)

    def deaths(self, how_many: int) -> None:
        """So many deaths, of either process."""
        lives = [self._born(place) for place in range(PROCESSES)]
        while self.died.total() < how_many:
            for place, life in enumerate(lives):
                if how := self._ended(life, self._shared[place]):
                    self.died[how] += 1
                    self.under_way += self._shared[place].under_way
                    self._in_recovery = 0 if life.ready else self._in_recovery + 1
                    self._together += not self._shared[1 - place].ready
                    self._shared[place].under_way = 0
                    lives[place] = self._born(place)
                    self._cut(lives)
            time.sleep(LOOKS_S)
        for place, life in enumerate(lives):
            _kill(life.pid)
            self.under_way += self._shared[place].under_way

    def _cut(self, lives: Sequence[Life]) -> None:
        if self.chance.random() > CUT:
            return
        for life in lives:
            life.cut = not life.ready
        asyncio.run(_cut(self._settings[0].database.url))
        self._cuts += 1

    def _ended(self, life: Life, shared: Shared) -> str:
        """How it died; '' while it lives."""
        if dead(life.pid, 0) is not None:
            if life.cut and not shared.ready:
                return "cut at its start"
            if not shared.died_at_point:
                raise RuntimeError("a process died by itself")
            return life.plan.point
        if shared.ready and not life.ready:
            life.ready = time.monotonic()
        began = life.born if life.plan.early else life.ready
        if began and time.monotonic() - began > life.within_s:
            _kill(life.pid)
            return "any time"
        if time.monotonic() - life.born > PATIENCE_S:
            raise RuntimeError("a process did not start")
        return ""

    def finish(self) -> dict[str, Any]:
        """A last, clean life; then the checks."""
        pid = self._life(0, Plan(finish=True, planted=self.planted))
        os.kill(self._phones, signal.SIGTERM)
        wait(self._phones)
        self._shared[0].stopped = 1
        wait(pid)
        os.kill(self._gateway, signal.SIGTERM)
        wait(self._gateway)
        taken, counts = phones.read(self._logs[0])
        database = asyncio.run(_copied(self._settings[0].database.url))
        outcome = Outcome(database, taken, json.loads(self._logs[1].read_text()))
        broken = outcome.broken(self.under_way)
        done = {
            "deaths": self.died.total(),
            "together": self._together,
            "cuts": self._cuts,
            "under_way": self.under_way,
        }
        died = {f"died {how}": times for how, times in self.died.items()}
        result = {**done, **counts, **outcome.measured(), **died, "broken": broken}
        outcome.close()
        return result


def live(settings: Settings, plan: Plan, shared: Shared) -> None:
    """One life of a process. Does not return but by death, or by os._exit(0) after a clean stop."""
    outbox.LEASE = LEASE
    with suppress(DatabaseError):  # its connection was cut before it was ready
        asyncio.run(_live(settings, plan, shared))
    os._exit(0)


async def _live(settings: Settings, plan: Plan, shared: Shared) -> None:
    child._count_sends(shared)
    child._plant(plan)
    async with App.running(settings, crash=child._crash(plan, shared)) as app:
        shared.ready, looked = 1, time.monotonic()
        while not (plan.finish and shared.stopped and await child.idle(app)):
            if time.monotonic() - looked > LEASE.total_seconds():  # as the alarm does each minute
                await app.outbox.recover()
                looked = time.monotonic()
            await asyncio.sleep(0.05)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


async def _cut(url: str) -> None:
    database = await asyncpg.connect(url)
    await database.execute(_CUT)
    await database.close()


async def _copied(url: str) -> sqlite3.Connection:
    """What is looked at, as tests/crash/check.py reads it."""
    copy, database = sqlite3.connect(":memory:"), await asyncpg.connect(url)
    for table in _TABLES:
        rows = await database.fetch(f"select * from {table} order by 1")
        names = [f'"{name}"' for name in dict(rows[0])] if rows else ["id", "about"]
        copy.execute(f"create table {table} ({', '.join(names)})")
        places = ", ".join("?" for _ in names)
        copy.executemany(f"insert into {table} values ({places})", [tuple(row) for row in rows])
    await database.close()
    return copy


def main(arguments: Sequence[str] | None = None) -> None:
    parse = argparse.ArgumentParser()
    parse.add_argument("--database", required=True, help="An empty PostgreSQL database.")
    parse.add_argument("--kills", type=int, default=100)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--planted", default="", choices=("", "early", "twice"))
    chosen = parse.parse_args(arguments)
    folder, began = Path(tempfile.mkdtemp(prefix="kurikirana-crash-")), time.monotonic()
    try:
        warm()
        one = Cluster(chosen.seed, folder, chosen.database, chosen.planted)
        one.deaths(chosen.kills)
        print(json.dumps({"seconds": round(time.monotonic() - began, 1), **one.finish()}))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
