"""The list that the service makes for a card, on both databases: by pages, gone on with after a death, approved."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.programme.broadcasts import acts
from bot.programme.broadcasts.acts import BroadcastError
from bot.programme.broadcasts.plan import make as planned
from bot.store import broadcasts as store
from bot.store import tables
from bot.store.engine import Database
from bot.workers.broadcasts import BroadcastWorker
from tests.contracts.test_broadcasts import (
    MEANS,
    PEOPLE,
    TEXT,
    Clock,
    approve,
    do,
    draft,
    fill,
    freeze,
    state,
    states,
    worker,
)
from tests.databases import NOW, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
PRESS = 4711
"""The inbox row of the button that made it, at address 1."""


class Died(BaseException):
    """The process was killed here."""


async def made(database: Database, patch: pytest.MonkeyPatch, text: Any = TEXT, **more: Any) -> int:
    """A draft of a card, whose pages have 4 addresses."""
    patch.setattr(acts, "PAGE", 4)
    press = {"id": PRESS, "channel": "telegram", "dedupe_key": "p", "address_id": 1, "kind": "button", "text": ""}
    await execute(database, insert(tables.inbox), {**press, "received_at": NOW, "state": "done"})
    details = {**acts.as_details(text), "audience": {"asked": "all"}, "submitted": store.card_key(str(PRESS))}
    return int((await do(database, "make", **details, **more))["id"])


def waking(database: Database) -> tuple[BroadcastWorker, list[int]]:
    woken: list[int] = []

    async def notify() -> None: ...

    return BroadcastWorker(database, Clock(), MEANS, notify, woken.append), woken


async def wakes(database: Database) -> list[Any]:
    """What the card's chat is woken with."""
    return [row[0] for row in await rows(database, select(tables.inbox.c.data).where(tables.inbox.c.state == "new"))]


async def test_it_is_made_page_by_page_and_the_card_is_woken_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await made(database, monkeypatch)
    with pytest.raises(BroadcastError, match="list of broadcast 1 is not complete"):
        await approve(database, number, PEOPLE)
    here, woken = waking(database)
    await here.look()
    await here.look()
    assert await states(database, number) == {"waiting": PEOPLE}
    assert await wakes(database) == [{"timer": "wake", "what": "broadcast", "key": str(PRESS)}] and woken == [1]
    with pytest.raises(BroadcastError, match=f"goes to {PEOPLE} phones and chats, not 24"):
        await approve(database, number, 24)
    assert (await approve(database, number, PEOPLE))["state"] == "approved"


async def test_others_write_between_its_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(database)
    await made(database, monkeypatch)
    here, woken = waking(database)
    listing, between = asyncio.create_task(here.look()), 0
    while not listing.done():
        await execute(database, update(tables.people).where(tables.people.c.id == 1).values(language="en"))
        between += not woken
    assert between >= PEOPLE // acts.PAGE


@pytest.mark.parametrize("pages", [1, 3, 6])
async def test_a_dead_process_left_a_part_and_the_next_one_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    await fill(database)
    number, left = await made(database, monkeypatch), pages

    def dies(point: str) -> None:
        nonlocal left
        left -= point == "after_page"
        if not left:
            raise Died

    first, _ = waking(database)
    first.crash = dies
    with pytest.raises(Died):
        await first.look()
    assert await states(database, number) == {"waiting": 4 * pages} and await wakes(database) == []
    with pytest.raises(BroadcastError, match="is not complete"):
        await approve(database, number, 4 * pages)
    second, woken = waking(database)
    await second.look()
    assert await states(database, number) == {"waiting": PEOPLE} and woken == [1]
    await approve(database, number, PEOPLE)
    await second.look()
    assert await states(database, number) == {"queued": PEOPLE, "out queued": PEOPLE}


async def test_a_repetition_whose_list_was_half_made_is_gone_on_with(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number, here = await made(database, monkeypatch), worker(database, Clock())
    await here.look()
    await approve(database, number, PEOPLE)
    columns = tables.broadcasts.c
    await execute(database, update(tables.broadcasts).where(columns.id == number).values(frozen_at=None, key="r"))
    await execute(database, tables.recipients.delete().where(tables.recipients.c.address_id > 8))
    await here.look()
    assert await states(database, number) == {"queued": PEOPLE, "out queued": PEOPLE}


async def test_two_services_make_one_list(processes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(processes[0])
    number = await made(processes[0], monkeypatch)
    await asyncio.gather(*(worker(one, Clock()).look() for one in processes for _ in range(2)))
    assert await states(processes[0], number) == {"waiting": PEOPLE}
    assert len(await wakes(processes[0])) == 1


async def test_called_off_while_it_is_listed_nothing_more_is_put_on_the_list(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await made(database, monkeypatch)
    setup = acts.setup_details(MEANS.setup)
    with pytest.raises(BroadcastError, match="is making the list of broadcast 1; try again in a moment"):
        await do(database, "freeze", id=number, after=None, setup=setup)
    await do(database, "stop", id=number)
    here, woken = waking(database)
    await here.look()
    assert await states(database, number) == {} and woken == []


async def test_when_a_language_came_up_meanwhile_the_card_shows_its_plan_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await made(database, monkeypatch)
    await execute(database, update(tables.people).where(tables.people.c.id == 20).values(language="fr"))
    here, woken = waking(database)
    await here.look()
    await here.look()
    assert await state(database, number) == "stopped" and woken == [1]
    async with database.read() as tx:
        assert await store.by_key(tx, store.card_key(str(PRESS))) is None


async def test_its_list_is_of_those_whom_its_plan_found_also_when_one_reports_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    monkeypatch.setattr(acts, "PAGE", 10)
    details = {**acts.as_details(TEXT), "audience": {"asked": "late"}, "submitted": "s"}
    number = (await do(database, "make", **details))["id"]
    async with database.read() as tx:
        plan = await planned(tx, {"asked": "late"}, TEXT, MEANS, NOW, NOW)
    after = await freeze(database, number, None, plan)
    report = {"number": 1, "form": "training", "version": "1", "association_id": 1, "person_id": 1, "values": {}}
    report |= {"state": "reported", "practice": False, "source": "sms", "inbox_ids": []}
    await execute(database, insert(tables.reports), {**report, "created_at": NOW, "changed_at": NOW})
    while after is not None:
        after = await freeze(database, number, after, plan)
    assert plan.tally.number == PEOPLE
    assert await states(database, number) == {"waiting": PEOPLE}


async def test_a_list_is_not_made_of_another_audience_than_the_draft_has(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await draft(database, monkeypatch)
    async with database.read() as tx:
        plan = await planned(tx, {"asked": "women"}, TEXT, MEANS, NOW, NOW)
    with pytest.raises(BroadcastError, match="rewritten meanwhile"):
        await freeze(database, number, None, plan)
    assert await states(database, number) == {"waiting": PEOPLE}
