"""Single values of the installation (table `facts`): is it a demo, the clock's offset, the last number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.reports import SET_FACT
from bot.store.tables import facts


async def get(tx: AsyncConnection, name: str) -> Any:
    """The value, or None."""
    return (await tx.execute(select(facts.c.value).where(facts.c.name == name))).scalar()


async def put(tx: AsyncConnection, name: str, value: Any) -> None:
    """Set it."""
    await tx.execute(SET_FACT[tx.dialect.name], {"name": name, "value": value})


_NUMBER = select(facts.c.value).where(facts.c.name == bindparam("which")).with_for_update()
_FIRST = {
    "sqlite": sqlite.insert(facts).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(facts).on_conflict_do_nothing(),
}


async def next_number(tx: AsyncConnection, name: str) -> int:
    """One more than the last number of this name. On PostgreSQL its row, which is made first when there is
    none, stays locked until the commit, so that numbers have no gaps and are given once.
    """
    found = (await tx.execute(_NUMBER, {"which": name})).scalar()
    if found is None:
        await tx.execute(_FIRST[tx.dialect.name], {"name": name, "value": 0})
        found = (await tx.execute(_NUMBER, {"which": name})).scalar()
    return int(found or 0) + 1
