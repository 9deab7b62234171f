"""Exports of many persons that wait for a second person's yes; it lasts a day, for who asked and for that list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import export_requests as requests
from bot.store.tables import people

_asker, _decider = people.alias("asker"), people.alias("decider")
_ROWS = (
    select(
        requests,
        _asker.c.name.label("asker"),
        _asker.c.area.label("area"),
        _decider.c.name.label("decider"),
    )
    .outerjoin(_asker, _asker.c.id == requests.c.asked_by)
    .outerjoin(_decider, _decider.c.id == requests.c.decided_by)
    .order_by(requests.c.id.desc())
)
_OPEN = _ROWS.where(requests.c.expires_at > bindparam("now", type_=requests.c.expires_at.type))
_OF = _OPEN.where(
    requests.c.asked_by == bindparam("by"),
    requests.c.what == bindparam("of"),
    requests.c.persons >= bindparam("many"),
).limit(1)
_ONE = _OPEN.where(requests.c.id == bindparam("which"), requests.c.decided_by.is_(None)).with_for_update(of=requests)
_ASK = insert(requests).returning(requests.c.id)
_DECIDE = (
    update(requests)
    .where(requests.c.id == bindparam("which"))
    .values(decided_by=bindparam("by"), decided_at=bindparam("at"), agreed=bindparam("yes"))
)


async def of(tx: AsyncConnection, by: int, what: str, persons: int, now: datetime) -> Any:
    """What she asked for last, of this list and for so many, if it is not over; None else."""
    return (await tx.execute(_OF, {"by": by, "of": what, "many": persons, "now": now})).first()


async def ask(
    tx: AsyncConnection, by: int, what: str, persons: int, reason: str, now: datetime, until: datetime
) -> int:
    """Keep what she asks for; returns its number."""
    row = {"asked_by": by, "what": what, "persons": persons, "reason": reason, "asked_at": now, "expires_at": until}
    return int((await tx.execute(_ASK, row)).scalar_one())


async def waiting(tx: AsyncConnection, number: int, now: datetime) -> Any:
    """The request of this number, if nobody has decided it and it is not over."""
    return (await tx.execute(_ONE, {"which": number, "now": now})).first()


async def listed(tx: AsyncConnection, now: datetime) -> Sequence[Any]:
    """All that are not over, newest first, with who asked, her area, and who decided."""
    return (await tx.execute(_OPEN, {"now": now})).all()


async def decide(tx: AsyncConnection, number: int, by: int, now: datetime, *, yes: bool) -> None:
    """Write the second person's word down."""
    await tx.execute(_DECIDE, {"which": number, "by": by, "at": now, "yes": yes})
