"""Choices that a channel sent as numbers: of which text, for each address; a digit that answers it is a press.

One row of `facts` for each such address holds the text's id; what could be pressed stands in that text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from bot.store.tables import addresses, facts, outbox
from handlers.turn import NOTHING

_ADDRESS = select(outbox.c.address_id, outbox.c.channel).where(outbox.c.id == bindparam("row"))
_FORGET = delete(facts).where(facts.c.name == bindparam("which"))
_IDS = select(addresses.c.id).where(addresses.c.value == bindparam("value"))
_TEXT = select(outbox.c.data).where(
    outbox.c.id == bindparam("row"), outbox.c.address_id == bindparam("address"), outbox.c.channel == bindparam("by")
)


def _name(channel: str, address_id: int) -> str:
    return f"numbered:{channel}:{address_id}"


async def keep(tx: AsyncConnection, items: Sequence[tuple[int, bool]]) -> None:
    """(row, whether its choices went as numbers): the address's last text counts."""
    for row, as_numbers in items:
        to = (await tx.execute(_ADDRESS, {"row": row})).one()
        if as_numbers:
            await singles.put(tx, _name(to.channel, to.address_id), row)
        else:
            await tx.execute(_FORGET, {"which": _name(to.channel, to.address_id)})


async def data_of(tx: AsyncConnection, channel: str, value: str) -> Mapping[str, Any]:
    """The `data` of the text whose choices this address was sent as numbers last; empty when there is none."""
    for number in (await tx.execute(_IDS, {"value": value})).scalars().all():
        if row := await singles.get(tx, _name(channel, number)):
            asked = {"row": row, "address": number, "by": channel}
            return (await tx.execute(_TEXT, asked)).scalar() or NOTHING
    return NOTHING
