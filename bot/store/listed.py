"""What a provider's own list has, compared with what is kept: the same message may have come under another key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inbox import Incoming
from bot.store.tables import addresses, inbox

LATELY = 50_000
"""Newest rows that are looked at, only for a message whose key is not there: no index is kept for that."""
SLOW = timedelta(hours=1)
"""So long an operator may need, or its clock be behind, for what was sent when we began to listen."""
AT_ONCE = 500
"""Keys of one query."""
_KEYS = select(inbox.c.dedupe_key).where(
    inbox.c.channel == bindparam("on_channel"), inbox.c.dedupe_key.in_(bindparam("keys", expanding=True))
)
_SAME = (
    select(inbox.c.sent_at, inbox.c.text, addresses.c.value)
    .join(addresses, addresses.c.id == inbox.c.address_id)
    .where(
        inbox.c.id > select(func.max(inbox.c.id) - LATELY).scalar_subquery(),
        inbox.c.channel == bindparam("on_channel"),
        inbox.c.sent_at >= bindparam("since"),
    )
)


_FIRST = select(func.min(inbox.c.received_at)).where(inbox.c.channel == bindparam("on_channel"))


async def done_with(tx: AsyncConnection, items: Sequence[Incoming], began: datetime) -> list[bool]:
    """Of each, all of one channel, whether there is nothing to do with it.

    It is kept, under its key, or by sender, second and text under another; or it was sent before the channel's first
    message (while there is none, before `began`): that is the history of a phone, of another life perhaps.
    """
    if not items:
        return []
    where = {"on_channel": items[0].channel}
    keys = set[str]()
    for at in range(0, len(items), AT_ONCE):
        some = [item.key for item in items[at : at + AT_ONCE]]
        keys |= set((await tx.execute(_KEYS, {**where, "keys": some})).scalars())
    left = [item for item in items if item.key not in keys and item.sent_at]
    if not left:
        return [item.key in keys for item in items]
    first = (await tx.execute(_FIRST, where)).scalar_one() or began
    oldest = min(item.sent_at for item in left if item.sent_at).replace(microsecond=0)
    found = await tx.execute(_SAME, {**where, "since": oldest})
    same = {(row.value, int(row.sent_at.timestamp()), row.text.strip()) for row in found}
    return [
        item.key in keys
        or (item.sent_at is not None and (item.sent_at < first - SLOW or _content(item, item.sent_at) in same))
        for item in items
    ]


def _content(item: Incoming, sent_at: datetime) -> tuple[str, int, str]:
    return item.address, int(sent_at.timestamp()), item.text.strip()
