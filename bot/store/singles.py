"""Single values of the installation (table `facts`): is it a demo, the clock's offset, the last number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.reports import SET_FACT
from bot.store.tables import facts


async def get(tx: AsyncConnection, name: str) -> Any:
    """The value, or None."""
    return (await tx.execute(select(facts.c.value).where(facts.c.name == name))).scalar()


async def put(tx: AsyncConnection, name: str, value: Any) -> None:
    """Set it."""
    await tx.execute(SET_FACT[tx.dialect.name], {"name": name, "value": value})
