"""A message before its words are looked at: what marks and small words between figures mean is written out."""

from __future__ import annotations

import re
from typing import Final

from handlers.forms import digits
from handlers.forms.tables import Tables
from handlers.understand.calendar import DAY_WORDS, HOUR, PART_OF_DAY, PARTS
from handlers.understand.numbers import millions
from handlers.understand.words import plain

_ASKS: Final = re.compile(r"(?<!\w)\?+(?!\w)")
_DASHED: Final = re.compile(r"^[ \t]*[-\u2010-\u2015\u2212]", re.MULTILINE)
"""What begins the lines of a list, two at least: no minus."""
_COMMA: Final = re.compile(r"(?<![\w.,])(\d+),(\d{1,2})(?![\w.]|,\S)")
_FRANCS: Final = re.compile(r"(\d{4,}|\d[.,' ]?\d{3}|\dk) ?f(?:rs?)?\b(?: bu\b)?")
"""450000F: francs, no women."""
_AT_MARKET: Final = re.compile(r"\b(?:au|du|sur le) marche\b")
"""Ventes au marché: where, and not how the business is."""

_NEWS: Final = re.compile(
    r"\b(?:habari (?:za|ya) (?:leo|jana|asubuhi|mchana|jioni|usiku|kazi)|amakuru y'uyu ?musi)\b"
)
"""Greetings that name a day, which is not the report's. Kirundi and Swahili are drafts."""
_NO_ONE: Final = re.compile(r"\b(?:no one|noone)\b")
_HOUR: Final = re.compile(r"\b(?:a|vers|at) (?:[5-9]|1\d|20)h(?:[0-5]\d)?\b")
"""à 14h: no men."""
_CLOCK: Final = r"(?:[5-9]|1\d|20) ?h(?:[0-5]\d)?"
_AN_HOUR: Final = re.compile(r"\d ?h(?:[0-5]\d)?\b")
_DAY: Final = r"\d{1,2}[/.-]\d{1,2}(?:[/.-](?:20)?\d\d)?|" + "|".join(
    sorted({*DAY_WORDS.months, *(words[-1] for words in (*DAY_WORDS.weekdays, *DAY_WORDS.relative))})
)
_OF_THE_DAY: Final = re.compile(rf"\b({_DAY}),? {_CLOCK}\b")
"""hier 14h: no men either, and no one who says so: she is asked."""
_MORE: Final = re.compile(rf"{PARTS}\b|(?:saa|isaha) \d|heures?\b|[ap]m\b")
_SAYS_NO_MORE: Final = re.compile(rf"\b({_DAY}),? (?:{PART_OF_DAY}|{HOUR})\b")
"""hier soir, jana saa 8: the day."""
_DAY_AND_HOUR: Final = re.compile(rf"(?:(.*\S)[ ,]+)?{_CLOCK}[ .!]*")
_ELIDED: Final = re.compile(r"\b([ndlyw])'([a-z]+)")
"""n'abagabo, d'hommes."""


def _apart(found: re.Match[str], tables: Tables) -> str:
    """The word behind an apostrophe by itself, where it is one of the form."""
    known = found[2] in tables.label_words or found[2] in tables.single_words
    return f"{'na' if found[1] == 'n' else 'de'} {found[2]}" if known else found[0]


def before_hour(said: str) -> str | None:
    """What stands before an hour with which plain text ends, '' where it is all; None where it ends in none."""
    found = _DAY_AND_HOUR.fullmatch(said) if "h" in said else None
    return (found[1] or "") if found else None


def straight(text: str, tables: Tables, *, fractions: bool) -> str:
    """Plain text in which every mark that means something is a word; of a form that has these words.

    `fractions`: a decimal is asked, so 12,5 is one figure.
    """
    listed = "\n" in text and len(_DASHED.findall(text)) > 1
    said = plain(_DASHED.sub("- ", text) if listed else text)
    if fractions and "," in said:
        said = _COMMA.sub(r"\1.\2", said)
    if "?" in said:
        said = _ASKS.sub(" x ", said)
    if "(" in said:
        said = digits.BRACKET.sub(f" {digits.OF_WHICH} ", said)
    said = _NO_ONE.sub("0", _NEWS.sub("", said))
    if tables.dates:
        said = _HOUR.sub("", said)
        if _MORE.search(said):
            said = _SAYS_NO_MORE.sub(r"\1", said)
        if _AN_HOUR.search(said):
            said = _OF_THE_DAY.sub(r"\1 heure", said)
    if "'" in said:
        said = _ELIDED.sub(lambda found: _apart(found, tables), said)
    if tables.none_of is not None and tables.none_behind is not None:
        said = tables.none_of.sub("0 ", tables.none_behind.sub(r"\1 0", said))
    if tables.amounts:
        said = _AT_MARKET.sub("", _FRANCS.sub(r"\1 fbu", millions(said)))
    return digits.joined(said, tables.label_words) if tables.splits_digits else said
