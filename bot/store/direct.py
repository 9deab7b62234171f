"""The writer's way to SQLite: statements run where they are asked for, only what waits for the disk in a thread.

Through aiosqlite a statement is handed to a thread and back four times (cursor, execute, fetch, close) and a
transaction checked out of and into a pool: 1.5 ms of processor for each transaction, measured, where SQLite itself
needs 20 microseconds a statement. The writer is alone with its connection, so it keeps one, and hands over only
COMMIT, which waits for the disk, and a BEGIN that another program's lock keeps waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Engine, Executable
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")

PATIENCE_MS = 5000
"""How long BEGIN waits for another program that writes (a backup tool, an operator)."""


class DirectConnection:
    """What a piece of work uses of an AsyncConnection, on a connection of this thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect: Dialect = connection.dialect
        self.sqlite: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
        """SQLite's own connection, in the same transaction: for bot/store/prepared.py."""

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """One statement, at once."""
        return self._connection.execute(statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> CursorResult[Any]:
        """One statement in SQLite's own words."""
        return self._connection.exec_driver_sql(statement, parameters)

    async def run_sync(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Work that wants the connection itself (migrations)."""
        return work(self._connection, *arguments)


class DirectEngine:
    """What the house uses of an AsyncEngine. One connection, one transaction at a time."""

    def __init__(self, engine: Engine) -> None:
        self.sync_engine = engine
        self.begins_with = "BEGIN IMMEDIATE"
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._alone = asyncio.Lock()
        self._connection: Connection | None = None

    @property
    def url(self) -> URL:
        """Where the file is."""
        return self.sync_engine.url

    @contextlib.asynccontextmanager
    async def glance(self) -> AsyncIterator[DirectConnection]:
        """Without a transaction, and without waiting: for reading a few rows by an index."""
        async with self._alone:
            yield DirectConnection(await self._opened())

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[DirectConnection]:
        """A transaction: committed on leaving, rolled back when that raises or is cancelled."""
        async with self._alone:
            connection = await self._opened()
            direct = DirectConnection(connection)
            try:
                if not _begun(direct.sqlite, self.begins_with):
                    await self._waited(lambda: _begin_patiently(direct.sqlite, self.begins_with))
                yield direct
                await self._waited(lambda: _commit(connection, direct.sqlite))
            except BaseException:
                await self._waited(lambda: _clean(connection))
                raise

    connect = begin

    async def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = await self._waited(self.sync_engine.connect)
        return self._connection

    async def _waited(self, work: Callable[[], Result]) -> Result:
        """Done in the thread, to its end even when we are cancelled: nothing else may touch the connection before."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise

    async def dispose(self) -> None:
        """Close the connection; wait for the thread."""
        if self._connection is not None:
            self._connection.close()
        self.sync_engine.dispose()
        self._thread.shutdown()


def _begun(file: sqlite3.Connection, begin: str) -> bool:
    """Begin without waiting; False while another program writes."""
    try:
        file.execute(begin)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise told(error) from error
        return False
    return True


def _begin_patiently(file: sqlite3.Connection, begin: str) -> None:
    """Begin when the other program is done; raises as SQLAlchemy would when that takes too long."""
    file.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    try:
        file.execute(begin)
    except sqlite3.Error as error:
        raise told(error) from error
    finally:
        file.execute("PRAGMA busy_timeout=0")


def _commit(connection: Connection, file: sqlite3.Connection) -> None:
    """SQLAlchemy knows of the transaction only when a statement went through it."""
    if connection.in_transaction():
        connection.commit()
        return
    try:
        file.commit()
    except sqlite3.Error as error:
        raise told(error) from error


def told(error: sqlite3.Error) -> Exception:
    """The error as SQLAlchemy wraps it, without statement and parameters: they are personal."""
    return DBAPIError.instance(None, None, error, sqlite3.Error, hide_parameters=True)


def _clean(connection: Connection) -> None:
    """Nothing begun is left, whatever happened: SQLAlchemy takes a COMMIT that failed for an end."""
    if transaction := connection.get_transaction():
        transaction.rollback()
    connection.connection.rollback()
