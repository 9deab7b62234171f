"""What is typed for a broadcast: whether it may be sent, which language is named, whether it asks for 1 or 2."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from handlers.team.broadcast_card import FIELDS
from handlers.turn import Reply
from handlers.understand.words import plain, yes_no

LONGEST = 900
"""Characters of a text, as in a file."""
_BRACE = re.compile(r"\{([^{}]*)\}|[{}]")
_CHOICE = re.compile(r"(?<![\d/:.,])1[\s.:=)-]+([^\W\d_]+).*?(?<![\d/:.,])2[\s.:=)-]+([^\W\d_]+)", re.DOTALL)
_SAID: Mapping[str, str] = {
    **dict.fromkeys(("kirundi", "ikirundi"), "rn"),
    **dict.fromkeys(("french", "francais"), "fr"),
    **dict.fromkeys(("swahili", "kiswahili"), "sw"),
    **dict.fromkeys(("english", "anglais"), "en"),
}


def mistake(text: str) -> Reply | None:
    """Why a text cannot be sent."""
    if not text or len(text) > LONGEST:
        return Reply("O.bc.toolong", {"characters": len(text), "most": LONGEST})
    wrong = next((found[0] for found in _BRACE.finditer(text) if found[0] not in FIELDS.split()), None)
    return Reply("O.bc.nofield", {"said": wrong[:20], "words": FIELDS}) if wrong else None


def language_said(text: str) -> str:
    """The language that is named and nothing else, where a button could have been pressed; else ''."""
    return _SAID.get(plain(text).strip(" .!"), "")


def offers_choice(texts: Iterable[str]) -> bool:
    """Whether a reader of each of these texts could answer it with 1 or 2."""
    return all(_CHOICE.search(text) for text in texts)


def asks_yes_or_no(texts: Iterable[str]) -> bool:
    """Whether each of them says so itself: "1 oui 2 non"."""
    found = [_CHOICE.search(text) for text in texts]
    return all(one and yes_no(one[1]) is True and yes_no(one[2]) is False for one in found)
