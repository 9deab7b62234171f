"""Cards for leaders' certificates: a QR code that opens the bot as her own chat, once. Eight on a page, to cut out.

typst sets the pages (the extra `[reports]`) and segno draws the codes; both are loaded when a PDF is asked for.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import as_file, files
from io import BytesIO
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.render.report import ReportsMissing
from bot.store import audit, tokens

TEMPLATE = files("templates") / "reports" / "certificates.typ"
LETTERS = 24
"""Bytes of a token; Telegram takes at most 64 letters behind ?start=."""


def new_token() -> str:
    """A token that nobody can guess, of letters that a link may have."""
    return secrets.token_urlsafe(LETTERS)


def link(bot: str, token: str) -> str:
    """https://t.me/NAME?start=TOKEN."""
    return f"{bot}?start={token}"


async def make(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """A token for each leader who has no chat yet: her card. With `again` also for those whose card waits to be used.

    Of `association` (its number) or of all. Older cards go on working: one may be in her hands.
    """
    found = await tokens.without_chat(tx, details.get("association"), again=bool(details.get("again")))
    if details.get("dry_run"):
        return [{**row, "token": ""} for row in found]
    cards = [{**row, "token": new_token()} for row in found]
    await tokens.make_all(tx, [(card["token"], card["id"]) for card in cards], now)
    await audit.note(tx, now, details["who"], "certificates", {"people": [card["id"] for card in cards]})
    return cards


def pdf(cards: Sequence[Mapping[str, Any]], title: str, bot: str, number: str) -> bytes:
    """The pages. `number` is where SMS go, perhaps empty. Raises ReportsMissing without the extra."""
    try:
        typst = importlib.import_module("typst")
    except ModuleNotFoundError:
        raise ReportsMissing from None
    with as_file(files("templates") / "fonts") as fonts:
        made = typst.compile(TEMPLATE.read_bytes(), format="pdf", font_paths=[str(fonts)], ignore_system_fonts=True,
                             sys_inputs=inputs(cards, title, bot, number))  # fmt: skip
    return bytes(made)


def inputs(cards: Sequence[Mapping[str, Any]], title: str, bot: str, number: str) -> dict[str, str]:
    """What the template is given: words and drawings as data, never as markup."""
    there = [
        {
            "name": str(card["name"]),
            "association": f"{card['no']} {card['association']}",
            "language": "en" if card["language"] == "en" else "fr",
            "code": code(link(bot, card["token"])),
        }
        for card in cards
    ]
    return {"title": title, "number": number, "cards": orjson.dumps(there).decode()}


def code(address: str) -> str:
    """A QR code as SVG, with the quiet border that cameras need."""
    import segno  # noqa: PLC0415 - 4 MB that only who draws a code pays

    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=4)
    return out.getvalue().decode()
