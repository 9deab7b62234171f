"""The audit's chain: every change, row taken out and row slipped in is found, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import audit, audit_chain
from bot.store.engine import Database
from bot.store.tables import audit as t
from bot.store.tables import audit_links
from bot.workers.audit_chain import AuditChain
from tests.databases import NOW, database, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]


async def _noted(database: Database, first: int, last: int) -> None:
    """Rows of the audit, with details of all kinds."""

    async def work(tx: AsyncConnection, items: list[int]) -> list[None]:
        for number in items:
            await audit.note(tx, NOW, f"person {number}", "people read", {"z": True, "people": [number], "a": "é"})
            await audit.note(tx, NOW, "service", "kept long enough")
        return [None for _ in items]

    for number in range(first, last):
        await database.writer.do(work, number)


async def _check(database: Database, known: str = "") -> audit_chain.Checked:
    async with database.read() as tx:
        return await audit_chain.check(tx, known)


class _Undone(Exception):
    pass


@asynccontextmanager
async def _after(database: Database, *changes: Any) -> AsyncIterator[AsyncConnection]:
    """What somebody would see who looks after these changes; they are taken back."""
    with pytest.raises(_Undone):
        async with database.engine.begin() as tx:
            for change in changes:
                await tx.execute(change)
            yield tx
            raise _Undone


def _changes() -> dict[str, tuple[Any, ...]]:
    row = {"at": NOW, "who": "person 9", "what": "people read", "details": None}
    return {
        "who": (update(t).where(t.c.id == 4).values(who="person 2"),),
        "what": (update(t).where(t.c.id == 4).values(what="people seen"),),
        "when": (update(t).where(t.c.id == 4).values(at=NOW.replace(minute=31)),),
        "details": (update(t).where(t.c.id == 3).values(details={"z": True, "people": [7], "a": "é"}),),
        "details that were not there": (update(t).where(t.c.id == 4).values(details={}),),
        "a row gone": (delete(t).where(t.c.id == 5),),
        "a row gone, another in its place": (delete(t).where(t.c.id == 5), insert(t).values(id=5, **row)),
        "the last linked row gone": (delete(t).where(t.c.id == 8),),
        "all rows gone": (delete(t),),
        "a link gone from the middle, a row changed": (
            delete(audit_links).where(audit_links.c.upto == 6),
            update(t).where(t.c.id == 4).values(who="person 2"),
        ),
        "a link made up": (update(audit_links).where(audit_links.c.upto == 6).values(digest="0" * 64),),
    }


async def test_whatever_is_changed_is_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "PAGE", 3)
    monkeypatch.setattr(audit_chain, "_ROWS", audit_chain._ROWS.limit(3))
    worker = AuditChain(database, lambda: NOW)
    await _noted(database, 1, 5)
    await worker.look()
    assert await rows(database, select(audit_links)) == [], "another process may still be writing"
    await worker.look()
    await _noted(database, 5, 6)
    linked = await rows(database, select(audit_links.c.after, audit_links.c.upto).order_by(audit_links.c.upto))
    assert [tuple(row) for row in linked] == [(0, 3), (3, 6), (6, 8)]
    whole = await _check(database)
    assert (whole.rows, whole.upto, whole.broken, whole.known) == (8, 8, None, True)
    assert (await _check(database, whole.digest)).known and not (await _check(database, "0" * 64)).known
    for name, changes in _changes().items():
        async with _after(database, *changes) as tx:
            assert (await audit_chain.check(tx)).broken, name
    async with _after(database, delete(t).where(t.c.id > 6), delete(audit_links).where(audit_links.c.upto > 6)) as tx:
        assert not (await audit_chain.check(tx)).broken, "who cuts off the end of both"
        assert not (await audit_chain.check(tx, whole.digest)).known, "is found by what stands in the log"
    assert (await _check(database)) == whole


async def test_two_processes_make_one_chain(processes: list[Database]) -> None:
    await _noted(processes[0], 1, 4)
    workers = [AuditChain(one, lambda: NOW) for one in processes]
    for _ in range(2):
        await asyncio.gather(*(one.look() for one in workers))
    assert (await _check(processes[0])).rows == 6
    assert (await rows(processes[0], select(func.count()).select_from(audit_links)))[0][0] == 1
