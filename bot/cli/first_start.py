"""After `connect telegram`: the first administrator opens the bot, and it says hello, before any service runs."""

from __future__ import annotations

import getpass
import sys
from typing import Any

import aiohttp
import typer

from bot import channels as channel_list
from bot import control
from bot.channels.base import Message
from bot.cli import base
from bot.clock import Clock
from bot.errors import BotError
from bot.programme import certificates
from bot.render import Words
from bot.settings import Settings

PATIENCE_S = 300.0
"""So long we wait for START; the link goes on working."""


def greet(settings: Settings, bot: str, name: str) -> None:
    """Ask who it is (nobody: later), show the link and the QR code, and say hello in the chat that opens."""
    asks = sys.stdin.isatty()
    if not name and asks:
        base.words.print("\nYour name, as an administrator of the programme; empty = later.", markup=False)
        name = str(typer.prompt("name", default="", show_default=False, err=True)).strip()
    if not name:
        return
    made = base.run(control.act(settings, "admin chat", {"name": name, "user": getpass.getuser()}))
    address = certificates.link(bot, made["token"])
    base.words.print(f"\nOpen {address} and press START. It works once, for {name} alone.", markup=False)
    base.draw(address)
    if asks and made["first"] and settings.channels.telegram and settings.channels.telegram.mode == "polling":
        base.words.print("Waiting for START (Ctrl-C: go on without) ...", markup=False)
        said = base.run(_said_hello(settings, made["token"], name))
        base.words.print(
            "ok  said hello" if said else "Nobody pressed START yet; the service says hello.", markup=False
        )


async def _said_hello(settings: Settings, token: str, name: str) -> bool:
    from bot.channels.telegram_start import started  # noqa: PLC0415 - as in bot/channels

    channel: Any = channel_list.build(settings, Clock().now)["telegram"]
    words, first = Words.load(), name.split()[0]
    text = "\n".join(words.text("O.first", language, {"name": first}, rich=True).text for language in ("en", "fr"))
    async with aiohttp.ClientSession() as http:
        try:
            await channel.start(http)
            chat = await started(channel, token, PATIENCE_S)
            if chat:
                await channel.send(Message(0, chat, text, 1))
        except BotError:
            return False
        finally:
            await channel.stop()
    return chat is not None
