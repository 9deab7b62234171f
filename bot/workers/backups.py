"""Makes the day's copy of the programme, and keeps what a copy of before would not know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

import structlog
from prometheus_client import Gauge

from bot.backups import Backups
from bot.errors import DatabaseError
from bot.store import copies
from bot.store.copies import Since
from bot.store.engine import Database

log = structlog.get_logger(__name__)
LAST = Gauge("kurikirana_last_backup_seconds", "When the last copy was made, seconds since 1970; 0 = never")
AGAIN = timedelta(hours=1)
"""After a copy that failed."""


class BackupWorker:
    """Asked by the alarm every minute. On PostgreSQL, or without a folder, it does nothing."""

    def __init__(self, database: Database, backups: Backups | None, at: time, now: Callable[[], datetime]) -> None:
        self._database, self._backups, self._at, self._now = database, backups, at, now
        self._kept: Since | None = None
        self._not_before: datetime | None = None

    async def begin(self, free_texts: Mapping[str, tuple[str, ...]]) -> None:
        """At start, before anything leaves: if a copy of before was brought back, what was erased since goes again.

        Raises DatabaseError when that cannot be known.
        """
        if self._backups is None:
            return
        since = await asyncio.to_thread(self._backups.since)
        known = bool(since.erased or since.numbers)
        if known and (again := await self._database.writer.do(copies.catch_up, (since, free_texts))):
            log.warning("erased again after a copy was brought back", people=again)
        self._kept = since
        if made := self._backups.made(self._now()):
            LAST.set(made[-1][0].timestamp())

    async def look(self) -> None:
        """Raises nothing; what could not be done is tried again."""
        if self._backups is None:
            return
        try:
            async with self._database.read() as tx:
                since = await copies.since(tx)
            if since != self._kept:
                await asyncio.to_thread(self._backups.keep_since, since)
                self._kept = since
            if self._is_due(self._backups, now := self._now()):
                self._not_before = now + AGAIN
                file = await asyncio.to_thread(self._backups.make, now)
                LAST.set(now.timestamp())
                log.info("copied", file=file.name)
        except (DatabaseError, OSError) as error:
            log.error("no copy was made", why=str(error))

    def _is_due(self, backups: Backups, now: datetime) -> bool:
        """Once a local day, at the hour or at the first look after it, also after a clock that stood ahead."""
        if self._not_before and now < self._not_before <= now + AGAIN:
            return False
        local = now.astimezone(backups.zone)
        return local.time() >= self._at and all(at.date() != local.date() for at, _ in backups.made(now))
