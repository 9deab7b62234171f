"""What goes along with a text in a chat: a table that was frozen with it, or a photo or voice note of ours."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.channels.base import Attached

log = structlog.get_logger(__name__)


def attached(file: Mapping[str, str], folder: Path) -> Attached | None:
    """The file of an outbox row, as bot/replies.py noted it; `folder` is where photos and voice notes are kept.

    None when what was kept is there no more: it was erased since, and the text goes alone.
    """
    if "kept" not in file:
        return Attached("document", file["name"], b64decode(file["content"]))
    place = folder / file["kept"]
    try:
        return Attached("photo" if file["kind"] == "photo" else "voice", place.name, place.read_bytes())
    except OSError as error:
        log.warning("a text goes without its file", error=type(error).__name__)
        return None
