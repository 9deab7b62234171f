"""Single values of the installation (table `facts`): is it a demo, the clock's offset, the last number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import if_new
from bot.store.prepared import rows
from bot.store.reports import SET_FACT
from bot.store.tables import facts


async def get(tx: AsyncConnection, name: str) -> Any:
    """The value, or None."""
    return (await tx.execute(select(facts.c.value).where(facts.c.name == name))).scalar()


async def several(tx: AsyncConnection, names: Sequence[str]) -> dict[str, Any]:
    """The values that there are, by name."""
    return {row.name: row.value for row in await rows(tx, _SEVERAL, {"names": list(names)})}


async def put(tx: AsyncConnection, name: str, value: Any) -> None:
    """Set it."""
    await tx.execute(SET_FACT[tx.dialect.name], {"name": name, "value": value})


async def once(tx: AsyncConnection, name: str, value: Any) -> Any:
    """The value; this one when there is none yet. The first transaction that asks decides for all."""
    await tx.execute(_FIRST[tx.dialect.name], {"name": name, "value": value})
    return await get(tx, name)


async def held(tx: AsyncConnection, name: str, first: Any) -> Any:
    """The value, `first` when there was none; on PostgreSQL nobody else changes it before the commit."""
    await tx.execute(_FIRST[tx.dialect.name], {"name": name, "value": first})
    return (await rows(tx, _NUMBER, {"which": name}))[0].value


async def offset(tx: AsyncConnection) -> timedelta:
    """How far a demo's clock was moved ahead; zero everywhere else."""
    return timedelta(seconds=float(await get(tx, "clock_offset_s") or 0))


SEEN = "last_seen"
ROSTER, FORMS = "roster_version", "forms_version"
"""New where associations or who is in them have changed, and where a form has: every process that shares the database
loads them anew before its next turn."""


async def last_seen(tx: AsyncConnection) -> datetime | None:
    """The latest time that a service has seen on its clock."""
    found = await get(tx, SEEN)
    return datetime.fromisoformat(found) if found else None


async def see(tx: AsyncConnection, items: Sequence[datetime]) -> list[datetime | None]:
    """Keep each of these times where it is later than the one that is kept; the latest for each."""
    seen = await last_seen(tx)
    latest = max(filter(None, (seen, *items)))
    if latest != seen:
        await put(tx, SEEN, latest.isoformat())
    return [latest] * len(items)


_SEVERAL = select(facts.c.name, facts.c.value).where(facts.c.name.in_(bindparam("names", expanding=True)))
_NUMBER = select(facts.c.value).where(facts.c.name == bindparam("which")).with_for_update()
_FIRST = if_new(facts)


async def next_number(tx: AsyncConnection, name: str) -> int:
    """One more than the last number of this name. On PostgreSQL its row, which is made first when there is
    none, stays locked until the commit, so that numbers have no gaps and are given once.
    """
    found = await rows(tx, _NUMBER, {"which": name})
    if not found and tx.dialect.name == "sqlite":
        return 1  # there is one writer, and a trial only reads
    if not found:
        await tx.execute(_FIRST[tx.dialect.name], {"name": name, "value": 0})
        found = await rows(tx, _NUMBER, {"which": name})
    return int(found[0].value) + 1
