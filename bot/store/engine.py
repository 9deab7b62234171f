"""The database: SQLite (one file, one writer, readers apart) or PostgreSQL (many processes).

What is set here was measured, see docs/decisions.md: BEGIN IMMEDIATE for every writing transaction
(deferred ones lose updates and starve), WAL with synchronous=FULL (NORMAL loses acknowledged rows
at a power cut), mmap off, one connection that writes and checkpoints.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from bot.errors import DatabaseError
from bot.store import migrations
from bot.store.direct import DirectEngine
from bot.store.lock import FileLock
from bot.store.writer import Writer, is_storage

if TYPE_CHECKING:
    from bot.store.kept import Kept

HALF = ".half"
"""How a copy of a database ends that is not whole, or not in its place, yet."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "mmap_size=0",
    "cell_size_check=ON",
    "secure_delete=ON",
)


def _sqlite(file: Path, *, writes: bool) -> AsyncEngine:
    if not writes:
        readers = create_async_engine(f"sqlite+aiosqlite:///{file}", pool_size=4, hide_parameters=True)
        _prepare_connections(readers.sync_engine, "BEGIN", "query_only=1")
        return readers
    thread = {"check_same_thread": False}
    engine = create_engine(f"sqlite:///{file}", poolclass=StaticPool, hide_parameters=True, connect_args=thread)
    _prepare_connections(engine, None, "busy_timeout=0")  # DirectEngine begins, and waits in its thread
    return cast(AsyncEngine, DirectEngine(engine))


def _prepare_connections(engine: Engine, begin: str | None, *more: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, *more):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if begin is None:
        return

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _postgres(url: str, *, writes: bool) -> AsyncEngine:
    """What writes asks for rows by their keys, by statements planned once: a plan made while a table was nearly empty
    must not read the whole of it when it has grown.

    Before PostgreSQL 18 what is switched off and cannot be avoided seems so dear that it is compiled first: no JIT.
    Raises DatabaseError: its driver is not installed.
    """
    address = make_url("postgresql+asyncpg://" + url.removeprefix("postgresql://"))
    if mode := address.query.get("sslmode"):  # which the driver calls ssl
        address = address.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    planned = {"server_settings": {"enable_seqscan": "off", "jit": "off"}} if writes else {}
    try:
        return create_async_engine(
            address, pool_size=5, pool_pre_ping=True, hide_parameters=True, connect_args=planned
        )
    except ModuleNotFoundError:
        raise DatabaseError('PostgreSQL needs the extra "postgres": pip install "kurikirana[postgres]".') from None


def _kept(engine: AsyncEngine) -> Kept:
    from bot.store.kept import Kept  # noqa: PLC0415 - PostgreSQL's driver is an extra

    return Kept(engine)


class Database:
    """Open with `await Database.open(...)`; `writer` changes rows, `read()` looks at them.

    On PostgreSQL `intake` keeps what arrives, and `marks` what became of what was sent, each on a connection of its
    own beside the turns: no group waits for the ways to the server of another. SQLite has one writer for all three.
    """

    def __init__(self, engine: AsyncEngine, reader: AsyncEngine, lock: FileLock | None) -> None:
        self.engine = engine
        self._reader = reader
        self._lock = lock
        self._kept = [_kept(engine) for _ in range(3)] if engine.url.get_backend_name() == "postgresql" else []
        self._writers = [Writer(one) for one in self._kept or (engine,)]
        self.writer, self.intake, self.marks = self._writers if self._kept else self._writers * 3

    @property
    def shared(self) -> bool:
        """True where other processes may write too (PostgreSQL)."""
        return self._lock is None

    @property
    def careful(self) -> bool:
        """Whether what arrives must be kept before its turn begins: the last process died, perhaps of such a turn."""
        return self._lock is None or self._lock.holder_died

    @property
    def at_work(self) -> bool:
        """Whether anything waits or is being written: who asks meanwhile will have to ask again."""
        return any(writer.at_work for writer in self._writers)

    @property
    def refused(self) -> bool:
        """Whether the database took nothing of a last group: a full or read-only disk, a server that is away."""
        return any(writer.refused for writer in self._writers)

    def crash_at(self, crash: Callable[[str], None]) -> None:
        """Have what writes call this at its named points."""
        for writer in self._writers:
            writer.crash = crash

    @classmethod
    async def open(cls, url: str, folder: Path = Path()) -> Database:
        """Open for writing, bring the schema up to date, recover nothing else.

        Raises DatabaseError: in use by another process, damaged, newer than this program, unreachable.
        """
        if not url.startswith("sqlite:///"):
            database = cls(_postgres(url, writes=True), _postgres(url, writes=False), None)
        else:
            file = folder / url.removeprefix("sqlite:///")
            _check_file(file)
            lock = FileLock(file)
            lock.take()
            database = cls(_sqlite(file, writes=True), _sqlite(file, writes=False), lock)
        mask = os.umask(0o077)  # a new file, and its log, are for their owner alone, as copies and photos are
        try:
            await database._prepare()
        except (DBAPIError, OSError, UnicodeDecodeError) as error:  # the last when the damage is in the schema's text
            await database.close()
            raise DatabaseError(f"{database.name}: {_say(error)}") from None
        except BaseException:
            await database.close()
            raise
        finally:
            os.umask(mask)
        return database

    @property
    def name(self) -> str:
        """What to call it in a message: the file, or the host, never the password."""
        url = self.engine.url
        return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)

    async def _prepare(self) -> None:
        async with self.engine.begin() as tx:
            if self._lock:
                result = (await tx.execute(text("PRAGMA quick_check(1)"))).scalar()
                if result != "ok":
                    raise DatabaseError(
                        f"{self.name}: damaged ({result}). It was not touched. `kurikirana restore` the last copy; "
                        "keep this file for whoever repairs it."
                    )
            await tx.run_sync(migrations.upgrade)

    @classmethod
    async def look(cls, url: str, folder: Path = Path()) -> Database:
        """Open for reading only, also while the service runs.

        Raises DatabaseError: there is none, unreachable, or its schema is not this program's.
        """
        if url.startswith("sqlite:///"):
            file = folder / url.removeprefix("sqlite:///")
            _check_whole(file)
            if not file.is_file():
                raise DatabaseError(f"{file}: no database yet. Import a roster, or run `kurikirana run`.")
            if not os.access(file, os.R_OK):
                raise DatabaseError(f"{file}: this user may not read it. Ask as the user of the service.")
            reader = _sqlite(file, writes=False)
        else:
            reader = _postgres(url, writes=False)
        database = cls(reader, reader, None)
        try:
            async with database.read() as tx:
                await tx.run_sync(migrations.expect)
        except BaseException:
            await database.close()
            raise
        return database

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads, in one consistent view. Raises DatabaseError: it is away, or damaged."""
        with _told(self.name, DBAPIError):
            async with contextlib.AsyncExitStack() as stack:
                with _told(self.name, OSError):
                    connection = await stack.enter_async_context(self._reader.connect())
                    await stack.enter_async_context(connection.begin())
                yield connection

    def glance(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """For what is asked every second and mostly finds nothing: a few rows, by an index, by `prepared.rows`.

        On SQLite the writer's connection is asked at once, between two transactions: no thread, pool or transaction.
        On PostgreSQL one that plans by keys: else the past of all timers is read to see that none is due.
        """
        if isinstance(self.engine, DirectEngine):
            return cast(AbstractAsyncContextManager[AsyncConnection], self.engine.glance())
        return self.engine.begin()

    async def close(self) -> None:
        """Stop the writer after what it holds, close every connection, let go of the file."""
        for writer in self._writers:
            await writer.stop()
        for kept in self._kept:
            await kept.close()
        for engine in {self.engine, self._reader}:
            await engine.dispose()
        if self._lock:
            self._lock.release()


def half_restored(file: Path) -> bool:
    """Whether bringing a copy back was broken off: the file's place is empty until that is done again."""
    return not file.exists() and file.with_name(file.name + HALF).exists()


def _check_whole(file: Path) -> None:
    if half_restored(file):
        raise DatabaseError(
            f"{file}: bringing a copy back was broken off. `kurikirana restore` once more; "
            "what stood there is kept beside it."
        )


def _check_file(file: Path) -> None:
    """What SQLite would take in silence. Raises DatabaseError."""
    if not file.parent.is_dir():
        raise DatabaseError(f"{file.parent}: no such folder. Make it, or correct database.url.")
    _check_whole(file)
    if not file.exists():
        return
    if file.stat().st_size == 0:
        raise DatabaseError(
            f"{file}: empty, so it is not a database of ours. It was not touched. `kurikirana restore` "
            "the last copy; or, to begin with nothing, delete this file."
        )
    if not os.access(file, os.W_OK):
        raise DatabaseError(f"{file}: read-only. Let the service write it, and mount its disk for writing.")


@contextlib.contextmanager
def _told(name: str, kind: type[DBAPIError | OSError]) -> Iterator[None]:
    """What a server that is away, or a damaged file, makes of a look at it. A wrong statement stays what it is."""
    try:
        yield
    except kind as error:
        if not is_storage(error):
            raise
        raise DatabaseError(f"{name}: {_say(error)}") from error


def _say(error: DBAPIError | OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "damaged (its schema is not text any more). It was not touched. `kurikirana restore` the last copy."
    original = getattr(error, "orig", None) or error
    if isinstance(original, sqlite3.OperationalError):  # a disk, rights, a lock: the file may be whole
        return (
            f"cannot be used ({original}). It was not touched. May this user write the file and its folder? "
            "Is their disk full or failing?"
        )
    if isinstance(original, sqlite3.DatabaseError) or "not a database" in str(original):
        return f"cannot be used ({original}). It was not touched. `kurikirana restore` the last copy."
    why = type(original.__cause__ or original).__name__  # as InvalidPasswordError
    return f"cannot be reached ({why}). Check database.url and that the server runs."
