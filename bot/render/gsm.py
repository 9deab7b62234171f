"""The SMS alphabet: folding a text into GSM-7 and counting its parts.

A single character outside GSM 03.38 cuts an SMS from 160 to 70 characters (conversations, finding 16),
and Babel's own French and Kirundi carry narrow no-break spaces, so every SMS is folded.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

import smsutil
from anyascii import anyascii

Encoding = Literal["gsm7", "ucs2", "chat"]
"""How a text leaves; "chat" means that parts are not counted."""

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The 127 characters that cost one septet (3GPP TS 23.038, without the escape)."""

EXTENSION: Final = "\f^{}\\[~]|€"
"""The characters that cost two septets."""

_ONE_PART = re.compile(f"[{re.escape(BASIC)}]{{0,160}}").fullmatch
_GSM = re.compile(f"[{re.escape(BASIC + EXTENSION)}]*").fullmatch

_REPLACED: Final = {
    "ç": "c",
    "œ": "oe",
    "Œ": "Oe",
    "«": '"',
    "»": '"',
    "\t": " ",
    "\u2028": "\n",
    "\u2029": "\n",
}
"""Where anyascii would say something else than what a reader in Burundi expects."""

_REMEMBERED: Final = 4096


class _Folds(dict[int, str]):
    """What each character becomes; learns as it meets them, up to a bound."""

    def __missing__(self, ordinal: int) -> str:
        folded = _fold_character(chr(ordinal))
        if len(self) < _REMEMBERED:
            self[ordinal] = folded
        return folded


def _fold_character(character: str) -> str:
    if character in BASIC or character in EXTENSION:
        return character
    if character in _REPLACED:
        return _REPLACED[character]
    if unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    if "\ud800" <= character <= "\udfff":
        return ""
    ascii_text = anyascii(character).replace("`", "'")
    if ascii_text[:1] == ":" == ascii_text[-1:] and len(ascii_text) > 1:
        return ""  # an emoji: nobody is to read ":thumbsup:" on a keypad phone
    return "".join(one for one in ascii_text if one in BASIC or one in EXTENSION)


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The same text in GSM-7 characters only: ç to c, ê to e, curly quotes to straight ones.

    é è à ù are in the alphabet and stay. A character nobody can write in ASCII disappears.
    """
    if _GSM(text):
        return text
    return unicodedata.normalize("NFC", text).translate(_FOLDS)


def replaced(text: str) -> tuple[str, ...]:
    """The characters of a text that `fold` will replace, to show to the writer."""
    kept = unicodedata.normalize("NFC", text)
    return tuple(dict.fromkeys(one for one in kept if _FOLDS[ord(one)] != one))


def segments(text: str) -> tuple[int, Encoding]:
    """How many SMS parts this text takes and in which encoding (GSM-7 160/153, UCS-2 70/67)."""
    if _ONE_PART(text):
        return 1, "gsm7"
    split = smsutil.split(text)
    return len(split.parts), "gsm7" if split.encoding == "gsm0338" else "ucs2"


def measure(text: str) -> tuple[int, int]:
    """How many characters a text has by SMS, and how many parts it takes."""
    folded = fold(text)
    return len(folded), segments(folded)[0]


def septets(text: str) -> int:
    """What a text in GSM-7 takes of the 160 of one SMS: the euro, braces and their kind cost two."""
    return len(text) + sum(map(text.count, EXTENSION))


def plain(text: str) -> bool:
    """Whether this text is one SMS part as it stands, and without a character that costs two septets: most are."""
    return _ONE_PART(text) is not None


def fits(text: str) -> bool:
    """Whether this text is one SMS part in GSM-7."""
    return len(text) <= 160 and (_ONE_PART(text) is not None or segments(text) == (1, "gsm7"))
