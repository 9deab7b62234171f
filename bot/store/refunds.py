"""What leaders paid: the SMS of a month per phone, and telling each phone once that credit was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import if_new
from bot.store.tables import addresses, associations, inbox, people, people_addresses

_WAKE = if_new(inbox, "channel", "dedupe_key")
_PAID = (
    select(inbox.c.address_id, func.count().label("messages"))
    .where(
        inbox.c.kind == "text",
        inbox.c.channel != "timer",
        inbox.c.received_at >= bindparam("begins"),
        inbox.c.received_at < bindparam("ends"),
    )
    .group_by(inbox.c.address_id)
    .subquery()
)
_PHONES = (
    select(addresses.c.id, addresses.c.value, _PAID.c.messages, people.c.sms_name, associations.c.no)
    .select_from(addresses)
    .join(_PAID, _PAID.c.address_id == addresses.c.id)
    .join(people_addresses, people_addresses.c.address_id == addresses.c.id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .join(associations, associations.c.id == people.c.association_id)
    .where(
        addresses.c.scheme == "tel",
        addresses.c.active.is_(True),
        people.c.kind == "leader",
        people.c.consent == "yes",
        people.c.practice.is_(False),
        people.c.left_at.is_(None),
    )
    .order_by(associations.c.no, people.c.id)
)


async def paid(tx: AsyncConnection, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """One row per phone that sent SMS in this time and whose people agreed: address, phone, names, messages."""
    found: dict[int, dict[str, Any]] = {}
    for row in await tx.execute(_PHONES, {"begins": begins, "ends": ends}):
        phone = found.setdefault(
            row.id,
            {"address": row.id, "phone": row.value, "association": row.no, "names": [], "messages": row.messages},
        )
        phone["names"].append(row.sms_name)
    return list(found.values())


async def tell(tx: AsyncConnection, phones: Sequence[dict[str, Any]], month: str, now: datetime) -> None:
    """Wake each phone's conversation; a month that it was told of already is not told again."""
    rows = [
        {
            "channel": "timer",
            "dedupe_key": f"refund:{month}:{phone['address']}",
            "address_id": phone["address"],
            "kind": "timer",
            "text": "",
            "data": {"timer": "wake", "what": "refund", "month": month, "messages": phone["messages"]},
            "received_at": now,
        }
        for phone in phones
    ]
    if rows:
        await tx.execute(_WAKE[tx.dialect.name], rows)
