"""What has left of late: the paces of a day go on where they were before a restart."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import outbox
from scheduler.pace import HALF_HOUR

_WAITED = timedelta(days=31)
"""No text waits longer for its channel and then leaves: what was made before need not be looked through."""
_long_made = (
    select(outbox.c.id)
    .where(outbox.c.made_at < bindparam("made", type_=outbox.c.made_at.type))
    .order_by(outbox.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_left_at = func.coalesce(outbox.c.sent_at, outbox.c.due_at, type_=outbox.c.sent_at.type)
_SINCE = (
    select(outbox.c.channel, _left_at.label("at"), outbox.c.parts)
    .where(
        outbox.c.id > func.coalesce(_long_made, 0),
        # of what is uncertain its last try is known: it may have left
        or_(
            outbox.c.sent_at >= bindparam("since", type_=outbox.c.sent_at.type),
            and_(outbox.c.state == "uncertain", outbox.c.due_at >= bindparam("since", type_=outbox.c.sent_at.type)),
        ),
    )
    .order_by(_left_at)
)


async def lately(tx: AsyncConnection, now: datetime, zone: tzinfo) -> list[tuple[str, datetime, int]]:
    """(channel, when, parts) of what left today and in the last half hour, in order of time; at start, for doctor."""
    moment = min(now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0), now - HALF_HOUR)
    found = await tx.execute(_SINCE, {"since": moment, "made": moment - _WAITED})
    return [(row.channel, row.at, row.parts) for row in found]
