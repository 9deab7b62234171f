"""Looks once a minute whether a channel has trouble, and has two of the team told: each trouble once, and its end.

What this process alone knows of a channel the others learn at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import structlog

from bot.channels.base import Channel
from bot.errors import DatabaseError
from bot.store import alarms, channel_notes
from bot.store.alarms import OVER, Alarm
from bot.store.channel_notes import LASTS, Note
from bot.store.engine import Database
from bot.workers import channel_states
from bot.workers.outbox import OutboxWorker
from handlers.team.alarm import AFTER, Trouble, troubles
from handlers.team.waiting import STUCK

log = structlog.get_logger(__name__)
SECONDS = 60


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
        self._refused: dict[str, datetime] | None = None
        """Channel -> when it was refused last, in any process, as known at the last look; None before the first."""

    async def look(self) -> None:
        """Tell what is new, and of which channel all is over. Raises nothing of the database's; it is asked again."""
        try:
            now = self._now()
            if self._database.shared or self._refused is None or self._refused or self._outbox.broken:
                await self._learn(now)
            there = {(one.channel, one.what): one for one in await self._troubles(now)}
            self._seen = {key: self._seen.get(key, now) for key in there}
            due = {key for key, since in self._seen.items() if now - since >= AFTER.get(key[1], timedelta())}
            fresh = [there[key] for key in sorted(due - self._told)]
            over = {channel for channel, _ in self._told} - {channel for channel, _ in there}
            for one in fresh:
                if await self._tell(one, now):
                    self._told.add((one.channel, one.what))
            ended = {channel for channel in sorted(over) if await self._tell(Trouble(channel, OVER, now), now)}
            self._told = {key for key in self._told if key in there or key[0] in over - ended}
        except DatabaseError:
            return

    async def _learn(self, now: datetime) -> None:
        """Of the phone's calls another process has had the last one; of a limit another one knows what is left."""
        broken = self._outbox.broken
        mine = {name: self._note(name, channel, now, name in broken) for name, channel in self._channels.items()}
        known = await self._database.writer.do(channel_notes.exchange, mine)
        for name, channel in self._channels.items():
            note, gateway = known[name], cast(Any, channel)
            if note.heard_at and note.heard_at > (gateway.heard_at or self._began):
                gateway.heard_at, gateway.warns = note.heard_at, note.warns
            self._outbox.elsewhere[name] = note.rest
            if mine[name].refused_at is None:
                await self._noted_as_refused(name, channel, note, now)
        self._refused = {name: note.refused_at for name, note in known.items() if note.refused_at}

    async def _noted_as_refused(self, name: str, channel: Channel, note: Note, now: datetime) -> None:
        """Until it works, or until who noted it is gone and the account is asked for and there again."""
        if note.refused_at and (now - note.refused_at < LASTS or await channel.check()):
            self._outbox.refused.add(name)
        else:
            self._outbox.refused.discard(name)

    def _note(self, name: str, channel: Channel, now: datetime, broken: bool) -> Note:
        rest = self._outbox.rest(name) if self._outbox.holds(name) else None
        refused_at = now if broken and name not in self._outbox.refused else None
        since = None if broken else (self._refused or {}).get(name)
        phone = getattr(channel, "heard_at", None), getattr(channel, "warns", ())
        return Note(now, *phone, rest, refused_at=refused_at, worked_since=since)

    async def _troubles(self, now: datetime) -> list[Trouble]:
        async with self._database.read() as tx:
            stuck = await alarms.stuck(tx, now - STUCK, now)
        return list(troubles(channel_states.states(self._channels, self._outbox), stuck, self._began, now))

    async def _tell(self, one: Trouble, now: datetime) -> bool:
        """False: it must wait, since it was told less than an hour ago and was not so in between."""
        alarm = Alarm(one.channel, one.what, one.since, one.texts, now)
        woken = await self._database.writer.do(alarms.tell, alarm)
        for address in woken or ():
            self._wake(address)
        if woken:
            log.warning("channel trouble", channel=one.channel, trouble=one.what)
        return woken is not None
