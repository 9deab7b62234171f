"""A leader's number changes: her row, her links and what waits for her go to the new one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import addresses, outbox, people, people_addresses

_there = people_addresses.c
_ADDRESS = select(addresses.c.id, addresses.c.active).where(
    addresses.c.scheme == "tel", addresses.c.value == bindparam("number")
)
_SHARING = (
    select(people.c.id)
    .join(people_addresses, _there.person_id == people.c.id)
    .where(_there.address_id == bindparam("address"), people.c.left_at.is_(None))
)
_HERS = (
    select(addresses.c.id)
    .join(people_addresses, _there.address_id == addresses.c.id)
    .where(_there.person_id == bindparam("person"), addresses.c.scheme == "tel")
)
_UNLINK = delete(people_addresses).where(
    _there.person_id == bindparam("person"), _there.address_id == bindparam("address")
)
_ACTIVE = update(addresses).where(addresses.c.id == bindparam("which")).values(active=True, reason=None)
_WAITS = (
    update(outbox)
    .where(
        outbox.c.person_id == bindparam("person"),
        outbox.c.address_id == bindparam("old"),
        outbox.c.state == "queued",
    )
    .values(address_id=bindparam("new"))
)


async def whose(tx: AsyncConnection, number: str) -> list[int]:
    """The people who use this number now."""
    row = (await tx.execute(_ADDRESS, {"number": number})).first()
    return list((await tx.execute(_SHARING, {"address": row.id})).scalars()) if row else []


async def move(tx: AsyncConnection, person_id: int, number: str) -> list[int]:
    """From now on she is reached under this number (+257...) only, beside her chat; the addresses she leaves."""
    row: Any = (await tx.execute(_ADDRESS, {"number": number})).first()
    if row is None:
        made = insert(addresses).returning(addresses.c.id)
        new = (await tx.execute(made, {"scheme": "tel", "value": number})).scalar_one()
    else:
        new = row.id
        await tx.execute(_ACTIVE, {"which": new})
    hers = list((await tx.execute(_HERS, {"person": person_id})).scalars())
    left = [address for address in hers if address != new]
    for address in left:
        await tx.execute(_WAITS, {"person": person_id, "old": address, "new": new})
        await tx.execute(_UNLINK, {"person": person_id, "address": address})
    if new not in hers:
        await tx.execute(insert(people_addresses), {"person_id": person_id, "address_id": new})
    return left
