"""The statement that adds to a roll-up what one more report, or one more group of messages, brings."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite

DIALECTS: Mapping[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def added(insert: Any) -> Any:
    """Of an INSERT in a dialect: what its key has already is added to, of `largest_...` the larger stays."""
    table, new = insert.table, insert.excluded
    changes: dict[str, Any] = {}
    for column in table.c:
        name = column.name
        if name.startswith("largest"):
            changes[name] = case((new[name] > column, new[name]), else_=column)
        elif not column.primary_key:
            changes[name] = column + new[name]
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)
