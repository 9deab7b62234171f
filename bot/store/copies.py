"""Copies of a SQLite database that is being written to, proved before they count as one.

Blocking: to be called in a thread, which SQLite lets run beside the service. What a copy of before does not know of
(whom we erased since, which numbers we gave) is read and done here too, in transactions.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.store import erasure, singles
from bot.store.batch import Batch
from bot.store.engine import HALF
from bot.store.tables import facts, people
from handlers.noun import noun

_ERASED = select(people.c.id, people.c.erased_at).where(people.c.erased_at.is_not(None)).order_by(people.c.id)
_STILL_THERE = select(people.c.id).where(
    people.c.id.in_(bindparam("ids", expanding=True)), people.c.erased_at.is_(None)
)
_NUMBERS = select(facts.c.name, facts.c.value).where(facts.c.name.startswith("last_")).order_by(facts.c.name)

Rows = dict[str, int]
"""Table -> how many rows."""


@noun
class Since:
    """What must stay true after a copy of before was brought back."""

    erased: Mapping[int, datetime]
    """Whom we erased: id and when."""
    numbers: Mapping[str, int]
    """The last numbers that leaders were told, by what they count."""


def copy(source: Path, into: Path) -> Rows:
    """Copy the database as it is at this moment to a new file, proved and on the disk when this returns.

    Nobody waits: writers go on. Raises DatabaseError; then there is no such file, and what stood there before stays.
    """
    half = into.with_name(into.name + HALF)  # what a death leaves of one is overwritten by the next
    half.unlink(missing_ok=True)
    try:
        with closing(_look(source)) as there, closing(sqlite3.connect(half)) as here:
            there.execute("BEGIN")
            rows = _rows(there)  # of the same moment as the copy
            there.backup(here)
            there.execute("ROLLBACK")
            here.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        if (found := prove(half)) != rows:
            raise DatabaseError(f"{into}: the copy has other rows than the database had; it was not kept")
        put(half, into)
    except (sqlite3.Error, OSError) as error:
        half.unlink(missing_ok=True)
        raise DatabaseError(f"{into}: the database could not be copied ({error})") from None
    except DatabaseError:
        half.unlink(missing_ok=True)
        raise
    return found


def prove(file: Path) -> Rows:
    """How many rows each table of a copy has. Raises DatabaseError when it is damaged or none of ours."""
    try:
        with closing(_look(file)) as there:
            problem = there.execute("PRAGMA integrity_check(1)").fetchone()[0]
            loose = there.execute("PRAGMA foreign_key_check").fetchone()
            rows = _rows(there)
    except sqlite3.Error as error:
        raise DatabaseError(f"{file}: no database that can be used ({error})") from None
    if problem != "ok" or loose:
        raise DatabaseError(f"{file}: damaged ({problem if problem != 'ok' else f'table {loose[0]}'})")
    if "inbox" not in rows or "alembic_version" not in rows:
        raise DatabaseError(f"{file}: not a database of Kurikirana")
    return rows


def put(half: Path, file: Path) -> None:
    """Give a whole file its name, durably: its content first, then the folder's entry."""
    sync(half)
    half.replace(file)
    if sys.platform != "win32":  # where a folder cannot be opened
        sync(file.parent)


def sync(place: Path) -> None:
    """Have a file, or the entries of a folder, on the disk. Raises OSError, as when it is full."""
    handle = os.open(place, os.O_RDWR if place.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _look(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise DatabaseError(f"{file}: no such file")
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA query_only=1")
    return connection


def _rows(connection: sqlite3.Connection) -> Rows:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    counted = {name: f'SELECT count(*) FROM "{name}"' for (name,) in found.fetchall()}  # noqa: S608 - its own names
    return {name: connection.execute(count).fetchone()[0] for name, count in counted.items()}


async def since(tx: AsyncConnection) -> Since:
    """What a copy of an earlier moment will not know."""
    erased = {row.id: row.erased_at for row in await tx.execute(_ERASED)}
    numbers = {row.name: row.value for row in await tx.execute(_NUMBERS) if isinstance(row.value, int)}
    return Since(erased, numbers)


async def catch_up(tx: AsyncConnection, items: Sequence[tuple[Since, Mapping[str, tuple[str, ...]]]]) -> list[int]:
    """Make it true once more; how many people were erased again. Beside what is known: each form's free texts."""
    done = []
    for kept, free_texts in items:
        there = {row.id for row in await tx.execute(_STILL_THERE, {"ids": list(kept.erased)})}
        batch = Batch(tx)
        for person in sorted(there):
            erasure.begin(batch, person, kept.erased[person])
        await batch.flush()
        if there:
            await erasure.blank_words(tx, there, free_texts)
        for name, last in kept.numbers.items():
            if last > int(await singles.get(tx, name) or 0):
                await singles.put(tx, name, last)
        done.append(len(there))
    return done
