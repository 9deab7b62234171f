"""What an answer takes before it is sent: its parts, its characters, whether she can read its language."""

from __future__ import annotations

from typing import Any

from bot.render import fold, segments
from handlers.understand.words import language_of


def weighed(text: str, sent: str, *, chat: bool, reads: str | None) -> dict[str, Any]:
    """For the macro `weighed` of _parts.html: `text` as it was written, `sent` with what stands around it."""
    folded = sent if chat else fold(sent)
    written = language_of(text)
    return {
        "text": folded,
        "characters": len(folded),
        "parts": 0 if chat else segments(folded)[0],
        "written": written,
        "reads": reads,
        "differs": bool(written and reads and written != reads),
    }
