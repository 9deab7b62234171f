"""Number words of Kirundi and Swahili, as tables and one small reader for each.

Drafts until native speakers have read them. Both languages say "thousands ten and five" for 15,000 and
for 10,005; where the words leave that open the reader answers None, and the conversation asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

Found = tuple[int, int]
"""(value, words consumed)."""

_AGREEING: Final = (
    (2, ("biri", ("ka", "ba", "zi", "bi", "i", "a"))),
    (3, ("tatu", ("ga", "ba", "zi", "bi", "i", "a"))),
    (4, ("ne", ("ka", "ba", "zi", "bi", "i", "a"))),
    (5, ("tanu", ("ga", "ba", "zi", "bi", "i", "a"))),
    (6, ("tandatu", ("ga", "ba", "zi", "bi", "i", "a"))),
)
RN_UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("rimwe", "umwe", "imwe", "limwe", "kimwe"), 1),
    **{prefix + stem: value for value, (stem, prefixes) in _AGREEING for prefix in prefixes},
    **dict.fromkeys(("indwi", "ndwi", "zindwi"), 7),
    **dict.fromkeys(("umunani", "munani"), 8),
    **dict.fromkeys(("icenda", "cenda"), 9),
}
_RN_OF_THOUSANDS: Final = frozenset(word for word in RN_UNITS if word.startswith("bi"))
RN_TEN: Final = frozenset(("icumi", "cumi"))
RN_LARGE: Final[Mapping[str, int]] = {
    "igihumbi": 1_000,
    "ibihumbi": 1_000,
    "umuliyoni": 1_000_000,
    "imiliyoni": 1_000_000,
    "miliyoni": 1_000_000,
}

SW_UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("moja", "mmoja"), 1),
    **dict.fromkeys(("mbili", "wawili"), 2),
    **dict.fromkeys(("tatu", "watatu"), 3),
    **dict.fromkeys(("nne", "wanne"), 4),
    **dict.fromkeys(("tano", "watano"), 5),
    "sita": 6,
    "saba": 7,
    **dict.fromkeys(("nane", "wanane"), 8),
    "tisa": 9,
}
SW_TENS: Final[Mapping[str, int]] = {
    "kumi": 10,
    "ishirini": 20,
    "thelathini": 30,
    "thalathini": 30,
    "arobaini": 40,
    "arubaini": 40,
    "hamsini": 50,
    "sitini": 60,
    "sabini": 70,
    "themanini": 80,
    "tisini": 90,
}
SW_LARGE: Final[Mapping[str, int]] = {"mia": 100, "elfu": 1_000, "laki": 100_000, "milioni": 1_000_000}
SW_HALF: Final = "nusu"

_UNCLEAR: Final = (-1, 0)


def _digits(words: Sequence[str], at: int) -> int | None:
    """The plain digits at this place, as what a word of thousands multiplies."""
    word = words[at] if at < len(words) else ""
    return int(word) if word.isdecimal() and len(word) <= 6 else None


# --- Kirundi: mirongo ibiri na rimwe, ijana na cumi, ibihumbi bibiri n'amajana atanu -----------------


def _rn_and(words: Sequence[str], at: int) -> int:
    """Where the number goes on after "na", or the same place."""
    return at + 1 if at < len(words) and words[at] in ("na", "n") else at


def _rn_tens(words: Sequence[str], at: int) -> Found:
    word = words[at] if at < len(words) else ""
    if word in RN_UNITS:
        return RN_UNITS[word], at + 1
    if word in RN_TEN:
        value, after = 10, at + 1
    elif word == "mirongo" and at + 1 < len(words) and RN_UNITS.get(words[at + 1], 1) > 1:
        value, after = 10 * RN_UNITS[words[at + 1]], at + 2
    else:
        return 0, at
    joined = _rn_and(words, after)
    if joined > after and joined < len(words) and words[joined] in RN_UNITS:
        return value + RN_UNITS[words[joined]], joined + 1
    return value, after


def _rn_hundreds(words: Sequence[str], at: int) -> Found:
    word = words[at] if at < len(words) else ""
    if word == "ijana":
        value, after = 100, at + 1
    elif word == "amajana" and at + 1 < len(words) and RN_UNITS.get(words[at + 1], 1) > 1:
        value, after = 100 * RN_UNITS[words[at + 1]], at + 2
    else:
        return _rn_tens(words, at)
    joined = _rn_and(words, after)
    more, end = _rn_tens(words, joined) if joined > after else (0, joined)
    return (value + more, end) if more else (value, after)


def _rn_large(words: Sequence[str], at: int, ceiling: int) -> Found:
    """A number below `ceiling`, larger parts first."""
    unit = RN_LARGE.get(words[at]) if at < len(words) else None
    if unit is None or unit >= ceiling:
        return _rn_hundreds(words, at)
    times = _digits(words, at + 1)
    singular = words[at] in ("igihumbi", "umuliyoni")
    if times is not None:
        value, after = times, at + 2
    elif singular:
        value, after = 1, at + 1
    else:
        value, after = _rn_hundreds(words, at + 1)
        several = {"na", "n"} & set(words[at + 1 : after])
        if value == 0 or (several and not (unit == 1_000 and words[after - 1] in _RN_OF_THOUSANDS)):
            return _UNCLEAR
    joined = _rn_and(words, after)
    more, end = _rn_large(words, joined, unit) if joined > after else (0, joined)
    if more < 0:
        return _UNCLEAR
    return (value * unit + more, end) if more else (value * unit, after)


def read_rn(words: Sequence[str]) -> Found | None:
    """The Kirundi number at the start of plain words ("n'" already apart), or None."""
    value, consumed = _rn_large(words, 0, 1_000_000_000)
    return (value, consumed) if value > 0 and consumed else None


# --- Swahili: ishirini na moja, mia mbili hamsini, elfu 150, laki moja na nusu ------------------------


def _sw_small(words: Sequence[str], at: int) -> Found:
    """A number below one hundred: tano, kumi na tano, hamsini."""
    word = words[at] if at < len(words) else ""
    if word in SW_UNITS:
        return SW_UNITS[word], at + 1
    tens = SW_TENS.get(word)
    if tens is None:
        return 0, at
    after = at + 1
    joined = after + 1 if after < len(words) and words[after] == "na" else after
    if joined > after and joined < len(words) and words[joined] in SW_UNITS:
        return tens + SW_UNITS[words[joined]], joined + 1
    return tens, after


def _sw_times(words: Sequence[str], at: int, unit: int) -> Found:
    """How often the word of hundreds or thousands before `at` counts; once if nothing follows."""
    digits = _digits(words, at)
    if digits is not None:
        return digits, at + 1
    if unit >= 1_000 and at < len(words) and words[at] == "mia":
        times, after = _sw_times(words, at + 1, 100)
        return 100 * times, after
    value, after = _sw_small(words, at)
    if unit == 100 and value >= 10:  # "mia hamsini" is 150, not fifty hundreds
        return 1, at
    if after > at + 1:  # "elfu kumi na tano": 15,000 or 10,005
        return _UNCLEAR
    return (value, after) if value else (1, at)


def _sw_rest(words: Sequence[str], at: int, unit: int, times: int) -> Found:
    """What follows "elfu mbili": (value, end), (0, at) for nothing, unclear for two meanings."""
    joined = at + 1 if at < len(words) and words[at] == "na" else at
    if joined > at and joined < len(words) and words[joined] == SW_HALF:
        return unit // 2, joined + 1
    more, end = _sw_large(words, joined, unit)
    if more <= 0:
        return more, at
    following = SW_LARGE.get(words[joined])
    whole_before = following is not None or (times < 10 and unit == 1_000) or unit == 100
    return (more, end) if whole_before else _UNCLEAR


def _sw_large(words: Sequence[str], at: int, ceiling: int) -> Found:
    unit = SW_LARGE.get(words[at]) if at < len(words) else None
    if unit is None or unit >= ceiling:
        return _sw_small(words, at)
    times, after = _sw_times(words, at + 1, unit)
    if times < 0:
        return _UNCLEAR
    more, end = _sw_rest(words, after, unit, times)
    if more < 0:
        return _UNCLEAR
    return (times * unit + more, end) if more else (times * unit, after)


def read_sw(words: Sequence[str]) -> Found | None:
    """The Swahili number at the start of plain words, or None."""
    value, consumed = _sw_large(words, 0, 1_000_000_000)
    return (value, consumed) if value > 0 and consumed else None
