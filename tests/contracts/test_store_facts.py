"""What turns of a group ask of reports is loaded together, and each is told its own."""

from __future__ import annotations

from sqlalchemy import insert

from bot.store import facts, tables
from bot.store.engine import Database
from handlers.turn import ReportsOn
from tests.databases import NOW, database, execute, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
TOLD = (
    (1, 1, "training", "2026-11-12", "reported"),
    (2, 2, "training", "2026-11-12", "reported"),
    (3, 1, "training", "2026-11-13", "doubtful"),
    (4, 2, "training", "2026-11-13", "reported"),
    (5, 1, "training", "2026-11-12", "withdrawn"),
    (6, 1, "business", "2026-11-12", "reported"),
    (7, 1, "training", "2026-11-12", "doubtful"),
)
"""Number, association, form, day, state."""


async def test_reports_of_a_day_are_those_of_that_association_and_form(database: Database) -> None:
    await execute(
        database,
        insert(tables.associations),
        [
            {"id": n, "no": f"{n:02}", "name": f"Abahuza {n}", "sms_name": f"ABAHUZA{n}", "commune_old": "Giharo"}
            | {"commune_now": "Giharo", "colline": "Kivoga"}
            for n in (1, 2)
        ],
    )
    await execute(
        database,
        insert(tables.reports),
        [
            {"number": number, "association_id": association, "form": form, "day": day, "state": state}
            | {"version": "1", "values": {}, "created_at": NOW, "inbox_ids": [], "practice": False, "source": "sms"}
            | {"changed_at": NOW}
            for number, association, form, day, state in TOLD
        ],
    )
    first, second = ReportsOn(1, "training", "2026-11-12"), ReportsOn(2, "training", "2026-11-13")
    async with database.read() as tx:
        found = await facts.load(tx, [first, second], {})
        [alone] = (await facts.load(tx, [ReportsOn(2, "training", "2026-11-12")], {})).values()
    assert {fact: [one.number for one in those] for fact, those in found.items()} == {first: [1, 7], second: [4]}
    assert [one.number for one in alone] == [2]
