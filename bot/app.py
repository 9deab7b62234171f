"""The running service: starts the parts (bot/parts.py) in order, serves them, stops them in reverse.

Order of start: database and writer, words and forms, channels, recovery of what a dead process left,
workers, and last the web server, so that nothing arrives before it can be kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

import aiohttp
import structlog
import uvicorn
from starlette.routing import BaseRoute

from bot import channels as channel_list
from bot import control, health
from bot.changes import SECONDS as CHANGES_SECONDS
from bot.channels.base import Channel, Message
from bot.channels.front import NO_DOOR, Front
from bot.channels.phone import Phone
from bot.clock import Clock
from bot.console.gate import Gate
from bot.console.pages import PAGES
from bot.console.simulator import Simulator
from bot.console.site import Console
from bot.errors import ChannelMisconfigured, SettingsError
from bot.parts import Parts
from bot.settings import Settings
from bot.settled import settle
from bot.store import look
from bot.store.engine import Database
from bot.workers import channel_watch, clock_guard, due
from bot.workers.receiving import receive
from scheduler.alarm import Alarm

log = structlog.get_logger(__name__)

DRAIN_S = 20.0
"""At stop, sends under way get this long to end; what did not start stays queued."""
BACKLOG = 2048
"""So many that call while we start wait for their answer."""
ENDING_S = 5.0
"""And what the alarm has asked for: it is begun anew at the next start."""


class App(Parts):
    """The running service: its parts, and what serves them. Use `async with App.running(settings) as app`."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, channels: Mapping[str, Channel]) -> None:
        super().__init__(settings, database, clock, channels)
        self.console = Console(self, PAGES)
        self.gate = Gate(self.console)
        self.simulator = Simulator(self, self.gate) if self.simulated else None
        self.control = control.Server(self)

    @property
    def web(self) -> Front:
        """All addresses: channels, health, metrics, the simulator; everything else is the console's."""
        routes: list[BaseRoute] = [*health.routes(self)]
        for channel in self.channels.values():
            routes.extend(channel.routes(self.inbox))
        if self.simulator:
            routes.extend(self.simulator.routes())
        return Front([*routes, NO_DOOR, *self.gate.routes()])

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls,
        settings: Settings,
        clock: Clock | None = None,
        *,
        web: bool = True,
        simulate: bool = False,
        crash: Callable[[str], None] | None = None,
    ) -> AsyncIterator[App]:
        """Start everything; on leaving, stop in reverse. Raises BotError when it cannot start."""
        database, doors = await Database.open(settings.database.url, settings.folder), []
        try:
            if web:
                doors = await asyncio.to_thread(_bound, settings.web.host, settings.web.port)
            clock = clock or Clock()
            app = cls(settings, database, clock, channel_list.build(settings, clock.now, simulate=simulate))
            if crash:
                app.crash_at(crash)
            timeout = aiohttp.ClientTimeout(total=35)
            async with aiohttp.ClientSession(timeout=timeout) as http, app._workers(http, doors):
                yield app
        finally:
            for one in doors:
                one.close()
            await database.close()

    @contextlib.asynccontextmanager
    async def _workers(self, http: aiohttp.ClientSession, doors: list[socket.socket]) -> AsyncIterator[None]:
        await self.changes.look()
        self.database.writer.start()
        await self.tips.begin()
        await self.reload()
        await self.backups.begin(self.turns.free_texts)
        site = self.web  # the phone's intake is wired here
        for channel in self.channels.values():
            await self._start(channel, http)
        await self.outbox.recover()
        await self.outbox.count_today()
        await self.inbox.recover()
        if isinstance(phone := self.channels.get("phone"), Phone):
            await self._hold_again(phone)
        settle()
        alarm = self._alarm()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self.outbox.run(), name="outbox"),
                group.create_task(self.control.run(), name="control"),
                *(group.create_task(self._receive(name), name=f"receive {name}") for name in self.channels),
                *(group.create_task(one.run(), name=f"send {name}") for name, one in self.senders.items()),
            ]
            alarm.start()
            try:
                async with self._served(site, doors) if doors else contextlib.nullcontext():
                    yield
            finally:
                await alarm.stop(ENDING_S)
                await self.figures.end(ENDING_S)
                await self.outbox.drain(DRAIN_S)
                for task in tasks:
                    task.cancel()
                for channel in self.channels.values():
                    await channel.stop()

    def _alarm(self) -> Alarm:
        """Who is asked how often, in seconds."""
        alarm = Alarm()
        alarm.every(due.EVERY_S, self._due(alarm).look)
        alarm.every(60, self.inbox.match_reports)
        if self.database.shared:
            alarm.every(60, self.outbox.recover)
        alarm.every(channel_watch.SECONDS, self.watch.look)
        alarm.every(5, self.erasures.look)
        alarm.every(60, self.console.uploads.look)
        alarm.every(60, self.tips.look)
        alarm.every(60, self.backups.look)
        alarm.every(3600, self.retention.look)
        alarm.every(600, self.audit_chain.look)
        alarm.every(CHANGES_SECONDS, self.changes.look)
        alarm.every(clock_guard.SECONDS, self.guard.look)
        alarm.every(900, self.timers.make)
        return alarm

    def _due(self, alarm: Alarm) -> due.DueWorker:
        """Who is asked in each second in which there is something for it; what a chat waits for, at once."""
        self.inbox.beside = partial(alarm.begin, self.counter.look)
        looks = {
            "timers": self.timers.look,
            "outbox": self.outbox.look,
            "broadcasts": self.broadcasts.look,
            "countings": self.counter.look,
            "media": self.media.look,
            "inbox": self.inbox.look,
        }
        return due.DueWorker(self.database, self.clock.now, self.outbox.ready, looks, alarm.begin)

    async def _start(self, channel: Channel, http: aiohttp.ClientSession) -> None:
        """A channel whose account or settings are refused does not stop the others; doctor, health, watch say so."""
        try:
            await channel.start(http)
        except ChannelMisconfigured as error:
            log.error("channel did not start", channel=channel.name, what_to_do=error.what_to_do)
            self.outbox.unheard.add(channel.name)

    async def _receive(self, name: str) -> None:
        count = partial(self.outbox.count_today, name)
        await receive(self.channels[name], self.inbox, self.leases.get(name), self.outbox.unheard, count)

    async def _hold_again(self, phone: Phone) -> None:
        """A simulated phone that was off when the service stopped is off still, and its texts wait for it."""
        async with self.database.read() as tx:
            for row in await look.held(tx):
                phone.hold(Message(row.id, row.phone, row.text, attempt=1))

    @contextlib.asynccontextmanager
    async def _served(self, site: Front, doors: list[socket.socket]) -> AsyncIterator[None]:
        config = uvicorn.Config(
            site,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
            server_header=False,
            proxy_headers=False,
            ws="none",
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(doors), name="web")
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        if serving.done():
            serving.result()
        self.port = doors[0].getsockname()[1]
        log.info("ready", host=self.settings.web.host, port=self.port, channels=sorted(self.channels))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


def _bound(host: str, port: int) -> list[socket.socket]:
    """Sockets for every address of the host, before anything begins; the web server answers at them once all stands.

    Bound alone they would not hold the port: until somebody listens, Linux gives it to others too.

    Raises SettingsError.
    """
    here = f"web.host {host}, web.port {port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise SettingsError(f"{here}: {error.strerror}. {_HOSTS}") from None
    doors: list[socket.socket] = []
    wrong: list[OSError] = []
    for family, address in dict.fromkeys((family, address) for family, *_, address in found):
        try:
            doors.append(_door(family, address))
        except OSError as error:
            wrong.append(error)
    taken = [error for error in wrong if error.errno in (errno.EADDRINUSE, errno.EACCES)]
    if doors and not taken:
        return doors
    for one in doors:
        one.close()
    if taken:
        raise SettingsError(f"{here}: {taken[0].strerror}. {_TAKEN}")
    raise SettingsError(f"{here}: {wrong[0].strerror}. {_HOSTS}")


_TAKEN = "Does it run already? Stop that, or take another port (web.port; `demo --port`)."
_HOSTS = "Write 127.0.0.1, or 0.0.0.0 for every address of this machine."


def _door(family: int, address: Any) -> socket.socket:
    """Bound there as asyncio does it. Raises OSError.

    To one that does not say it is TCP asyncio leaves the wait for more to send: 40 ms for each answer, measured.
    """
    one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(BACKLOG)
    except OSError:
        one.close()
        raise
    return one


class _Server(uvicorn.Server):
    """Signals are ours: we stop in order, the web server first."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield
