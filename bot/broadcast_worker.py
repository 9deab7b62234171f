"""Moves what was approved into the outbox: within the hours, a bounded number at once, until all are settled.

Bounded, so that a stop is fast, answers find the outbox small, and memory stays flat however many the recipients.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.programme.broadcasts import acts, sending
from bot.programme.broadcasts.audience import AudienceError
from bot.programme.broadcasts.plan import Means
from bot.programme.broadcasts.sending import Begin, Move
from bot.store import broadcasts, recipients
from bot.store.engine import Database
from scheduler.pace import Limits
from scheduler.repeat import next_time

log = structlog.get_logger(__name__)
CHUNK = 2_000
"""Recipients in one transaction."""
MOST_QUEUED = 10_000
"""Texts of one broadcast that wait in the outbox at once, per channel."""


class BroadcastWorker:
    """Asked by the alarm; `notify` tells the outbox worker that there is something to send."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        means: Means,
        notify: Callable[[], Awaitable[None]],
    ) -> None:
        self._database, self._now, self._notify = database, now, notify
        self._hours, self._setup, self._limits = means.hours, means.setup, means.limits
        self.crash: Callable[[str], None] = lambda point: None

    async def look(self) -> None:
        """Begin, move and end what is due now. Raises nothing of the database's; it is asked again."""
        try:
            async with self._database.read() as tx:
                running = await broadcasts.running(tx, self._now())
            for row in running:
                await self._advance(row)
        except DatabaseError:
            return

    async def _advance(self, row: Any) -> None:
        now, writer = self._now(), self._database.writer
        due = self._hours.next_allowed(row.starts_at)
        if now < due:
            return
        if row.frozen_at is None and not await self._freeze(row.id):
            return
        again = next_time(row.starts_at, row.every, self._hours.zone) if row.every else None
        state = await writer.do(sending.begin, Begin(row.id, now, due, again))
        if state != row.state:
            log.info("broadcast", id=row.id, state=state)
        if state != "sending" or not self._hours.is_allowed(now):
            return
        await self.fill(row.id)
        if await writer.do(sending.finish, (row.id, now)):
            log.info("broadcast", id=row.id, state="done")

    async def _freeze(self, broadcast: int) -> bool:
        """The list of a repetition that is due; False when a person must decide."""
        after: int | None = None
        while True:
            details = {"id": broadcast, "after": after, "setup": acts.setup_details(self._setup)}
            try:
                after = await self._database.writer.do(_freeze, (details, self._now()))
            except (acts.BroadcastError, AudienceError) as error:
                log.warning("no list", id=broadcast, why=type(error).__name__)
                about = (broadcast, "has no list of recipients any more", self._now())
                await self._database.writer.do(sending.cannot, about)
                return False
            if after is None:
                return True

    async def fill(self, broadcast: int, most: int | None = None) -> int:
        """Queue texts until so many wait in the outbox, or nobody waits; returns how many recipients were taken."""
        async with self._database.read() as tx:
            there = await recipients.in_outbox(tx, broadcast)
            channels = await recipients.waiting_on(tx, broadcast)
        taken = 0
        for channel in channels:
            room = self._bound(channel, most or MOST_QUEUED) - there.get(channel, 0)
            while room > 0 and (moved := await self._move(broadcast, channel, min(room, CHUNK))):
                taken, room = taken + moved, room - moved
                self.crash("after_chunk")
                await self._notify()
        return taken

    def _bound(self, channel: str, most: int) -> int:
        """A phone that may send 30 parts in half an hour gets an hour's worth, so that the rest can be taken back."""
        pace = self._limits.get(channel, Limits()).per_half_hour
        return min(most, 2 * pace) if pace else most

    async def _move(self, broadcast: int, channel: str, most: int) -> int:
        rich = channel in self._setup.rich
        wanted = Move(broadcast, channel, rich, self._setup.sender, most, self._now())
        return await self._database.writer.do(sending.move, wanted)


async def _freeze(tx: AsyncConnection, items: Sequence[tuple[dict[str, Any], datetime]]) -> list[Any]:
    """Work for the writer."""
    return [await acts.freeze(tx, details, now) for details, now in items]
