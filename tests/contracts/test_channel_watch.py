"""Which waiting texts are a trouble of their channel, and whose chats are woken, on both databases."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.store import tables
from bot.store.engine import Database
from bot.workers.channel_watch import ChannelWatch
from tests.databases import NOW, add_outbox, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
TEAM = [("officer", "none"), ("admin", "none"), ("officer", "none"), ("admin", "stopped"), ("mentor", "none")]
MINUTE = timedelta(minutes=1)


async def fill(database: Database) -> None:
    """The team: person n with chat n; and a leader's phone, number 100."""
    for n, (role, consent) in enumerate(TEAM, 1):
        who = {"id": n, "kind": "staff", "role": role, "name": "N", "sms_name": "N", "consent": consent}
        await execute(database, insert(tables.people), who)
        await execute(database, insert(tables.addresses), {"id": n, "scheme": "telegram", "value": f"{n}"})
        await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": n})
    await execute(database, insert(tables.addresses), {"id": 100, "scheme": "tel", "value": "+25779123456"})


async def alarms(database: Database) -> list[tuple[int, str, int]]:
    found = await rows(database, select(tables.inbox).order_by(tables.inbox.c.id))
    return [(row.address_id, row.data["trouble"], row.data["texts"]) for row in found]


@pytest.mark.fault("B3")
async def test_an_answer_that_does_not_leave_is_a_trouble_and_what_waits_for_its_hour_is_none(
    database: Database,
) -> None:
    await fill(database)
    outbox: Any = SimpleNamespace(broken=[], full=[], rest=lambda name: None)
    channels: Any = {"kannel": SimpleNamespace()}
    watch = ChannelWatch(database, lambda: NOW, channels, outbox, lambda address: None)
    old = {"channel": "kannel", "made_at": NOW - 90 * MINUTE, "due_at": NOW - 90 * MINUTE}
    await add_outbox(database, 100, kind="broadcast", urgency=1, **old)
    await add_outbox(database, 100, kind="reply", urgency=0, **(old | {"due_at": NOW + 90 * MINUTE}))
    await add_outbox(database, 100, kind="reply", urgency=0, channel="kannel", made_at=NOW, due_at=NOW)
    await watch.look()
    assert await alarms(database) == []
    tried = {"made_at": NOW - 16 * MINUTE, "due_at": NOW + MINUTE, "attempts": 3}
    await add_outbox(database, 100, kind="reply", urgency=0, channel="kannel", **tried)
    asked = {"due_at": NOW + 60 * MINUTE, "reason": "kannel asks us to slow down"}
    await add_outbox(database, 100, kind="reply", urgency=0, channel="kannel", **(tried | asked))
    await watch.look()
    await watch.look()
    assert await alarms(database) == [(2, "stuck", 2), (1, "stuck", 2)], "an administrator, then an officer"
