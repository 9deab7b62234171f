"""When a provider's own list is read for what no call has brought: one rule for every channel that has such a list.

At the start, then every ten minutes, and a minute after a reading that failed. A reading goes back to the day before
the last one that went well, however long that is ago; the first one three days, over a weekend without power. What is
in the list and was brought already has the same key, so it is one message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.channels import web
from bot.errors import ChannelMisconfigured, DatabaseError, SendError

log = structlog.get_logger(__name__)
EVERY_S, SOON_S = 600.0, 60.0
"""Seconds between two readings; after a failed one."""
AT_START, OVERLAP = timedelta(days=3), timedelta(days=1)
"""How far back the first reading goes; and each later one before the beginning of the last that went well."""


class Readings:
    """The readings of a channel's list. Kept with the channel, so that a refused account forgets nothing."""

    def __init__(self, channel: str, now: Callable[[], datetime], every_s: float | None = None) -> None:
        self._channel, self._now, self._every_s = channel, now, every_s
        self._since: datetime | None = None

    async def go_on(self, read: Callable[[datetime], Awaitable[None]]) -> None:
        """Have `read` hand over everything since a moment, again and again. Raises ChannelMisconfigured; asked again
        it goes on from where the list was last read."""
        self._since = self._since or self._now() - AT_START
        while True:
            began = self._now()
            try:
                await read(self._since)
            except ChannelMisconfigured:
                raise
            except (SendError, web.Unwanted, DatabaseError) as error:
                log.warning("list not read", channel=self._channel, error=type(error).__name__)
                await asyncio.sleep(SOON_S)
            else:
                self._since = began - OVERLAP
                await asyncio.sleep(self._every_s or EVERY_S)
