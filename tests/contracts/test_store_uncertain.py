"""Texts that may have left: who sees them, and that a decision holds once, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.store import tables as t
from bot.store import uncertain
from bot.store.deliveries import Told, deliveries
from bot.store.engine import Database
from handlers.turn import Viewer
from tests.databases import NOW, add_addresses, add_outbox, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
HERS = Viewer(50, words=("Rutana",))
CUT = {"state": "uncertain", "reason": "no answer", "kind": "reminder", "urgency": 1}
CUT |= {"expires_at": NOW - timedelta(hours=1)}


async def within(database: Database, work: Any) -> Any:
    """What a piece of work finds in a transaction of the writer."""

    async def whole(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        return [await work(tx)]

    return await database.writer.do(whole, None)


async def texts(database: Database) -> list[int]:
    """Of an association of hers, of another, of the neutral door, to the team, and one that has arrived."""
    for number, commune in ((1, "Rutana"), (2, "Giharo")):
        where = {"commune_old": commune, "commune_now": commune, "colline": "K"}
        there = {"id": number, "no": f"0{number}", "name": "A", "sms_name": "A", **where}
        await execute(database, insert(t.associations), [there])
        her = {"id": number, "kind": "leader", "association_id": number, "name": "N", "sms_name": f"N{number}"}
        await execute(database, insert(t.people), [{**her, "consent": "yes"}])
    address = (await add_addresses(database, 1))[0]
    mine = await add_outbox(database, address, person_id=1, **CUT)
    others = await add_outbox(database, address, person_id=2, **CUT)
    await add_outbox(database, address, person_id=1, **{**CUT, "key": "J2"})
    await add_outbox(database, address, **{**CUT, "key": "S.case"})
    await add_outbox(database, address, person_id=1, state="delivered")
    return [mine, others]


async def test_everybody_sees_those_of_her_area_and_nobody_the_sealed_ones(database: Database) -> None:
    mine, others = await texts(database)
    seen = await within(database, lambda tx: uncertain.listed(tx, HERS))
    assert [(row.id, row.sms_name, row.no, row.reason) for row in seen] == [(mine, "N1", "01", "no answer")]
    assert [row.id for row in await within(database, uncertain.listed)] == [mine, others]
    assert not await within(database, lambda tx: uncertain.decide(tx, others, "again", HERS, NOW))


@pytest.mark.parametrize(("choice", "state"), [("again", "queued"), ("arrived", "delivered"), ("left", "uncertain")])
async def test_a_decision_holds_once(database: Database, choice: Any, state: str) -> None:
    mine, _ = await texts(database)
    assert await within(database, lambda tx: uncertain.decide(tx, mine, choice, HERS, NOW))
    (row,) = await rows(database, select(t.outbox).where(t.outbox.c.id == mine))
    assert row.state == state
    assert (row.expires_at is None) == (choice == "again"), "what a person sends again is not too late"
    assert not await within(database, lambda tx: uncertain.listed(tx, HERS))
    assert not await within(database, lambda tx: uncertain.decide(tx, mine, choice, HERS, NOW)), "once"


async def test_the_providers_word_counts_more(database: Database) -> None:
    mine, others = await texts(database)
    await database.writer.do(deliveries, Told("kannel", "delivered", "1", mine, None, "", NOW))
    assert [row.id for row in await within(database, uncertain.listed)] == [others]
    await within(database, lambda tx: uncertain.decide(tx, others, "left", None, NOW))
    await database.writer.do(deliveries, Told("kannel", "delivered", "1", others, None, "", NOW))
    (row,) = await rows(database, select(t.outbox).where(t.outbox.c.id == others))
    assert row.state == "delivered", "left as it is, it may still turn out to have arrived"


async def test_a_command_sends_again_with_their_number_or_nothing(database: Database) -> None:
    both = await texts(database)

    async def asked(**details: Any) -> Any:
        whole = {"user": "root", "choice": "again", **details}
        return await within(database, lambda tx: uncertain.by_command(tx, whole, NOW))

    with pytest.raises(BotError, match="add --yes 2"):
        await asked(texts=both, yes=1)
    with pytest.raises(BotError, match="999: not uncertain"):
        await asked(texts=[*both, 999], yes=3)
    assert await asked(texts=[*both, *both], yes=2) == {"choice": "again", "texts": both}
    states = await rows(database, select(t.outbox.c.state).where(t.outbox.c.id.in_(both)))
    assert [row.state for row in states] == ["queued", "queued"]
    (note,) = await rows(database, select(t.audit))
    assert (note.who, note.what, note.details) == ("root", "uncertain text sent again", {"texts": both})


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_list_reads_its_index_and_not_the_outbox(database: Database) -> None:
    await texts(database)
    compiled = uncertain._LISTED.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    plan = await rows(database, text(f"explain query plan {compiled}"))
    assert any("ix_outbox_uncertain" in row.detail for row in plan), plan
