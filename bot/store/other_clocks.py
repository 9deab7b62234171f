"""What providers say of the time of the newest messages: whether our clock seems to stand ahead. Reading only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import inbox
from handlers.turn import Association
from handlers.turn.team import ClockAhead
from scheduler import right_time

ROWS = 500
"""Newest rows of the inbox among which those messages are looked for."""
_NEWEST = (
    select(inbox.c.address_id, inbox.c.sent_at, inbox.c.received_at)
    .where(inbox.c.id > select(func.max(inbox.c.id) - ROWS).scalar_subquery(), inbox.c.sent_at.is_not(None))
    .order_by(inbox.c.id.desc())
    .limit(right_time.LATELY)
)

_LATEST = select(func.max(inbox.c.sent_at)).where(inbox.c.id > select(func.max(inbox.c.id) - ROWS).scalar_subquery())


async def latest(tx: AsyncConnection) -> datetime | None:
    """The latest time that a provider gave one of the newest messages; None when none gave any."""
    found: datetime | None = (await tx.execute(_LATEST)).scalar()
    return found


async def ahead(tx: AsyncConnection) -> timedelta:
    """How far our clock seems to stand ahead; zero when there is no sign of it."""
    return right_time.ahead([tuple(row) for row in await tx.execute(_NEWEST)])


async def _ahead(tx: AsyncConnection, wanted: list[ClockAhead], known: dict[int, Association]) -> dict[Any, Any]:
    return dict.fromkeys(wanted, await ahead(tx))


LOADERS: dict[type, Any] = {ClockAhead: _ahead}
"""A fact about clocks -> its loader."""
