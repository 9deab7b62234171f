"""What waited in the outbox into a market day goes back until it is over; answers and other places do not wait."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.store import outbox, tables
from bot.store.engine import Database
from bot.store.outbox import Wanted
from scheduler.cadence import Cadence
from scheduler.quiet import Hours
from scheduler.when import Rules
from tests.databases import add_addresses, add_outbox, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
HOME = ZoneInfo("Africa/Bujumbura")
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Tuesday 10:00 there."""
HOURS = Hours(time(7, 30), time(19, 30), (), (), HOME)
RULES = Rules(
    HOURS,
    Cadence(14, time(17, 30), (3, 7), 25),
    reminders=3,
    per_week=2,
    market_days={"giharo": Hours(time(7, 30), time(19, 30), ("Tue before 14:00",), (), HOME)},
)
OVER = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def _people(database: Database) -> dict[str, int]:
    """A phone in Giharo, one in Rutana that somebody of Giharo shares, and one of the team; name -> address."""
    for number, commune in ((1, "Giharo"), (2, "Rutana")):
        row = {"id": number, "no": f"{number:02}", "name": "x", "sms_name": "x", "commune_old": commune}
        await execute(database, insert(tables.associations), row | {"commune_now": "Musongati", "colline": "x"})
    found = dict(zip(("giharo", "shared", "team"), await add_addresses(database, 3), strict=True))
    for number, association, address in ((1, 1, "giharo"), (2, 1, "shared"), (3, 2, "shared"), (4, None, "team")):
        row = {"id": number, "kind": "leader", "association_id": association, "name": "x", "sms_name": "x"}
        await execute(database, insert(tables.people), row | {"consent": "yes"})
        link = {"person_id": number, "address_id": found[address]}
        await execute(database, insert(tables.people_addresses), link)
    return found


async def _claimed(database: Database, now: datetime) -> list[int]:
    claims = await database.writer.do(outbox.claim, Wanted("kannel", 9, now, True, RULES.opens))
    return [claim.id for claim in claims]


async def test_who_is_at_the_market_is_written_to_afterwards(database: Database) -> None:
    phones = await _people(database)
    there = await add_outbox(database, phones["giharo"], person_id=1, kind="tip", urgency=1, due_at=MORNING)
    team = await add_outbox(database, phones["team"], kind="broadcast", urgency=1, due_at=MORNING)
    assert await _claimed(database, MORNING) == [team]
    (row,) = await rows(database, select(tables.outbox).where(tables.outbox.c.id == there))
    assert (row.state, row.due_at, row.attempts, row.lease_until) == ("queued", OVER, 0, None)
    assert await _claimed(database, OVER - timedelta(minutes=1)) == []
    answer = await add_outbox(database, phones["giharo"], person_id=1, due_at=MORNING)
    assert await _claimed(database, MORNING) == [answer], "an answer waits for nothing"


async def test_it_waits_until_its_end_and_then_leaves(database: Database) -> None:
    phones = await _people(database)
    there = await add_outbox(database, phones["giharo"], person_id=1, kind="tip", urgency=1, due_at=MORNING)
    assert await _claimed(database, MORNING) == []
    assert await _claimed(database, OVER) == [there]


async def test_on_a_shared_phone_it_is_the_readers_market_that_counts(database: Database) -> None:
    phones = await _people(database)
    row = {"kind": "reminder", "urgency": 1, "due_at": MORNING}
    other = await add_outbox(database, phones["shared"], person_id=3, **row)
    assert await _claimed(database, MORNING) == [other]


async def test_what_is_for_nobody_in_particular_waits_for_all_of_them(database: Database) -> None:
    phones = await _people(database)
    row = {"kind": "broadcast", "urgency": 1, "due_at": MORNING}
    all_ = await add_outbox(database, phones["shared"], person_id=None, **row)
    assert await _claimed(database, MORNING) == []
    assert await _claimed(database, OVER) == [all_]
