"""Rows that a group of turns wants to write, sent with one statement per kind of row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, Insert
from sqlalchemy.ext.asyncio import AsyncConnection


class Batch:
    """Collects rows and sends them with `executemany`, inserts before changes.

    Statements are constants of the modules that own a table, so that they are compiled once.
    """

    def __init__(self, tx: AsyncConnection) -> None:
        self.tx = tx
        self._inserts: dict[Executable, list[dict[str, Any]]] = {}
        self._changes: dict[Executable, list[dict[str, Any]]] = {}
        self.recount: set[int] = set()
        """Associations whose figures must be counted anew after the flush."""
        self.erased: set[int] = set()
        """People whose own words in reports must be blanked after the flush."""

    def add(self, statement: Executable, row: dict[str, Any]) -> None:
        """One more row for this statement."""
        rows = self._inserts if isinstance(statement, Insert) else self._changes
        rows.setdefault(statement, []).append(row)

    async def flush(self) -> None:
        """Send what was collected."""
        inserts, changes = self._inserts, self._changes
        self._inserts, self._changes = {}, {}
        for statements in (inserts, changes):
            for statement, rows in statements.items():
                await self.tx.execute(statement, rows)
