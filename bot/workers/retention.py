"""Lets go of what was kept long enough: words after `privacy.keep_messages_months`, photos after theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.errors import DatabaseError
from bot.settings import Settings
from bot.store import other_clocks, retention
from bot.store.engine import Database
from scheduler.keeping import months_before

log = structlog.get_logger(__name__)


class RetentionWorker:
    """Asked by the alarm every hour; a page is a transaction, so that nobody waits.

    A clock that stands years ahead must not blank what is new, so the providers' time counts where it is earlier.
    """

    def __init__(self, settings: Settings, database: Database, now: Callable[[], datetime]) -> None:
        self._keep, self._database, self._now = settings.privacy, database, now

    async def look(self) -> None:
        """Raises nothing of the database's; the rest goes at the next look."""
        try:
            async with self._database.read() as tx:
                theirs = await other_clocks.latest(tx)
            now = min(filter(None, (self._now(), theirs)))
            messages = months_before(now, self._keep.keep_messages_months)
            old = retention.Old(messages, months_before(now, self._keep.keep_photos_months), now)
            while done := await self._database.writer.do(retention.forget, old):
                log.info("kept long enough", rows=done)
        except DatabaseError:
            return
