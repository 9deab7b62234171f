"""Reads what chats ask of the figures and of who is late, beside the turns and in a thread of its own, and wakes them
with the answer.

A summary of everything is a second of work, or several: in a turn it would hold up the writer, on the loop every
conversation. The thread has a loop and a connection of its own, which only reads.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.programme import figures_in_chat, late_in_chat
from bot.programme.exporting import KEY, KEY_BYTES
from bot.render import Words
from bot.settings import Settings
from bot.store import countings, singles
from bot.store.countings import Answer
from bot.store.engine import Database
from handlers.turn import LateOf
from handlers.turn.beside import Found, Question

log = structlog.get_logger(__name__)


class FiguresWorker:
    """Begun when something waits; what a dead process was reading is read anew. `wake`: this address has a turn."""

    def __init__(
        self,
        settings: Settings,
        words: Words,
        database: Database,
        now: Callable[[], datetime],
        wake: Callable[[int], None],
    ) -> None:
        self._settings, self._words, self._database, self._now, self._wake = settings, words, database, now, wake
        self._under_way: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Something waits: read it beside everything else, unless that is being done."""
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self.look(), name="figures")

    async def end(self, within_s: float) -> None:
        """At stop: what is being read gets so long; the next start reads it anew."""
        if self._under_way:
            await asyncio.wait([self._under_way], timeout=within_s)
            self._under_way.cancel()

    async def look(self) -> None:
        """Read what was asked, one after the other. Raises nothing of the database's; it is asked again."""
        try:
            async with self._database.read() as tx:
                asked = await countings.waiting(tx)
            for row in asked:
                if row.about.startswith(countings.BESIDE):
                    await self._answer(row)
        except DatabaseError:
            return

    async def _answer(self, row: Any) -> None:
        question = countings.question(row.question)
        found: Found
        try:
            key = await self._database.writer.do(_key, None) if question.face.startswith(("export", "xlsx")) else ""
            found = await asyncio.to_thread(_read, self._settings, self._words, question, key)
        except DatabaseError:
            raise
        except Exception as error:  # a fault of ours: it is told, and not read again every second
            log.error("figures could not be read", face=question.face, exc_info=error)
            found = figures_in_chat.failed(question, self._settings)
        wakes = {"what": "figures", "asked": row.about}
        answer = Answer(row.address_id, row.about, row.inbox_id, countings.plain(found), self._now(), wakes)
        if await self._database.writer.do(countings.keep, answer):
            self._wake(row.address_id)


async def _key(tx: AsyncConnection, items: Sequence[None]) -> list[str]:
    """Of the pseudonyms: made by the first export."""
    return [await singles.once(tx, KEY, secrets.token_hex(KEY_BYTES))] * len(items)


def _read(settings: Settings, words: Words, question: Question, key: str) -> Found:
    """In the thread."""

    async def read() -> Found:
        database = await Database.look(settings.database.url, settings.folder)
        try:
            async with database.read() as tx:
                if isinstance(question, LateOf):
                    return await late_in_chat.read(tx, question, settings, words)
                return await figures_in_chat.summarised(tx, question, settings, key)
        finally:
            await database.close()

    return asyncio.run(read())
