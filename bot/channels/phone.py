"""The simulator's phones: a channel like any other, whose other end is a page or a terminal.

Nothing leaves the machine. A phone that is off takes its texts when it is switched on again, as an
operator would hold them; the service may have been started anew in between.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp
from starlette.routing import BaseRoute

from bot.channels.base import Alone, Arrival, Delivery, File, Intake, Message, Sent
from bot.channels.ussd import Sessions, parts
from bot.errors import Refused
from handlers.noun import noun
from handlers.turn import Kind
from handlers.understand.words import clean

KEPT_TEXTS = 200


@noun
class Shown:
    """A text on a phone's screen; `id` is our outbox id."""

    id: int
    text: str


class Simulated:
    """What every channel of the simulator has: no account, no network, no file; its page is its other end."""

    keyed = True
    alone: Alone = ""
    window = 64

    def __init__(self) -> None:
        self._intake: Intake | None = None

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """No web address of its own: the simulator's page calls `hear`."""
        self._intake = intake
        return ()

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Nothing to log in to."""

    async def run(self, intake: Intake) -> None:
        """Nothing to poll."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def check(self) -> list[str]:
        """Always well."""
        return []

    async def heard(self, arrival: Arrival) -> None:
        """Keep what a page or a terminal hands over; returns once it is stored. A known key is a repeat."""
        assert self._intake is not None, "the simulator is not wired"
        await self._intake.arrivals([arrival])

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """Simulated phones send no files."""
        raise Refused("a simulated phone sends no files")


class Phone(Simulated):
    """All simulated keypad phones of this process."""

    name = "phone"
    scheme = "tel"
    rich = False
    screens = True

    def __init__(self) -> None:
        super().__init__()
        self.off: set[str] = set()
        self._held: dict[str, list[Message]] = {}
        self._screens: dict[str, deque[Shown]] = {}
        self.changed = asyncio.Event()
        self.sessions = Sessions(self.name, b"simulated")

    async def hear(self, number: str, key: str, text: str, sent_at: datetime | None, kind: Kind = "text") -> None:
        """Somebody pressed "send" on this phone, or called; returns once it is stored. A known key is a repeat."""
        await self.heard(Arrival(self.name, key, self.scheme, number, kind, clean(text), sent_at))

    async def dial(self, number: str, session: str, text: str, *, slow: bool = False) -> str:
        """A step of a USSD session, with all that was typed in it; the screen, beginning with CON or END.

        `slow`: nobody waits for its answer, which leaves by SMS.
        """
        assert self._intake is not None, "the simulator is not wired"
        return await self.sessions.ask(self._intake, number, session, clean(text), 0.0 if slow else None)

    async def send(self, message: Message) -> Sent:
        """To the USSD session that waits for it; else show it as an SMS, or hold it while the phone is off."""
        if self.sessions.shows(message) or not message.text:
            return Sent(f"phone-{message.id}", "delivered", parts=0)
        if message.address in self.off:
            self.hold(message)
            return Sent(f"phone-{message.id}", "accepted", parts=parts(message))
        self._show(message)
        return Sent(f"phone-{message.id}", "delivered", parts=parts(message))

    def hold(self, message: Message) -> None:
        """Keep a text for a phone that is off; after a restart, one that was accepted before it."""
        self.off.add(message.address)
        self._held.setdefault(message.address, []).append(message)

    def _show(self, message: Message) -> None:
        screen = self._screens.setdefault(message.address, deque(maxlen=KEPT_TEXTS))
        if all(shown.id != message.id for shown in screen):
            screen.append(Shown(message.id, message.text))
        self.changed.set()

    async def switch_on(self, number: str) -> None:
        """What was held arrives now, in order."""
        self.off.discard(number)
        held = self._held.pop(number, [])
        for message in held:
            self._show(message)
        told = [Delivery(self.name, "delivered", "shown", outbox_id=m.id) for m in held]
        if told and self._intake:
            await self._intake.deliveries(told)

    def screen(self, number: str) -> list[Shown]:
        """What this phone shows, oldest first."""
        return list(self._screens.get(number, ()))
