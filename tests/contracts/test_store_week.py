"""At most two unasked texts a week: reminders, tips and broadcasts ask by one definition, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from bot.store import audiences, facts
from bot.store import tables as t
from bot.store.engine import Database
from handlers.turn import Unasked
from tests.databases import NOW, database, execute, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
ODETTE, JEAN, AGNES = 1, 2, 3
PHONE, CHAT, OTHER = 10, 11, 12
TEXTS = (
    # where, kind, for whom, hours ago, state
    (PHONE, "reminder", ODETTE, 1, "sent"),
    (CHAT, "tip", ODETTE, 30, "queued"),
    (PHONE, "broadcast", ODETTE, 50, "delivered"),  # one copy for all who share it
    (PHONE, "tip", JEAN, 60, "sent"),
    (PHONE, "reminder", ODETTE, 169, "sent"),
    (PHONE, "reminder", ODETTE, 3, "cancelled"),
    (PHONE, "reminder", None, 100, "sent"),
    (OTHER, "tip", AGNES, 2, "failed"),
)


async def test_a_week_is_counted_alike_for_a_person_and_for_her_phone(database: Database) -> None:
    """Odette and Jean share a phone, Odette has a chat too."""
    await execute(
        database,
        insert(t.people),
        [
            {"id": one, "kind": "leader", "name": "x", "sms_name": "x", "consent": "yes"}
            for one in (ODETTE, JEAN, AGNES)
        ],
    )
    where = {PHONE: "tel", CHAT: "telegram", OTHER: "tel"}
    await execute(
        database,
        insert(t.addresses),
        [{"id": n, "scheme": s, "value": str(n), "active": True} for n, s in where.items()],
    )
    theirs = ((ODETTE, PHONE), (JEAN, PHONE), (ODETTE, CHAT), (AGNES, OTHER))
    await execute(
        database, insert(t.people_addresses), [{"person_id": one, "address_id": there} for one, there in theirs]
    )
    same = {"channel": "kannel", "key": "F1", "language": "en", "text": "x", "parts": 1, "due_at": NOW, "urgency": 1}
    for there, kind, whose, hours, state in TEXTS:
        row = {"address_id": there, "kind": kind, "person_id": whose, "state": state}
        await execute(database, insert(t.outbox), [{**same, **row, "made_at": NOW - timedelta(hours=hours)}])

    asked = {one: Unasked.in_week(one, NOW) for one in (ODETTE, JEAN, AGNES)}
    async with database.engine.begin() as tx:
        found = await facts.load(tx, list(asked.values()), {})
        page = await audiences.page(tx, 0, 10, NOW)
    hers = {one: [(NOW - at) // timedelta(hours=1) for at in found[fact]] for one, fact in asked.items()}
    assert hers == {ODETTE: [100, 50, 30, 1], JEAN: [100, 60, 50], AGNES: []}
    assert {door.id: door.unasked for door in page.doors} == {PHONE: 4, CHAT: 4, OTHER: 0}
