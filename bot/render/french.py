"""How French is set, wherever a line may be broken."""

from __future__ import annotations

import re

_APART = re.compile(" (?=[:;?!»])|(?<=«) ")


def together(text: str) -> str:
    """No line begins with what French sets apart from the word before it: a colon, a question mark, a guillemet."""
    return _APART.sub("\u00a0", text)
