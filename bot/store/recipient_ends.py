"""What became of a broadcast's texts: of each, how many came to the same, whom it did not reach. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import associations, outbox, people, recipients
from bot.store.written import written

_THIS = recipients.c.broadcast_id == bindparam("broadcast")
_SHOWN = (
    select(
        recipients,
        outbox.c.state.label("sent_state"),
        outbox.c.reason.label("sent_reason"),
        outbox.c.attempts,
        outbox.c.sent_at,
    )
    .outerjoin(outbox, outbox.c.id == recipients.c.outbox_id)
    .where(_THIS)
    .order_by(recipients.c.address_id)
)


async def shown(tx: AsyncConnection, broadcast: int) -> Sequence[Any]:
    """Every recipient with what became of its text."""
    return (await tx.execute(_SHOWN, {"broadcast": broadcast})).all()


_TRIED = outbox.c.attempts > written(0)
"""Written out: PostgreSQL takes two placeholders for two different groups."""
_ALIKE = (recipients.c.broadcast_id, recipients.c.state, recipients.c.reason)
_ENDS = (
    select(
        *_ALIKE,
        outbox.c.state.label("sent_state"),
        outbox.c.reason.label("sent_reason"),
        _TRIED.label("tried"),
        recipients.c.answer,
        func.count().label("count"),
    )
    .outerjoin(outbox, outbox.c.id == recipients.c.outbox_id)
    .where(recipients.c.broadcast_id.in_(bindparam("ids", expanding=True)))
    .group_by(*_ALIKE, outbox.c.state, outbox.c.reason, _TRIED, recipients.c.answer)
)


async def ends(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, list[Any]]:
    """By broadcast: how many recipients have come to the same, as states.counted takes it."""
    found: dict[int, list[Any]] = {number: [] for number in ids}
    for row in await tx.execute(_ENDS, {"ids": list(ids)}):
        found[row.broadcast_id].append(row)
    return found


async def counted(tx: AsyncConnection, broadcast: int) -> Sequence[Any]:
    """The same of one broadcast: its report's lines."""
    return (await ends(tx, [broadcast]))[broadcast]


_LEFT = ("accepted", "sent", "delivered", "read")
_ENDED_BADLY = or_(
    outbox.c.state.in_(("failed", "uncertain")),
    (outbox.c.state == "queued") & (outbox.c.attempts > 0) & outbox.c.reason.is_not(None),
)
BY_NAME = (
    select(
        recipients.c.state,
        recipients.c.reason,
        outbox.c.state.label("sent_state"),
        outbox.c.reason.label("sent_reason"),
        outbox.c.attempts,
        recipients.c.answer,
        people.c.sms_name,
        associations.c.sms_name.label("association"),
    )
    .select_from(
        recipients.join(people, people.c.id == recipients.c.person_id)
        .outerjoin(associations, associations.c.id == people.c.association_id)
        .outerjoin(outbox, outbox.c.id == recipients.c.outbox_id)
    )
    .where(_THIS, recipients.c.state != "left_out")
    .order_by(
        case((_ENDED_BADLY, 0), (or_(recipients.c.state == "cancelled", outbox.c.state == "cancelled"), 1), else_=2),
        case((recipients.c.outbox_id.is_(None), 1), else_=0),
        recipients.c.outbox_id,
        recipients.c.address_id,
    )
    .limit(bindparam("most"))
)
_NOT_THERE = BY_NAME.where(or_(outbox.c.state.is_(None), outbox.c.state.not_in(_LEFT)))


async def by_name(tx: AsyncConnection, broadcast: int, most: int, *, everybody: bool) -> Sequence[Any]:
    """Recipients with their names: what ended badly, what was cancelled, then the others in the order of leaving.

    Without `everybody` only those whose text has not left.
    """
    statement = BY_NAME if everybody else _NOT_THERE
    return (await tx.execute(statement, {"broadcast": broadcast, "most": most})).all()
