"""What goes along with a text in a chat: a table, a picture or a page made of what was frozen with it, or a photo or
voice note of ours. Making takes a while, so it is called in a thread.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.channels.base import Attached
from bot.render.book import Page, xlsx
from bot.render.picture import Picture, png
from bot.render.report import ReportsMissing, pdf

log = structlog.get_logger(__name__)


def attached(file: Mapping[str, Any], folder: Path) -> Attached | None:
    """The file of an outbox row, as bot/replies.py noted it; `folder` is where photos and voice notes are kept.

    None when what was kept is there no more: it was erased since, and the text goes alone.
    """
    if "made_of" in file:
        return _made(file)
    if "kept" not in file:
        return Attached("document", file["name"], b64decode(file["content"]))
    place = folder / file["kept"]
    try:
        return Attached("photo" if file["kind"] == "photo" else "voice", place.name, place.read_bytes())
    except OSError as error:
        log.warning("a text goes without its file", error=type(error).__name__)
        return None


def _made(file: Mapping[str, Any]) -> Attached | None:
    """Drawn, set or written now, from data: the same each time."""
    name, data = file["name"], file["made_of"]
    try:
        if file["kind"] == "picture":
            return Attached("photo", name, png(Picture.of(data)))
        if file["kind"] == "pdf":
            return Attached("document", name, pdf(data))
        return Attached("document", name, xlsx([Page.of(page) for page in data["pages"]]))
    except ReportsMissing:
        log.warning("a text goes without its page: the extra reports is not installed")
        return None
