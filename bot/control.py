"""Commands while the service runs: a line beside the database (bot/control_line.py), for its owner only.

A command that writes calls `act`: when a service holds the database it is asked over that line, else
the command opens the database itself for as long as it takes. Nothing but the service is ever a
second writer on SQLite. Each operation is one transaction; the written list is in bot/operations.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from bot import control_line
from bot.clock import Clock
from bot.errors import BotError, DatabaseError
from bot.operations import OPERATIONS, Asked
from bot.settings import Settings
from bot.store import singles
from bot.store.engine import Database

if TYPE_CHECKING:
    from bot.parts import Parts

log = structlog.get_logger(__name__)
LARGEST = 32 * 1024 * 1024
"""Bytes of one request: a roster of thousands of people is well below."""


def socket_path(settings: Settings) -> Path | None:
    """Beside the SQLite file; None on PostgreSQL, where commands write by themselves."""
    file = settings.sqlite_file
    return file.resolve().with_name(file.resolve().name + ".sock") if file else None


class Server:
    """The service's end."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def run(self) -> None:
        """Answer until cancelled."""
        path = socket_path(self._parts.settings)
        if path is not None:
            await control_line.serve(path, self._answer, LARGEST)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            if not line:  # somebody looked whether we are here
                writer.close()
                return
            asked = orjson.loads(line)
            answer = _line({"ok": await self._do(asked["do"], asked["with"])})
        except BotError as error:
            answer = _line({"error": str(error)})
        except (ValueError, KeyError, TypeError) as error:
            answer = _line({"error": f"the request was not understood ({type(error).__name__})"})
        writer.write(answer)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async def _do(self, name: str, details: dict[str, Any]) -> Any:
        if name not in OPERATIONS:
            raise DatabaseError(f"the running service does not know {name!r}; it is older than this command")
        asked = Asked(name, details, self._parts.clock.now())
        result = await self._parts.database.writer.do(run_all, asked)
        await self._parts.changed(name)
        return result


def _line(said: dict[str, Any]) -> bytes:
    """For the line. The names of a row are the database library's own texts: orjson is told to take them as keys."""
    return orjson.dumps(said, default=str, option=orjson.OPT_NON_STR_KEYS) + b"\n"


async def run_all(tx: Any, items: Any) -> list[Any]:
    """A piece of work for the writer: each operation as it was asked."""
    return [await OPERATIONS[item.name](tx, item.details, item.now) for item in items]


Do = Callable[[str, dict[str, Any]], Awaitable[Any]]


@contextlib.asynccontextmanager
async def acting(settings: Settings) -> AsyncIterator[Do]:
    """Writing operations one after the other: through the running service, or alone when nobody holds the database.

    Each raises DatabaseError, or what the operation raised.
    """
    path = socket_path(settings)
    if path is not None and await _answers(path):
        yield functools.partial(_ask, path)
        return
    database = await Database.open(settings.database.url, settings.folder)
    async with database.read() as tx:
        clock = Clock(await singles.offset(tx))

    async def alone(name: str, details: dict[str, Any]) -> Any:
        clean = orjson.loads(orjson.dumps(details, default=str))
        return await database.writer.do(run_all, Asked(name, clean, clock.now()))

    try:
        yield alone
    finally:
        await database.close()


async def act(settings: Settings, name: str, details: dict[str, Any]) -> Any:
    """One operation of `acting`."""
    async with acting(settings) as do:
        return await do(name, details)


async def served(settings: Settings) -> bool:
    """Whether a service holds this database; True on PostgreSQL, where one may run anywhere."""
    path = socket_path(settings)
    return path is None or await _answers(path)


async def _answers(path: Path) -> bool:
    """Whether somebody listens there; a dead process may have left the file."""
    line = await control_line.connect(path, LARGEST)
    if line is not None:
        line[1].close()
    return line is not None


async def _ask(path: Path, name: str, details: dict[str, Any]) -> Any:
    there = await control_line.connect(path, LARGEST)
    if there is None:
        raise DatabaseError("the running service did not answer")
    reader, writer = there
    writer.write(_line({"do": name, "with": details}))
    await writer.drain()
    line = await reader.readline()
    writer.close()
    answer = orjson.loads(line) if line else {"error": "the running service did not answer"}
    if "error" in answer:
        raise DatabaseError(answer["error"])
    return answer["ok"]
