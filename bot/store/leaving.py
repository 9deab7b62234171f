"""A leader's role in her association ends: nothing is written to her any more; what she reported stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.listing import plain_row
from bot.store.tables import associations, outbox, people
from handlers.understand.words import plain

STAYS = or_(people.c.left_at.is_(None), people.c.erased_at.is_not(None), people.c.name != literal(""))
"""Who left, or had herself erased, was trained all the same, and no total changes. A row without a name that was not
erased was merged into another one (merging.py), which counts for both."""
_HERE = (
    select(people.c.id, people.c.name, people.c.sms_name, associations.c.sms_name.label("association"))
    .join(associations, associations.c.id == people.c.association_id)
    .where(people.c.kind == "leader", people.c.left_at.is_(None), people.c.erased_at.is_(None))
    .order_by(people.c.id)
)
_ONE = _HERE.where(people.c.id == bindparam("which"))
_LEAVE = update(people).where(people.c.id == bindparam("which")).values(left_at=bindparam("at"))
_CANCEL = (
    update(outbox)
    .where(outbox.c.person_id == bindparam("which"), outbox.c.state == "queued", outbox.c.urgency > 0)
    .values(state="cancelled", reason="left the association")
)


async def one(tx: AsyncConnection, number: int) -> dict[str, Any] | None:
    """A leader by id; None when there is none, or she has left."""
    row = (await tx.execute(_ONE, {"which": number})).one_or_none()
    return plain_row(row) if row else None


async def named(tx: AsyncConnection, name: str) -> list[dict[str, Any]]:
    """Leaders by name, ODETTE or ABAHUZA ODETTE. Names are compared here, since they may be encrypted."""
    wanted = set(plain(name).split())
    there = [plain_row(row) for row in await tx.execute(_HERE)]

    def own(row: dict[str, Any]) -> set[str]:
        return {plain(row["sms_name"]), *plain(row["name"]).split(), plain(row["association"])}

    return [row for row in there if wanted and wanted <= own(row)]


async def leave(tx: AsyncConnection, number: int, at: datetime) -> None:
    """Her role ends at this moment; what still waits for her unasked does not leave."""
    await tx.execute(_LEAVE, {"which": number, "at": at})
    await tx.execute(_CANCEL, {"which": number})
