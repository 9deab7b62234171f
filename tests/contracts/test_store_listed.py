"""A provider's list against what is kept: what came under another key is here, what came before us is history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store import inbox, listed
from bot.store.engine import Database
from bot.store.inbox import Incoming
from tests.databases import NOW, database, message, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
HOUR = timedelta(hours=1)


async def done_with(database: Database, items: Sequence[Incoming]) -> list[bool]:
    async with database.read() as tx:
        return await listed.done_with(tx, items, NOW)


@pytest.mark.fault("B25")
async def test_what_is_here_under_any_key_is_not_missing(database: Database) -> None:
    """Before 0.5.0 an SMS was kept under its event's id; and another signing key makes other keys."""
    kept = replace(message("of the event"), text="Ego ", sent_at=NOW)
    await database.writer.do(inbox.keep, kept)
    other = replace(kept, key="by content", text="Ego", sent_at=NOW + timedelta(milliseconds=400))
    fresh = [
        replace(other, text="oya"),
        replace(other, sent_at=NOW + timedelta(seconds=1)),
        replace(other, address="+25768123456"),
    ]
    assert await done_with(database, [kept, other, *fresh]) == [True, True, False, False, False]
    assert await done_with(database, []) == []
    on_another = replace(other, channel="kannel" if other.channel != "kannel" else "twilio")
    assert await done_with(database, [on_another]) == [False]


async def test_what_a_phone_had_before_it_was_ours_is_history(database: Database) -> None:
    old, new = (replace(message("x"), key=f"{h}", sent_at=NOW + h * HOUR) for h in (-3, 3))
    assert await done_with(database, [old, new]) == [True, False]
    first = replace(message("first"), text="?", sent_at=NOW, received_at=NOW - 10 * HOUR)
    await database.writer.do(inbox.keep, first)
    assert await done_with(database, [old, new]) == [False, False], "we were listening"
    assert await done_with(database, [replace(old, sent_at=NOW - 12 * HOUR)]) == [True]


async def test_a_long_list_is_compared_whole(database: Database) -> None:
    many = [replace(message("x"), key=f"{n}", text=f"{n}", sent_at=NOW + n * HOUR) for n in range(1_200)]
    for one in many[::2]:
        await database.writer.do(inbox.keep, one)
    assert await done_with(database, many) == [n % 2 == 0 for n in range(1_200)]
