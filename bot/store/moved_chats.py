"""A chat has a new id: its row keeps who is reached there, also where the new id was heard of before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.consent import LINK, UNLINK
from bot.store.tables import addresses, inbox, outbox, people_addresses

_OLD = select(addresses.c.scheme, addresses.c.value).where(addresses.c.id == bindparam("row"))
_HEARD_OF = select(addresses.c.id).where(
    addresses.c.scheme == bindparam("scheme"),
    addresses.c.value == bindparam("value"),
    addresses.c.id != bindparam("row"),
)
_PEOPLE = select(people_addresses.c.person_id).where(people_addresses.c.address_id == bindparam("address"))
_VALUE = update(addresses).where(addresses.c.id == bindparam("row")).values(value=bindparam("new_value"))
_GONE = (
    update(addresses)
    .where(addresses.c.id == bindparam("row"))
    .values(value=bindparam("new_value"), active=False, reason="the chat moved")
)
_WAITS = tuple(
    update(table)
    .where(table.c.address_id == bindparam("other"), table.c.state == waits)
    .values(address_id=bindparam("row"))
    for table, waits in ((inbox, "new"), (outbox, "queued"))
)


async def moved(tx: AsyncConnection, items: Sequence[tuple[int, str]]) -> list[None]:
    """Items are (address id, the chat's new id). A row that has that id already changes places with the old one:
    what waits there and who is linked there go to the row that people have been reached by."""
    for row, value in items:
        old: Any = (await tx.execute(_OLD, {"row": row})).one()
        there = {"scheme": old.scheme, "value": value, "row": row}
        other = (await tx.execute(_HEARD_OF, there)).scalar_one_or_none()
        if other is not None:
            await tx.execute(_VALUE, {"row": other, "new_value": f"{value} moved"})  # the id must be free first
        await tx.execute(_VALUE, {"row": row, "new_value": value})
        if other is not None:
            await _join(tx, row, other, old.value)
    return [None] * len(items)


async def _join(tx: AsyncConnection, row: int, other: int, old_value: str) -> None:
    await tx.execute(_GONE, {"row": other, "new_value": old_value})
    for person in (await tx.execute(_PEOPLE, {"address": other})).scalars().all():
        await tx.execute(LINK[tx.dialect.name], {"person_id": person, "address_id": row})
    await tx.execute(UNLINK, {"address": other})
    for statement in _WAITS:
        await tx.execute(statement, {"row": row, "other": other})
