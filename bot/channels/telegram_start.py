"""Waits for one START at the bot, before the service runs: nothing is taken from what Telegram keeps for it."""

from __future__ import annotations

import asyncio

from telegram.error import Conflict, TelegramError

from bot.channels.json_answers import mapping
from bot.channels.telegram import Telegram
from bot.channels.telegram_sending import UNREADABLE

AGAIN_S = 1.0


async def started(channel: Telegram, token: str, within_s: float) -> str | None:
    """The chat in which START was pressed with this token; None when none came in time, or somebody else polls.

    Asked without an offset: the service finds the same updates when it runs, and links the chat.
    """
    try:
        async with asyncio.timeout(within_s):
            while True:
                try:
                    updates = await channel.updates(None)
                except Conflict:
                    return None
                except (TelegramError, *UNREADABLE):
                    updates = []
                for message in (mapping(mapping(update).get("message")) for update in updates):
                    if message.get("text") == f"/start {token}":
                        return str(mapping(message.get("chat")).get("id"))
                await asyncio.sleep(AGAIN_S)
    except TimeoutError:
        return None
