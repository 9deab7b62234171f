"""Hot statements, compiled once: what they cost on SQLite is SQLite's work, not their preparation.

Through SQLAlchemy an `execute` costs about 100 microseconds before SQLite sees anything, and every row of an
`executemany` six more, measured. `rows` and `write` hand the writer's own connection the compiled text and bare
tuples, with the same column types; on every other connection they execute the same statement as usual, so that
one definition serves both databases.

The statements are constants of the modules that own a table.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import BindParameter

from bot.store.direct import DirectConnection, told

_SQLITE = SQLiteDialect_pysqlite()
_LIST = "__[POSTCOMPILE_{}]"
"""What SQLAlchemy's compiler writes for a list that it expands at each execution; here it is one JSON parameter."""
_KEPT = 256
"""Compiled statements; there are about a hundred."""


async def rows(tx: AsyncConnection, statement: Executable, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """All rows of a SELECT or a RETURNING; their columns are attributes, and have places."""
    if isinstance(tx, DirectConnection):
        return _prepared(statement, tuple(parameters)).fetch(tx.sqlite, parameters)
    return (await tx.execute(statement, parameters)).all()


async def write(tx: AsyncConnection, statement: Executable, many: Sequence[Mapping[str, Any]]) -> None:
    """Execute it for each of these sets of parameters, which all have the same names."""
    if isinstance(tx, DirectConnection):
        _prepared(statement, tuple(many[0])).execute(tx.sqlite, many)
    else:
        await tx.execute(statement, many)


class _Prepared:
    """One statement in SQLite's words, and what its parameters and columns pass through."""

    def __init__(self, statement: Any, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=_SQLITE, column_keys=names or None)
        binds: list[tuple[str, BindParameter[Any]]] = [(n, compiled.binds[n]) for n in compiled.positiontup]
        self._text: str = compiled.string
        for name, bind in binds:
            if bind.expanding:
                self._text = self._text.replace(_LIST.format(name), "SELECT value FROM json_each(?)")
        processes = [_of_list(bind) if bind.expanding else _of_one(bind) for _, bind in binds]
        self._own = {
            name: process(bind.value) if process else bind.value
            for (name, bind), process in zip(binds, processes, strict=True)
            if not bind.required
        }
        """Values that the statement itself names."""
        self._processes = [(p, processes[p]) for p, (_, bind) in enumerate(binds) if bind.required and processes[p]]
        self._values = itemgetter(*(name for name, _ in binds)) if len(binds) > 1 else _only([n for n, _ in binds])
        self._columns([(column.keyname, column.type) for column in compiled._result_columns])

    def _columns(self, columns: Sequence[tuple[str, Any]]) -> None:
        self._row: Any = namedtuple("Row", [name for name, _ in columns], rename=True)  # type: ignore[misc]
        processes = [(place, kind._cached_result_processor(_SQLITE, None)) for place, (_, kind) in enumerate(columns)]
        self._results = [(place, process) for place, process in processes if process]

    def _parameters(self, given: Mapping[str, Any]) -> Sequence[Any]:
        values = self._values({**self._own, **given} if self._own else given)
        if not self._processes:
            return values
        values = list(values)
        for place, process in self._processes:
            values[place] = process(values[place])
        return values

    def execute(self, connection: sqlite3.Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Raises what SQLAlchemy would raise."""
        parameters = list(map(self._parameters, many))
        try:
            connection.executemany(self._text, parameters)
        except sqlite3.Error as error:
            raise told(error) from error

    def fetch(self, connection: sqlite3.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Raises what SQLAlchemy would raise."""
        values = self._parameters(parameters)
        try:
            found = connection.execute(self._text, values).fetchall()
        except sqlite3.Error as error:
            raise told(error) from error
        make = self._row._make
        if not self._results:
            return [make(row) for row in found]
        return [make(self._read(row)) for row in found]

    def _read(self, row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for place, process in self._results:
            values[place] = process(values[place])
        return values


_prepared = lru_cache(maxsize=_KEPT)(_Prepared)


def _only(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    return lambda given: tuple(given[name] for name in names)


def _of_one(bind: BindParameter[Any]) -> Any:
    return bind.type._cached_bind_processor(_SQLITE)


def _of_list(bind: BindParameter[Any]) -> Any:
    process = _of_one(bind)
    return lambda values: orjson.dumps([process(one) for one in values] if process else list(values)).decode()
