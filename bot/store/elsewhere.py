"""What is half made on the other roads of a person: the states of their conversations, for who opens another road."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.tables import addresses, conversations, people, people_addresses
from handlers.turn import LeftElsewhere, There

_sharing = people_addresses.alias("sharing")
_SHARED = (
    select(func.count())
    .select_from(_sharing.join(people, people.c.id == _sharing.c.person_id))
    .where(_sharing.c.address_id == people_addresses.c.address_id, people.c.left_at.is_(None))
    .correlate(people_addresses)
    .scalar_subquery()
)
_STATES = (
    select(
        people_addresses.c.person_id,
        people_addresses.c.address_id,
        addresses.c.scheme,
        conversations.c.state,
        _SHARED.label("people"),
    )
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .join(conversations, conversations.c.address_id == people_addresses.c.address_id)
    .where(people_addresses.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(people_addresses.c.person_id, people_addresses.c.address_id)
)


async def _left(tx: AsyncConnection, wanted: list[LeftElsewhere], known: Any) -> dict[Any, Any]:
    found: dict[int, list[There]] = {}
    for row in await rows(tx, _STATES, {"ids": sorted({fact.person_id for fact in wanted})}):
        there = There(row.address_id, row.scheme, row.people > 1, row.state or {})
        found.setdefault(row.person_id, []).append(there)
    return {
        fact: tuple(there for there in found.get(fact.person_id, ()) if there.address_id != fact.address_id)
        for fact in wanted
    }


LOADERS: dict[type, Any] = {LeftElsewhere: _left}
"""A fact about other roads -> its loader."""
