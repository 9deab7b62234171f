"""Market days at the claim: what waited in the outbox into one goes back until it is over.

A text is written outside the market's hours, but a phone's pace, a channel that was down or a broadcast's queue may
keep it until its reader stands behind a stall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.tables import associations, outbox, people, people_addresses

Opens = Callable[[Sequence[str], datetime], datetime]
"""(communes of an association, moment) -> that moment, or the first one after it in which one may write there."""

_READERS = (
    select(
        people_addresses.c.address_id,
        people.c.id,
        associations.c.commune_old,
        associations.c.commune_now,
    )
    .join(people, people.c.id == people_addresses.c.person_id)
    .join(associations, associations.c.id == people.c.association_id)
    .where(people_addresses.c.address_id.in_(bindparam("ids", expanding=True)), people.c.left_at.is_(None))
)
_WAITS = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="queued", due_at=bindparam("due"), attempts=outbox.c.attempts - 1, lease_until=None)
)


async def unless_there(tx: AsyncConnection, taken: Sequence[Any], opens: Opens, now: datetime) -> list[Any]:
    """The claimed rows whose readers are not at the market; the others wait in the outbox until it is over."""
    if not taken:
        return []
    closed: dict[tuple[int, int | None], datetime] = {}
    for reader in await rows(tx, _READERS, {"ids": [row.address_id for row in taken]}):
        until = opens((reader.commune_old, reader.commune_now), now)
        for key in ((reader.address_id, reader.id), (reader.address_id, None)):
            closed[key] = max(until, closed.get(key, now))
    due = {row.id: closed.get((row.address_id, row.person_id), now) for row in taken}
    if waits := [{"row": number, "due": until} for number, until in due.items() if until > now]:
        await tx.execute(_WAITS, waits)
    return [row for row in taken if due[row.id] <= now]
