"""Handles what arrived: keeps it, takes the turns of each address in arrival order, sets poison aside."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.attachments import attached
from bot.channels.base import Arrival, Attached, Delivery, Message
from bot.errors import DatabaseError
from bot.store import deliveries as reports
from bot.store import inbox, listed, numbered, sessions, timers
from bot.store.deliveries import Told
from bot.store.engine import Database
from bot.store.inbox import Incoming
from bot.store.tasks import open_for_row
from bot.store.timers import Fired, Look
from bot.turns import Take, Turns

log = structlog.get_logger(__name__)
ARRIVED = Counter("kurikirana_arrived", "Inbound kept", ["channel", "kind"])
_arrived = lru_cache(maxsize=None)(ARRIVED.labels)
DELIVERED = Counter("kurikirana_delivery_reports", "Delivery reports kept", ["channel", "state"])
QUARANTINED = Counter("kurikirana_quarantined", "Inbound set aside after three deaths")

DEATHS_ALLOWED = 3
SUSPECTS = 500
"""After a death, this many rows (the largest group) are replayed one by one."""


class InboxWorker:
    """The Intake of every channel, and who has turns taken."""

    def __init__(
        self, database: Database, turns: Turns, now: Callable[[], datetime], sent: Callable[[], None]
    ) -> None:
        self._database, self._turns, self._now, self._sent = database, turns, now, sent
        self._began = now()
        self._alone: set[int] = set()
        self._seen: set[int] = set()
        """Rows that waited at the last look, be it long ago: none that was handled since waits again."""
        self._running: set[asyncio.Future[Any]] = set()
        self.beside: Callable[[], None] = lambda: None
        """Begins what turns have asked to be read beside them; the alarm does within a second."""

    async def arrivals(self, arrivals: Sequence[Arrival]) -> None:
        """Keep, and answer; returns after the commit. Raises DatabaseError: do not acknowledge."""
        now = self._now()
        kept = [self._keep(_incoming(arrival, now)) for arrival in arrivals]
        for arrival, future in zip(arrivals, kept, strict=True):
            if (waits := await future) is not None:
                self.notify(waits)
            _arrived(arrival.channel, arrival.kind).inc()

    def _keep(self, item: Incoming) -> asyncio.Future[int | None]:
        """Done with the address whose turn is still to be taken."""
        if self._database.careful:
            return self._database.intake.put(inbox.keep, item)
        future = self._database.writer.put(self._answered, item, instead=inbox.keep)
        self._under_way(future)
        return future

    async def _answered(self, tx: AsyncConnection, items: Sequence[Incoming]) -> list[int | None]:
        """Work for the writer: keep, and take the turns in the same transaction: an answer waits for one commit less.

        What ends the process is not kept then, and not acknowledged; it comes again to a process that is careful.
        """
        address_ids = await inbox.keep(tx, items)
        await self._turns.take(tx, [Take(one) for one in dict.fromkeys(address_ids)])
        return [None] * len(items)

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what providers say of our messages."""
        now = self._now()
        day = now.astimezone(self._turns.settings.zone).date().isoformat()
        told = [
            Told(d.channel, d.state, d.word, d.outbox_id, d.provider_id, d.event, now, d.stopped, day)
            for d in deliveries
        ]
        kept = [self._database.marks.put(reports.deliveries, one) for one in told]
        for one, future in zip(told, kept, strict=True):
            await future
            DELIVERED.labels(one.channel, one.state).inc()

    async def match_reports(self) -> None:
        """Asked by the alarm: delivery reports that fitted nothing may fit now; after 72 hours they go."""
        with contextlib.suppress(DatabaseError):
            await self._database.writer.do(reports.match_again, self._now())

    async def answered(self, channel: str, keys: Sequence[str]) -> dict[str, Message | None]:
        """Which of these arrivals are kept, and the first text that answers each, once there is one."""
        async with self._database.read() as tx:
            found = await sessions.answered(tx, channel, keys)
        return {
            key: Message(row.id, row.address, row.text, 1, row.data or {}) if row else None
            for key, row in found.items()
        }

    async def missing(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Those of a provider's list that are not kept, and are no history."""
        now = self._now()
        async with self._database.read() as tx:
            done = await listed.done_with(tx, [_incoming(arrival, now) for arrival in arrivals], self._began)
        return [arrival for arrival, known in zip(arrivals, done, strict=True) if not known]

    async def file(self, channel: str, outbox_id: int) -> Attached | None:
        """What goes along with a text, made or read anew by whichever process is asked for it."""
        async with self._database.read() as tx:
            noted = await sessions.file_of(tx, channel, outbox_id)
        settings = self._turns.settings
        folder = settings.path(settings.privacy.media_folder)
        return await asyncio.to_thread(attached, noted, folder) if noted else None

    async def numbered(self, channel: str, address: str) -> Mapping[str, Any]:
        """What her last text offered, when it was sent as numbers: known to every process, after a restart."""
        async with self._database.read() as tx:
            return await numbered.data_of(tx, channel, address)

    def say(self, key: str, language: str) -> str:
        """A text of the catalogue, where a channel must answer before any turn could; '' = the usual language."""
        return self._turns.replies.say(key, language or "rn")

    async def fire(self, look: Look) -> int:
        """Fire due timers and take their turns, behind those of whoever wrote; returns how many were due.

        As with what arrives, in one transaction, unless the last process died, perhaps of such a turn. Returns when
        all are taken, so that no more of them wait than the writer holds. Raises DatabaseError.
        """
        work = timers.fire if self._database.careful else self._fired
        future = self._database.writer.put(work, look, unasked=True, instead=timers.fire)
        self._under_way(future)
        fired = await future
        await self._due(dict.fromkeys(fired.addresses))
        return fired.timers

    async def _fired(self, tx: AsyncConnection, items: Sequence[Look]) -> list[Fired]:
        """Work for the writer: what is due is handled before it is kept, in the same transaction."""
        return [await self._fire(tx, item) for item in items]

    async def _fire(self, tx: AsyncConnection, look: Look) -> Fired:
        due = await timers.wake(tx, look)
        rows = await inbox.fresh(tx, [timers.event(timer, look.now) for timer in due.woken])
        if rows is None:
            return await timers.keep(tx, look, due)
        if rows:
            await self._turns.answer(tx, rows, timers.fired(due.woken))
        return Fired(due.timers, ())

    async def _due(self, address_ids: Collection[int]) -> None:
        if taken := [future for one in address_ids if (future := self._put(Take(one), unasked=True))]:
            await asyncio.wait(taken)

    def notify(self, address_id: int) -> None:
        """Take the turns of this address in the next group, and have its answers claimed in the same one."""
        self._put(Take(address_id))

    def _put(self, take: Take, *, unasked: bool = False) -> asyncio.Future[bool] | None:
        try:
            future = self._database.writer.put(self._turns.take, take, unasked=unasked)
        except DatabaseError:
            return None  # stopping or overfull: the rows stay and are found by the next look
        self._under_way(future)
        future.add_done_callback(lambda done: self._taken(take.address_id, done))
        return future

    def _under_way(self, future: asyncio.Future[Any]) -> None:
        """A turn will be taken in the next group: its answers are claimed in the same one."""
        self._running.add(future)
        future.add_done_callback(self._ended)
        self._sent()

    def _ended(self, future: asyncio.Future[Any]) -> None:
        self._running.discard(future)
        if not future.cancelled() and future.exception() is None:
            woken, self._turns.woken = self._turns.woken, set()
            for other in woken:
                self.notify(other)
            if self._turns.asked:
                self._turns.asked = False
                self.beside()

    def _taken(self, address_id: int, future: asyncio.Future[bool]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            if not future.result():
                asyncio.get_running_loop().call_later(0.2, self.notify, address_id)
        elif isinstance(error, DatabaseError):
            asyncio.get_running_loop().call_later(1.0, self.notify, address_id)
        else:
            log.error("turn failed", address=address_id, why=type(error).__name__, exc_info=error)
            self._alone.add(address_id)

    async def recover(self) -> None:
        """At start: replay what the last process left. The oldest ones alone, each mark committed first."""
        left = await self._waiting()
        if left:
            log.info("recovering", rows=len(left))
        self._turns.crash("inside_recovery")
        await self._one_by_one(left[:SUSPECTS])
        for address_id in dict.fromkeys(address for _, address in left[SUSPECTS:]):
            self.notify(address_id)

    async def look(self) -> None:
        """Asked by the alarm when rows wait that nobody notified us of: those of other processes, failed ones.

        Rows that already waited at the last look are replayed; those of a failed turn alone.
        """
        if self._running:
            return
        with contextlib.suppress(DatabaseError):
            left = await self._waiting()
            alone, self._alone = self._alone, set()
            for row, address_id in left:
                if address_id not in alone and (row in self._seen or not self._database.shared):
                    self.notify(address_id)
            self._seen = {row for row, _ in left}
            await self._one_by_one([(row, address_id) for row, address_id in left if address_id in alone])

    async def _waiting(self) -> list[tuple[int, int]]:
        async with self._database.read() as tx:  # all of them, however many
            return await inbox.waiting(tx)

    async def _one_by_one(self, rows: Sequence[tuple[int, int]]) -> None:
        """Replay in order; behind a row that cannot be handled yet, its address waits."""
        stuck: set[int] = set()
        for row, address_id in rows:
            if address_id not in stuck and not await self._replay(row, address_id):
                stuck.add(address_id)

    async def _replay(self, row: int, address_id: int) -> bool:
        """True when the row is out of the way, handled or set aside."""
        deaths = await self._database.writer.do(inbox.mark_attempts, row)
        if deaths == 0:
            return True
        if deaths > DEATHS_ALLOWED:
            return await self._set_aside(row, address_id)
        try:
            done: bool = await self._database.writer.do(self._turns.take, Take(address_id, row))
        except DatabaseError:
            done = False
        except Exception as error:  # noqa: BLE001 - one poison row harms nobody else; it is marked
            log.error("turn failed alone", row=row, deaths=deaths, why=type(error).__name__)
            self._alone.add(address_id)
            return False
        if done:
            self._sent()
            return True
        with contextlib.suppress(DatabaseError):  # for the database, or another process that has her phone in hand
            await self._database.writer.do(inbox.take_mark_back, row)
        return False

    async def _set_aside(self, row: int, address_id: int) -> bool:
        aside: bool = await self._database.writer.do(self._put_aside, (row, address_id))
        if aside:
            QUARANTINED.inc()
            log.error("set aside after repeated deaths; an officer's task says so", row=row)
        return aside

    async def _put_aside(self, tx: AsyncConnection, items: Sequence[tuple[int, int]]) -> list[bool]:
        """Work for the writer: a message and its task, both or neither."""
        now, aside = self._now(), await inbox.quarantine(tx, items)
        ours = [row for (row, _), put in zip(items, aside, strict=True) if put]
        await open_for_row(tx, [(row, now + timedelta(days=1), now) for row in ours])
        return aside


def _incoming(arrival: Arrival, now: datetime) -> Incoming:
    return Incoming(
        arrival.channel,
        arrival.key,
        arrival.scheme,
        arrival.address,
        arrival.kind,
        arrival.text,
        arrival.sent_at,
        now,
        dict(arrival.data) or None,
    )
