"""What SQLite itself needs for our reminders: `python -m benchmarks.replayed CONFIG TIMERS`.

Fires them as `benchmarks.clock` does, notes every statement with its values, and gives the same ones to SQLite once
more on a copy of the database as it was before, with nothing decided or put into words in between. No way of deciding
can be faster than this, as long as it reads and writes the same rows. Prints JSON: seconds, how many texts were made.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from benchmarks import clock
from benchmarks.broadcast import always
from bot import settings as settings_file
from bot.cli.base import loop_factory
from bot.store import direct, engine

Statement = tuple[str, str, Sequence[Any]]
"""Of a connection: which of its methods, and what it was given."""


class Noted:
    """A connection of SQLite that notes what it is asked for."""

    def __init__(self, file: sqlite3.Connection, notes: list[Statement]) -> None:
        self._file, self._notes = file, notes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def execute(self, text: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        self._notes.append(("execute", text, values))
        return self._file.execute(text, values)

    def executemany(self, text: str, many: Sequence[Any]) -> sqlite3.Cursor:
        self._notes.append(("executemany", text, many))
        return self._file.executemany(text, many)


def _fired(config: Path, wanted: int, copy: Path) -> list[Statement]:
    """What was asked of SQLite for so many reminders; `copy` is the database as it was before the first."""
    notes: list[Statement] = []
    settings = always(settings_file.load(config, {}))

    def begin() -> None:
        with closing(sqlite3.connect(config.parent / "bench.db")) as file, closing(sqlite3.connect(copy)) as before:
            file.backup(before)
        notes.clear()

    class Watched(direct.DirectConnection):
        def __init__(self, connection: Connection) -> None:
            super().__init__(connection)
            self.sqlite = Noted(self.sqlite, notes)  # type: ignore[assignment]

    with patch.object(direct, "DirectConnection", Watched), asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(clock.fire(settings, wanted, begin))
    return notes


def _replayed(copy: Path, notes: Sequence[Statement]) -> float:
    """Seconds for the same statements."""
    file = sqlite3.connect(copy, isolation_level=None)
    for pragma in engine.PRAGMAS:
        file.execute(f"PRAGMA {pragma}")
    began = time.perf_counter()
    for how, text, values in notes:
        if file.in_transaction and text.startswith("BEGIN"):
            file.commit()
        getattr(file, how)(text, values).fetchall()
    file.commit()
    took = time.perf_counter() - began
    file.close()
    return took


def main(config: Path, wanted: int) -> dict[str, float]:
    """Seconds, and how many texts are in the outbox of the copy. Raises sqlite3.Error: it is not what was fired."""
    copy = config.parent / "replayed.db"
    took = _replayed(copy, _fired(config, wanted, copy))
    with closing(sqlite3.connect(copy)) as file:
        (made,) = file.execute("SELECT count(*) FROM outbox WHERE kind = 'reminder'").fetchone()
    return {"seconds": took, "count": made}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
