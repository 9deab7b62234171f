"""Moves what was approved into the outbox: within the hours, a bounded number at once, until all are settled.

Bounded, so that a stop is fast, answers find the outbox small, and memory stays flat however many the recipients.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from bot.errors import DatabaseError
from bot.programme.broadcasts import acts, listing, sending
from bot.programme.broadcasts.audience import Audience, AudienceError, resolve
from bot.programme.broadcasts.plan import Means
from bot.programme.broadcasts.sending import Begin, Move
from bot.store import broadcasts, recipients
from bot.store.engine import Database
from scheduler.pace import Limits

log = structlog.get_logger(__name__)
CHUNK = 2_000
"""Recipients in one transaction."""
MOST_QUEUED = 10_000
"""Texts of one broadcast that wait in the outbox at once, per channel."""


class BroadcastWorker:
    """Asked by the alarm; `notify`: there is something to send; `wake`: the chat of this address has a turn."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        means: Means,
        notify: Callable[[], Awaitable[None]],
        wake: Callable[[int], None] = lambda address: None,
    ) -> None:
        self._database, self._now, self._notify, self._wake = database, now, notify, wake
        self._hours, self._setup, self._limits = means.hours, means.setup, means.limits
        self.crash: Callable[[str], None] = lambda point: None

    async def look(self) -> None:
        """Make lists; begin, move and end what is due now. Raises nothing of the database's; it is asked again."""
        try:
            async with self._database.glance() as tx:
                drafts = await broadcasts.to_list(tx)
                running = await broadcasts.running(tx, self._now())
            for number in drafts:
                await self._list(number)
            for row in running:
                await self._advance(row)
        except DatabaseError:
            return

    async def _advance(self, row: Any) -> None:
        now, writer = self._now(), self._database.writer
        due = self._hours.next_allowed(row.starts_at)
        if now < due:
            return
        if row.frozen_at is None and not await self._list(row.id):
            return
        open_now = self._hours.is_allowed(now)
        if row.state == "sending" and not open_now and not sending.over(row, due, now):
            return  # nothing may leave, and nothing is to be decided: no transaction each second of a night
        state = await writer.do(sending.begin, Begin(row.id, now, due, self._hours.zone))
        if state != row.state:
            log.info("broadcast", id=row.id, state=state)
        if state != "sending" or not open_now:
            return
        await self.fill(row.id)
        if await writer.do(sending.finish, (row.id, now)):
            log.info("broadcast", id=row.id, state="done")

    async def _list(self, broadcast: int) -> bool:
        """The list of a card's draft or of a repetition that is due, by pages; False when a person must decide."""
        writer, setup, listed = self._database.writer, acts.setup_details(self._setup), listing.Listed()
        try:
            audience = await self._audience(broadcast)
            while True:
                page = listing.Page(broadcast, listed.after, setup, self._now(), audience)
                listed = await writer.do(listing.go_on, page)
                if listed.after is None:
                    break
                self.crash("after_page")
        except (acts.BroadcastError, AudienceError) as error:
            log.warning("no list", id=broadcast, why=type(error).__name__)
            listed = listing.Listed(None, await writer.do(listing.cannot, (broadcast, self._now())))
            return False
        finally:
            if listed.wakes is not None:
                self._wake(listed.wakes)
        return True

    async def _audience(self, broadcast: int) -> Audience:
        """Whom it is for, as of now. Raises AudienceError."""
        async with self._database.read() as tx:
            row = await broadcasts.one(tx, broadcast)
            assert row is not None  # it was found a moment ago, and none is ever deleted
            return await resolve(tx, row.audience, self._setup.period(), self._now())

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
