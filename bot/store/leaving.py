"""Somebody's role ends, a leader's or one of the team's: nothing is written to them any more; what they did stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.listing import plain_row
from bot.store.tables import associations, outbox, people, people_addresses, questions
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
_hers = select(people_addresses.c.address_id).where(people_addresses.c.person_id == bindparam("which"))
_CANCEL_ALL = (
    update(outbox)
    .where(outbox.c.address_id.in_(_hers), outbox.c.state == "queued")
    .values(state="cancelled", reason="left the team")
)
_LOOKED_AFTER = (
    select(associations.c.no)
    .where(associations.c.officer_id == bindparam("which"), associations.c.left_at.is_(None))
    .order_by(associations.c.no)
)
_NO_OFFICER = update(associations).where(associations.c.officer_id == bindparam("which")).values(officer_id=None)
_ASKED = (
    select(questions.c.number)
    .where(questions.c.mentor_id == bindparam("which"), questions.c.state == "open")
    .order_by(questions.c.number)
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


async def officer_of(tx: AsyncConnection, number: int) -> list[str]:
    """The numbers of the associations that one of the team looks after."""
    return list((await tx.execute(_LOOKED_AFTER, {"which": number})).scalars())


async def asked(tx: AsyncConnection, number: int) -> list[int]:
    """The open questions of a mentor."""
    return list((await tx.execute(_ASKED, {"which": number})).scalars())


async def leave_team(tx: AsyncConnection, number: int, at: datetime) -> None:
    """One of the team has left at this moment: nothing that waits for her leaves, and she is nobody's officer."""
    await tx.execute(_LEAVE, {"which": number, "at": at})
    await tx.execute(_CANCEL_ALL, {"which": number})
    await tx.execute(_NO_OFFICER, {"which": number})
