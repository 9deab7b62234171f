"""certificates, token: links and QR codes with which a leader, or one of the team, opens the bot as her own chat."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import channels as channel_list
from bot import control
from bot.cli import base
from bot.cli.channel_check import looked_at
from bot.clock import Clock
from bot.errors import BotError
from bot.programme import certificates as cards
from bot.render.plural import many
from bot.settings import Settings

BotLink = Annotated[str, typer.Option("--bot", help="https://t.me/NAME; else Telegram is asked.")]


def certificates(
    file: Annotated[Path, typer.Argument(help="The PDF to write, for your own eyes: its codes are keys.")],
    association: Annotated[str, typer.Option(help="Only this association, by its number.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Also who has a card that she has not used yet.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say for whom; make nothing.")] = False,
    bot: BotLink = "",
) -> None:
    """Print a card with a QR code for every leader who has no chat yet: eight on a page, to cut out."""
    settings = base.load()
    link = bot.rstrip("/") if dry_run else _link(settings, bot)
    asked: dict[str, Any] = {"association": association or None, "again": again, "dry_run": dry_run}
    found = base.run(control.act(settings, "certificates", {**asked, "who": f"command {getpass.getuser()}"}))
    if not found:
        base.fail("Nobody needs a card: every leader has a chat or a card. --again makes new ones for unused cards.")
    if dry_run:
        base.table(found, ("no", "association", "name", "language"))
        return
    try:
        _write(file, cards.pdf(found, settings.project.name, link, sms_number(settings)))
    except (BotError, OSError) as error:
        base.fail(f"not written: {error}")
    base.words.print(
        f"{file}: {many(len(found), 'card', 'cards')}. Each opens one chat, once; keep the file to yourself.",
        markup=False,
    )


def token(person: Annotated[str, typer.Argument(help="ASSOCIATION NAME of a leader.")], bot: BotLink = "") -> None:
    """Make a one-time token for a leader or one of the team: she opens the bot with it, once."""
    settings = base.load()
    made = base.run(control.act(settings, "token new", {"person": person}))
    typer.echo(made["token"])
    telegram = settings.channels.telegram
    address = cards.link(_link(settings, bot) if bot or telegram else "https://t.me/YOUR_BOT", made["token"])
    base.words.print(f"It works once, in this link and in its QR code: {address}", markup=False)
    base.draw(address)


def _link(settings: Settings, given: str) -> str:
    """Where people open the bot. Leaves with 1 when nobody says it."""
    if given:
        return given.rstrip("/")
    channel: Any = channel_list.build(settings, Clock().now).get("telegram")
    if channel is None:
        base.fail("Telegram is not on: `kurikirana connect telegram`, or name the bot with --bot https://t.me/NAME.")
    wrong = base.run(looked_at({"telegram": channel}))["telegram"]
    return str(channel.link) or base.fail(" ".join([*wrong, "Or name the bot with --bot https://t.me/NAME."]))


def sms_number(settings: Settings) -> str:
    """Where leaders send their SMS, when a channel has a number for that."""
    on = settings.channels
    for section in (on.kannel, on.smpp, on.africastalking, on.twilio, on.http):
        if section and section.sender.lstrip("+").isdecimal():
            return section.sender
    return ""


def _write(file: Path, content: bytes) -> None:
    """For its owner only: whoever scans a code first has her chat."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
