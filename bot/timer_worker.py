"""Turns due timers into inbox rows: a reminder is only a second way of being woken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.errors import DatabaseError
from bot.store import conversations
from bot.store.engine import Database

MOST_AT_ONCE = 2_000


class TimerWorker:
    """Asked by the alarm; `notify` tells the inbox worker which addresses have a turn."""

    def __init__(self, database: Database, now: Callable[[], datetime], notify: Callable[[int], None]) -> None:
        self._database, self._now, self._notify = database, now, notify

    async def look(self) -> None:
        """Fire everything that is due now, each timer once."""
        while True:
            try:
                fired = await self._database.writer.do(conversations.fire, (self._now(), MOST_AT_ONCE))
            except DatabaseError:
                return
            for address_id in dict.fromkeys(fired):
                self._notify(address_id)
            if len(fired) < MOST_AT_ONCE:
                return
