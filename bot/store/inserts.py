"""INSERTs that look at what is there, which each of the two databases has in words of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from sqlalchemy import Table, case
from sqlalchemy.dialects import postgresql, sqlite

DIALECTS: Mapping[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def if_new(table: Table, *key: str) -> dict[str, Any]:
    """By dialect: an INSERT that leaves what is there already. `key`: the columns by which it is known, else any."""
    elements = list(key) or None
    return {
        name: module.insert(table).on_conflict_do_nothing(index_elements=elements)
        for name, module in DIALECTS.items()
    }


def or_update(table: Table, key: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """By dialect: an INSERT that changes these columns of what has its key already."""

    def replacing(insert: Any) -> Any:
        return insert.on_conflict_do_update(index_elements=key, set_={name: insert.excluded[name] for name in names})

    return {name: replacing(module.insert(table)) for name, module in DIALECTS.items()}


def added(insert: Any) -> Any:
    """Of an INSERT into a roll-up: what its key has already is added to, of `largest_...` the larger stays."""
    table, new = insert.table, insert.excluded
    changes: dict[str, Any] = {}
    for column in table.c:
        name = column.name
        if name.startswith("largest"):
            changes[name] = case((new[name] > column, new[name]), else_=column)
        elif not column.primary_key:
            changes[name] = column + new[name]
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)
