"""What is read of a place: of all associations, or of those that it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows

Ids = Sequence[int] | None
"""The associations of a place; None is all of them."""


def both(statement: Any, column: Any) -> tuple[Any, Any]:
    """(of all, of some associations)."""
    return statement, statement.where(column.in_(bindparam("ids", expanding=True)))


async def read(tx: AsyncConnection, statements: tuple[Any, Any], ids: Ids, **binds: Any) -> Sequence[Any]:
    """The rows of these associations, by what `both` made."""
    of_all, of_some = statements
    if ids is None:
        return await rows(tx, of_all, binds)
    return await rows(tx, of_some, {**binds, "ids": list(ids)}) if ids else []
