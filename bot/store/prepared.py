"""Hot statements, compiled once: what they cost is the database's work, not their preparation.

Through SQLAlchemy an `execute` costs about 100 microseconds before the database sees anything, and every row of an
`executemany` six more, measured. `rows` and `write` hand the driver the compiled text and bare tuples, with the same
column types: SQLite's own connection, and asyncpg's where SQLAlchemy has begun a transaction on it. On every other
connection they execute the same statement as usual, so that one definition serves all.

The statements are constants of the modules that own a table.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any, TypeVar

import orjson
from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import BindParameter

from bot.store.compiled import Compiled
from bot.store.direct import DirectConnection, told

KEPT = 256
"""Compiled statements; there are about a hundred."""
TOGETHER = 50
"""Rows of one INSERT on SQLite: it takes a third less than row by row, measured, and 100 hardly less than 50."""
_ROW = re.compile(r"VALUES (\((?:\?, )*\?\))")
Statement = TypeVar("Statement", bound=Executable)
_apart: set[Executable] = set()


def apart(statement: Statement) -> Statement:
    """Say that no two sets of parameters of one `write` concern the same row: PostgreSQL takes them all at once."""
    _apart.add(statement)
    return statement


async def rows(tx: AsyncConnection, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """All rows of a SELECT or a RETURNING; their columns are attributes, and have places."""
    if isinstance(tx, DirectConnection):
        return _sqlite(statement, tuple(parameters)).fetch(tx.sqlite, parameters)
    if driver := _driver(tx):
        found: Sequence[Any] = await _postgres()(statement, tuple(parameters)).fetch(driver, parameters)
        return found
    if reader := _reader(tx):
        return await _sqlite(statement, tuple(parameters)).read(reader, parameters)
    return (await tx.execute(statement, parameters)).all()


async def write(tx: AsyncConnection, statement: Executable, many: Sequence[Mapping[str, Any]]) -> None:
    """Execute it for each of these sets of parameters, which all have the same names."""
    if isinstance(tx, DirectConnection):
        _sqlite(statement, tuple(many[0])).execute(tx.sqlite, many)
    elif driver := _driver(tx):
        await _postgres()(statement, tuple(many[0]), statement in _apart).execute(driver, many)
    else:
        await tx.execute(statement, many)


def _driver(tx: AsyncConnection) -> Any:
    """asyncpg's connection, once SQLAlchemy has begun its transaction there: it does so at its first statement."""
    if tx.dialect.name != "postgresql" or tx.sync_connection is None:
        return None
    driver = tx.sync_connection.connection.driver_connection
    return driver if driver is not None and driver.is_in_transaction() else None


def _reader(tx: AsyncConnection) -> Any:
    """aiosqlite's connection, of a transaction that SQLAlchemy has begun on it."""
    if tx.dialect.name != "sqlite" or tx.sync_connection is None or not tx.sync_connection.in_transaction():
        return None
    return tx.sync_connection.connection.driver_connection


class _Sqlite(Compiled):
    """On SQLite's own connection, of the writer or of a reader's thread; a list is one JSON parameter."""

    dialect = SQLiteDialect_pysqlite()

    def __init__(self, statement: Executable, names: tuple[str, ...]) -> None:
        super().__init__(statement, names)
        self._of_one_each = _Singles(statement, names) if self._lists else None
        row = _ROW.search(self._text)
        alone = row is not None and row[1].count("?") == self._text.count("?")  # no parameters but those of a row
        self._of_many = self._text.replace(row[1], ", ".join([row[1]] * TOGETHER), 1) if row and alone else ""

    def _fitting(self, parameters: Mapping[str, Any]) -> _Sqlite:
        """A list of one needs no JSON, which costs 18 microseconds where a look-up by its key costs 2, measured."""
        if self._of_one_each and all(len(parameters[name]) == 1 for name in self._lists):
            return self._of_one_each
        return self

    def _in_list(self, text: str, said: str, place: int, bind: BindParameter[Any]) -> str:
        return text.replace(said, "IN (SELECT value FROM json_each(?))")

    def _of_list(self, bind: BindParameter[Any]) -> Any:
        process = self._of_one(bind)
        return lambda values: orjson.dumps([process(one) for one in values] if process else list(values)).decode()

    def execute(self, connection: sqlite3.Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Raises what SQLAlchemy would raise."""
        parameters = self._parameters_of(many)
        together = len(parameters) // TOGETHER * TOGETHER if self._of_many else 0
        try:
            for first in range(0, together, TOGETHER):
                rows_ = parameters[first : first + TOGETHER]
                connection.execute(self._of_many, tuple(chain.from_iterable(rows_)))
            connection.executemany(self._text, parameters[together:])
        except sqlite3.Error as error:
            raise told(error) from error

    def fetch(self, connection: sqlite3.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Raises what SQLAlchemy would raise."""
        fitting = self._fitting(parameters)
        values = fitting._parameters(parameters)
        try:
            found = connection.execute(fitting._text, values).fetchall()
        except sqlite3.Error as error:
            raise told(error) from error
        return self._made(found)

    async def read(self, connection: Any, parameters: Mapping[str, Any]) -> list[Any]:
        """As `fetch`, in a reader's thread: handed over once, where SQLAlchemy does so four times."""
        fitting = self._fitting(parameters)
        try:
            found = await connection.execute_fetchall(fitting._text, fitting._parameters(parameters))
        except sqlite3.Error as error:
            raise told(error) from error
        return self._made(found)


class _Singles(_Sqlite):
    """The same for lists of one."""

    def __init__(self, statement: Executable, names: tuple[str, ...]) -> None:
        Compiled.__init__(self, statement, names)

    def _in_list(self, text: str, said: str, place: int, bind: BindParameter[Any]) -> str:
        return text.replace(said, "IN (?)")

    def _of_list(self, bind: BindParameter[Any]) -> Any:
        process = self._of_one(bind)
        return lambda values: next(process(one) if process else one for one in values)


_sqlite = lru_cache(maxsize=KEPT)(_Sqlite)


@cache
def _postgres() -> Any:
    """PostgreSQL's, whose driver is an extra."""
    from bot.store.prepared_postgres import Postgres  # noqa: PLC0415 - see above

    return lru_cache(maxsize=KEPT)(Postgres)
