"""Ends erasures: the number is blanked once the last text has left, photos and voice notes leave the disk.

What was shown of the sealed queue leaves the outbox here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.errors import DatabaseError
from bot.store import due, erasure, sealed
from bot.store.engine import Database

log = structlog.get_logger(__name__)


class ErasureWorker:
    """Asked by the alarm; what it finds at the next look, after a crash too, it ends then."""

    def __init__(self, database: Database, folder: Path) -> None:
        """`folder` is where photos and voice notes are kept."""
        self._database, self._folder = database, folder
        self.crash: Callable[[str], None] = lambda point: None

    async def look(self) -> None:
        """End every erasure that can be ended now. Raises nothing; it is asked again."""
        try:
            async with self._database.glance() as tx:
                if not await due.erasures(tx):
                    return
            numbers = await self._database.writer.do(erasure.finish, None)
            await self._database.writer.do(sealed.forget, None)
            async with self._database.read() as tx:
                files = await erasure.files(tx)
            for row, name in files:
                await asyncio.to_thread(_remove, self._folder / name)
                self.crash("after_file")
                await self._database.writer.do(erasure.removed, row)
        except (DatabaseError, OSError) as error:
            log.error("erasures must wait", why=type(error).__name__)
            return
        if numbers or files:
            log.info("erased", numbers=numbers, files=len(files))


def _remove(place: Path) -> None:
    """The file, whatever its ending: a worker may have reserved the name only."""
    for file in place.parent.glob(f"{place.stem}.*"):
        file.unlink(missing_ok=True)
