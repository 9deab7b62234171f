"""Kills the real service in the middle of broadcasts, again and again, then looks who got what (promise 5).

    python -m tests.crash.broadcasts --broadcasts 20 --recipients 1000

An officer drafts, freezes and approves each broadcast inside the service that is killed; her next try goes on. The
gateway, a process that outlives the service, counts what each phone got. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.kannel import Kannel
from bot.control import run_all
from bot.operations import Asked
from bot.programme.broadcasts import acts, plan
from bot.programme.broadcasts.audience import Audience
from bot.programme.broadcasts.wording import Wording
from bot.settings import Settings
from bot.store import broadcasts as store
from bot.store import outbox, recipients, tables
from bot.store.engine import Database
from bot.workers import broadcasts as broadcast_worker
from tests.crash import child, programme
from tests.crash.broadcast_check import broken, kept
from tests.crash.child import Plan, Shared
from tests.crash.harness import fork, killed, listening, wait
from tests.crash.warm import warm

POINTS = ("before_commit", "after_commit", "after_send", "after_page", "after_chunk", "any time", "any time")
WINDOW = Kannel.window
"""Sends that may be under way at a death; from a claim's commit on, which no counter of the service sees."""
PER_ROUND = 20
"""Broadcasts on one database."""
LEASE = timedelta(seconds=2)
"""On PostgreSQL: instead of ten minutes; much longer than a send takes here."""
PATIENCE_S = 120.0
LANGUAGES = ("en", "fr", "rn", "sw")
_GIVEN = re.compile(rb"[?&]to=([^& ]+).*?[?&]text=([^& ]+)")


def serve(door: socket.socket, log: Path) -> None:
    """The gateway: what each phone got how often, written to `log` at SIGTERM."""
    asyncio.run(_serve(door, log))


async def _serve(door: socket.socket, log: Path) -> None:
    got: Counter[str] = Counter()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                found = _GIVEN.search(request.split(b"\r\n", 1)[0])
                assert found
                got[" ".join(unquote_plus(part.decode()) for part in found.groups())] += 1
                await asyncio.sleep(0.002)
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 11\r\n\r\n0: Accepted")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, sock=door, backlog=256)
    await stop.wait()
    log.write_text(json.dumps(got), encoding="utf-8")
    server.close()


async def make(settings: Settings, people: int) -> None:
    """The database: leaders in four languages, each with a phone of her own."""

    async def rows(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
        place = {"commune_old": "x", "commune_now": "x", "colline": "x"}
        await tx.execute(insert(tables.associations), {"id": 1, "no": "01", "name": "A", "sms_name": "A", **place})
        common = {"kind": "leader", "association_id": 1, "sex": "F", "consent": "yes"}
        names = [{"id": n, "name": f"L {n}", "sms_name": f"L{n}", "language": LANGUAGES[n % 4]} for n in _ids(people)]
        await tx.execute(insert(tables.people), [common | name for name in names])
        phones = [{"id": n, "scheme": "tel", "value": f"+25779{n:06}", "channel": "kannel"} for n in _ids(people)]
        await tx.execute(insert(tables.addresses), phones)
        await tx.execute(insert(tables.people_addresses), [{"person_id": n, "address_id": n} for n in _ids(people)])
        return [None]

    database = await Database.open(settings.database.url, settings.folder)
    await database.writer.do(rows, None)
    await database.close()


def _ids(people: int) -> range:
    return range(1, people + 1)


def wording(number: int) -> Wording:
    """Unlike every other broadcast's, so that the gateway can tell."""
    return Wording({language: f"{{name}} {language} broadcast {number}." for language in LANGUAGES})


def life(settings: Settings, how: Plan, shared: Shared, number: int, people: int, stops_after: float) -> None:
    """One life of the service: the officer goes on with broadcast `number`, and leaves when it is done."""
    outbox.LEASE = LEASE
    broadcast_worker.CHUNK, broadcast_worker.MOST_QUEUED, acts.PAGE = 150, 400, 300
    asyncio.run(_life(settings, how, shared, number, people, stops_after))
    os._exit(0)


async def _life(settings: Settings, how: Plan, shared: Shared, number: int, people: int, stops_after: float) -> None:
    child._plant(how)
    async with App.running(settings, crash=child._crash(how, shared), web=False) as app:
        shared.ready = 1
        number = await _officer(app, number, people)
        if how.planted == "anew":
            await app.database.writer.do(_anew, number)
        began = looked = time.monotonic()
        while not await _ended(app, number):
            if app.database.shared and time.monotonic() - looked > LEASE.total_seconds():
                await app.outbox.recover()  # what a dead process was sending is taken over when its lease has run out
                looked = time.monotonic()
            if stops_after and time.monotonic() - began > stops_after:
                stops_after = 0
                with suppress(acts.BroadcastError):  # it was done, or stopped in an earlier life
                    await _do(app, "broadcast stop", {"id": number})
            await app.broadcasts.look()
            await asyncio.sleep(0.01)


async def _anew(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
    """The planted bug: whoever has no receipt is written to again after a restart."""
    for number in items:
        begun = await tx.exec_driver_sql(f"select 1 from broadcasts where id = {int(number)} and state = 'sending'")
        if begun.scalar():
            again = f"update recipients set state = 'waiting' where broadcast_id = {int(number)} and state = 'queued'"
            await tx.exec_driver_sql(again)
    return [None for _ in items]


async def _do(app: App, name: str, details: dict[str, Any]) -> Any:
    clean = json.loads(json.dumps(details, default=str))
    return await app.database.writer.do(run_all, Asked(name, clean, app.clock.now()))


async def _officer(app: App, number: int, people: int) -> int:
    """Make, freeze, approve; whatever of it was done in an earlier life is found. The service lists every second."""
    card = number % 2 == 0
    submitted = store.card_key(str(number)) if card else f"crash {number}"
    details = {**acts.as_details(wording(number)), "audience": {"asked": "all"}, "submitted": submitted}
    made = await _do(app, "broadcast make", details)
    made_as = int(made["id"])  # on PostgreSQL a number that a dead process had taken is lost
    if made["state"] != "draft":
        return made_as
    if card:
        await app.broadcasts.look()
    else:
        await _freeze(app, made_as)
    now = app.clock.now()
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=1)).isoformat()}
    await _do(app, "broadcast approve", {"id": made_as, "number": people, **times})
    return made_as


async def _freeze(app: App, number: int) -> None:
    """As the command does it."""
    setup = acts.setup_details(plan.means_of(app.settings, app.channels, {}).setup)
    after: int | None = None
    while True:
        audience = acts.whom("all", Audience())
        after = await _do(app, "broadcast freeze", {"id": number, "after": after, "setup": setup, **audience})
        if after is None:
            return


async def _ended(app: App, number: int) -> bool:
    async with app.database.read() as tx:
        row = await store.one(tx, number)
        return row is not None and row.state in ("done", "stopped") and await recipients.is_settled(tx, number)


class Round:
    """One database and its gateway, some broadcasts, many deaths."""

    def __init__(self, seed: int, folder: Path, people: int, planted: str, url: str) -> None:
        self.chance, self.people, self.planted = random.Random(seed), people, planted
        self.shared, self.died = Shared(), Counter[str]()
        gate = listening()
        made = programme.at_any_hour(programme.settings(folder, 1, gate.getsockname()[1], date.today()))
        database = made.database.model_copy(update={"url": url or made.database.url})
        self.settings = made.model_copy(update={"database": database})
        self._log = folder / "gateway.json"
        wait(fork(lambda: asyncio.run(make(self.settings, people))), PATIENCE_S)
        self._gateway = fork(lambda: serve(gate, self._log))
        gate.close()

    def _life(self, how: Plan, number: int, stops_after: float) -> int:
        self.shared.ready = self.shared.died_at_point = 0
        return fork(lambda: life(self.settings, how, self.shared, number, self.people, stops_after))

    def broadcast(self, number: int) -> None:
        """Some lives that are killed, and one that ends in peace."""
        stops_after = self.chance.choice((0, 0, 0, 0.2))
        for _ in range(self.chance.choice((1, 1, 2, 2, 3, 4))):
            point = "after_send" if self.planted else self.chance.choice(POINTS)
            nth = self.chance.choice((1, 2, 3, 5, 8, 13, 40, 100) if point == "after_send" else (1, 2, 3, 5, 8))
            pid = self._life(Plan(point=point, nth=nth, planted=self.planted), number, stops_after)
            self._kill(pid, point)
        last = Plan(planted=self.planted if self.planted != "again" else "")
        wait(self._life(last, number, stops_after), PATIENCE_S)

    def _kill(self, pid: int, point: str) -> None:
        within = self.chance.random() * 0.5 if point == "any time" else 2.0
        self.died["any time" if killed(pid, self.shared, within) else point] += 1

    def finish(self, numbers: Sequence[int]) -> dict[str, Any]:
        """End the gateway, then the checks."""
        os.kill(self._gateway, signal.SIGTERM)
        wait(self._gateway, PATIENCE_S)
        got = json.loads(self._log.read_text())
        found = kept(self.settings.database.url, self.settings.folder)
        result = broken(found, got, numbers, self.people, WINDOW * self.died.total())
        return {"deaths": self.died.total(), **result}


def main(arguments: Sequence[str] | None = None) -> None:
    parse = argparse.ArgumentParser()
    parse.add_argument("--broadcasts", type=int, default=4)
    parse.add_argument("--recipients", type=int, default=1000)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--database", default="", help="An empty PostgreSQL database; else SQLite. One round only.")
    parse.add_argument("--planted", default="", choices=("", "again", "anew"))
    chosen = parse.parse_args(arguments)
    base, began, seed = Path(tempfile.mkdtemp(prefix="kurikirana-crash-")), time.monotonic(), chosen.seed
    total, lines, left = Counter[str](), [], chosen.broadcasts
    try:
        warm()
        while left > 0:
            numbers = range(1, min(left, PER_ROUND) + 1)
            folder = base / str(seed)
            folder.mkdir()
            one = Round(seed, folder, chosen.recipients, chosen.planted, chosen.database)
            for number in numbers:
                one.broadcast(number)
            result = one.finish(numbers)
            lines += [f"seed {seed}: {line}" for line in result.pop("broken")]
            total.update(result)
            total.update({f"died {point}": count for point, count in one.died.items()})
            left, seed = left - len(numbers), seed + 1
            shutil.rmtree(folder)
        print(json.dumps({"seconds": round(time.monotonic() - began, 1), **total, "broken": lines}))
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
