"""What channels ask of the past: how a question of a USSD session was asked, what answered an earlier step, and what
goes along with a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows, write
from bot.store.tables import addresses, inbox, outbox
from handlers.turn import AskedThen, Association, Fact

LATELY = 20_000
"""Newest rows of the outbox that are looked at: no index is kept for what happens when somebody dials."""
_newest = select(func.max(outbox.c.id) - LATELY).scalar_subquery()
_ASKED = (
    select(outbox.c.address_id, outbox.c.made_at, outbox.c.text)
    .where(
        outbox.c.id > _newest,
        outbox.c.address_id.in_(bindparam("addresses", expanding=True)),
        outbox.c.made_at.in_(bindparam("moments", expanding=True)),
    )
    .order_by(outbox.c.id)  # the last text of a turn is its question
)
_KEPT = select(inbox.c.id, inbox.c.dedupe_key, inbox.c.address_id).where(
    inbox.c.channel == bindparam("on_channel"), inbox.c.dedupe_key.in_(bindparam("keys", expanding=True))
)
_ANSWERS = (
    select(outbox.c.id, outbox.c.inbox_id, outbox.c.text, outbox.c.data, addresses.c.value.label("address"))
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .where(
        outbox.c.id > _newest,
        outbox.c.inbox_id.in_(bindparam("turns", expanding=True)),
        outbox.c.address_id.in_(bindparam("addresses", expanding=True)),
        outbox.c.urgency <= 0,
    )
    .order_by(outbox.c.id.desc())
)

_DATA = select(outbox.c.data).where(outbox.c.id == bindparam("row"), outbox.c.channel == bindparam("on_channel"))
_LEFT = update(outbox).where(outbox.c.id == bindparam("row")).values(parts=bindparam("taken"))


async def left(tx: AsyncConnection, items: Sequence[tuple[int, int]]) -> None:
    """(row, parts) of screens that no session waited for: they left by SMS, and are counted."""
    if items:
        await write(tx, _LEFT, [{"row": row, "taken": parts} for row, parts in items])


async def answered(tx: AsyncConnection, channel: str, keys: Sequence[str]) -> dict[str, Any]:
    """Which of these arrivals are kept: key -> the first row (id, address, text, data) that answered it, or None."""
    kept = await rows(tx, _KEPT, {"on_channel": channel, "keys": list(keys)})
    found: dict[str, Any] = {row.dedupe_key: None for row in kept}
    if kept:
        turns = {row.id: row.dedupe_key for row in kept}
        wanted = {"turns": list(turns), "addresses": sorted({row.address_id for row in kept})}
        found.update({turns[row.inbox_id]: row for row in await rows(tx, _ANSWERS, wanted)})
    return found


async def file_of(tx: AsyncConnection, channel: str, row: int) -> dict[str, Any] | None:
    """What is noted of the file of a text; None where there is none, or no more."""
    data = (await tx.execute(_DATA, {"row": row, "on_channel": channel})).scalar()
    return (data or {}).get("file")


async def _asked_then(tx: AsyncConnection, wanted: list[AskedThen], known: dict[int, Association]) -> dict[Fact, Any]:
    values: dict[Fact, Any] = dict.fromkeys(wanted, "")
    there = {"addresses": sorted({fact.address_id for fact in wanted}), "moments": [fact.at for fact in wanted]}
    for row in await rows(tx, _ASKED, there):
        fact = AskedThen(row.address_id, row.made_at)
        if fact in values and row.text:
            values[fact] = row.text
    return values


LOADERS: dict[type, Any] = {AskedThen: _asked_then}
