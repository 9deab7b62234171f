"""Hot statements on PostgreSQL: handed to asyncpg's own connection, inside the transaction that SQLAlchemy began.

Many rows are one statement over one array for each parameter: executed row by row, each costs the server 30 to 50
microseconds on its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.elements import BindParameter

from bot.store.compiled import Compiled

ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises. The last is of no kind of the others: it comes of a connection that was lost on the way."""
_PARAMETER = re.compile(r"\$(\d+)(?:::(\w+(?: PRECISION)?))?")
_VALUES = re.compile(r"^(INSERT INTO .*?) VALUES \((.*?)\)( ON CONFLICT .*?)?(?: RETURNING .*)?$", re.DOTALL)
_CHANGES = re.compile(r"^(UPDATE (?:(?! FROM ).)*?)( WHERE .*?)$", re.DOTALL)


class Postgres(Compiled):
    """asyncpg prepares each text once per connection and speaks binary; a list is one array.

    `apart`: no two sets of parameters that are written together concern the same row.
    """

    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    def __init__(self, statement: Any, names: tuple[str, ...], apart: bool = False) -> None:
        super().__init__(statement, names)
        self._of_many = _of_many(self._text, apart)

    def _in_list(self, text: str, said: str, place: int, bind: BindParameter[Any]) -> str:
        """Compared with the array itself: rows made of it are joined, which reads the whole of a table."""
        array = f"(${place}::{bind.type.compile(self.dialect)}[])"
        return text.replace(f"NOT {said}", f"<> ALL {array}").replace(said, f"= ANY {array}")

    def _of_list(self, bind: BindParameter[Any]) -> Any:
        process = self._of_one(bind)
        return (lambda values: [process(one) for one in values]) if process else list

    async def execute(self, connection: asyncpg.Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Raises what SQLAlchemy would raise."""
        parameters = self._parameters_of(many)
        try:
            if len(parameters) == 1:
                await connection.fetch(self._text, *parameters[0])
            elif self._of_many:
                await connection.fetch(self._of_many, *zip(*parameters, strict=True))
            else:
                await connection.executemany(self._text, parameters)
        except ERRORS as error:
            raise told(error) from error

    async def fetch(self, connection: asyncpg.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Raises what SQLAlchemy would raise."""
        values = self._parameters(parameters)
        try:
            found = await connection.fetch(self._text, *values)
        except ERRORS as error:
            raise told(error) from error
        return self._made(found)


def _of_many(text: str, apart: bool) -> str:
    """The statement over arrays, in the order of their rows; '' when its rows must be done one after the other."""
    kinds = {int(place): kind for place, kind in _PARAMETER.findall(text)}
    if not kinds or not all(kinds.values()):
        return ""
    arrays = ", ".join(f"${place}::{kinds[place]}[]" for place in sorted(kinds))
    names = ", ".join(f"p{place}" for place in sorted(kinds))
    if (found := _VALUES.match(text)) and (apart or " DO UPDATE " not in text):
        into, values, conflict = found.groups()
        said = _PARAMETER.sub(r"r.p\1", values)
        many = f"unnest({arrays}) WITH ORDINALITY AS r({names}, place) ORDER BY r.place"
        return f"{into} SELECT {said} FROM {many}{conflict or ''}"  # noqa: S608 - our own statement's parts
    if apart and (found := _CHANGES.match(text)):
        changes, where = (_PARAMETER.sub(r"r.p\1", part) for part in found.groups())
        return f"{changes} FROM unnest({arrays}) AS r({names}){where}"
    return ""


def told(error: Exception) -> Exception:
    """The error as SQLAlchemy wraps it, without the values that PostgreSQL and asyncpg tell: they are personal."""
    kind = DBAPIError
    if isinstance(error, asyncpg.PostgresError):
        error.detail = None
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            kind = IntegrityError
        elif isinstance(error, asyncpg.DataError):
            error.args = ("a value that is not of its column's kind",)
    return kind(None, None, error, hide_parameters=True)
