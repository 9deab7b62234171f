"""Statements on tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, cast, false, insert, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import inbox, tasks

OPEN = insert(tasks)
CLOSE = (
    update(tasks)
    .where(tasks.c.address_id == bindparam("address"), tasks.c.kind == bindparam("what"), tasks.c.state == "open")
    .values(state="closed", closed_at=bindparam("at"), result=bindparam("how"))
)


_FOR_ROW = insert(tasks).from_select(
    [
        "kind",
        "state",
        "due_at",
        "person_id",
        "association_id",
        "address_id",
        "inbox_id",
        "about",
        "sealed",
        "made_at",
    ],
    select(
        literal("read"),
        literal("open"),
        bindparam("due", type_=tasks.c.due_at.type),
        inbox.c.person_id,
        cast(null(), Integer),
        inbox.c.address_id,
        inbox.c.id,
        literal("set aside after repeated failures"),
        false(),
        bindparam("at", type_=tasks.c.made_at.type),
    ).where(inbox.c.id == bindparam("row")),
)


async def open_for_row(tx: AsyncConnection, items: Sequence[tuple[int, datetime, datetime]]) -> list[None]:
    """A task to read an inbox row that could not be handled; items are (row, due at, now)."""
    for row, due, now in items:
        await tx.execute(_FOR_ROW, {"row": row, "due": due, "at": now})
    return [None] * len(items)
