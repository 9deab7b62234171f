"""Turns due timers into inbox rows: a reminder is only a second way of being woken."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from bot.errors import DatabaseError
from bot.store import reminder_timers, timers
from bot.store.engine import Database
from bot.store.timers import Look
from handlers.turn import When
from handlers.turn.roads import EVERY

MOST_AT_ONCE = 2_000


class TimerWorker:
    """Asked by the alarm; `notify` tells the inbox worker which addresses have a turn."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        notify: Callable[[int], None],
        when: When,
        schemes: frozenset[str] = EVERY,
    ) -> None:
        """`schemes`: those of the addresses that a channel reaches."""
        self._database, self._now, self._notify, self._when = database, now, notify, when
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
            for address_id in dict.fromkeys(fired.addresses):
                self._notify(address_id)
            if fired.timers < MOST_AT_ONCE:
                return
