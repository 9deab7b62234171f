"""What `doctor --to` looks for after it wrote to a phone of the team: the report of the operator, the answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inbox import address_ids
from bot.store.tables import addresses, inbox, outbox, people, people_addresses, receipts

_LAY = insert(outbox).returning(outbox.c.id)
_BECAME = select(outbox.c.state, outbox.c.reason).where(outbox.c.id == bindparam("row"))
_A_LEADERS = select(
    exists().where(
        addresses.c.value == bindparam("number"),
        people_addresses.c.address_id == addresses.c.id,
        people.c.id == people_addresses.c.person_id,
        people.c.kind == "leader",
        people.c.practice.is_(False),
    )
)
_REPORTED = (
    select(receipts.c.state)
    .where(receipts.c.channel == bindparam("on_channel"), receipts.c.key.like(bindparam("begin")))
    .order_by(receipts.c.id.desc())
    .limit(1)
)
_ANSWERED = select(
    exists().where(
        inbox.c.channel == bindparam("on_channel"),
        inbox.c.received_at >= bindparam("since", type_=inbox.c.received_at.type),
        inbox.c.address_id == addresses.c.id,
        addresses.c.value == bindparam("number"),
    )
)


async def lay(tx: AsyncConnection, channel: str, number: str, text: str, now: datetime) -> int:
    """Put a text of one part into the outbox, for the service to send; its row."""
    (address,) = (await address_ids(tx, [("tel", number, None)])).values()
    row = {"address_id": address, "channel": channel, "key": "doctor", "kind": "reply", "language": "en"}
    row |= {"text": text, "parts": 1, "due_at": now, "made_at": now}
    return int((await tx.execute(_LAY, row)).scalar_one())


async def became(tx: AsyncConnection, row: int) -> tuple[str, str]:
    """The state of such a text, and why it is so."""
    found = (await tx.execute(_BECAME, {"row": row})).one()
    return str(found.state), str(found.reason or "")


async def is_a_leaders(tx: AsyncConnection, number: str) -> bool:
    """Whether a leader has this phone, who did not ask for a test."""
    return bool((await tx.execute(_A_LEADERS, {"number": number})).scalar())


async def reported(tx: AsyncConnection, channel: str, message: int, provider_id: str | None) -> str:
    """The last state that the provider told of the message; empty before."""
    for begin in (f"ours:{message}:%", f"provider:{provider_id}:%"):
        found = (await tx.execute(_REPORTED, {"on_channel": channel, "begin": begin})).scalar()
        if found:
            return str(found)
    return ""


async def answered(tx: AsyncConnection, channel: str, number: str, since: datetime) -> bool:
    """Whether something arrived from this phone since then."""
    return bool((await tx.execute(_ANSWERED, {"on_channel": channel, "number": number, "since": since})).scalar())
