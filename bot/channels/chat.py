"""The simulator's smartphones: chats with buttons, whose other end is a page.

What Telegram is in production this is in the demo: the same conversations, cards that are edited in place,
presses, replies to a message. Nothing leaves the machine, and nothing is kept here: what a chat shows is read
from the rows (bot/console/smartphone.py), so a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.base import Arrival, Message, Sent
from bot.channels.phone import Simulated
from handlers.turn import NOTHING, Kind
from handlers.understand.words import clean


class Chat(Simulated):
    """All simulated chats of this process."""

    name = "chat"
    scheme = "telegram"
    rich = True

    async def hear(self, chat: str, key: str, kind: Kind, text: str = "", data: Mapping[str, Any] = NOTHING) -> None:
        """Somebody wrote, pressed a button, or shared her number; returns once it is stored."""
        await self.heard(
            Arrival(self.name, key, self.scheme, chat, kind, clean(text), None, {"message": key, **data})
        )

    async def send(self, message: Message) -> Sent:
        """It is there at once; an edit keeps the id of the message that it changes."""
        return Sent(str(message.data.get("edit") or f"chat-{message.id}"), "delivered")
