"""A programme that has outgrown its laptop: every row of a SQLite database brought into a PostgreSQL that is empty.

In one transaction, so that nothing half-brought stays. Ids stay what they are: reports, providers and the audit's
chain name them; what gives the next ones goes on behind them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Table, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.store.copies import Rows
from bot.store.tables import accounts, inbox, metadata, people

AT_ONCE = 2_000
_NEXT = text("SELECT setval(pg_get_serial_sequence(:name, :id), :last)")


async def bring(source: AsyncConnection, tx: AsyncConnection, brought: Callable[[int], None]) -> Rows:
    """How many rows each table has now, which is what `source` has; `brought` hears how many more there are.

    What a first start puts into an empty programme (shipped tips, keys) gives way. Raises DatabaseError: somebody is
    there already.
    """
    for table in (people, accounts, inbox):
        if (await tx.execute(select(table).limit(1))).first():
            raise DatabaseError(f"there are {table.name} already. A copy is brought into an empty database only.")
    for table in reversed(metadata.sorted_tables):
        await tx.execute(delete(table))
    return {table.name: await _table(source, tx, table, brought) for table in metadata.sorted_tables}


async def _table(source: AsyncConnection, tx: AsyncConnection, table: Table, brought: Callable[[int], None]) -> int:
    async with source.stream(select(table).order_by(*table.primary_key)) as found:
        async for some in found.mappings().partitions(AT_ONCE):
            await tx.execute(insert(table), [dict(row) for row in some])
            brought(len(some))
    own = table.autoincrement_column
    if own is not None and (last := (await tx.execute(select(func.max(own)))).scalar()):
        await tx.execute(_NEXT, {"name": table.name, "id": own.name, "last": last})
    there = [(await one.execute(select(func.count()).select_from(table))).scalar_one() for one in (source, tx)]
    if there[0] != there[1]:
        raise DatabaseError(f"{table.name}: {there[1]} of {there[0]} rows were brought")
    return int(there[1])
