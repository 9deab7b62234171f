"""Digits as people set them side by side: joined to one answer, an O for a zero, thousands apart."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Final

from handlers.forms.tables import CONNECTIVES
from handlers.understand.words import Token

SIGN: Final = "plus"
"""How + and & between two digits are written, so that one of them is a word like any other."""
JOINING: Final = CONNECTIVES | {SIGN}
OF_WHICH: Final = "dont"
OF_THESE: Final = frozenset((OF_WHICH, "including", "incl"))
"""What stands behind these is a part of what stands before: 12 dont 5 is no pair."""
BRACKET: Final = re.compile(r"(?<=\d) ?\((?= ?\d)")
"""A bracket says the same: 12 (5) 7 (3)."""
ALL_OF: Final = frozenset(("les", "the"))
"""Before a digit they say how many: "les 3" are all three themes, not the third."""
_AND: Final = re.compile(r"(?<!\d)(?<!\d[./])([1-9]) ?[+&] ?(?=[1-9](?!\d|[./]\d))")
_JOINED: Final = re.compile(r"(?<![\d.,/])(?<!, )[1-9](?:, ?[1-9])+(?! ?,|\w|[./]\d)")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]*) ?$")
_MOST_LISTED: Final = 3
_MOST_THOUSANDS: Final = 2


def joined(said: str, labels: Container[str]) -> str:
    """Plain text with 1&3, 1+2+3, 1,3 and 1,2,3 as digits of one answer.

    More digits are only separated by their commas, but behind a label: T1,2,3,4.
    """
    if "+" in said or "&" in said:
        said = _AND.sub(rf"\1 {SIGN} ", said)
    return _JOINED.sub(lambda found: _listed(found, labels), said) if "," in said else said


def _listed(found: re.Match[str], labels: Container[str]) -> str:
    listed = [one for one in found[0] if one.isdecimal()]
    before = _WORD_BEFORE.search(found.string[: found.start()])
    if len(listed) > _MOST_LISTED and (before is None or before[1] not in labels):
        return found[0]
    return " et ".join(listed)


def zeros(found: Sequence[Token], labels: Container[str]) -> list[Token]:
    """A letter O that stands alone behind a figure or a label (7 et O), or is all that was sent, is a zero."""
    read: list[Token] = []
    for token in found:
        if token.text == "o" and token.text not in labels and (_behind(read, labels) or _alone(found)):
            token = Token("0", "number", token.glued)
        read.append(token)
    return read


def _behind(read: Sequence[Token], labels: Container[str]) -> bool:
    before = next((token for token in reversed(read) if token.text not in CONNECTIVES), None)
    return before is not None and (before.kind == "number" or before.text in labels)


def _alone(found: Sequence[Token]) -> bool:
    return all(token.text == "o" for token in found)


def is_digit(text: str) -> bool:
    """One of at most nine choices, also as 03."""
    return text.isdecimal() and len(text.lstrip("0")) == 1


def thousands(numbers: Sequence[str]) -> Iterator[tuple[int, int]]:
    """450 000 as one amount, up to 999 999 999: what it is and how many numbers it takes."""
    text = numbers[0]
    if not (text.isdecimal() and 1 <= len(text) <= 3 and text[0] != "0"):
        return
    for used, more in enumerate(numbers[1 : 1 + _MOST_THOUSANDS], start=2):
        if len(more) != 3 or not more.isdecimal():
            return
        text += more
        yield int(text), used
