"""The writer's way to PostgreSQL: one connection, kept as long as transaction follows transaction.

Taken from the pool and given back for each of them, a connection is asked whether it is alive (three ways to the
server and back), begun and cleaned: a quarter of the time of a group of answers, measured. One that has rested is
taken from the pool anew, which asks first; one that something went wrong with is given back.

The transaction is asyncpg's own, with SQLAlchemy told that there is none: it would begin only at its first statement,
and hot statements (bot/store/prepared.py) could not be the first ones.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.prepared_postgres import ERRORS, told

REST_S = 1.0
"""After so long the server may have gone and come back."""


class Kept:
    """What the writer uses of an engine: one transaction at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._used = 0.0

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed on leaving, rolled back when that raises; told in SQLAlchemy's errors."""
        connection = await self._awake()
        try:
            async with self._driver.transaction():
                yield connection
        except BaseException as error:
            await self.close()
            if isinstance(error, ERRORS):
                raise told(error) from error
            raise
        self._used = asyncio.get_running_loop().time()

    async def _awake(self) -> AsyncConnection:
        if self._connection is not None and asyncio.get_running_loop().time() - self._used > REST_S:
            await self.close()
        if self._connection is None:
            connection = await self._engine.connect()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            self._driver = (await connection.get_raw_connection()).driver_connection
        return self._connection

    async def close(self) -> None:
        """Give the connection back to the pool."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
