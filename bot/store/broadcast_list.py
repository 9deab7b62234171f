"""Every broadcast with what became of it, in three queries however many there are. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.recipient_ends import BY_NAME
from bot.store.tables import broadcasts, outbox, people
from handlers.turn import Viewer

_maker, _approver = people.alias("maker"), people.alias("approver")
_ALL = (
    select(broadcasts, _maker.c.sms_name.label("maker"), _approver.c.sms_name.label("approver"))
    .outerjoin(_maker, _maker.c.id == broadcasts.c.made_by)
    .outerjoin(_approver, _approver.c.id == broadcasts.c.approved_by)
    .order_by(broadcasts.c.id.desc())
)
_ONE = _ALL.where(broadcasts.c.id == bindparam("which"))
_LEFT = ("accepted", "sent", "delivered", "read", "failed", "uncertain")
_SMS = (
    select(outbox.c.broadcast_id, func.sum(outbox.c.parts).label("parts"))
    .where(
        outbox.c.broadcast_id.in_(bindparam("ids", expanding=True)),
        outbox.c.state.in_(_LEFT),
        outbox.c.channel.not_in(bindparam("chats", expanding=True)),
    )
    .group_by(outbox.c.broadcast_id)
)


async def newest(tx: AsyncConnection, before: int | None, most: int | None) -> Sequence[Any]:
    """Broadcasts with who wrote and who approved them, newest first."""
    there = _ALL if before is None else _ALL.where(broadcasts.c.id < before)
    return (await tx.execute(there if most is None else there.limit(most))).all()


async def one(tx: AsyncConnection, number: int) -> Any:
    """One of them, or None."""
    return (await tx.execute(_ONE, {"which": number})).first()


async def sms_parts(tx: AsyncConnection, ids: Sequence[int], chats: Sequence[str]) -> dict[int, int]:
    """By broadcast: the parts that left by SMS, for which somebody pays. `chats` are the channels that are none."""
    found = await tx.execute(_SMS, {"ids": list(ids), "chats": list(chats)})
    return {row.broadcast_id: int(row.parts or 0) for row in found}


_HERS = BY_NAME.where(people.c.association_id.in_(AREA))


async def by_name(tx: AsyncConnection, viewer: Viewer, broadcast: int, most: int) -> Sequence[Any]:
    """Recipients of her area with their names: what ended badly first."""
    return (await tx.execute(_HERS, {"broadcast": broadcast, "most": most, **binds(viewer)})).all()
