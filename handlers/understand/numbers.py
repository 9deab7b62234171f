"""Numbers as people type them: 12, 1O, 450.000, 150k, "150 mille", "ibihumbi 150", "cumi na rimwe"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from text_to_num import text2num

from handlers.understand.numerals import (
    RN_LARGE,
    RN_TEN,
    RN_UNITS,
    SW_LARGE,
    SW_TENS,
    SW_UNITS,
    read_rn,
    read_sw,
)
from handlers.understand.text import plain
from handlers.understand.tokens import DECIMAL, LONGEST, THOUSANDS, straighten

LIMIT: Final = 10**LONGEST - 1
"""No number above this is read."""

_LONGEST_WORD = 40
_READINGS = 256
"""`groups` gives no more readings than this; a line with more is not a report."""
_MOST_WORDS = 12


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FR = _words(
    "zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts"
    " trente quarante cinquante soixante septante huitante octante nonante cent cents mille mil million millions"
    " et"
)
_EN = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fourty fifty sixty seventy eighty ninety hundred thousand million"
    " and"
)
_AND = frozenset(("et", "and"))
_RN_FIRST = frozenset((*RN_UNITS, *RN_TEN, *RN_LARGE, "mirongo", "ijana", "amajana"))
_SW_FIRST = frozenset((*SW_UNITS, *SW_TENS, *SW_LARGE))
_TIMES: Final = {
    "fr": {"mille": 1_000, "mil": 1_000, "million": 1_000_000, "millions": 1_000_000},
    "en": {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "millions": 1_000_000},
    # after the figure only when no other figure follows: "1 elfu 450" may be 1, then 450 thousand
    "rn": {"ibihumbi": 1_000, "igihumbi": 1_000, "imiliyoni": 1_000_000, "miliyoni": 1_000_000},
    "sw": {"elfu": 1_000, "laki": 100_000, "milioni": 1_000_000},
}
_ORDER: Final = ("rn", "fr", "sw", "en")


def number(word: str) -> int | None:
    """The whole number that one token is, or None: "12", "1O", "l2", "150k", "1.250.000", "450,000".

    A point or comma with exactly three digits after it means thousands ("12.345" is 12,345). "12.5",
    "12/11" and "-5" are None. Up to 12 digits. Raises nothing.
    """
    if word.isascii() and word.isdecimal():
        return int(word) if len(word) <= LONGEST else None
    if len(word) > _LONGEST_WORD:
        return None
    low = straighten(plain(word))
    if low.isdecimal() and low.isascii():
        return int(low) if len(low) <= LONGEST else None
    if low.endswith("k"):
        return _thousands(low[:-1])
    found = THOUSANDS.fullmatch(low)
    if found is None or int(found[1] or found[2] or 0):
        return None
    return _grouped(low, found)


def _grouped(low: str, found: re.Match[str]) -> int | None:
    fraction = found[1] or found[2]
    whole = low[: -len(fraction) - 1] if fraction else low
    value = int(whole.replace(".", "").replace(",", ""))
    return value if value <= LIMIT else None


def _thousands(low: str) -> int | None:
    """150 of "150k" -> 150000, 1.5 -> 1500."""
    if low.isdecimal():
        return int(low) * 1_000 if len(low) <= LONGEST - 3 else None
    if DECIMAL.fullmatch(low) is None:
        return None
    value = Decimal(low.replace(",", ".")) * 1_000
    return int(value) if value == int(value) else None


def decimal(word: str) -> Decimal | None:
    """The number that one token is, a fraction allowed: "12,5", "12.5", "450.000,50", "12"; else None.

    Whatever `number` reads is read the same way: "450.000" is 450,000. Raises nothing.
    """
    whole = number(word)
    if whole is not None:
        return Decimal(whole)
    if len(word) > _LONGEST_WORD:
        return None
    low = straighten(plain(word))
    if DECIMAL.fullmatch(low) is not None:
        return Decimal(low.replace(",", "."))
    found = THOUSANDS.fullmatch(low)
    value = None if found is None else _grouped(low, found)
    if found is None or value is None:
        return None
    return Decimal(value) + Decimal(f"0.{found[1] or found[2]}")


_PARTS: Final = "|".join(word for times in _TIMES.values() for word in times)
_BEFORE: Final = re.compile(rf"(?<![\w.,/-])(\d{{1,3}}[.,]\d{{1,2}}) ?({_PARTS})\b")
_BEHIND: Final = re.compile(rf"\b({_PARTS}) (\d{{1,3}}[.,]\d{{1,2}})(?![\w.,/-])")


def millions(said: str) -> str:
    """Plain text with 1,5 million, 1.5 million and milioni 1.5 as one number each: their mark is no other's.

    What is no whole number ("1,55 laki" is) stays as it is.
    """
    if not _BEFORE.search(said) and not _BEHIND.search(said):
        return said
    said = _BEFORE.sub(lambda found: _times(found[1], found[2]) or found[0], said)
    return _BEHIND.sub(lambda found: _times(found[2], found[1]) or found[0], said)


def _times(figure: str, word: str) -> str:
    value = Decimal(figure.replace(",", ".")) * next(times[word] for times in _TIMES.values() if word in times)
    return str(int(value)) if value == int(value) else ""


def _apart(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """The first words with "n'indwi" as two, and for each how many given words it completes."""
    parts: list[str] = []
    given: list[int] = []
    for count, word in enumerate(words[:_MOST_WORDS], start=1):
        head, mark, tail = word.partition("'")
        pieces = ["na", tail] if mark and head == "n" and tail else [word]
        parts += pieces
        given += [count - len(pieces) + 1 + place for place in range(len(pieces))]
    return parts, given


def _by_figure(words: Sequence[str], language: str) -> tuple[int, int] | None:
    """ "150 mille", "2,5 millions", "150 elfu"."""
    if len(words) < 2 or not words[0][0].isdecimal():
        return None
    times = _TIMES[language].get(words[1])
    value = decimal(words[0])
    if times is None or value is None:
        return None
    if (
        language in ("rn", "sw")
        and len(words) > 2
        and (words[2][:1].isdecimal() or words[2] in (*_RN_FIRST, *_SW_FIRST))
    ):
        return None
    product = value * times
    return (int(product), 2) if product == int(product) and product <= LIMIT else None


def _spelled(words: Sequence[str], language: str) -> tuple[int, int] | None:
    """French and English through text2num: the longest start that is one number."""
    known = _FR if language == "fr" else _EN
    end = 0
    while end < min(len(words), _MOST_WORDS) and words[end] in known:
        end += 1
    if end == 0 or words[0] in _AND or words[0] == "mil":  # "mil" alone is the grain
        return None
    for stop in range(end, 0, -1):
        if words[stop - 1] in _AND:
            continue
        phrase = " ".join(words[:stop])
        if phrase == "zero":
            return 0, 1
        try:
            return int(text2num(phrase, language)), stop
        except ValueError:
            continue
    return None


def _bantu(words: Sequence[str], language: str) -> tuple[int, int] | None:
    if words[0] not in (_RN_FIRST if language == "rn" else _SW_FIRST):
        return None
    parts, given = _apart(words)
    found = read_rn(parts) if language == "rn" else read_sw(parts)
    if found is None or found[0] > LIMIT:
        return None
    return found[0], given[found[1] - 1]


def number_words(words: Sequence[str], language: str | None) -> tuple[int, int] | None:
    """(value, words consumed) of the number in words at the start of plain words, or None.

    Figures may carry a word of thousands: "150 mille", "ibihumbi 150", "elfu 150". A figure alone is
    None (that is `number`). `language` is "rn", "fr", "sw", "en", or None for all four; among several
    readings the longest counts, and if two of that length differ, none does. A connective ("et", "na")
    is consumed only between two parts of the number. Where the words can mean two numbers
    ("ibihumbi cumi na gatanu": 15,000 or 10,005) the answer is None.
    """
    if not words or not words[0]:
        return None
    best: tuple[int, int] | None = None
    for tried in _ORDER if language is None else (language,):
        if tried not in _TIMES:
            continue
        found = _by_figure(words, tried)
        if found is None:
            found = _bantu(words, tried) if tried in ("rn", "sw") else _spelled(words, tried)
        if found is not None and (best is None or found[1] > best[1]):
            best = found
        elif found is not None and best is not None and found[1] == best[1] and found[0] != best[0]:
            return None
    return best


def _joined(numbers: Sequence[str], at: int) -> Iterator[list[int]]:
    if at == len(numbers):
        yield []
        return
    first = number(numbers[at])
    if first is None:
        return
    for rest in _joined(numbers, at + 1):
        yield [first, *rest]
    text = numbers[at]
    if not (text.isdecimal() and 1 <= len(text) <= 3 and text[0] != "0"):
        return
    end = at + 1
    while end < len(numbers) and len(numbers[end]) == 3 and numbers[end].isdecimal() and len(text) + 3 <= LONGEST:
        text += numbers[end]
        end += 1
        for rest in _joined(numbers, end):
            yield [int(text), *rest]


def groups(numbers: Sequence[str]) -> Iterator[list[int]]:
    """Every way to join thousands that were written with spaces; the one that joins nothing is first.

    ["450", "000", "12"] -> [450, 0, 12], [450000, 12]. Joined only where exactly three digits follow
    one to three. Nothing if a token is not a number, or if there are more than 40; at most 256 ways.
    """
    if len(numbers) > 40 or any(number(word) is None for word in numbers):
        return iter(())
    return islice(_joined(numbers, 0), _READINGS)
