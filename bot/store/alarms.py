"""Whose chats are woken when a channel has trouble: two of the team, administrators first.

What was told is kept for all processes: each trouble, and its end, once an hour at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from bot.store.inserts import if_new
from bot.store.tables import addresses, inbox, outbox, people, people_addresses
from bot.store.written import written
from handlers.noun import noun
from handlers.turn import Waiting

SOON = timedelta(minutes=5)
"""Within so long a text is tried again that its channel did not take, unless it has asked for more."""
_STUCK = (
    select(outbox.c.channel, func.count().label("texts"), func.min(outbox.c.made_at).label("since"))
    .where(
        outbox.c.state == written("queued"),
        outbox.c.urgency == written(0),
        # a channel that was asked to wait says why; a text that waits for its pace does not
        or_(outbox.c.reason.is_not(None), outbox.c.due_at <= bindparam("soon", type_=outbox.c.due_at.type)),
        outbox.c.made_at <= bindparam("before", type_=outbox.c.made_at.type),
    )
    .group_by(outbox.c.channel)
)
OVER = "over"
AGAIN = timedelta(hours=1)
TOLD = "alarms_told"
"""Channel -> what was told of it -> when."""
PEOPLE = 2
ROLES = ("admin", "supervisor", "officer")
"""Who is told, in this order."""
_WHOM = (
    select(func.min(addresses.c.id))
    .select_from(people)
    .join(people_addresses, people_addresses.c.person_id == people.c.id)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(
        people.c.kind == "staff",
        people.c.role.in_(ROLES),
        people.c.left_at.is_(None),
        people.c.consent != "stopped",
        addresses.c.active.is_(True),
        addresses.c.scheme != "tel",
    )
    .group_by(people.c.id, people.c.role)
    .order_by(case({role: place for place, role in enumerate(ROLES)}, value=people.c.role), people.c.id)
    .limit(PEOPLE)
)
_WAKE = if_new(inbox, "channel", "dedupe_key")


@noun
class Alarm:
    """A channel's trouble, or its end (`trouble` is OVER)."""

    channel: str
    trouble: str
    since: datetime
    texts: int
    at: datetime


async def stuck(tx: AsyncConnection, before: datetime, now: datetime) -> list[Waiting]:
    """Answers that were written before then and have not left. The rest waits for its hours and its pace."""
    found = await tx.execute(_STUCK, {"before": before, "soon": now + SOON})
    return [Waiting(row.channel, row.texts, row.since) for row in found]


async def tell(tx: AsyncConnection, items: Sequence[Alarm]) -> list[list[int] | None]:
    """Work for the writer: wake the chats of each; returns their addresses, none where another process has told it.

    None: what was told within the hour is no longer so; ask again.
    """
    whom = list((await tx.execute(_WHOM)).scalars())
    told: dict[str, dict[str, str]] = await singles.held(tx, TOLD, {})
    woken: list[list[int] | None] = []
    for item in items:
        of_channel = told.setdefault(item.channel, {})
        if (last := of_channel.get(item.trouble)) and abs(item.at - datetime.fromisoformat(last)) < AGAIN:
            woken.append(None if _changed_since(last, item.trouble, of_channel) else [])
            continue
        of_channel[item.trouble] = item.at.isoformat()
        if rows := [_row(item, address) for address in whom]:
            await tx.execute(_WAKE[tx.dialect.name], rows)
        woken.append(whom)
    await singles.put(tx, TOLD, told)
    return woken


def _changed_since(last: str, trouble: str, told: Mapping[str, str]) -> bool:
    """Whether the channel's end of trouble was told after this trouble, or a trouble after this end."""
    others = [at for what, at in told.items() if (what == OVER) != (trouble == OVER)]
    return any(datetime.fromisoformat(at) > datetime.fromisoformat(last) for at in others)


def _row(item: Alarm, address: int) -> dict[str, Any]:
    told = {"channel": item.channel, "trouble": item.trouble, "since": item.since.isoformat(), "texts": item.texts}
    return {
        "channel": "timer",
        "dedupe_key": f"alarm:{item.channel}:{item.trouble}:{item.at:%Y-%m-%dT%H:%M}:{address}",
        "address_id": address,
        "kind": "timer",
        "text": "",
        "data": {"timer": "wake", "what": "channel", **told},
        "received_at": item.at,
        "state": "new",
        "deaths": 0,
    }
