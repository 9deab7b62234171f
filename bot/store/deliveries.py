"""What providers say of our texts. States only move forward, in whatever order the reports come.

queued < sending < uncertain < accepted < sent < failed < delivered < read: a late "sent" does not undo "failed", but
"delivered" does, since it arrived after all. A report that fits no text of ours is kept for 72 hours and tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import String, and_, bindparam, case, delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import roads
from bot.store.tables import outbox, receipts
from handlers.turn.noun import noun

STATES = ("queued", "sending", "uncertain", "accepted", "sent", "failed", "delivered", "read")
"""In order; a delivery report moves a row only forward."""
_BEFORE = {state: STATES[:rank] for rank, state in enumerate(STATES)}


@noun
class Told:
    """What a provider says of a message (a channel's Delivery) and when we heard it."""

    channel: str
    state: str
    word: str
    outbox_id: int | None
    provider_id: str | None
    event: str
    at: datetime
    stopped: bool = False
    """It failed because its owner has told the provider to stop us: the address is off."""


_UNMATCHED = select(receipts).where(
    receipts.c.matched.is_(False),
    receipts.c.channel == select(outbox.c.channel).where(outbox.c.id == bindparam("row")).scalar_subquery(),
    func.substr(receipts.c.key, 1, func.length(bindparam("start", type_=String))) == bindparam("start", type_=String),
)


def _theirs(provider_id: str) -> str:
    """How the keys of a message known only by its provider's id begin."""
    return f"provider:{quote(provider_id, safe='')}:"


async def rematch(tx: AsyncConnection, row: int, provider_id: str) -> None:
    """A report that came before our own note of the send waited for it."""
    if not await _any_unmatched(tx):
        return
    found = (await tx.execute(_UNMATCHED, {"row": row, "start": _theirs(provider_id)})).all()
    for receipt in found:
        if receipt.state in _BEFORE:
            await _move(tx, row, receipt.state, receipt.word)
        await tx.execute(update(receipts).where(receipts.c.id == receipt.id).values(matched=True))


async def _any_unmatched(tx: AsyncConnection) -> bool:
    return bool((await tx.execute(select(exists().where(receipts.c.matched.is_(False))))).scalar())


async def _move(tx: AsyncConnection, row: int, state: str, word: str) -> bool:
    """Forward, or not at all; whether it was."""
    forward = update(outbox).where(outbox.c.id == row, outbox.c.state.in_(_BEFORE[state]))
    reason = case((outbox.c.reason.is_(None), word), else_=outbox.c.reason) if state == "failed" else None
    return (await tx.execute(forward.values(state=state, reason=reason, lease_until=None))).rowcount > 0


async def deliveries(tx: AsyncConnection, items: Sequence[Told]) -> list[bool]:
    """Move messages forward; returns for each whether its message was known. Repeats change nothing."""
    return [await _delivery(tx, item) for item in items]


async def _delivery(tx: AsyncConnection, told: Told) -> bool:
    if told.outbox_id is not None:
        which = outbox.c.id == told.outbox_id
        key = f"ours:{told.outbox_id}:{told.event or told.state}"
    else:
        which = outbox.c.provider_id == (told.provider_id or "")  # NULL would be every text without one
        key = f"{_theirs(told.provider_id or '')}{told.event or told.state}"
    ours = select(outbox.c.id, outbox.c.address_id).where(and_(which, outbox.c.channel == told.channel))
    row = (await tx.execute(ours)).first()
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    await tx.execute(
        dialect.insert(receipts).on_conflict_do_nothing(),
        {
            "channel": told.channel,
            "key": key,
            "state": told.state,
            "word": told.word[:200],
            "at": told.at,
            "matched": row is not None,
        },
    )
    if row is not None and told.state in _BEFORE:
        moved = await _move(tx, row.id, told.state, told.word[:200])
        if moved and told.stopped:
            await roads.close(tx, [roads.Closed(row.address_id, told.word[:200], row.id, told.at)])
    return row is not None


KEPT = timedelta(hours=72)
"""So long a report that fits nothing is tried again; then it goes."""
_AT_ONCE = 500
_ORPHANS = (
    select(receipts)
    .where(receipts.c.matched.is_(False), receipts.c.id > bindparam("after"))
    .order_by(receipts.c.id)
    .limit(_AT_ONCE)
)
_OF_PROVIDER = select(outbox.c.id, outbox.c.provider_id).where(
    outbox.c.channel == bindparam("on_channel"),
    outbox.c.provider_id.is_not(None),
    outbox.c.provider_id.in_(bindparam("names", expanding=True)),
)
_MATCHED = update(receipts).where(receipts.c.id == bindparam("which")).values(matched=True)
_TOO_OLD = delete(receipts).where(receipts.c.matched.is_(False), receipts.c.at < bindparam("before"))


async def match_again(tx: AsyncConnection, items: Sequence[datetime]) -> list[int]:
    """Try the reports that fit nothing so far (faults B15); items are the time now. How many fit now.

    Two processes may have written the text's mark and its report at the same moment, each before it saw the other.
    """
    await tx.execute(_TOO_OLD, {"before": items[0] - KEPT})
    matched, after = 0, 0
    while orphans := (await tx.execute(_ORPHANS, {"after": after})).all():
        after = orphans[-1].id
        for channel in {row.channel for row in orphans}:
            matched += await _of_channel(tx, channel, [row for row in orphans if row.channel == channel])
    return [matched] * len(items)


async def _of_channel(tx: AsyncConnection, channel: str, orphans: Sequence[Any]) -> int:
    names = {row.id: unquote(row.key.split(":")[1]) for row in orphans if row.key.startswith("provider:")}
    wanted = {"on_channel": channel, "names": sorted(set(names.values()))}
    texts = {row.provider_id: row.id for row in await tx.execute(_OF_PROVIDER, wanted)} if names else {}
    found = [(row, texts[names[row.id]]) for row in orphans if names.get(row.id) in texts]
    for row, text in found:
        if row.state in _BEFORE:
            await _move(tx, text, row.state, row.word)
        await tx.execute(_MATCHED, {"which": row.id})
    return len(found)
