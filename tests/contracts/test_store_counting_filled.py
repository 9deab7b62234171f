"""The migration that counts what is there, and counting messages: on both databases, with data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting import Period, Rules, find, sheet, talk
from bot.store import migrations, outbox, tables, training_days
from bot.store.engine import Database
from bot.store.outbox import Mark
from tests.contracts.test_store_migrations import _empty
from tests.databases import (
    NOW,
    Place,
    add_addresses,
    add_outbox,
    bare_place,
    database,
    execute,
    place,
    postgres_server,
)

__all__ = ["bare_place", "database", "place", "postgres_server"]
ZONE = ZoneInfo("Africa/Bujumbura")
RULES = Rules(600, includes_representatives=True, members_only=False)
NOVEMBER = Period.month(2026, 11)
DAY = "2026-11-23"
_PLACE = {"commune_old": "x", "commune_now": "x", "colline": "x"}


AT = int(NOW.timestamp() * 1_000_000)


class _Old:
    """A programme before it counts by day."""

    def __init__(self, connection: Connection) -> None:
        command.upgrade(migrations.config(connection), "0003")
        self._connection, self._found = connection, MetaData()
        self._found.reflect(connection)

    def put(self, name: str, *rows: dict[str, Any]) -> None:
        for row in rows:
            self._connection.execute(insert(self._found.tables[name]), row)


def _before(connection: Connection) -> None:
    old = _Old(connection)
    old.put("facts", {"name": "demo_begun", "value": '"2026-11-01"'})
    old.put("associations", *({"id": n, "no": f"0{n}", "name": "x", "sms_name": "x", **_PLACE} for n in (1, 2)))
    person = {"name": "x", "sms_name": "x", "consent": "yes", "language": "sw", "association_id": 1}
    old.put("people", {"id": 1, "kind": "leader", **person}, {"id": 2, "kind": "leader", **person, "practice": True})
    old.put("people", {"id": 3, "kind": "staff", **person, "association_id": None})
    old.put("addresses", *({"id": n, "scheme": "tel", "value": str(n), "channel": "kannel"} for n in (1, 2, 3)))
    old.put("people_addresses", *({"person_id": n, "address_id": n} for n in (1, 2, 3)))
    _messages(old)
    _reports(old)
    command.upgrade(migrations.config(connection), "0005")
    connection.execute(text("update training_days set displaced = displaced + 1, new_host = 7"))


def _messages(old: _Old) -> None:
    """Of a leader, known and not; of one who practises, of the team, from ourselves; a sealed one."""
    row: dict[str, Any] = {"channel": "kannel", "kind": "text", "text": "x", "received_at": AT, "state": "done"}
    arrived = [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 1, None), (5, 1, 1)]
    old.put(
        "inbox", *({**row, "id": n, "dedupe_key": str(n), "address_id": a, "person_id": p} for n, a, p in arrived)
    )
    old.put("inbox", {**row, "id": 6, "channel": "timer", "dedupe_key": "6", "address_id": 1, "person_id": 1})
    old.put("tasks", {"kind": "sealed", "due_at": AT, "inbox_id": 5, "sealed": True, "made_at": AT})
    sent: dict[str, Any] = {"channel": "kannel", "key": "C5", "kind": "reply", "language": "fr", "text": "x"}
    sent |= {"parts": 1, "state": "sent", "due_at": AT, "made_at": AT, "sent_at": AT, "address_id": 1}
    old.put("outbox", {**sent, "id": 1, "inbox_id": 1}, {**sent, "id": 2, "inbox_id": 5})
    old.put("outbox", {**sent, "id": 3, "inbox_id": 2, "address_id": 2}, {**sent, "id": 4, "sent_at": None})


def _reports(old: _Old) -> None:
    """One that counts, a doubtful one, a twin, a withdrawn one, practice, another association's."""
    values = '{"held_on": "2026-11-23", "women": 6, "men": 3, "new_women": 1, "new_men": null, "displaced": 2}'
    report: dict[str, Any] = {"form": "training", "version": "1", "values": values, "day": DAY, "source": "sms"}
    report |= {"inbox_ids": "[1]", "created_at": AT, "changed_at": AT, "practice": False, "association_id": 1}
    states = ("reported", "doubtful", "twin", "withdrawn")
    old.put("reports", *({**report, "number": n, "person_id": 1, "state": s} for n, s in enumerate(states, 1)))
    old.put("reports", {**report, "number": 5, "state": "reported", "practice": True})
    old.put("reports", {**report, "number": 6, "state": "reported", "association_id": 2})


async def test_the_migration_counts_what_is_there(bare_place: Place) -> None:
    opened = await _empty(bare_place)
    async with opened.begin() as tx:
        await tx.run_sync(_before)
    await opened.dispose()
    database = await bare_place.open()
    async with database.read() as tx:
        page = await sheet(tx, await find(tx, "all"), NOVEMBER, RULES, NOW, sources=True)
        said = await talk(tx, await find(tx, "all"), NOVEMBER, ZONE, ids=True)
        own = await talk(tx, await find(tx, "01"), NOVEMBER, ZONE, ids=True)
        filled = await _rolled(tx)
    assert page.this.figure("trainings").reports == (1, 2, 6)
    assert (page.this.all.attendances, page.this.doubtful.attendances, page.this.all.displaced) == (27, 9, 6)
    assert page.this.all.groups_not_said == 21
    assert (said.arrived.messages, said.left.messages) == ((1, 4), (1,))
    assert sum(said.by_language.values()) == 2
    assert own == said, "all have together what the one who writes has"
    await database.writer.do(_recount, None)
    async with database.read() as tx:
        assert await _rolled(tx) == filled
    await database.close()


async def _rolled(tx: AsyncConnection) -> list[set[Any]]:
    return [{*await tx.execute(select(table))} for table in (tables.training_days, tables.training_months)]


async def _recount(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
    await training_days.recount_all(tx)
    return [None]


@pytest.mark.parametrize("state", ["sent", "accepted"])
async def test_a_text_counts_once_when_it_has_left(database: Database, state: str) -> None:
    place = {"id": 1, "no": "01", "name": "x", "sms_name": "x", **_PLACE}
    await execute(database, insert(tables.associations), place)
    (address,) = await add_addresses(database, 1)
    rows = [await add_outbox(database, address, association_id=whose, state="sending") for whose in (1, 1, 1, None)]
    marks = [Mark(rows[0], state, NOW, "p", day=DAY), Mark(rows[1], "failed", NOW, reason="x")]
    marks += [Mark(rows[2], "queued", NOW), Mark(rows[3], state, NOW, day=DAY)]
    for _ in range(2):
        for mark in marks:
            await database.writer.do(outbox.mark, mark)
    async with database.read() as tx:
        for place in ("all", "01"):
            said = await talk(tx, await find(tx, place), NOVEMBER, ZONE, ids=True)
            assert said.left.messages == (rows[0],)
