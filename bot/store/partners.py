"""The partner directory: institutions that leaders may ask, as the roster has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import partners
from handlers.turn import Association, Fact, Partner, Partners

_PRESENT = select(partners).where(partners.c.left_at.is_(None)).order_by(partners.c.id)


async def directory(tx: AsyncConnection) -> tuple[Partner, ...]:
    """Every partner of the roster."""
    return tuple(
        Partner(row.id, row.name, row.subjects, row.contact or "", row.place or "", row.hours or "")
        for row in await tx.execute(_PRESENT)
    )


async def _partners(tx: AsyncConnection, wanted: list[Partners], known: dict[int, Association]) -> dict[Fact, Any]:
    return {wanted[0]: await directory(tx)}


LOADERS: dict[type, Any] = {Partners: _partners}
"""What conversations may ask about partners -> its loader."""
