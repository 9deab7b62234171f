"""Text as it arrived -> text to compare (`plain`) and text to keep (`clean`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

QUOTES = dict.fromkeys(
    "\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u00b4`\uff07", "'"
)
QUOTES |= dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036", '"')
LOST = "\N{REPLACEMENT CHARACTER}"

SHORT = 40
"""Characters of a text whose meaning is remembered, among the last two thousand."""
_CACHED = 8192
_DEEPEST = 4
_SLICE = 1000


def _noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def _folded(char: str, depth: int = 0) -> str:
    """One character in its plain form: several characters, one, or none."""
    if char in QUOTES:
        return QUOTES[char]
    category = unicodedata.category(char)
    if category == "Cs" or _noncharacter(ord(char)):
        return LOST
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Cf" or category[0] == "M":
        return ""
    if category == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(int(digit))
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char).casefold())
    if parts == char or depth == _DEEPEST:
        return char
    inner = "".join(_folded(part, depth + 1) for part in parts)
    # "12" followed by a raised 2 or by a half must not become one number
    return f" {inner} " if category == "No" else inner


class _Folding(dict[int, str]):
    """What `str.translate` asks per character; remembers the few thousand that occur."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < _CACHED:
            self[code] = folded
        return folded


_FOLDING = _Folding()


def plain(text: str) -> str:
    """The text for matching only: "  Féminin\\u00a0 ２٣ " -> "feminin 23".

    Small letters without accents, compatibility forms resolved, digits of every script as 0-9,
    curly quotes as ', dashes as -, whitespace as single spaces; zero-width, direction and other
    invisible marks are gone. A control character counts as a space, so that it never joins two
    numbers into one. Lone surrogates become U+FFFD. Applying it twice changes nothing.

    Raises nothing, on any `str`. A short text is worked out once: "1", "oui" and "X" come all day, and one turn
    asks a dozen times.
    """
    return _plain_short(text) if len(text) <= SHORT else _plain(text)


def _plain(text: str) -> str:
    if text.isascii():
        low = " ".join(text.lower().replace("`", "'").split())
        if low.isprintable():
            return low
        text = low
    folded = " ".join(text.translate(_FOLDING).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


_plain_short = lru_cache(maxsize=2048)(_plain)


_PAIRS = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_UNSTORABLE = re.compile(
    "[\x00\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)


def _paired(found: re.Match[str]) -> str:
    pair = found.group()
    return chr(0x10000 + ((ord(pair[0]) - 0xD800) << 10) + (ord(pair[1]) - 0xDC00))


def _slices(text: str) -> list[str]:
    """Slices of at most 1,000 characters, cut at spaces where there are any.

    Composing is quadratic in the marks that follow one letter (measured: 1.2 s for 40,000), so a
    hostile text is composed slice by slice.
    """
    slices = []
    start = 0
    while len(text) - start > _SLICE:
        space = text.rfind(" ", start + 1, start + _SLICE)
        end = space if space > start else start + _SLICE
        slices.append(text[start:end])
        start = end
    slices.append(text[start:])
    return slices


def clean(text: str) -> str:
    """The text for storing: as typed, but storable in both databases and in every export.

    Composed (NFC); halves of a surrogate pair are joined; NUL, lone surrogates and noncharacters
    become U+FFFD. Emoji and their joiners stay. Raises nothing, on any `str`.
    """
    if text.isascii() and "\x00" not in text:
        return text
    text = _UNSTORABLE.sub(LOST, _PAIRS.sub(_paired, text))
    if len(text) <= _SLICE:
        return unicodedata.normalize("NFC", text)
    return "".join(unicodedata.normalize("NFC", part) for part in _slices(text))
