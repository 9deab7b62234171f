"""What was kept long enough goes, and nothing else: words and files, never rows, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.sections import Settings
from bot.store import erasure, inbox, retention
from bot.store.engine import Database
from bot.store.retention import Old
from bot.store.tables import audit, media, outbox, tasks
from bot.store.tables import inbox as arrived
from bot.workers.retention import RetentionWorker
from tests.databases import NOW, add_outbox, database, execute, message, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
OLD, YEARS = NOW - timedelta(days=800), timedelta(days=801)


async def forget(database: Database) -> list[int]:
    """Until nothing is left."""
    done = []
    while not done or done[-1]:
        done.append(await database.writer.do(retention.forget, Old(NOW - timedelta(days=730), NOW, NOW)))
    return done


async def texts(database: Database, table: Any) -> list[str]:
    return [row.text for row in await rows(database, table.select().order_by(table.c.id))]


async def settle(database: Database) -> None:
    await execute(database, arrived.update().values(state="done"))


async def test_old_words_go_in_pages_and_new_ones_stay(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        retention,
        "_MESSAGES",
        tuple((name, page.limit(3), blank) for name, page, blank in retention._MESSAGES),
    )
    for number in range(8):
        at = OLD + timedelta(days=number * 20)
        kept = message(f"{number}", text=f"words {number}", received_at=at, data={"from": "her"})
        address = await database.writer.do(inbox.keep, kept)
        await add_outbox(database, address, state="sent", made_at=at, text=f"answer {number}", data={"x": 1})
    await settle(database)
    done = await forget(database)
    assert await texts(database, arrived) == [""] * 4 + [f"words {number}" for number in range(4, 8)]
    assert await texts(database, outbox) == [""] * 4 + [f"answer {number}" for number in range(4, 8)]
    assert done == [6, 2, 0]
    assert [row.data is None for row in await rows(database, arrived.select().order_by(arrived.c.id))] == [
        True
    ] * 4 + [False] * 4
    noted = [row.details for row in await rows(database, audit.select().order_by(audit.c.id))]
    assert noted == [{"inbox": 3, "outbox": 3}, {"inbox": 1, "outbox": 1}]
    assert (
        await database.writer.do(inbox.keep, message("0", text="once more"))
        and len(await texts(database, arrived)) == 8
    ), "a repeat is known by its key"


async def test_what_waits_and_sealed_cases_stay(database: Database) -> None:
    address = await database.writer.do(inbox.keep, message("1", text="a sealed matter", received_at=OLD))
    await database.writer.do(inbox.keep, message("2", text="not handled yet", received_at=OLD))
    (first, _) = await rows(database, arrived.select().order_by(arrived.c.id))
    await execute(database, arrived.update().where(arrived.c.id == first.id).values(state="done"))
    task = {"kind": "sealed", "inbox_id": first.id, "sealed": True, "due_at": OLD, "made_at": OLD}
    await execute(database, insert(tasks), task)
    await add_outbox(database, address, state="sent", made_at=OLD, text="we heard you", inbox_id=first.id)
    await add_outbox(database, address, state="queued", made_at=OLD, text="waits")
    await forget(database)
    assert await texts(database, arrived) == ["a sealed matter", "not handled yet"]
    assert await texts(database, outbox) == ["we heard you", "waits"]


async def test_old_files_leave_the_disk_as_those_of_an_erased_person(database: Database) -> None:
    for number, at in ((1, OLD), (2, NOW)):
        row = {"inbox_id": number, "kind": "photo", "state": "kept", "file": f"{number}.jpg", "sha256": "x", "at": at}
        await execute(database, insert(media), row)
    await forget(database)
    async with database.read() as tx:
        assert [name for _, name in await erasure.files(tx)] == ["1.jpg"]


@pytest.mark.parametrize("theirs", [NOW, NOW + timedelta(days=800)], ids=["our clock is ahead", "it is that late"])
async def test_a_clock_that_stands_ahead_takes_nothing(database: Database, theirs: datetime) -> None:
    await database.writer.do(inbox.keep, message("1", text="new", sent_at=NOW))
    await database.writer.do(inbox.keep, message("2", text="newest", sent_at=theirs, received_at=NOW + YEARS))
    await settle(database)
    settings = Settings.model_validate({"project": {"start": "2026-04-01"}})
    await RetentionWorker(settings, database, lambda: NOW + YEARS).look()
    assert await texts(database, arrived) == (["new", "newest"] if theirs == NOW else ["", "newest"])
