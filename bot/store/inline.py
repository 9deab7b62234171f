"""The writer's SQLite connection: a statement runs where it is asked for, only what waits for the disk in a thread.

aiosqlite hands every call to a thread and back, four times a statement (cursor, execute, fetch, close); most
statements of a turn take 10 to 50 microseconds, the way there and back 100. So only what may wait is handed over:
BEGIN (for another connection's lock), COMMIT and ROLLBACK (for the disk), and long lists of rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import aiosqlite

LONG: Final = 1_000
"""More rows than this are written in the thread: they would keep everybody else waiting."""
_WAITS: Final = ("BEGIN", "PRAGMA", "CREATE", "ALTER", "DROP")


class Inline(aiosqlite.Connection):
    """Made by `connect`; everything but `_execute` is aiosqlite's."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._connection is None or _may_wait(fn.__name__, args):
            return await super()._execute(fn, *args, **kwargs)
        return fn(*args, **kwargs)


def _may_wait(name: str, args: tuple[Any, ...]) -> bool:
    if name == "execute":
        return bool(args[0].startswith(_WAITS))
    if name == "executemany":
        return len(args[1]) > LONG
    return name not in ("cursor", "fetchall", "fetchone", "fetchmany") and name != "close"


async def connect(file: Path) -> aiosqlite.Connection:
    """Open the file, to write."""

    def connector() -> sqlite3.Connection:
        return sqlite3.connect(str(file), check_same_thread=False)

    return await Inline(connector, 64)
