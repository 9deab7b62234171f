"""Names that must fit an SMS, and communes that people write in many ways."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from anyascii import anyascii
from rapidfuzz import fuzz

from bot.render.gsm import fold, replaced
from handlers.understand.words import plain

LEADER_LETTERS = 12
ASSOCIATION_LETTERS = 11
COMMUNES_OLD = ("Bukemba", "Giharo", "Gitanga", "Mpinga-Kayove", "Musongati", "Rutana")
COMMUNES_NOW = ("Musongati", "Rutana")
"""Of the former Rutana province (field, Burundi facts); the sheet Places adds others."""
ALIKE = 85
"""Spellings of one commune: of 100, by rapidfuzz; "Giaro" and "Giharo" are 91."""

NUMBER = re.compile(r"\d{1,4}")
"""Of an association."""
_LINK = 2
"""Letters of words like "de" and "b'i", which do not end a name."""
_VOWELS = "aeiouyéèàìòùäöü"


def sms_letters(name: str) -> tuple[str, tuple[str, ...]]:
    """The name in letters that an SMS sends cheaply, and the characters that were replaced."""
    folded = "".join(one for one in fold(name) if one.isalpha() or one in " -'")
    return " ".join(folded.split()), replaced(name)


def shorten(name: str, longest: int) -> str:
    """At most so many letters, the longest word cut at a consonant: Jean-Baptiste-M -> Jean-Bapt-M."""
    words = re.split(r"([ '-])", name)
    while len("".join(words)) > longest:
        place = max(range(0, len(words), 2), key=lambda n: len(words[n]))
        if len(words[place]) <= 2:
            return "".join(words)[:longest].rstrip(" '-")
        over = len("".join(words)) - longest
        rest = sorted((len(word) for word in words[::2]), reverse=True)
        step = max(1, min(over, rest[0] - rest[1])) if len(rest) > 1 else over
        words[place] = _at_consonant(words[place][: max(2, len(words[place]) - step)])
    return "".join(words)


def _at_consonant(word: str) -> str:
    short = word
    while len(short) > 3 and short[-1].lower() in _VOWELS:
        short = short[:-1]
    return short


def association_letters(name: str) -> str:
    """A-Z only, at most 11: as many whole words as fit, "Abahuza b'i Kivoga" is ABAHUZA."""
    words = ["".join(one for one in anyascii(word).upper() if "A" <= one <= "Z") for word in name.split()]
    if len("".join(words)) <= ASSOCIATION_LETTERS:
        return "".join(words)
    kept = [word for n, word in enumerate(words) if len("".join(words[: n + 1])) <= ASSOCIATION_LETTERS]
    while kept and len(kept[-1]) <= _LINK:
        kept.pop()
    return "".join(kept) or shorten("".join(words), ASSOCIATION_LETTERS)


def alike(one: str, other: str) -> bool:
    """Whether two full names may be one person's: one has all words of the other, or a letter differs.

    Two sisters who share a surname and a phone are not alike.
    """
    first, second = plain(one), plain(other)
    words, others = set(first.split()), set(second.split())
    return words <= others or others <= words or fuzz.ratio(first, second) >= ALIKE


class Communes:
    """The communes that are known, and how others write them."""

    def __init__(self, *known: Iterable[str]) -> None:
        self._known: dict[str, str] = {}
        for names in known:
            for name in names:
                self._known.setdefault(_squashed(name), name)

    def __str__(self) -> str:
        return ", ".join(self._known.values())

    def find(self, written: str) -> str | None:
        """The commune that is meant, or None when it is none of the known ones or not clearly one."""
        squashed = _squashed(written)
        if squashed in self._known:
            return self._known[squashed]
        scores = sorted(((fuzz.ratio(squashed, key), name) for key, name in self._known.items()), reverse=True)
        clear = scores and scores[0][0] >= ALIKE and all(a[0] > b[0] for a, b in pairwise(scores[:2]))
        return scores[0][1] if clear else None


def area_of(written: str, old: Communes, now: Communes) -> tuple[list[str], list[str]]:
    """Communes, old or new, and numbers of associations, as the queries compare them; and which words are neither."""
    found, unknown = [], []
    for text in filter(None, (word.strip() for word in re.split(r"[,;/]", written))):
        meant = text.zfill(2) if NUMBER.fullmatch(text) else now.find(text) or old.find(text)
        found.append(meant or text)
        if meant is None:
            unknown.append(text)
    return found, unknown


def _squashed(name: str) -> str:
    return "".join(one for one in plain(name) if one.isalnum())
