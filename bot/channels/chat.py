"""The simulator's smartphones: chats with buttons, whose other end is a page.

What Telegram is in production this is in the demo: the same conversations, cards that are edited in place,
presses, replies to a message. Nothing leaves the machine, and nothing is kept here: what a chat shows is read
from the rows (bot/console/smartphone.py), so a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from starlette.routing import BaseRoute

from bot.channels.base import Arrival, File, Intake, Message, Sent
from bot.errors import Refused
from handlers.turn import NOTHING, Kind
from handlers.understand.words import clean


class Chat:
    """All simulated chats of this process."""

    name = "chat"
    scheme = "telegram"
    rich = True
    keyed = True
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

    async def hear(self, chat: str, key: str, kind: Kind, text: str = "", data: Mapping[str, Any] = NOTHING) -> None:
        """Somebody wrote, pressed a button, or shared her number; returns once it is stored."""
        assert self._intake is not None, "the chat is not wired"
        arrival = Arrival(self.name, key, self.scheme, chat, kind, clean(text), None, {"message": key, **data})
        await self._intake.arrivals([arrival])

    async def send(self, message: Message) -> Sent:
        """It is there at once; an edit keeps the id of the message that it changes."""
        return Sent(str(message.data.get("edit") or f"chat-{message.id}"), "delivered")

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """Simulated chats send no files."""
        raise Refused("a simulated chat sends no files")
