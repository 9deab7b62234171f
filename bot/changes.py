"""Words and forms that another process of this programme has changed: every process works with them.

On PostgreSQL several equal processes work, each with a words folder of its own. What one saves goes into the database
beside it; the others see a new version, write the same files and read them anew. On SQLite there is one process.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.render.keywords import FILE
from bot.store import singles
from bot.store.engine import Database
from handlers.turn import LANGUAGES

SECONDS = 2
WORDS, FILES = "words_version", "words_files"
NAMES = (*(f"{language}.po" for language in LANGUAGES), FILE)
"""The files of a words folder."""
_TAKEN = ".taken"
"""The file that says so: what was corrected by hand since is not undone at the next start."""
log = structlog.get_logger(__name__)
Files = Mapping[str, str]


def files_of(folder: Path) -> dict[str, str]:
    """The programme's own words as they lie there: file name -> content."""
    return {name: (folder / name).read_text("utf-8") for name in NAMES if (folder / name).is_file()}


def version_of(files: Files) -> str:
    """The same for the same content."""
    return hashlib.sha256("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode()).hexdigest()[:32]


async def share(tx: AsyncConnection, files: Files) -> None:
    """In the transaction of the change: the other processes take these words."""
    await singles.put(tx, WORDS, version_of(files))
    await singles.put(tx, FILES, dict(files))


class Changes:
    """Asked by the alarm. `words` and `forms` read anew what they are named after."""

    def __init__(
        self, database: Database, folder: Path, words: Callable[[], None], forms: Callable[[], Awaitable[None]]
    ) -> None:
        self._database, self._folder, self._words, self._forms = database, folder, words, forms
        self._alone = not database.shared
        self._seen: dict[str, str | None] = {}

    async def look(self) -> None:
        """Take what is new. Raises nothing; it is asked again."""
        if self._alone:
            return
        try:
            async with self._database.read() as tx:
                found = {name: await singles.get(tx, name) for name in (WORDS, singles.FORMS)}
                fresh = found[WORDS] not in (None, self._seen.get(WORDS), await asyncio.to_thread(self._taken))
                files: Files = await singles.get(tx, FILES) if fresh else {}
            first, before, self._seen = not self._seen, self._seen, found
            if fresh:
                await asyncio.to_thread(self._take, files)
                self._words()
                log.info("words changed elsewhere", files=sorted(files))
            if not first and found[singles.FORMS] != before[singles.FORMS]:
                await self._forms()
        except (BotError, SQLAlchemyError, OSError) as error:
            log.error("what another process changed cannot be taken", why=type(error).__name__)

    def _taken(self) -> str | None:
        """The version that the folder last had in common with the database."""
        mark = self._folder / _TAKEN
        return mark.read_text("utf-8") if mark.is_file() else None

    def _take(self, files: Files) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            if name in files and files[name] != files_of(self._folder).get(name):
                fresh = self._folder / f".{name}.new"
                fresh.write_text(files[name], "utf-8")
                os.replace(fresh, self._folder / name)
        (self._folder / _TAKEN).write_text(version_of(files), "utf-8")
