"""Hot statements on PostgreSQL: handed to asyncpg's own connection, inside the transaction that SQLAlchemy began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.elements import BindParameter

from bot.store.compiled import Compiled


class Postgres(Compiled):
    """asyncpg prepares each text once per connection and speaks binary; a list is one array."""

    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    def _of_rows(self, place: int, bind: BindParameter[Any]) -> str:
        return f"SELECT unnest(${place}::{bind.type.compile(self.dialect)}[])"

    def _of_list(self, bind: BindParameter[Any]) -> Any:
        process = self._of_one(bind)
        return (lambda values: [process(one) for one in values]) if process else list

    async def execute(self, connection: asyncpg.Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Raises what SQLAlchemy would raise."""
        parameters = list(map(self._parameters, many))
        try:
            if len(parameters) == 1:
                await connection.fetch(self._text, *parameters[0])
            else:
                await connection.executemany(self._text, parameters)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _told(error) from error

    async def fetch(self, connection: asyncpg.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Raises what SQLAlchemy would raise."""
        values = self._parameters(parameters)
        try:
            found = await connection.fetch(self._text, *values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _told(error) from error
        return self._made(found)


def _told(error: asyncpg.PostgresError | asyncpg.InterfaceError) -> Exception:
    """The error as SQLAlchemy wraps it, without the values that PostgreSQL and asyncpg tell: they are personal."""
    kind = DBAPIError
    if isinstance(error, asyncpg.PostgresError):
        error.detail = None
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            kind = IntegrityError
        elif isinstance(error, asyncpg.DataError):
            error.args = ("a value that is not of its column's kind",)
    return kind(None, None, error, hide_parameters=True)
