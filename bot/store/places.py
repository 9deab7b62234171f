"""What is read of a place: of all associations, or of those that it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.tables import associations

Ids = Sequence[int] | None
"""The associations of a place; None is all of them."""


def both(statement: Any, column: Any) -> tuple[Any, Any]:
    """(of all, of some associations)."""
    return statement, statement.where(column.in_(bindparam("ids", expanding=True)))


def by_association(statement: Any, column: Any) -> tuple[Any, Any]:
    """The same for a table whose index begins with the association: also of all it is read by that index.

    No index begins with the time alone, so a month of all would be looked for among everything there is.
    """
    return statement.where(column.in_(select(associations.c.id))), both(statement, column)[1]


async def read(tx: AsyncConnection, statements: tuple[Any, Any], ids: Ids, **binds: Any) -> Sequence[Any]:
    """The rows of these associations, by what `both` made."""
    of_all, of_some = statements
    if ids is None:
        return await rows(tx, of_all, binds)
    return await rows(tx, of_some, {**binds, "ids": list(ids)}) if ids else []
