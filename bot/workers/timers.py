"""Turns due timers into inbox rows: a reminder is only a second way of being woken."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.errors import DatabaseError
from bot.store import reminder_timers
from bot.store.engine import Database
from bot.store.timers import Look
from handlers.turn import When
from handlers.turn.roads import EVERY

MOST_AT_ONCE = 1_000
"""In one transaction: who writes meanwhile is answered after it."""


class TimerWorker:
    """Asked by the alarm; `fire` is the inbox worker's: it takes the turns of what is due, and says how many were."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        fire: Callable[[Look], Awaitable[int]],
        when: When,
        schemes: frozenset[str] = EVERY,
    ) -> None:
        """`schemes`: those of the addresses that a channel reaches."""
        self._database, self._now, self._fire, self._when = database, now, fire, when
        self._schemes = schemes

    async def make(self) -> None:
        """Timers of reminders for the associations that have none: at start, after an import, now and then."""
        with contextlib.suppress(DatabaseError):
            await self._database.writer.do(reminder_timers.make, (self._now(), self._when))

    async def look(self) -> None:
        """Fire everything that is due now, each timer once."""
        while True:
            try:
                fired = await self._fire(Look(self._now(), MOST_AT_ONCE, self._when, self._schemes))
            except DatabaseError:
                return
            if fired < MOST_AT_ONCE:
                return
