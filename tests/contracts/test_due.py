"""One question a second: it says of each queue whether its look would find something, and only that one is begun."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from bot.store import due, erasure, outbox, tables
from bot.store.due import Ready
from bot.store.engine import Database
from bot.store.outbox import Wanted
from bot.store.reports import SET_FACT
from bot.store.writer import GROUPS
from bot.workers import due as worker
from bot.workers.due import LAG, DueWorker
from scheduler.alarm import Alarm
from tests.databases import NOW, add_addresses, add_outbox, database, execute, place, postgres_server, processes
from tests.play_service import service

__all__ = ["database", "place", "postgres_server", "processes"]
ALL = Ready(["kannel", "smpp"], ["kannel", "smpp"], ["kannel", "smpp"])
MINUTE = timedelta(minutes=1)
_TEXT = {
    "address_id": 1,
    "channel": "kannel",
    "key": "C5",
    "kind": "reply",
    "language": "en",
    "text": "OK",
    "parts": 1,
}
_CAST = {"audience": {}, "texts": {}, "gaps": {}, "digest": "d", "made_at": NOW}
_ASKED = {"address_id": 1, "about": "plan", "question": "?", "inbox_id": 1, "asked_at": NOW}
_CAME = {"channel": "kannel", "dedupe_key": "1", "address_id": 1, "kind": "text", "text": "1", "received_at": NOW}
CASES: tuple[tuple[str, Any, dict[str, Any], tuple[dict[str, Any], ...]], ...] = (
    (
        "timers",
        tables.timers,
        {"kind": "wake", "key": "1", "address_id": 1, "due_at": NOW},
        ({"due_at": NOW + MINUTE}, {"state": "fired"}),
    ),
    (
        "outbox",
        tables.outbox,
        {**_TEXT, "due_at": NOW, "made_at": NOW},
        ({"due_at": NOW + MINUTE}, {"state": "sending"}, {"state": "sent"}, {"channel": "telegram"}),
    ),
    (
        "broadcasts",
        tables.broadcasts,
        {**_CAST, "key": "card 7#0"},
        ({"frozen_at": NOW}, {"key": "form 7"}, {"state": "stopped"}),
    ),
    (
        "broadcasts",
        tables.broadcasts,
        {**_CAST, "state": "approved", "starts_at": NOW},
        ({"starts_at": NOW + MINUTE}, {"state": "done"}, {"state": "asks"}),
    ),
    ("countings", tables.countings, _ASKED, ({"counted_at": NOW},)),
    (
        "countings",
        tables.countings,
        {**_ASKED, "counted_at": NOW, "asked_at": NOW - timedelta(days=1) - MINUTE},
        ({"asked_at": NOW - timedelta(days=1) + MINUTE},),
    ),
    ("media", tables.media, {"inbox_id": 1, "kind": "photo", "state": "waiting", "at": NOW}, ({"state": "kept"},)),
    ("inbox", tables.inbox, _CAME, ({"state": "done"}, {"state": "quarantined"})),
)


async def asked(database: Database, ready: Ready = ALL) -> set[str]:
    """The queues in which something is due."""
    async with database.glance() as tx:
        found = await due.found(tx, NOW, ready)
    return {name for name in found._fields if getattr(found, name)}


@pytest.mark.parametrize(("queue", "table", "row", "others"), CASES)
async def test_a_queue_is_named_when_its_row_is_due_and_only_then(
    database: Database, queue: str, table: Any, row: dict[str, Any], others: Collection[dict[str, Any]]
) -> None:
    await add_addresses(database, 1)
    assert await asked(database) == set()
    await execute(database, insert(table), row)
    assert await asked(database) == {queue}
    for other in others:
        await execute(database, update(table).values(other))
        assert await asked(database) == set(), other
        await execute(database, update(table).values({name: row.get(name, _usual(table, name)) for name in other}))
        assert await asked(database) == {queue}


def _usual(table: Any, name: str) -> Any:
    default = table.c[name].server_default
    return default.arg if default is not None else None


async def test_of_the_outbox_it_says_what_a_claim_would_find(database: Database) -> None:
    chance, out = Random(66), tables.outbox
    addresses = await add_addresses(database, 3)
    answers = dict[bool, int]()
    for _ in range(60):
        await execute(database, delete(out))
        for _ in range(chance.randint(1, 3)):
            row = {
                "channel": chance.choice(("kannel", "smpp")),
                "urgency": chance.choice((outbox.SCREEN, outbox.ANSWER, outbox.UNASKED)),
                "state": chance.choice(("queued", "queued", "queued", "sending")),
                "due_at": NOW + chance.choice((-MINUTE, timedelta(), timedelta(), MINUTE)),
            }
            await add_outbox(database, chance.choice(addresses), **row)
        screens, may_answer = ([name for name in ALL.answers if chance.random() < 0.7] for _ in range(2))
        ready = Ready(screens, may_answer, may_answer if chance.random() < 0.5 else ())
        said = "outbox" in await asked(database, ready)
        wanted = [
            Wanted(name, 9 * (name in ready.answers), NOW, name in ready.unasked, None, name in ready.screens)
            for name in ALL.answers
        ]
        claims = [await database.writer.do(outbox.claim, one) for one in wanted]
        assert said == any(claims)
        answers[said] = answers.get(said, 0) + 1
    assert min(answers[True], answers[False]) > 15


async def test_what_erasures_leave_to_do_is_found(database: Database) -> None:
    async def waits() -> bool:
        async with database.glance() as tx:
            return await due.erasures(tx)

    (address,) = await add_addresses(database, 1)
    theirs = update(tables.addresses).where(tables.addresses.c.id == address)
    assert not await waits()
    await execute(database, theirs.values(reason="erasing"))
    assert await waits()
    last = await add_outbox(database, address)
    assert not await waits(), "her last text has not left"
    await execute(database, theirs.values(reason="erased"))
    await execute(database, update(tables.outbox).values(key="S.case"))
    assert not await waits(), "what was shown has not left"
    await execute(database, update(tables.outbox).values(state="sent"))
    assert await waits()
    await execute(database, update(tables.outbox).values(parts=0))
    photo = {"inbox_id": 1, "kind": "photo", "state": "erased", "at": NOW, "file": "2026-11/ab.jpg"}
    await execute(database, insert(tables.media), photo)
    assert await waits()
    await execute(database, update(tables.media).values(file=None))
    assert not await waits()
    fact = SET_FACT["postgresql" if database.shared else "sqlite"]
    await execute(database, fact, {"name": erasure.QUOTED, "value": [last]})
    assert await waits()
    await execute(database, fact, {"name": erasure.QUOTED, "value": []})
    assert not await waits()


async def test_no_table_that_grows_is_read_whole(database: Database) -> None:
    if database.shared:
        await execute(database, text("SET enable_seqscan = off"))
    values = {"now": NOW, "before": NOW, "screens": ["kannel"], "answers": ["kannel"], "unasked": ["kannel", "smpp"]}
    said = due._DUE.params(values).compile(
        dialect=database.engine.sync_engine.dialect,
        compile_kwargs={"literal_binds": True, "render_postcompile": True},
    )
    plan = text(("EXPLAIN " if database.shared else "EXPLAIN QUERY PLAN ") + str(said).replace(":", r"\:"))
    async with database.engine.begin() as tx:
        steps = [" ".join(map(str, row)) for row in await tx.execute(plan)]
    whole = [step for step in steps if ("SCAN " in step and "INDEX" not in step) or "Seq Scan on" in step]
    assert all("countings" in step or "CONSTANT ROW" in step for step in whole), whole
    indexes = ("timers_due", "outbox_due", "outbox_waiting", "broadcasts_state", "media_waiting", "inbox_new")
    assert {name for name in indexes if f"ix_{name}" in " ".join(steps)} == set(indexes)


# --- who asks ---


class Looks:
    """Notes which were begun; each goes on until it is let go."""

    def __init__(self, database: Database, now: datetime = NOW) -> None:
        self.begun, self.goes_on = list[str](), asyncio.Event()
        self.alarm = Alarm()
        self.alarm.start()
        looks = {"timers": self.timers, "media": self.media}
        self.worker = DueWorker(database, lambda: now, lambda: ALL, looks, self.alarm.begin)

    async def timers(self) -> None:
        self.begun.append("timers")
        await self.goes_on.wait()

    async def media(self) -> None:
        self.begun.append("media")
        raise ZeroDivisionError


async def test_only_what_is_due_is_looked_for_and_never_twice_at_once(processes: list[Database]) -> None:
    """What another process wrote too."""
    looks = Looks(processes[0])
    await add_addresses(processes[-1], 1)
    await looks.worker.look()
    await asyncio.sleep(0)
    assert looks.begun == []
    _, table, row, _ = CASES[0]
    await execute(processes[-1], insert(table), row)
    for _ in range(3):
        await looks.worker.look()
        await asyncio.sleep(0.01)
    assert looks.begun == ["timers"]
    looks.goes_on.set()
    await asyncio.sleep(0.01)
    await looks.worker.look()
    await looks.alarm.stop(5)
    assert looks.begun == ["timers"] * 2
    await looks.worker.look()
    await asyncio.sleep(0.01)
    assert looks.begun == ["timers"] * 2, "stopped"


@pytest.mark.fault("C5")
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_loop_that_was_blocked_says_so_and_a_look_that_failed_is_begun_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "EVERY_S", 0.05)
    await add_addresses(database, 1)
    await execute(database, insert(tables.media), CASES[6][2])
    looks, late = Looks(database), _late()
    looks.alarm.every(worker.EVERY_S, looks.worker.look)
    async with asyncio.timeout(5):
        while not looks.begun:
            await asyncio.sleep(0.01)
        time.sleep(0.4)  # noqa: ASYNC251 - what blocks the loop
        while len(looks.begun) < 3:
            await asyncio.sleep(0.01)
    await looks.alarm.stop(5)
    assert set(looks.begun) == {"media"} and _late() > late


def _late() -> float:
    """How many times the service came to its clock more than a quarter of a second too late."""
    (found,) = LAG.collect()
    buckets = {one.labels["le"]: one.value for one in found.samples if one.name.endswith("_bucket")}
    return buckets["+Inf"] - buckets["0.25"]


async def test_a_service_that_has_nothing_to_do_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "EVERY_S", 0.02)
    async with service(tmp_path) as app:
        async with asyncio.timeout(10):
            while app.database.at_work or await asked(app.database):
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        before = GROUPS.collect()[0].samples[-2].value
        await asyncio.sleep(0.5)
        assert GROUPS.collect()[0].samples[-2].value == before
        async with app.database.glance() as tx:
            queues = (await due.found(tx, NOW, ALL))._fields
        assert set(app._due(Alarm())._looks) == set(queues), "each has somebody who looks after it"
