"""Plain text -> atoms: numbers, words and dates, each knowing whether it was glued to the one before.

The rules, in the order they are tried (conversations 1.3, and finding 9: most "errors" in such
systems are punctuation and spacing):

1. Letters that stand for digits. Beside a digit, a run of letters made only of o, l, i reads as 0, 1, 1:
   `1O` 10, `l2` 12, `F1O` f 10, `f12m1o` f 12 m 10. In front of the first figure only a
   single letter does, and only with nothing glued before it: `l2` and `l2agri`, but not `nl2`, not `il12`;
   these stay words, and the conversation asks.
2. Digits joined by . , / - : form a chain. `450.000`, `1,250,000` are one number; `12/11`, `12.11`,
   `12-11`, `12/11/2026`, `12/11/26`, `2026-11-12` are dates if day and month exist in that order;
   `12.45` is a decimal; `12,7` and `12.11.3.12.7.5.3` are numbers with punctuation for spaces;
   `12/11.3` is a date and a number. What could be two things (`12,100,7`, `45/50`, `12:30`) stays a word.
3. A minus right in front of a figure, behind a space or a mark (`1 -5`, `V=-5`), makes the figure a word: no count
   and no amount is below zero, and 5 was not said. `12-11`, `3 - 5`, `- 5` and `F-5` only separate.
4. A closing k is thousands: `150k`, `1.5k`. Not before another letter or digit (`12k7` is 12, k, 7).
5. Letters with their inner apostrophes are a word: `n'abagabo`. Everything else separates.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from typing import Literal

from handlers.noun import noun
from handlers.understand.text import plain

Kind = Literal["number", "word", "date"]

LONGEST = 12
"""Digits in the longest number we read; 999,999,999,999 francs is more than anybody reports."""

_LONGEST_CHAIN = 80


@noun
class Token:
    """One atom. `text` is plain; `glued` = neither space nor punctuation stood before it."""

    text: str
    kind: Kind
    glued: bool


Atom = tuple[str, Kind]

_shared = lru_cache(maxsize=4096)(Token)


def _token(text: str, kind: Kind, glued: bool) -> Token:
    """A token; the short ones recur all day, and tokens never change, so they are shared."""
    return _shared(text, kind, glued) if len(text) <= 24 else Token(text, kind, glued)


_LETTER = r"(?:[^\W\d_]|[\ufffd\u2044])"
_SCAN = re.compile(rf"(\d+(?:[./,:-]\d+)*)(k(?![^\W_]))?|({_LETTER}+(?:'{_LETTER}+)*)")
_LOOKALIKE = re.compile(r"[oil]\d|\d[oil]")
_RUN = re.compile(r"[^\W_]+")
_SEGMENT = re.compile(r"\d+|\D+")
_AS_DIGITS = str.maketrans("oil", "011")
_ONLY_LOOKALIKES = frozenset("oil")

THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3})+(?:,(\d{1,2}))?|(?:,\d{3})+(?:\.(\d{1,2}))?)")
"""450.000, 1,250,000, 450.000,00; the group is the fraction."""
DAY_MONTH = re.compile(r"(\d{1,2})([./-])(\d{1,2})(?:[./-](\d{4})|\2(\d{2}))?")
"""Day, month, and the year of four or two digits."""
ISO = re.compile(r"(20\d\d)-(\d{1,2})-(\d{1,2})")
DECIMAL = re.compile(r"(\d{1,9})[.,](\d{1,6})")
_BEFORE_MINUS = frozenset(" =:(")
_SEPARATOR = re.compile(r"[./-]")


def straighten(text: str, labels: Container[str] = ()) -> str:
    """Plain text with o, l, i turned into digits where they stand for digits (rule 1)."""
    if _LOOKALIKE.search(text) is None:
        return text
    return _RUN.sub(lambda run: _straight_run(run.group(), labels), text)


def _straight_run(run: str, labels: Container[str]) -> str:
    if run.isdecimal() or _LOOKALIKE.search(run) is None:
        return run
    segments = _SEGMENT.findall(run)
    for place, segment in enumerate(segments):
        stands_for_digits = _ONLY_LOOKALIKES.issuperset(segment) and segment not in labels
        if stands_for_digits and (place > 0 or len(segment) == 1):
            segments[place] = segment.translate(_AS_DIGITS)
    return "".join(segments)


def _possible(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _as_date(chain: str) -> bool:
    found = DAY_MONTH.fullmatch(chain)
    if found is not None:
        return _possible(found[1], found[3])
    found = ISO.fullmatch(chain)
    return found is not None and _possible(found[3], found[2])


def _number_atom(digits: str) -> Atom:
    return (digits, "number" if len(digits) <= LONGEST else "word")


@lru_cache(maxsize=2048)
def _split(chain: str) -> list[Atom]:
    """The atoms of one chain of at most 80 digits and separators (rule 2); the caller only reads them."""
    if chain.isdecimal():
        return [_number_atom(chain)]
    if ":" in chain:
        return [(chain, "word")]
    if THOUSANDS.fullmatch(chain):
        return [(chain, "number")]
    if "," in chain:
        pieces = chain.split(",")
        doubtful = any(len(piece) == 3 and piece.isdecimal() for piece in pieces[1:])
        return [(chain, "word")] if doubtful else [atom for piece in pieces for atom in _split(piece)]
    if _as_date(chain):
        return [(chain, "date")]
    return _split_further(chain, _SEPARATOR.split(chain))


def _split_further(chain: str, parts: list[str]) -> list[Atom]:
    if len(parts) == 2:
        return [(chain, "number" if DECIMAL.fullmatch(chain) else "word")]
    if any(len(part) == 3 or len(part) > 9 or part == "00" for part in parts[3:]) or "00" in parts[:3]:
        return [(chain, "word")]
    short = all(len(part) <= 2 for part in parts[:2])
    dated = short and _possible(parts[0], parts[1])
    if len(parts) == 3:
        cut = len(parts[0]) + 1 + len(parts[1])
        return [(chain[:cut], "date"), _number_atom(parts[2])] if dated else [(chain, "word")]
    if dated and len(parts[2]) == 4:
        cut = sum(map(len, parts[:3])) + 2
        return [(chain[:cut], "date"), *map(_number_atom, parts[3:])]
    if any(len(part) > 2 for part in parts[:3]):
        return [(chain, "word")]
    return [_number_atom(part) for part in parts]


def _atoms(chain: str) -> list[Atom]:
    return _split(chain) if len(chain) <= _LONGEST_CHAIN else [(chain, "word")]


def _thousands_mark(chain: str) -> bool:
    """Whether a closing k can belong to this chain: 150k, 1.5k, 1,5k."""
    return (chain.isdecimal() and len(chain) <= LONGEST - 3) or DECIMAL.fullmatch(chain) is not None


def _below_zero(source: str, start: int) -> bool:
    """Whether the figure at this place has a minus of its own (rule 3)."""
    return source[start - 1] == "-" and (start == 1 or source[start - 2] in _BEFORE_MINUS)


def tokens(text: str, labels: Container[str] = ()) -> list[Token]:
    """The atoms of a message, in order: "form12/11agri f12" -> form, 12/11, agri, f, 12.

    `labels`: plain labels of the form that is being read. A letter that is a label is never read as
    part of a number: with the label k (abakenyezi), `18k` is 18 and k instead of 18,000; with l, `5l`
    is 5 and l instead of 51. Takes raw or plain text; raises nothing.
    """
    source = straighten(plain(text), labels)
    found: list[Token] = []
    end = -1
    for match in _SCAN.finditer(source):
        start = match.start()
        glued = start == end
        end = match.end()
        chain, mark, word = match.groups()
        if word is not None:
            found.append(_token(word, "word", glued))
        elif start and _below_zero(source, start) and _atoms(chain)[0][1] != "date":
            found.append(_token(f"-{match.group()}", "word", False))
        elif mark is None and chain.isdecimal():
            found.append(_token(chain, "number" if len(chain) <= LONGEST else "word", glued))
        elif mark is not None and mark not in labels and _thousands_mark(chain):
            found.append(_token(chain + mark, "number", glued))
        else:
            for text_of, kind in _atoms(chain):
                found.append(_token(text_of, kind, glued))
                glued = False
            if mark is not None:
                found.append(_token(mark, "word", True))
    return found
