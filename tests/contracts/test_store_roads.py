"""The roads to people as the rows have them: what SQL filters is what the rule allows, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import roads, tables, tip_timers, waking
from bot.store.engine import Database
from bot.store.tables import addresses, associations, consents, inbox, outbox, people, people_addresses
from handlers.turn import Roads
from handlers.turn.roads import EVERY
from tests.databases import database, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
ZONE = ZoneInfo("Africa/Bujumbura")
NOW = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
AGREED = ((), ("paper",), ("chat",), ("chat", "sms"), ("sms",))
PREFERS = (
    (None, None),
    ("sms", None),
    (None, "sms"),
    ("sms", "telegram"),
    ("call", "whatsapp"),
    ("telegram", "call"),
)
"""What she prefers, and what of it is otherwise for one kind."""
REACHED = (("tel",), ("telegram",), ("tel", "telegram"), ("telegram", "whatsapp", "tel"))


EVERYBODY = range(1, len(PREFERS) * len(AGREED) * len(REACHED) + 1)


async def within(database: Database, work: Any) -> Any:
    """What a piece of work finds in a transaction of the writer."""

    async def whole(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        return [await work(tx)]

    return await database.writer.do(whole, None)


async def _people(tx: AsyncConnection) -> None:
    """A leader in each association; every mixture of preference, consent and addresses, of which a third is off."""
    for number, ((prefers, own), agreed, schemes) in enumerate(product(PREFERS, AGREED, REACHED), 1):
        place = {"commune_old": "R", "commune_now": "R", "colline": "K"}
        there = {"id": number, "no": f"{number}", "name": "A", "sms_name": "A", **place}
        await tx.execute(insert(associations), there)
        her = {"id": number, "kind": "leader", "association_id": number, "name": "N", "sms_name": "N"}
        kinds = {"reminders_by": own, "tips_by": own}
        await tx.execute(insert(people), {**her, **kinds, "consent": "yes", "channel": prefers})
        for how in agreed:
            said = {"person_id": number, "given": "yes", "how": how, "at": NOW}
            await tx.execute(insert(consents), said)
        for place_, scheme in enumerate(schemes):
            row = number * 10 + place_
            address = {"id": row, "scheme": scheme, "value": f"{row}", "active": row % 3 != 0}
            await tx.execute(insert(addresses), address)
            await tx.execute(insert(people_addresses), {"person_id": number, "address_id": row})


async def test_a_contact_and_a_tip_are_reached_by_the_road_that_the_rule_says(database: Database) -> None:
    async def work(tx: AsyncConnection) -> None:
        await _people(tx)
        for schemes in (EVERY, frozenset(["tel"]), frozenset(["telegram", "tel"])):
            hers = await roads.of(tx, EVERYBODY, schemes, NOW)
            contacts = await waking.contacts(tx, EVERYBODY, schemes)
            ruled = {number: best for number, found in hers.items() if (best := found.of("reminder").best)}
            assert {number: contact.address_id for number, contact in contacts.items()} == ruled
            assert 20 < len(ruled) < len(EVERYBODY)
        hers = await roads.of(tx, EVERYBODY, EVERY, NOW)
        await tip_timers.plan(
            tx,
            [tip_timers.Plan(NOW, lambda now, last, association: NOW, ZONE, tuple(EVERY), time(12), lambda at: at)],
        )
        timers = await tx.execute(select(tables.timers).where(tables.timers.c.kind == "tip"))
        ruled = {number: best for number, found in hers.items() if (best := found.of("tip").best)}
        assert {int(timer.key): timer.address_id for timer in timers} == ruled

    await within(database, work)


async def test_sms_only_with_consent_to_sms(database: Database) -> None:
    async def work(tx: AsyncConnection) -> dict[int, Roads]:
        await _people(tx)
        return await roads.of(tx, [*EVERYBODY, 999_999], EVERY, NOW)

    hers = await within(database, work)
    for number, (_, agreed, _) in enumerate(product(PREFERS, AGREED, REACHED), 1):
        assert hers[number].by_sms == (agreed != ("chat",))
    assert hers[999_999] == Roads(())


async def test_a_refused_text_closes_the_road_once_and_wakes_its_conversation(database: Database) -> None:
    woken = {"timer": "reminder", "form": "training", "association": 1, "person": 1}

    async def work(tx: AsyncConnection) -> tuple[Any, list[Any]]:
        await _people(tx)
        row = {"channel": "timer", "dedupe_key": "x", "address_id": 10, "kind": "timer", "text": "", "data": woken}
        await tx.execute(insert(inbox), {"id": 7, **row, "received_at": NOW, "state": "done"})
        for number, why in ((1, 7), (2, None)):
            text = {"id": number, "inbox_id": why, "address_id": 10, "channel": "telegram", "key": "F1"}
            text |= {"kind": "reminder", "language": "en", "text": "x", "parts": 1, "due_at": NOW, "made_at": NOW}
            await tx.execute(insert(outbox), text)
        await tx.execute(update(addresses).values(active=True))
        await roads.close(tx, [roads.Closed(10, "Telegram: gone", number, NOW) for number in (1, 2)])
        off = (await tx.execute(select(addresses).where(addresses.c.active.is_(False)))).one()
        events = (await tx.execute(select(inbox).where(inbox.c.kind == "blocked").order_by(inbox.c.id))).all()
        return off, [event.data for event in events]

    off, events = await within(database, work)
    assert (off.id, off.reason) == (10, "Telegram: gone")
    assert events == [
        {"refused": 1, "first": True, "woken": woken},
        {"refused": 2, "first": False, "woken": None},
    ]
