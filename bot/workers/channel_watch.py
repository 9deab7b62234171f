"""Looks once a minute whether a channel has trouble, and has two of the team told: each trouble once, and its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.channels.base import Channel
from bot.errors import DatabaseError
from bot.store import alarms
from bot.store.alarms import Alarm
from bot.store.engine import Database
from bot.workers import channel_states
from bot.workers.outbox import OutboxWorker
from handlers.team.alarm import AFTER, Trouble, troubles
from handlers.team.waiting import STUCK

log = structlog.get_logger(__name__)
SECONDS = 60
OVER = "over"


class ChannelWatch:
    """Asked by the alarm. `wake`: this address has a turn."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        channels: Mapping[str, Channel],
        outbox: OutboxWorker,
        wake: Callable[[int], None],
    ) -> None:
        self._database, self._now, self._channels, self._outbox, self._wake = database, now, channels, outbox, wake
        self._began = now()
        self._seen: dict[tuple[str, str], datetime] = {}
        """(channel, trouble) -> since when it is seen."""
        self._told: set[tuple[str, str]] = set()

    async def look(self) -> None:
        """Tell what is new, and of which channel all is over. Raises nothing of the database's; it is asked again."""
        try:
            now = self._now()
            there = {(one.channel, one.what): one for one in await self._troubles(now)}
            self._seen = {key: self._seen.get(key, now) for key in there}
            due = {key for key, since in self._seen.items() if now - since >= AFTER.get(key[1], timedelta())}
            fresh = [there[key] for key in sorted(due - self._told)]
            over = {channel for channel, _ in self._told} - {channel for channel, _ in there}
            for one in (*fresh, *(Trouble(channel, OVER, now) for channel in sorted(over))):
                await self._tell(one, now)
            self._told = {key for key in self._told | due if key in there}
        except DatabaseError:
            return

    async def _troubles(self, now: datetime) -> list[Trouble]:
        async with self._database.read() as tx:
            stuck = await alarms.stuck(tx, now - STUCK, now)
        return list(troubles(channel_states.states(self._channels, self._outbox), stuck, self._began, now))

    async def _tell(self, one: Trouble, now: datetime) -> None:
        alarm = Alarm(one.channel, one.what, one.since, one.texts, now)
        for address in await self._database.writer.do(alarms.tell, alarm):
            self._wake(address)
        log.warning("channel trouble", channel=one.channel, trouble=one.what)
