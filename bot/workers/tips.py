"""Plans tips: whoever agreed lately gets her first one in time; afterwards each tip sets the next one's timer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from bot.channels.base import Channel
from bot.errors import DatabaseError
from bot.settings import Settings, unasked_hours
from bot.store import roads, tip_list, tip_timers
from bot.store.engine import Database
from bot.tips import shipped
from scheduler import tips


class TipPlanner:
    """Asked by the alarm; `begin` once at the start."""

    def __init__(
        self, settings: Settings, database: Database, now: Callable[[], datetime], channels: Iterable[Channel]
    ) -> None:
        self._schemes = tuple(sorted(roads.reached(channels)))
        self._rules, self._zone, self._hours = settings.tips, settings.zone, unasked_hours(settings)
        self._database, self._now = database, now

    async def begin(self) -> None:
        """Load the shipped tips into a new database, and plan. Raises DatabaseError."""
        await self._database.writer.do(tip_list.begin, [tip.row() for tip in shipped()])
        await self.look()

    async def look(self) -> None:
        """Make the timers that are missing."""
        if not self._rules.on:
            return
        while True:
            try:
                wanted = tip_timers.Plan(
                    self._now(), self._due, self._zone, self._schemes, self._rules.at, self._hours.next_allowed
                )
                seen = await self._database.writer.do(tip_timers.plan, wanted)
            except DatabaseError:
                return
            if seen < tip_timers.MOST_AT_ONCE:
                return

    def _due(self, now: datetime, last: date | None, association_id: int) -> datetime:
        due = tips.next_due(now, last, self._rules.every_days, self._rules.at, association_id, self._zone)
        return self._hours.next_allowed(due)
