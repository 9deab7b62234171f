"""The last text to a phone, whatever the history: found by indexes, the same as by looking at every row."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, text

from bot.store import last_texts, tables
from bot.store.engine import Database
from tests.databases import NOW, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
PHONES = 9
STATES = ("queued", "sending", "uncertain", "accepted", "sent", "failed", "delivered", "read", "cancelled")
_LEFT = ("accepted", "sent", "delivered", "read")


def _association(phone: int) -> int:
    return phone % 3 + 1


def _text(rng: Random, number: int) -> dict[str, Any]:
    phone, state, made = rng.randint(1, PHONES), rng.choice(STATES), NOW + timedelta(seconds=number)
    unasked = rng.random() < 0.3
    return {
        "id": number,
        "address_id": phone,
        "association_id": _association(phone),
        "channel": "kannel",
        "key": "C5",
        "kind": "tip" if unasked else "reply",
        "urgency": int(unasked),
        "language": "en",
        "text": "x",
        "parts": 1,
        "state": state,
        "due_at": made,
        "made_at": made,
        "sent_at": made + timedelta(seconds=30) if state in _LEFT else None,
    }


async def _fill(database: Database) -> None:
    place = {"commune_old": "x", "commune_now": "x", "colline": "x"}
    for n in (1, 2, 3):
        row = {"id": n, "no": f"{n:02}", "name": f"A{n}", "sms_name": f"A{n}", **place}
        await execute(database, insert(tables.associations), row)
    for n in range(1, PHONES + 1):
        person = {"id": n, "kind": "leader", "association_id": _association(n), "name": "N", "sms_name": "N"}
        await execute(database, insert(tables.people), person)
        await execute(database, insert(tables.addresses), {"id": n, "scheme": "tel", "value": f"+2577{n:07}"})
        await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": n})


@pytest.mark.parametrize("seed", range(3))
async def test_it_is_the_newest_of_all_rows(database: Database, seed: int) -> None:
    await _fill(database)
    rng = Random(seed)
    texts = [_text(rng, number) for number in range(1, 60)]
    await execute(database, insert(tables.outbox), texts)
    newest = {one["address_id"]: one for one in texts if one["state"] != "cancelled"}
    async with database.read() as tx:
        found = await last_texts.last_texts(tx, range(1, PHONES + 1))
    assert {phone: row.state for phone, row in found.items()} == {p: one["state"] for p, one in newest.items()}
    assert {phone: row.at for phone, row in found.items()} == {
        phone: one["sent_at"] or one["made_at"] for phone, one in newest.items()
    }


async def test_it_is_found_however_long_ago_it_was(database: Database) -> None:
    await _fill(database)
    await execute(database, insert(tables.outbox), {**_text(Random(1), 1), "address_id": 3, "state": "queued"})
    others = [{**_text(Random(number), number), "address_id": 1, "association_id": 2} for number in range(2, 300)]
    await execute(database, insert(tables.outbox), [{**one, "id": one["id"] * 1_000} for one in others])
    async with database.read() as tx:
        assert (await last_texts.last_texts(tx, [3]))[3].state == "queued"


async def test_no_query_reads_the_whole_outbox(database: Database) -> None:
    if database.shared:
        await execute(database, text("SET enable_seqscan = off"))
    plan = "EXPLAIN " if database.shared else "EXPLAIN QUERY PLAN "
    for statement in (last_texts._BY_ADDRESS, last_texts._BY_ASSOCIATION, last_texts._STATES):
        said = statement.params(ids=[1, 2]).compile(
            dialect=database.engine.sync_engine.dialect,
            compile_kwargs={"literal_binds": True, "render_postcompile": True},
        )
        steps = " ".join(str(column) for row in await rows(database, text(plan + str(said))) for column in row)
        assert "SCAN outbox" not in steps and "Seq Scan on outbox" not in steps, steps
        if statement is last_texts._BY_ADDRESS:
            assert all(f"ix_outbox_{name}" in steps for name in ("waiting", "failed", "unasked")), steps
        elif statement is last_texts._BY_ASSOCIATION:
            assert "ix_outbox_talk" in steps, steps
