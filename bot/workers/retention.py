"""Lets go of what was kept long enough: words after `privacy.keep_messages_months`, photos after theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.errors import DatabaseError
from bot.settings import Settings
from bot.store import retention
from bot.store.engine import Database
from scheduler.keeping import months_before

log = structlog.get_logger(__name__)


class RetentionWorker:
    """Asked by the alarm every hour; a page is a transaction, so that nobody waits."""

    def __init__(
        self, settings: Settings, database: Database, now: Callable[[], datetime], sure: Callable[[datetime], bool]
    ) -> None:
        """`sure`: whether the clock may be believed; one that stands ahead would blank what is new."""
        self._keep, self._database, self._now, self._sure = settings.privacy, database, now, sure

    async def look(self) -> None:
        """Raises nothing of the database's; the rest goes at the next look."""
        now = self._now()
        if not self._sure(now):
            return
        messages = months_before(now, self._keep.keep_messages_months)
        old = retention.Old(messages, months_before(now, self._keep.keep_photos_months), now)
        try:
            while done := await self._database.writer.do(retention.forget, old):
                log.info("kept long enough", rows=done)
        except DatabaseError:
            return
