"""The audit as a page shows it. Reading only; nothing here can change or remove a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import audit, people

KINDS = {
    "export": ("%export%",),
    "sealed": ("sealed%",),
    "sign-in": (
        "signed%",
        "sign-in%",
        "link asked for",
        "console link",
        "enrolled",
        "role changed",
        "session ended",
        "account%",
    ),
}
"""A kind -> how its rows are called."""

_ROWS = (
    select(audit.c.id, audit.c.at, audit.c.who, people.c.name, people.c.role, audit.c.what, audit.c.details)
    .select_from(audit.outerjoin(people, "person " + cast(people.c.id, String) == audit.c.who))
    .order_by(audit.c.id.desc())
)


async def since(tx: AsyncConnection, moment: datetime) -> list[dict[str, Any]]:
    """All rows from this moment on, oldest first."""
    rows = (await tx.execute(_ROWS.where(audit.c.at >= moment).order_by(None).order_by(audit.c.id))).mappings()
    return [{**row, "name": row["name"] or row["who"], "role": row["role"] or ""} for row in rows]


async def log(tx: AsyncConnection, kind: str, before: int | None, most: int | None) -> list[dict[str, Any]]:
    """Rows, newest first: of one kind ('' = all), older than row `before`, at most so many."""
    there = _ROWS
    if kind:
        there = there.where(or_(*(audit.c.what.like(pattern) for pattern in KINDS[kind])))
    if before is not None:
        there = there.where(audit.c.id < before)
    if most is not None:
        there = there.limit(most)
    rows = (await tx.execute(there)).mappings()
    return [{**row, "name": row["name"] or row["who"], "role": row["role"] or ""} for row in rows]
