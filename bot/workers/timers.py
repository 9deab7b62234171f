"""Turns due timers into inbox rows: a reminder is only a second way of being woken."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from bot.errors import DatabaseError
from bot.store import reminder_timers, timers
from bot.store.engine import Database
from bot.store.timers import Look
from handlers.turn import When
from handlers.turn.roads import EVERY

MOST_AT_ONCE = 2_000


class TimerWorker:
    """Asked by the alarm; `take` has the inbox worker take the turns of addresses, and waits for them."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        take: Callable[[Collection[int]], Awaitable[None]],
        when: When,
        schemes: frozenset[str] = EVERY,
    ) -> None:
        """`schemes`: those of the addresses that a channel reaches."""
        self._database, self._now, self._take, self._when = database, now, take, when
        self._schemes = schemes

    async def make(self) -> None:
        """Timers of reminders for the associations that have none: at start, after an import, now and then."""
        with contextlib.suppress(DatabaseError):
            await self._database.writer.do(reminder_timers.make, (self._now(), self._when))

    async def look(self) -> None:
        """Fire everything that is due now, each timer once."""
        while True:
            try:
                wanted = Look(self._now(), MOST_AT_ONCE, self._when, self._schemes)
                fired = await self._database.writer.do(timers.fire, wanted)
            except DatabaseError:
                return
            await self._take(dict.fromkeys(fired.addresses))
            if fired.timers < MOST_AT_ONCE:
                return
