"""What a report is flagged for does not hang on the period that is looked at: months add up to the whole, on both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import world
from bot.programme.counting import KINDS, Flag, Period, find, flags
from bot.store import tables, training_days
from bot.store.engine import Database
from tests.databases import database, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
ZONE = ZoneInfo("Africa/Bujumbura")
BEGAN = date(2026, 6, 1)
WHOLE = Period("range", BEGAN, date(2026, 10, 31))
PLACES, EACH = 3, 40
FOUND_HERE = set(KINDS) - {"groups", "sales"}
"""Those two look at nothing that was before."""


def history(rng: Random) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Reports, many of them alike, some told late; photos of few files; reminders shortly before most reports."""
    for number, (place_id, _) in enumerate(itertools.product(range(1, PLACES + 1), range(EACH)), 1):
        day = BEGAN + timedelta(days=rng.randrange(150))
        told = datetime.combine(day, time(8), UTC) + timedelta(hours=rng.choice((2, 20, 900)))
        women, men = rng.choice(((12, 8), (10, 5), (12, 7)))
        new = rng.choice(((women, men), (1, 0), (0, 0)))
        values = {"women": women, "men": men, "new_women": new[0], "new_men": new[1]}
        row = {"number": number, "form": "training", "version": "1", "association_id": place_id, "values": values}
        row |= {"person_id": place_id * 5, "day": day.isoformat(), "source": "sms", "inbox_ids": [number]}
        row |= {"state": rng.choice((*["reported"] * 6, "doubtful", "twin")), "practice": False}
        row |= {"verdict": rng.choice(("", "", "accepted", "rejected")), "created_at": told, "changed_at": told}
        yield tables.reports, row
        if rng.random() < 0.4:
            photo = {"inbox_id": number, "report_number": number, "kind": "photo", "state": "kept", "at": told}
            yield tables.media, photo | {"sha256": str(rng.randrange(20))}
        if rng.random() < 0.8:
            sent = told - timedelta(hours=rng.randrange(26))
            text = {"address_id": 1, "channel": "kannel", "key": "F1", "kind": "reminder", "language": "fr"}
            text |= {"text": "", "parts": 1, "state": "delivered", "due_at": sent, "made_at": sent, "sent_at": sent}
            yield tables.outbox, text | {"association_id": place_id}


async def test_the_flags_of_months_are_those_of_all_of_them(database: Database) -> None:
    async def work(tx: AsyncConnection, items: object) -> list[None]:
        await world.populate(tx, PLACES * world.PER_ASSOCIATION)
        await tx.execute(update(tables.associations).values(members_women=40, members_men=30))
        for table, row in history(Random(4)):
            await tx.execute(insert(table), row)
        await training_days.recount_all(tx)
        return [None]

    await database.writer.do(work, None)
    async with database.read() as tx:
        for name in ("all", "02"):
            scope = await find(tx, name)
            months: list[Flag] = []
            for month in WHOLE.months():
                months += await flags(tx, scope, month, ZONE)
            whole = await flags(tx, scope, WHOLE, ZONE)
            assert sorted(months, key=str) == sorted(whole, key=str)
            assert {flag.kind for flag in whole} >= (FOUND_HERE if name == "all" else {"same_photo", "round_numbers"})
