"""The roads to people: their addresses, what they prefer, and whether they agreed to SMS.

Which one a text takes is decided by handlers/turn/roads.py alone; here are the rows that it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.tables import addresses, consents, inbox, outbox, people, people_addresses
from bot.store.written import written
from handlers.noun import noun
from handlers.turn import Road, Roads, RoadsOf
from handlers.turn.roads import Kind


def _agreed(how: Any) -> Any:
    theirs = exists().where(consents.c.person_id == people.c.id, consents.c.given.in_(("yes", "started")), how)
    return theirs.correlate(people)


BY_SMS = or_(~_agreed(consents.c.how == "chat"), _agreed(consents.c.how != "chat"))
"""She agreed on paper, aloud or by SMS; or nothing says how."""
KINDS: Mapping[Kind, Any] = {
    "reminder": people.c.reminders_by,
    "tip": people.c.tips_by,
    "broadcast": people.c.broadcasts_by,
    "answer": people.c.answers_by,
}
"""Where it stands what she wants for a kind of text."""
TALKING = "?"
"""Behind a scheme among those that are reached: only within a day of what she last wrote there."""
A_DAY = timedelta(days=1)
"""So long WhatsApp takes a text of any words; after it only templates, where there are any."""
TALKED = (
    exists()
    .where(
        inbox.c.address_id == addresses.c.id,
        inbox.c.received_at > bindparam("talked_since"),
        # in the index's own words
        inbox.c.channel.in_((written("whatsapp"), written("twilio_whatsapp"))),
    )
    .correlate(addresses)
)
"""She has written from there since then; asked of WhatsApp only."""
REACHED = or_(
    addresses.c.scheme.in_(bindparam("schemes", expanding=True)),
    and_((addresses.c.scheme + TALKING).in_(bindparam("schemes", expanding=True)), TALKED),
)
"""A channel leads there, and takes what nobody asked for; the parameters are those of `reach`."""
_OF = (
    select(
        people.c.id,
        people.c.channel,
        *KINDS.values(),
        BY_SMS.label("by_sms"),
        addresses.c.id.label("address_id"),
        addresses.c.scheme,
        addresses.c.active,
        REACHED.label("reached"),
    )
    .select_from(
        people.join(people_addresses, people_addresses.c.person_id == people.c.id).join(
            addresses, addresses.c.id == people_addresses.c.address_id
        )
    )
    .where(people.c.id.in_(bindparam("ids", expanding=True)), people.c.left_at.is_(None))
    .order_by(people.c.id, addresses.c.id)
)

_OFF = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"), addresses.c.active.is_(True))
    .values(active=False, reason=bindparam("why"))
)
_WOKEN_BY = (
    select(inbox.c.data)
    .join(outbox, outbox.c.inbox_id == inbox.c.id)
    .where(outbox.c.id == bindparam("row"), inbox.c.kind == "timer")
)
_EVENT = insert(inbox).values(channel="timer", kind="blocked", text="")


def prefers(kind: Kind) -> Any:
    """The column of what she wants for texts of this kind that nobody asked for."""
    return func.coalesce(KINDS[kind], people.c.channel)


def allowed(kind: Kind) -> Any:
    """The rows of addresses that such a text may take; `people` and `addresses` are joined."""
    return and_(addresses.c.active.is_(True), or_(addresses.c.scheme != "tel", prefers(kind) == "sms", BY_SMS))


def reached(channels: Iterable[Any]) -> frozenset[str]:
    """The schemes that these channels reach, with TALKING where only within a day."""
    found = [(each.scheme, getattr(each, "within_a_day", False)) for each in channels]
    always = {scheme for scheme, within in found if not within}
    return frozenset(always | {scheme + TALKING for scheme, within in found if within and scheme not in always})


def reach(schemes: Collection[str], now: datetime) -> dict[str, Any]:
    """The parameters of REACHED."""
    return {"schemes": list(schemes), "talked_since": now - A_DAY}


async def of(tx: AsyncConnection, ids: Collection[int], schemes: Collection[str], now: datetime) -> dict[int, Roads]:
    """The roads to these people with one query; `schemes` as `reached` gives them."""
    found: dict[int, Roads] = dict.fromkeys(ids, Roads(()))
    for row in await rows(tx, _OF, {"ids": list(ids), **reach(schemes, now)}):
        road = Road(row.address_id, row.scheme, bool(row.active) and bool(row.reached))
        kinds = {kind: wanted for kind, column in KINDS.items() if (wanted := getattr(row, column.name))}
        found[row.id] = Roads((*found[row.id].roads, road), row.channel, bool(row.by_sms), kinds)
    return found


@noun
class Closed:
    """A provider says that its owner wants nothing from us, or is not there."""

    address_id: int
    why: str
    refused: int
    """The outbox row that it did not take."""
    at: datetime


async def close(tx: AsyncConnection, items: Sequence[Closed]) -> list[None]:
    """Switch the address off and wake its conversation, which decides by which road she is reached now."""
    for item in items:
        first = (await tx.execute(_OFF, {"address": item.address_id, "why": item.why})).rowcount > 0
        woken = (await tx.execute(_WOKEN_BY, {"row": item.refused})).first()
        told = {"refused": item.refused, "first": first, "woken": woken.data if woken else None}
        event = {"address_id": item.address_id, "received_at": item.at, "data": told}
        await tx.execute(_EVENT, {**event, "dedupe_key": f"refused:{item.refused}:{item.at.isoformat()}"})
    return [None] * len(items)


_TALKS = select(TALKED).where(addresses.c.id == bindparam("address"))


async def talks(tx: AsyncConnection, address_id: int, now: datetime) -> bool:
    """Whether she has written from this WhatsApp chat within a day."""
    return bool((await tx.execute(_TALKS, {"address": address_id, "talked_since": now - A_DAY})).scalar())


def loaders(schemes: Collection[str], now: Callable[[], datetime]) -> Mapping[type, Any]:
    """The loader of `RoadsOf`, for the channels that there are."""

    async def load(tx: AsyncConnection, wanted: list[RoadsOf], known: Any) -> dict[Any, Any]:
        found = await of(tx, {fact.person_id for fact in wanted}, schemes, now())
        return {fact: found[fact.person_id] for fact in wanted}

    return {RoadsOf: load}
