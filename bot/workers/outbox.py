"""Sends what the outbox holds: per channel, at most one text per address at a time, in order.

A try is counted and committed before the network call. What becomes of it is decided by the error's
class (bot/errors.py): an ambiguous try of a reply is repeated once, of anything else it is held as
uncertain and shown to a person; where the provider takes our id as a key it is simply repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.asked_for import asked_for
from bot.attachments import attached
from bot.channels.base import Attached, Channel, Message
from bot.errors import (
    AddressMoved,
    Ambiguous,
    ChannelMisconfigured,
    DatabaseError,
    RecipientStopped,
    RetryLater,
    SendError,
)
from bot.store import erasure, left, moved_chats, outbox, roads
from bot.store.due import Ready
from bot.store.engine import Database
from bot.store.markets import Opens
from bot.store.outbox import Claim, Mark, Wanted
from scheduler.breaker import Breaker
from scheduler.pace import Limits, Pace
from scheduler.quiet import Hours

log = structlog.get_logger(__name__)
SENT = Counter("kurikirana_sends", "Tries to send", ["channel", "result"])
BROKEN = Gauge("kurikirana_channel_broken", "1 while a channel's account is refused", ["channel"])
RESTS = Counter("kurikirana_channel_rests", "Times that a channel without answers was left alone", ["channel"])
_sent = lru_cache(maxsize=None)(SENT.labels)


class OutboxWorker:
    """One sender for all channels of this process."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
        limits: Mapping[str, Limits],
        hours: Hours,
        folder: Path,
    ) -> None:
        """`folder` is where photos and voice notes are kept."""
        self._database, self._channels, self._now, self._hours = database, dict(channels), now, hours
        self._folder, self._limits = folder, {name: limits.get(name, Limits()) for name in channels}
        self._paces = {name: Pace(limit, hours.zone) for name, limit in self._limits.items()}
        self._wake = {name: asyncio.Event() for name in channels}
        self._free = {name: channel.window for name, channel in channels.items()}
        self._screens = {name: 32 * getattr(channel, "screens", False) for name, channel in channels.items()}
        """How many USSD screens may be shown at once: they take no connection, no part, and no account for SMS."""
        self._paused: dict[str, datetime] = {}
        self.unheard = set[str]()  # channels that were refused where they fetch, or at their start
        self.refused = set[str]()  # by what another process noted, or this one before its start
        self._breakers = {name: Breaker() for name in channels}
        for name in channels:
            BROKEN.labels(name).set(0)
        self._sending: set[asyncio.Task[None]] = set()
        self._unasked = set(channels)
        """Channels where something that nobody asked for may be due; looked for until nothing is."""
        self._claiming, self._stopping = 0, False
        self.holds: Callable[[str], bool] = lambda name: True
        """Whether this process may send by a channel: by one with a single connection or a limit one process does."""
        self.elsewhere = dict[str, int | None]()  # channel -> parts left today, where another process sends by it
        self.crash: Callable[[str], None] = lambda point: None
        self.may_speak: Callable[[datetime], bool] = lambda now: True
        """Whether the clock is to be believed: else nothing leaves that nobody asked for."""
        self.opens: Opens | None = None
        """Where there are market days: when unasked texts may leave to which communes."""

    def notify(self) -> None:
        """There may be something to send."""
        for event in self._wake.values():
            event.set()

    def ready(self) -> Ready:
        """By which channels what is due may leave now."""
        now = self._now()
        ours = [name for name in self._channels if self.holds(name)]
        answers = [name for name in ours if self._room(name, now) > 0]
        unasked = [name for name in answers if self._speaks(now) and self._paces[name].at_once(now)]
        return Ready([name for name in ours if self._screens[name]], answers, unasked)

    async def look(self) -> None:
        """Asked while anything is due that may leave: also what a pause, a pace or a fault held up until now."""
        self._unasked.update(self._channels)
        self.notify()

    async def recover(self) -> None:
        """Decide what to do with rows whose sender died."""
        keyed = tuple(name for name, channel in self._channels.items() if channel.keyed)
        await self._database.writer.do(outbox.interrupted, (self._now(), not self._database.shared, keyed))
        await self._database.writer.do(erasure.finish, None)

    async def count_today(self, *names: str) -> None:
        """What left today by these channels, or by all, counts, whichever process sent it. Raises DatabaseError."""
        async with self._database.read() as tx:
            gone = await left.lately(tx, self._now(), self._hours.zone)
        for name in names or self._limits:
            self._paces[name] = pace = Pace(self._limits[name], self._hours.zone)
            for at, parts in ((at, parts) for channel, at, parts in gone if channel == name):
                pace.left(at, parts)

    @property
    def full(self) -> list[str]:
        """Channels whose parts of the day are used up."""
        return sorted(name for name in self._paces if self.rest(name) == 0)

    def rest(self, name: str) -> int | None:
        """SMS parts that a channel may still send today; None: no limit, or not known of who sends by it."""
        return self._paces[name].rest(self._now()) if self.holds(name) else self.elsewhere.get(name)

    async def run(self) -> None:
        """Send until cancelled, whenever there may be something."""
        async with asyncio.TaskGroup() as group:
            for name in self._channels:
                group.create_task(self._channel(name), name=f"sender {name}")

    async def drain(self, within_s: float) -> None:
        """Claim nothing more, let the tries under way end; of one that takes longer the next start decides."""
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._claiming or self._sending:
                    await asyncio.sleep(0.02)

    async def _channel(self, name: str) -> None:
        wake = self._wake[name]
        while True:
            while await self._take(name):  # there may be more
                pass
            await wake.wait()
            wake.clear()

    async def _take(self, name: str) -> bool:
        now = self._now()
        room = max(0, self._room(name, now)) + self._screens[name]
        if self._stopping or not self.holds(name) or not room:
            return False
        self._claiming += 1
        try:
            claims = await self._database.writer.do(self._claim, name, last=True)
        except DatabaseError:
            return False
        finally:
            self._claiming -= 1
        if any("session" not in claim.data for claim in claims):
            self._breakers[name].began(now)
        for claim in claims:
            self._free[name] -= 1
            task = asyncio.create_task(self._try(name, claim))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(claims) and (len(claims) >= room or name in self._unasked)

    async def _claim(self, tx: AsyncConnection, names: Sequence[str]) -> list[list[Claim]]:
        """Work for the writer: what is due when its group is written, the answers of this very group included."""
        now = self._now()
        unasked = self._unasked if self._unasked and self._speaks(now) else ()
        few = {name: self._paces[name].at_once(now) for name in names}
        wanted = [
            Wanted(name, self._room(name, now), now, name in unasked, self.opens, self._screens[name], few[name])
            for name in names
        ]
        claims = await outbox.claim(tx, wanted)
        for want, found in zip(wanted, claims, strict=True):
            # answers may have filled the room, then nothing else was looked for
            if len(found) < want.most and all(claim.kind == "reply" for claim in found):
                self._unasked.discard(want.channel)
        return claims

    def _speaks(self, now: datetime) -> bool:
        """Whether what nobody asked for may leave."""
        return self._hours.is_allowed(now) and self.may_speak(now)

    def _room(self, name: str, now: datetime) -> int:
        """How many sends may begin now: connections that are free, what pace and breaker still allow."""
        if self._paused.get(name, now) > now:
            return 0
        return int(min(self._free[name], self._paces[name].room(now), self._breakers[name].room(now)))

    async def _try(self, name: str, claim: Claim) -> None:
        try:
            mark = await self._tried(name, claim)
        finally:  # before the mark is written: what else may leave is claimed in its transaction
            self._free[name] += 1
            self._wake[name].set()
        await self._marked(mark)
        if self._database.shared:  # where it is written beside what claims, her next text was not free before
            self._wake[name].set()

    async def _tried(self, name: str, claim: Claim) -> Mark:
        if claim.parts and (wait := self._paces[name].wait_s(self._now(), claim.parts, claim.kind != "reply")):
            # back in the outbox it can be stopped; a claim that waits half an hour could not
            self._breakers[name].not_tried()
            return Mark(claim.id, "queued", self._now(), due_at=self._now() + timedelta(seconds=wait))
        return await self._send(name, claim)

    async def _marked(self, mark: Mark) -> None:
        """Write down what became of it, however long the database needs to come back."""
        while True:
            with contextlib.suppress(DatabaseError):
                await self._database.marks.do(outbox.mark, mark)
                return
            await asyncio.sleep(1.0)

    async def _send(self, name: str, claim: Claim) -> Mark:
        channel = self._channels[name]
        try:
            file, asked = await self._file(claim), await asked_for(self._database, channel, claim, self._now())
            message = Message(claim.id, claim.address, claim.text, claim.attempts, claim.data, file, asked)
            sent = await channel.send(message)
        except SendError as error:
            _sent(name, type(error).__name__).inc()
            return await self._decide(name, claim, error)
        except Exception as error:
            _sent(name, "fault").inc()
            log.error("send failed in an unknown way", channel=name, outbox=claim.id, exc_info=error)
            self._failed(name)
            return self._ambiguous(channel, claim, f"fault: {type(error).__name__}")
        self.crash("after_send")
        _sent(name, sent.state).inc()
        now = self._now()
        if sent.parts:
            self._paces[name].left(now, sent.parts)
        if sent.parts != 0:  # a screen says nothing of the way of SMS
            self._breakers[name].worked()
            self._heal(name)
        day = now.astimezone(self._hours.zone).date().isoformat()
        return Mark(claim.id, sent.state, now, sent.provider_id, day=day, parts=sent.parts, numbered=sent.numbered)

    async def _file(self, claim: Claim) -> Attached | None:
        file = claim.data.get("file")
        return await asyncio.to_thread(attached, file, self._folder) if file else None

    async def _decide(self, name: str, claim: Claim, error: SendError) -> Mark:
        now, why = self._now(), str(error)[:200]
        log.warning("not sent", channel=name, outbox=claim.id, error=type(error).__name__)
        if isinstance(error, Ambiguous | RetryLater):
            self._failed(name)
        else:
            self._breakers[name].worked()
        if isinstance(error, Ambiguous):
            return self._ambiguous(self._channels[name], claim, why)
        if isinstance(error, RetryLater):
            self._heal(name)
            return Mark(claim.id, "queued", now, None, why, now + timedelta(seconds=max(0.5, error.after_s)))
        if isinstance(error, AddressMoved):
            await self._database.writer.do(moved_chats.moved, (claim.address_id, error.address))
            return Mark(claim.id, "queued", now, None, "the chat moved", now)
        if isinstance(error, ChannelMisconfigured):
            self._break(name, error)
            return Mark(claim.id, "queued", now, None, why, now + timedelta(seconds=60))
        if isinstance(error, RecipientStopped):
            await self._database.writer.do(roads.close, roads.Closed(claim.address_id, why, claim.id, now))
        return Mark(claim.id, "failed", now, None, why)

    def _ambiguous(self, channel: Channel, claim: Claim, why: str) -> Mark:
        now = self._now()
        if channel.keyed or (claim.kind == "reply" and claim.attempts < 2):
            return Mark(claim.id, "queued", now, None, why, now + timedelta(seconds=5 * claim.attempts))
        return Mark(claim.id, "uncertain", now, None, why)

    def _break(self, name: str, error: ChannelMisconfigured) -> None:
        BROKEN.labels(name).set(1)
        self.refused.discard(name)
        self._paused[name] = self._now() + timedelta(seconds=60)
        log.error("channel stopped for a minute", channel=name, what_to_do=error.what_to_do)

    def _heal(self, name: str) -> None:
        self.refused.discard(name)
        if self._paused.pop(name, None):
            BROKEN.labels(name).set(0)

    def _failed(self, name: str) -> None:
        if (breaker := self._breakers[name]).failed(self._now()):
            RESTS.labels(name).inc()
            log.warning("channel rests", channel=name, seconds=breaker.pause.total_seconds())

    @property
    def broken(self) -> list[str]:
        """Channels whose account is refused at the moment."""
        return sorted({*self._paused, *self.unheard, *self.refused})
