"""What the running service is made of, bound together: bot/app.py starts it, the console looks and writes with it.

Nothing here runs by itself: a worker does when it is asked, or when its `run` is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from bot import channels as channel_list
from bot.added_forms import load_all
from bot.backups import Backups
from bot.changes import Changes
from bot.channels.base import Channel
from bot.clock import Clock
from bot.operations import LEAVE_AS_IT_IS, WORDS_SAVED
from bot.programme.broadcasts.plan import means_of
from bot.render import Words
from bot.settings import Settings, unasked_hours
from bot.store import roads
from bot.store.engine import Database
from bot.turns import Turns
from bot.workers import channel_states
from bot.workers.audit_chain import AuditChain
from bot.workers.backups import BackupWorker
from bot.workers.broadcast_counts import BroadcastCounter
from bot.workers.broadcasts import BroadcastWorker
from bot.workers.channel_watch import ChannelWatch
from bot.workers.clock_guard import ClockGuard
from bot.workers.erasures import ErasureWorker
from bot.workers.figures import FiguresWorker
from bot.workers.inbox import InboxWorker
from bot.workers.lease import Lease
from bot.workers.media import MediaWorker
from bot.workers.one_sender import OneSender
from bot.workers.outbox import OutboxWorker
from bot.workers.retention import RetentionWorker
from bot.workers.timers import TimerWorker
from bot.workers.tips import TipPlanner
from handlers.conversations import step
from scheduler.pace import Limits


class Parts:
    """The parts, each knowing those that it needs."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, channels: Mapping[str, Channel]) -> None:
        self.settings, self.database, self.clock = settings, database, clock
        self.channels = dict(channels)
        words = Words.load(_words_folder(settings), _common(settings))
        self.words = words
        self.turns = Turns(settings, words, {}, clock.now, step, self.channels)
        limits, folder = channel_list.limits(settings), settings.path(settings.privacy.media_folder)
        self.guard = ClockGuard(database, clock.now)
        self.outbox = OutboxWorker(database, self.channels, clock.now, limits, unasked_hours(settings), folder)
        self.outbox.may_speak = self.guard.is_right
        self.outbox.opens = self.turns.when.opens if settings.hours.market_days else None
        alone = [name for name, channel in self.channels.items() if channel.alone and database.shared]
        self.leases = {name: Lease(database, name) for name in alone}
        limited = [name for name, limit in limits.items() if limit != Limits() and name in self.channels]
        self.senders = {
            name: OneSender(Lease(database, f"send {name}"), partial(self.outbox.count_today, name))
            for name in limited
            if database.shared and self.channels[name].alone != "both"
        }
        self.outbox.holds = self._may_send
        self.turns.learn(channel_states.loaders(self.channels, self.outbox))
        self.inbox = InboxWorker(database, self.turns, clock.now, self.outbox.notify)
        self.tips = TipPlanner(settings, database, clock.now, channels.values())
        self.means = means_of(settings, self.channels, limits)
        self.broadcasts = BroadcastWorker(database, clock.now, self.means, self.outbox.look, self.inbox.notify)
        self.figures = FiguresWorker(settings, words, database, clock.now, self.inbox.notify)
        self.counter = BroadcastCounter(database, clock.now, self.means, self.inbox.notify, self.figures.begin)
        schemes = roads.reached(self.channels.values())
        self.watch = ChannelWatch(database, clock.now, self.channels, self.outbox, self.inbox.notify)
        self.timers = TimerWorker(database, clock.now, self.inbox.fire, self.turns.when, schemes)
        self.erasures = ErasureWorker(database, folder)
        self.backups = BackupWorker(database, Backups.of(settings), settings.backup.at, clock.now)
        self.retention = RetentionWorker(settings, database, clock.now)
        self.audit_chain = AuditChain(database, clock.now)
        self.media = MediaWorker(settings, database, self.channels, clock.now)
        self.changes = Changes(database, settings.path(settings.words.folder), self.reload_words, self.reload)
        self.port = settings.web.port
        """Where it is served; one that was left open is known once it is."""

    @property
    def simulated(self) -> bool:
        """Whether there are simulated phones: a demo, or practice in a live programme."""
        return "phone" in self.channels

    def crash_at(self, crash: Callable[[str], None]) -> None:
        """Have every part call this at its named points (the crash harness dies there)."""
        self.database.crash_at(crash)
        self.turns.crash = self.outbox.crash = self.broadcasts.crash = crash

    def reload_words(self) -> None:
        """The programme's own words have changed: what is said, and understood, next is so in them."""
        self.words.learn(_words_folder(self.settings))
        self.turns.roster_changed()

    async def reload(self) -> None:
        """Forms and roster may have changed: read them anew before the next turn."""
        async with self.database.read() as tx:
            self.turns.forms = await load_all(tx)
        self.turns.roster_changed()
        await self.guard.look()
        await self.timers.make()

    async def changed(self, operation: str) -> None:
        """An operation of bot/operations.py was done: what it may have changed is read anew."""
        if operation == WORDS_SAVED:
            self.reload_words()
        elif operation not in LEAVE_AS_IT_IS:
            await self.reload()

    def _may_send(self, name: str) -> bool:
        """By a channel with a single connection only who holds it, by one with a limit only its one sender."""
        if name in self.senders:
            return self.senders[name].is_ours
        return name not in self.leases or self.channels[name].alone != "both" or self.leases[name].held


def _words_folder(settings: Settings):  # type: ignore[no-untyped-def]
    folder = settings.path(settings.words.folder)
    return folder if folder.is_dir() else None


def _common(settings: Settings) -> dict[str, str | int]:
    """Fields that the settings fill in every text."""
    return {
        "sender": settings.project.sender,
        "hotline": settings.safeguarding.hotline or settings.project.sender,
        "per_week": settings.limits.unasked_per_week,
        "console": settings.web.address,
    }
