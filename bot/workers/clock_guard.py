"""Keeps the latest time that was seen, and says whether the clock may be believed (scheduler/right_time.py)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.errors import DatabaseError
from bot.store import singles
from bot.store.engine import Database
from scheduler import right_time

log = structlog.get_logger(__name__)
SECONDS = 30
"""Between two looks: what a death of the process may make us forget, far below the tolerance."""


class ClockGuard:
    """Asked by the alarm, and by the outbox before anything leaves that nobody asked for."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._seen: datetime | None = None
        self._said = ""

    def is_right(self, now: datetime) -> bool:
        """Whether the clock may be believed."""
        return not right_time.behind(now, self._seen)

    @property
    def wrong(self) -> str:
        """What is wrong with the clock and what to do; '' when nothing is."""
        return right_time.said(right_time.behind(self._now(), self._seen))

    async def look(self) -> None:
        """Keep the time where it is later than the one that is kept; say once when it begins and ends to be wrong."""
        with contextlib.suppress(DatabaseError):
            self._seen = await self._database.writer.do(singles.see, self._now())
        wrong = self.wrong
        if wrong and not self._said:
            log.error("the clock is wrong", what_to_do=wrong)
        elif self._said and not wrong:
            log.warning("the clock is right again")
        self._said = wrong
