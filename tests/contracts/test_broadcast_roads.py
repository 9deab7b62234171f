"""A broadcast sent again: where a road is closed it goes by the next one that she agreed to, else not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.programme.broadcasts import acts
from bot.store import outbox, tables
from bot.store.engine import Database
from bot.store.outbox import Mark, Wanted
from bot.workers.broadcasts import BroadcastWorker
from tests.contracts.test_broadcasts import MEANS, SETUP, TEXT, Clock, approve, do
from tests.databases import NOW, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
BOTH = replace(
    SETUP, first={"telegram": "telegram", "tel": "kannel"}, channels=("telegram", "kannel"), rich=("telegram",)
)
LATER = (NOW + timedelta(hours=1)).isoformat()
CHATS, PHONES = 100, 0
"""A person's addresses: her id, and this."""


async def fill(database: Database, people: dict[int, tuple[str, ...]], shared: dict[int, int] | None = None) -> None:
    """Leaders with a chat and a phone each; how they agreed. `shared`: whose phone is another's."""
    there = {"commune_old": "x", "commune_now": "x", "colline": "x"}
    await execute(database, insert(tables.associations), {"id": 1, "no": "01", "name": "A", "sms_name": "A", **there})
    for n, agreed in people.items():
        who = {"id": n, "kind": "leader", "association_id": 1, "name": "N", "sms_name": f"N{n}", "consent": "yes"}
        await execute(database, insert(tables.people), {**who, "language": "en"})
        for how in agreed:
            said = {"person_id": n, "given": "yes", "how": how, "at": NOW}
            await execute(database, insert(tables.consents), said)
        phone = (shared or {}).get(n, n)
        if phone == n:
            await execute(database, insert(tables.addresses), {"id": n, "scheme": "tel", "value": f"+2577{n:07}"})
        await execute(database, insert(tables.addresses), {"id": n + CHATS, "scheme": "telegram", "value": f"{n}"})
        for address in (phone, n + CHATS):
            await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": address})


async def sent(database: Database, failing: dict[int, str]) -> int:
    """A broadcast to all whose texts to these addresses failed, with why."""
    details = {**acts.as_details(TEXT), "audience": {"asked": "all"}, "submitted": "s"}
    number = (await do(database, "make", **details))["id"]
    whom = acts.whom("all", acts.Audience())
    await do(database, "freeze", id=number, after=None, setup=acts.setup_details(BOTH), **whom)
    await approve(database, number, len(await listed(database)))
    await work(database)
    for channel in ("telegram", "kannel"):
        for claim in await database.writer.do(outbox.claim, Wanted(channel, 100, NOW, True)):
            why = failing.get(claim.address_id)
            await database.writer.do(outbox.mark, Mark(claim.id, "failed" if why else "sent", NOW, None, why))
    await work(database)
    return int(number)


async def work(database: Database) -> None:
    async def notify() -> None: ...

    await BroadcastWorker(database, Clock(), replace(MEANS, setup=BOTH), notify).look()


async def listed(database: Database) -> dict[int, Any]:
    return {row.address_id: row for row in await rows(database, select(tables.recipients))}


async def close(database: Database, address: int) -> None:
    """The owner of a chat has blocked us."""
    await execute(database, update(tables.addresses).where(tables.addresses.c.id == address).values(active=False))


async def again(database: Database, number: int, texts: int, what: str = "failed") -> dict[int, str]:
    """Send again what failed: address -> channel of what waits in the outbox now."""
    if what == "reachable":
        async with database.read() as tx:
            assert await acts.reachable(tx, number, BOTH, NOW) == texts
    await do(database, "retry", id=number, what=what, number=texts, ends_at=LATER, setup=acts.setup_details(BOTH))
    await work(database)
    queued = select(tables.outbox).where(tables.outbox.c.state == "queued")
    return {row.address_id: row.channel for row in await rows(database, queued)}


async def test_who_blocked_the_bot_gets_it_by_sms_if_she_agreed_to_sms(database: Database) -> None:
    await fill(database, {1: ("paper",), 2: ("chat",), 3: ("paper",)})
    number = await sent(database, {101: "blocked", 102: "blocked"})
    for chat in (101, 102):
        await close(database, chat)
    assert await again(database, number, 2) == {1: "kannel"}
    here = await listed(database)
    assert set(here) == {1, 102, 103} and here[1].state == "queued" and here[1].person_id == 1
    assert (here[102].state, here[102].reason) == ("cancelled", "the number no longer works")
    assert here[103].state == "queued", "what arrived stays as it is"


async def test_a_number_that_is_none_gives_way_and_a_phone_that_was_off_does_not(database: Database) -> None:
    await fill(database, {1: ("paper",), 2: ("paper",)})
    await execute(database, update(tables.people).values(channel="telegram", broadcasts_by="sms"))
    number = await sent(database, {1: "no such number", 2: "absent subscriber"})
    assert await again(database, number, 2) == {101: "telegram", 2: "kannel"}


async def test_a_cards_retry_leaves_out_whom_no_road_reaches(database: Database) -> None:
    await fill(database, {1: ("paper",), 2: ("chat",), 3: ("paper",), 4: ("paper",)})
    await execute(database, update(tables.people).where(tables.people.c.id == 4).values(broadcasts_by="sms"))
    number = await sent(database, {101: "blocked", 102: "blocked", 4: "absent subscriber"})
    for chat in (101, 102):
        await close(database, chat)
    assert await again(database, number, 2, "reachable") == {1: "kannel", 4: "kannel"}
    here = await listed(database)
    assert set(here) == {1, 102, 103, 4} and here[102].state == "queued", "as it was: it failed"


@pytest.mark.fault("C10")
async def test_nobody_gets_a_second_copy_on_the_way(database: Database) -> None:
    """Two share a phone and have a chat each, and somebody has none: the phone has its copy."""
    await fill(database, {1: ("paper",), 2: ("paper",), 3: ("paper",)}, shared={2: 1, 3: 1})
    await execute(database, update(tables.people).where(tables.people.c.id == 3).values(channel="sms"))
    number = await sent(database, {101: "blocked", 102: "blocked"})
    for chat in (101, 102):
        await close(database, chat)
    assert await again(database, number, 2) == {}, "phone 1 has got it"
    assert set(await listed(database)) == {1}


async def test_two_whose_chats_are_closed_get_one_copy_on_their_phone(database: Database) -> None:
    await fill(database, {1: ("paper",), 2: ("paper",)}, shared={2: 1})
    number = await sent(database, {101: "blocked", 102: "blocked"})
    for chat in (101, 102):
        await close(database, chat)
    assert await again(database, number, 2) == {1: "kannel"}
    assert set(await listed(database)) == {1}
