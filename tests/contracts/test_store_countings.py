"""What is counted for a card beside the turns: asked once, answered once, whoever dies; forgotten in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import acts, counted
from bot.store import countings, erasure, tables
from bot.store.engine import Database
from bot.workers.broadcast_counts import BroadcastCounter
from handlers.turn import Audiences, AudiencesOf, BroadcastEnds, BroadcastPlan, Planned, ToCount, Viewer
from tests.contracts.test_broadcasts import MEANS, PEOPLE, TEXT, Clock, approve, do, fill, worker
from tests.databases import NOW, count, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
CHAT = 1
EVERYTHING = Viewer(0, everything=True)
AUDIENCES = AudiencesOf(CHAT, EVERYTHING, NOW, NOW)
TEXTS = (("en", "{name}: come"),)
PLAN = BroadcastPlan(CHAT, EVERYTHING, "all", TEXTS, (), NOW + timedelta(hours=1), NOW, NOW, "Eric")
ENDS = BroadcastEnds(CHAT, "1", 7, NOW, NOW, "who")


@pytest.mark.parametrize("question", [AUDIENCES, PLAN, ENDS])
def test_a_question_is_the_same_whenever_it_is_asked(question: Any) -> None:
    text = countings.written(question)
    assert countings.read(text) == question
    assert countings.written(countings.read(text)) == text


async def _ask(database: Database, question: ToCount, turn: int) -> None:
    row = {"address_id": CHAT, "about": countings.about(question), "question": countings.written(question)}
    statement = countings.ASK["postgresql" if database.shared else "sqlite"]
    await execute(database, statement, row | {"inbox_id": turn, "asked_at": NOW})


async def _known(database: Database, question: ToCount) -> Any:
    async with database.read() as tx:
        return (await counted.known(tx, [question], MEANS))[question]


async def _wakes(database: Database) -> list[dict[str, Any]]:
    woken = select(tables.inbox.c.data).where(tables.inbox.c.dedupe_key.like("wake:counted:%"))
    return [row.data for row in await rows(database, woken.order_by(tables.inbox.c.id))]


async def test_it_is_counted_beside_the_turns_and_the_chat_is_woken_once(
    processes: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "FEW", 3)
    first = processes[0]
    await fill(first)
    assert await _known(first, AUDIENCES) is None and await _known(first, PLAN) is None
    await _ask(first, AUDIENCES, 1)
    await _ask(first, PLAN, 2)
    woken = list[int]()
    counters = [BroadcastCounter(one, lambda: NOW, MEANS, woken.append) for one in processes]
    await asyncio.gather(*(counter.look() for counter in counters))
    assert woken == [CHAT, CHAT] and await _wakes(first) == [{"timer": "wake", "what": "counted"}] * 2
    audiences, plan = await _known(first, AUDIENCES), await _known(first, PLAN)
    assert isinstance(audiences, Audiences) and audiences.people["all"] == PEOPLE and audiences.associations
    assert isinstance(plan, Planned) and (plan.phones, plan.people, plan.parts) == (PEOPLE, PEOPLE, PEOPLE)
    assert plan.copies[0].text == "N10: come" and plan.starts_at == NOW + timedelta(hours=1)
    later = BroadcastPlan(CHAT, EVERYTHING, "all", TEXTS, (), PLAN.at, NOW, NOW + timedelta(minutes=1), "Eric")
    assert await _known(first, later) is None, "too old"
    other = BroadcastPlan(CHAT, EVERYTHING, "women", TEXTS, (), PLAN.at, NOW, NOW, "Eric")
    assert await _known(first, other) is None, "another question"


async def test_a_newer_question_takes_the_place_of_an_older_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "FEW", 3)
    await fill(database)
    await _ask(database, PLAN, 1)
    async with database.read() as tx:
        (row,) = await countings.waiting(tx)
    await _ask(database, PLAN, 2)
    stale = countings.Answer(CHAT, row.about, row.inbox_id, {"people": 1}, NOW, {})
    assert await database.writer.do(countings.keep, stale) is False
    assert await _wakes(database) == [] and await _known(database, PLAN) is None


async def test_what_became_of_many_texts_is_counted_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(database)
    made = await do(database, "make", **acts.as_details(TEXT), audience={"asked": "all"}, submitted="card 1")
    await worker(database, Clock()).look()
    await approve(database, made["id"], PEOPLE)
    few = await _known(database, ENDS)
    assert dict(few.found) == {"waiting": PEOPLE}, "few are counted at once"
    monkeypatch.setattr(counted, "FEW", 3)
    assert await _known(database, ENDS) is None
    await _ask(database, ENDS, 5)
    await BroadcastCounter(database, lambda: NOW, MEANS, lambda address: None).look()
    assert await _known(database, ENDS) == few
    assert await _wakes(database) == [{"timer": "wake", "what": "counted", "key": "1", "card": 7, "then": "who"}]


async def test_it_is_forgotten_after_a_day_and_when_somebody_is_erased(database: Database) -> None:
    await execute(database, insert(tables.addresses), {"id": CHAT, "scheme": "tel", "value": "+25779000001"})
    await _ask(database, PLAN, 1)
    now = [NOW]
    counter = BroadcastCounter(database, lambda: now[0], MEANS, lambda address: None)
    await counter.look()
    assert await count(database, tables.countings) == 1
    now[0] = NOW + timedelta(days=1, seconds=1)
    await counter.look()
    assert await count(database, tables.countings) == 0
    await _ask(database, PLAN, 2)

    async def erase(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        await erasure.blank_words(tx, [1], {})
        return [None] * len(items)

    await database.writer.do(erase, None)
    assert await count(database, tables.countings) == 0
