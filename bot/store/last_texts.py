"""The last text to a phone or chat and what became of it, whatever the history: for officers' lists.

An index of every text by address would cost each answer a fortieth of its time. So a text is found where it stands
anyway: by address what waits, failed, or was not asked for; an answer that left among those of her association. What
we cancelled is no text to her; answers to people who practise count for no association and are not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import addresses, outbox, people, people_addresses
from bot.store.written import written

_IDS: Any = bindparam("ids", expanding=True)
_HERS = outbox.c.address_id == addresses.c.id
_WAITS = select(func.max(outbox.c.id)).where(_HERS, outbox.c.state.in_((written("queued"), written("sending"))))
_FAILED = select(func.max(outbox.c.id)).where(_HERS, outbox.c.state.in_((written("failed"), written("uncertain"))))
_UNASKED = (
    select(outbox.c.id)
    .where(_HERS, outbox.c.urgency > written(0), outbox.c.state != written("cancelled"))
    .order_by(outbox.c.made_at.desc())
    .limit(1)
)
"""All written out, so that both databases take the partial indexes."""
_BY_ADDRESS = select(
    addresses.c.id,
    *(found.correlate(addresses).scalar_subquery() for found in (_WAITS, _FAILED, _UNASKED)),
).where(addresses.c.id.in_(_IDS))
_theirs = (
    select(people_addresses.c.address_id, people.c.association_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(people_addresses.c.address_id.in_(_IDS), people.c.association_id.is_not(None))
    .distinct()
    .subquery("theirs")
)
_ANSWER = (
    select(outbox.c.id)
    .where(
        outbox.c.association_id == _theirs.c.association_id,
        outbox.c.sent_at.is_not(None),
        outbox.c.address_id == _theirs.c.address_id,
    )
    .order_by(outbox.c.sent_at.desc())
    .limit(1)
    .correlate(_theirs)
)
_BY_ASSOCIATION = select(_theirs.c.address_id, _ANSWER.scalar_subquery())
_STATES = select(
    outbox.c.address_id, outbox.c.state, func.coalesce(outbox.c.sent_at, outbox.c.made_at).label("at")
).where(outbox.c.id.in_(_IDS))


async def last_texts(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, Any]:
    """The last text to each of these addresses: its `state`, and since when (`at`). Three queries."""
    newest: dict[int, int] = {}
    for statement in (_BY_ADDRESS, _BY_ASSOCIATION):
        for address, *found in await tx.execute(statement, {"ids": list(ids)}):
            newest[address] = max(newest.get(address, 0), *(number or 0 for number in found))
    rows = await tx.execute(_STATES, {"ids": [number for number in newest.values() if number]})
    return {row.address_id: row for row in rows}
