"""The recipients of a broadcast whose road turned out to be none, and their moving to another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import addresses, outbox, people, people_addresses, recipients

_THIS = recipients.c.broadcast_id == bindparam("broadcast")
_FAILED = (
    select(
        recipients.c.address_id,
        recipients.c.state,
        outbox.c.state.label("sent_state"),
        outbox.c.reason.label("sent_reason"),
        addresses.c.active,
        people.c.id.label("person_id"),
        people.c.language,
    )
    .join(outbox, outbox.c.id == recipients.c.outbox_id)
    .join(addresses, addresses.c.id == recipients.c.address_id)
    .join(people_addresses, people_addresses.c.address_id == recipients.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(
        _THIS,
        recipients.c.state == "queued",
        outbox.c.state == "failed",
        people.c.kind == "leader",
        people.c.left_at.is_(None),
        people.c.consent == "yes",
    )
    .order_by(recipients.c.address_id, people.c.id)
)
_WHERE = select(addresses.c.id, addresses.c.scheme, addresses.c.channel).where(
    addresses.c.id.in_(bindparam("ids", expanding=True))
)
_LISTED = select(recipients.c.address_id).where(_THIS, recipients.c.address_id.in_(bindparam("ids", expanding=True)))
_MOVE = (
    update(recipients)
    .where(_THIS, recipients.c.address_id == bindparam("from_address"), recipients.c.state == "waiting")
    .values(
        address_id=bindparam("to_address"),
        channel=bindparam("on_channel"),
        person_id=bindparam("person"),
        people=bindparam("how_many"),
        language=bindparam("said_in"),
    )
)
_DROP = delete(recipients).where(
    _THIS, recipients.c.address_id == bindparam("from_address"), recipients.c.state == "waiting"
)


async def failed(tx: AsyncConnection, broadcast: int) -> Sequence[Any]:
    """The leaders behind each address whose text failed, with why; by address."""
    return (await tx.execute(_FAILED, {"broadcast": broadcast})).all()


async def where(tx: AsyncConnection, ids: Collection[int]) -> dict[int, Any]:
    """Scheme and channel of these addresses."""
    return {row.id: row for row in await tx.execute(_WHERE, {"ids": list(ids)})}


async def listed(tx: AsyncConnection, broadcast: int, ids: Collection[int]) -> set[int]:
    """Those of these addresses that are on its list."""
    return set((await tx.execute(_LISTED, {"broadcast": broadcast, "ids": list(ids)})).scalars())


async def move(
    tx: AsyncConnection, broadcast: int, moved: Sequence[Mapping[str, Any]], dropped: Sequence[int]
) -> None:
    """Have recipients who wait again wait at another address; `dropped`: their other address has its copy."""
    if moved:
        await tx.execute(_MOVE, [{"broadcast": broadcast, **one} for one in moved])
    if dropped:
        await tx.execute(_DROP, [{"broadcast": broadcast, "from_address": address} for address in dropped])
