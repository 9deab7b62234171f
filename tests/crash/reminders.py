"""Kills the real service while reminders fall due, and compares it with one that nobody killed (promise 7).

    python -m tests.crash.reminders --steps 12 --associations 60

Two programmes alike live through the same evenings: at each, the clock stands a minute behind the next timer. One of
them is killed again and again, then lives to the end of its evening in peace. In the end both must have said the same
to the same leaders, asked the same officers to call, and have the same timers. Prints one JSON object.
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
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.kannel import Kannel
from bot.clock import Clock
from bot.store import timers
from bot.workers import timers as timer_worker
from tests.crash import child, gateway, programme
from tests.crash.child import Plan, Shared
from tests.crash.harness import fork, killed, listening, wait
from tests.crash.warm import warm

POINTS = ("before_commit", "before_commit", "after_commit", "inside_turn", "inside_turn", "after_send", "any time")
_PLANTED = {"lost": "inside_turn", "again": "after_send"}
"""The point at which a planted bug shows."""
AT_ONCE = 5
"""Timers in one transaction, so that an evening has several."""
BEGINS = datetime(2026, 11, 29, 10, tzinfo=UTC)
"""Totals are due two days later, then trainings."""
BEHIND = timedelta(minutes=1)
PATIENCE_S = 60.0
SLOWEST_S = 10.0
"""A life that is to end by itself gets so long to come that far, also on a machine with other work."""
_ENDS = {"sent": "sent", "accepted": "sent", "uncertain": "sent", "failed": "sent"}
"""What is doubtful because the process died while it was sent was said too."""


class Evenings:
    """One programme and its gateway."""

    def __init__(self, folder: Path, associations: int, planted: str) -> None:
        folder.mkdir()
        gate, self._log = listening(), folder / "gateway.json"
        self.settings = programme.at_any_hour(programme.settings(folder, 1, gate.getsockname()[1], BEGINS.date()))
        self.shared, self.planted, self.deaths = Shared(), planted, 0
        wait(fork(lambda: asyncio.run(programme.make(self.settings, associations))), PATIENCE_S)
        self._gateway = fork(lambda: gateway.serve(gate, self._log, 0.001))
        gate.close()

    def next_due(self) -> datetime | None:
        """When the next timers of associations are due: all of them at once. Tips of the days before that wait."""
        next_ = "select min(due_at) from timers where state = 'waiting' and association_id is not null"
        with closing(self._database()) as database:
            found = database.execute(next_).fetchone()[0]
        return datetime.fromtimestamp(found / 1e6, UTC) if found else None

    def live(self, at: datetime, how: Plan, *, knows: bool = True) -> int:
        """A life at that time. `knows`: that the one before it died, if it did; else it is not careful."""
        self.shared.ready = self.shared.died_at_point = 0
        if not knows:
            self.settings.folder.joinpath("crash.db.lock").write_text("")
        return fork(lambda: _life(self, at, how))

    def die(self, at: datetime, chance: random.Random) -> None:
        """A life that dies at a point or at any time, unless it comes to its end before."""
        point = _PLANTED.get(self.planted) or chance.choice(POINTS)
        plan = Plan(
            point=point,
            nth=chance.randint(1, 40) if point == "inside_turn" else chance.randint(1, 12),
            planted=self.planted,
        )
        pid = self.live(at, plan, knows=bool(self.planted) or chance.random() < 0.5)
        killed(pid, self.shared, chance.random() * 0.2 if point == "any time" else SLOWEST_S)
        self.deaths += 1

    def finish(self) -> dict[str, int]:
        """How often the gateway got each text, by its number in the outbox."""
        os.kill(self._gateway, signal.SIGTERM)
        wait(self._gateway, PATIENCE_S)
        got: dict[str, int] = json.loads(self._log.read_text())
        return got

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.settings.folder / "crash.db")

    def told(self) -> dict[str, Counter[Any]]:
        """What it said and did, without the seconds and numbers of a run."""
        with closing(self._database()) as database:
            database.create_function("day", 1, _day)
            return {what: Counter(database.execute(statement)) for what, statement in _TOLD.items()}

    def sent(self) -> Sequence[tuple[int, str]]:
        """The number of each text, and what became of it."""
        with closing(self._database()) as database:
            return list(database.execute("select id, state from outbox"))


_TOLD = {
    "events": "select address_id, day(received_at), data ->> 'timer', data ->> 'form', understood, state from inbox "
    "where understood is null or understood not like '%written to often enough'",
    "texts": "select address_id, day(made_at), key, text from outbox",
    "tasks": "select kind, association_id, about, state, day(due_at) from tasks",
    "timers": "select kind, key, state, day(due_at), data ->> 'touch' from timers",
    "states": "select address_id, state ->> '$.open.kind', state ->> '$.open.form' from conversations",
}
"""How often something waited for the hour behind another text is no part of it: that is a matter of seconds."""


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).strftime("%Y-%m-%d %H")


def _life(one: Evenings, at: datetime, how: Plan) -> None:
    timer_worker.MOST_AT_ONCE = AT_ONCE
    child._plant(how)
    if how.planted == "lost":
        timers.keep = _lost(timers.keep)  # type: ignore[assignment]
    asyncio.run(_to_the_end(one, at, how))
    os._exit(0)


async def _to_the_end(one: Evenings, at: datetime, how: Plan) -> None:
    clock = Clock(at - datetime.now(UTC))
    async with App.running(one.settings, clock, crash=child._crash(how, one.shared), web=False) as app:
        one.shared.ready = 1
        while not await _over(app):
            await app.timers.look()  # not once a second only
            await asyncio.sleep(0.01)


async def _over(app: App) -> bool:
    """Nothing is due any more, and everything has left."""
    async with app.database.read() as tx:
        due = "select count(*) from timers where state = 'waiting' and due_at <= ?"
        now = int(app.clock.now().timestamp() * 1e6)
        waits = (await tx.exec_driver_sql(due, (now,))).scalar_one()
    return waits == 0 and await child.idle(app)


def _lost(keep: Any) -> Any:
    """The planted bug: where timers are kept before their turns, the first of each group fires and is forgotten."""

    async def kept(tx: AsyncConnection, look: Any, due: Any) -> Any:
        if due.woken:
            first = due.woken[0].row.id
            await tx.exec_driver_sql("update timers set state = 'fired' where id = ?", (first,))
        return await keep(tx, look, replace(due, woken=due.woken[1:]))

    return kept


def compared(peaceful: Evenings, harmed: Evenings) -> list[str]:
    """Every difference in a line."""
    lines, there, here = [], peaceful.told(), harmed.told()
    for what in _TOLD:
        lines += [f"{what}, lost: {row} x{n}" for row, n in (there[what] - here[what]).items()]
        lines += [f"{what}, too many: {row} x{n}" for row, n in (here[what] - there[what]).items()]
    return lines


def broken(one: Evenings, got: dict[str, int]) -> list[str]:
    """What was sent must have arrived once, what is doubtful at most once; no more is doubtful than was under way."""
    lines = [f"text {number} left {count} times" for number, count in got.items() if count > 1]
    ends = Counter(state for _, state in one.sent())
    lines += [
        f"text {number} was sent, and never left" for number, state in one.sent() if _missing(state, number, got)
    ]
    lines += [f"{count} texts are {state}" for state, count in ends.items() if state not in _ENDS]
    if ends["uncertain"] > one.deaths * Kannel.window:
        lines.append(f"{ends['uncertain']} uncertain, after {one.deaths} deaths")
    return lines


def _missing(state: str, number: int, got: dict[str, int]) -> bool:
    return state in ("sent", "accepted") and not got.get(str(number))


def run(base: Path, steps: int, associations: int, seed: int, planted: str) -> dict[str, Any]:
    """Two programmes, so many evenings."""
    chance = random.Random(seed)
    peaceful = Evenings(base / "peaceful", associations, "")
    harmed = Evenings(base / "harmed", associations, planted)
    for one in (peaceful, harmed):
        wait(one.live(BEGINS, Plan()), PATIENCE_S)  # there are timers from then on
    at = BEGINS
    for _ in range(steps):
        at = max(at, peaceful.next_due() or at) + BEHIND
        wait(peaceful.live(at, Plan()), PATIENCE_S)
        for _ in range(chance.choice((1, 1, 2, 3))):
            harmed.die(at, chance)
        wait(harmed.live(at, Plan(planted=planted), knows=chance.random() < 0.5), PATIENCE_S)
    lines = broken(peaceful, peaceful.finish()) + broken(harmed, harmed.finish()) + compared(peaceful, harmed)
    said = {what: rows.total() for what, rows in peaceful.told().items()}
    return {"deaths": harmed.deaths, **said, "broken": lines}


def main(arguments: Sequence[str] | None = None) -> None:
    parse = argparse.ArgumentParser()
    parse.add_argument("--steps", type=int, default=12, help="Evenings on which something is due.")
    parse.add_argument("--associations", type=int, default=90)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--planted", default="", choices=("", *_PLANTED))
    chosen = parse.parse_args(arguments)
    base, began = Path(tempfile.mkdtemp(prefix="kurikirana-crash-")), time.monotonic()
    try:
        warm()
        found = run(base, chosen.steps, chosen.associations, chosen.seed, chosen.planted)
        print(json.dumps({"seconds": round(time.monotonic() - began, 1), **found}))
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
