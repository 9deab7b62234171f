"""What providers say of our texts. States only move forward, in whatever order the reports come.

queued < sending < uncertain < accepted < sent < failed < delivered < read: a late "sent" does not undo "failed", but
"delivered" does, since it arrived after all. A report that fits no text of ours is kept for 72 hours and tried again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import String, bindparam, delete, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import message_days, roads
from bot.store.inserts import if_new
from bot.store.prepared import rows, write
from bot.store.tables import outbox, receipts
from bot.store.types import Moment
from handlers.noun import noun

STATES = ("queued", "sending", "uncertain", "accepted", "sent", "failed", "delivered", "read")
"""In order; a delivery report moves a row only forward."""


_LEFT = (*message_days.LEFT, "read")


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
    day: str = ""
    """The programme's, to count what is known to have left only by this; '' = not counted."""


_UNMATCHED = select(receipts).where(
    receipts.c.matched.is_(False),
    receipts.c.channel == select(outbox.c.channel).where(outbox.c.id == bindparam("row")).scalar_subquery(),
    func.substr(receipts.c.key, 1, func.length(bindparam("start", type_=String))) == bindparam("start", type_=String),
)
_ANY_UNMATCHED = select(receipts.c.id).where(receipts.c.matched.is_(False)).limit(1)
_MATCHED = update(receipts).where(receipts.c.id == bindparam("which")).values(matched=True)
_KEEP = if_new(receipts)
_OURS = select(outbox.c.id, outbox.c.address_id).where(
    outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.channel == bindparam("on_channel")
)
_OF_PROVIDER = select(outbox.c.id, outbox.c.address_id, outbox.c.provider_id).where(
    outbox.c.channel == bindparam("on_channel"),
    outbox.c.provider_id.is_not(None),
    outbox.c.provider_id.in_(bindparam("names", expanding=True)),
)


def _forward(state: str) -> Any:
    """Forward, or not at all; the provider's word is the reason of what failed. What arrived has left, though our own
    note of that may never come."""
    reason = func.coalesce(outbox.c.reason, bindparam("word", type_=String)) if state == "failed" else null()
    moved = update(outbox).where(outbox.c.id == bindparam("row"), outbox.c.state.in_(STATES[: STATES.index(state)]))
    left = func.coalesce(outbox.c.sent_at, bindparam("at", type_=Moment)) if state in _LEFT else outbox.c.sent_at
    return moved.values(state=state, reason=reason, sent_at=left, lease_until=None)


_FORWARD = {state: _forward(state) for state in STATES[1:]}
_MOVED = {state: statement.returning(outbox.c.id) for state, statement in _FORWARD.items()}


def _theirs(provider_id: str) -> str:
    """How the keys of a message known only by its provider's id begin."""
    return f"provider:{quote(provider_id, safe='')}:"


async def rematch(tx: AsyncConnection, sent: Mapping[int, str]) -> None:
    """Reports that came before our own notes of these sends (outbox id -> the provider's id) waited for them."""
    if not sent or not await rows(tx, _ANY_UNMATCHED, {}):
        return
    for row, provider_id in sent.items():
        for receipt in await rows(tx, _UNMATCHED, {"row": row, "start": _theirs(provider_id)}):
            await _match(tx, receipt, row)


async def _match(tx: AsyncConnection, receipt: Any, row: int) -> None:
    if receipt.state in _FORWARD:
        await write(tx, _FORWARD[receipt.state], [_change(receipt.state, row, receipt.word, receipt.at)])
    await write(tx, _MATCHED, [{"which": receipt.id}])


def _change(state: str, row: int, word: str, at: datetime) -> dict[str, Any]:
    """What moving this text takes."""
    change: dict[str, Any] = {"row": row}
    if state == "failed":
        change["word"] = word[:200]
    if state in _LEFT:
        change["at"] = at
    return change


async def deliveries(tx: AsyncConnection, items: Sequence[Told]) -> list[bool]:
    """Move messages forward; returns for each whether its message was known. Repeats change nothing."""
    texts = await _texts(tx, items)
    new = [
        {
            "channel": told.channel,
            "key": f"{_of(told)}{told.event or told.state}",
            "state": told.state,
            "word": told.word[:200],
            "at": told.at,
            "matched": text is not None,
        }
        for told, text in zip(items, texts, strict=True)
    ]
    await write(tx, _KEEP[tx.dialect.name], new)
    known = [(told, text) for told, text in zip(items, texts, strict=True) if text and told.state in _FORWARD]
    await message_days.left(tx, [(told.day, text.id) for told, text in known if told.day and told.state in _LEFT])
    for state in sorted({told.state for told, _ in known}, key=STATES.index):
        theirs = [(told, text) for told, text in known if told.state == state]
        changes = [_change(state, text.id, told.word, told.at) for told, text in theirs if not told.stopped]
        if changes:
            await write(tx, _FORWARD[state], changes)
        for told, text in theirs:
            if told.stopped and await rows(tx, _MOVED[state], _change(state, text.id, told.word, told.at)):
                await roads.close(tx, [roads.Closed(text.address_id, told.word[:200], text.id, told.at)])
    return [text is not None for text in texts]


def _of(told: Told) -> str:
    """How the key of a report begins."""
    return _theirs(told.provider_id or "") if told.outbox_id is None else f"ours:{told.outbox_id}:"


async def _texts(tx: AsyncConnection, items: Sequence[Told]) -> list[Any]:
    """The text that each is about, or None."""
    found: dict[tuple[str, int | str], Any] = {}
    for channel in {told.channel for told in items}:
        theirs = [told for told in items if told.channel == channel]
        if ids := {told.outbox_id for told in theirs if told.outbox_id is not None}:
            ours = await rows(tx, _OURS, {"ids": sorted(ids), "on_channel": channel})
            found.update({(channel, row.id): row for row in ours})
        if names := {told.provider_id for told in theirs if told.outbox_id is None and told.provider_id}:
            named = await rows(tx, _OF_PROVIDER, {"names": sorted(names), "on_channel": channel})
            found.update({(channel, row.provider_id): row for row in named})
    return [
        found.get((told.channel, told.provider_id or "" if told.outbox_id is None else told.outbox_id))
        for told in items
    ]


KEPT = timedelta(hours=72)
"""So long a report that fits nothing is tried again; then it goes."""
_AT_ONCE = 500
_ORPHANS = (
    select(receipts)
    .where(receipts.c.matched.is_(False), receipts.c.id > bindparam("after"))
    .order_by(receipts.c.id)
    .limit(_AT_ONCE)
)
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
        await _match(tx, row, text)
    return len(found)
