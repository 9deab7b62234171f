"""Visits, calls, and visits to partners: what mentors and officers log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.listing import plain_row
from bot.store.tables import associations, partners, people, visits

INSERT = insert(visits)
DROP = delete(visits).where(visits.c.inbox_id == bindparam("row"))
BLANK = (update(visits).where(visits.c.staff_id == bindparam("person")).values(note=None),)
_ALL = (
    select(
        visits.c.day,
        visits.c.kind,
        associations.c.no.label("association"),
        people.c.sms_name.label("who"),
        partners.c.name.label("partner"),
        visits.c.note,
    )
    .join(associations, associations.c.id == visits.c.association_id)
    .outerjoin(people, people.c.id == visits.c.staff_id)
    .outerjoin(partners, partners.c.id == visits.c.partner_id)
    .order_by(visits.c.day, visits.c.id)
)


async def logged(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every visit and call, oldest first."""
    return [plain_row(row) for row in await tx.execute(_ALL)]
