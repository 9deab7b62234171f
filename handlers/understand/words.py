"""Words in a message: what it commands, whether it says yes, which language it is in.

`plain`, `clean`, `tokens` and `Token` live in text.py and tokens.py and are offered here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz.distance import OSA

from handlers.understand.phrases import (
    AFFIRMS,
    AGREES,
    BEGINS,
    COMES_BACK,
    LATER,
    NO_TRAINING,
    NONE_YET,
    REFUSES,
    REPORTS_NOW,
    STOP_PHRASES,
)
from handlers.understand.text import SHORT, clean, plain
from handlers.understand.tokens import Token, tokens
from handlers.understand.vocabulary import (
    COURTESY,
    FILLERS,
    GREETINGS,
    KEYWORDS,
    LANGUAGE_OF,
    MONEY,
    NO,
    NO_COMMANDS,
    NO_WITHOUT_COURTESY_OF,
    PRICE,
    QUESTIONS,
    SENSITIVE,
    UNITS,
    YES,
)

__all__ = (
    "COURTESY",
    "FILLERS",
    "GREETINGS",
    "KEYWORDS",
    "MONEY",
    "PRICE",
    "SHIPPED",
    "UNITS",
    "Keywords",
    "Token",
    "agrees",
    "clean",
    "is_question",
    "is_sensitive",
    "is_stop",
    "keyword",
    "language_of",
    "plain",
    "tokens",
    "yes_no",
)

_LET_ME = ("ni", "tu")
STOP_WORDS = 3
"""A message that starts with STOP and is longer is a sentence, not a command (conversations 1.6)."""

_FIRST = re.compile(r"\W*([^\W\d_]+)")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
"""A word of plain text, with its inner apostrophes."""
_LEADING = " .,:;!?#-='\""

_LONGEST_SHORT = 160
"""Characters of a message that can still be a command with one typing mistake."""

_QUESTION = re.compile("(?:" + "|".join(sorted(map(re.escape, QUESTIONS), key=len, reverse=True)) + r")(?![^\W_])")
_JE = re.compile(r"je\s?,")
_SENSITIVE_SINGLE = frozenset(entry for row in SENSITIVE.values() for entry in row if " " not in entry)
_SENSITIVE_PHRASES = tuple(f" {entry} " for row in SENSITIVE.values() for entry in row if " " in entry)


class Keywords:
    """The words by which leaders command, in all languages: those of the program, or a programme's own. Immutable."""

    __slots__ = ("_near", "command_of", "labels", "of", "receipts")

    def __init__(
        self,
        of: Mapping[str, Sequence[str]],
        labels: Mapping[str, str] = MappingProxyType({}),
        receipts: Sequence[re.Pattern[str]] = (),
    ) -> None:
        """`labels`: what stands on the chat's main keyboard, plain -> the command that a tap is.

        `receipts`: how ours of trainings read, in plain letters.
        """
        self.labels, self.receipts = dict(labels), tuple(receipts)
        self.of = {command: tuple(words) for command, words in of.items()}
        self.command_of = {word: command for command, words in self.of.items() for word in words}
        self._near = tuple(word for word in self.command_of if len(word) >= 5)

    def near(self, word: str) -> str | None:
        """The command whose word is one edit away; None if none is, or two different ones are."""
        if len(word) < 5 or len(word) > 16 or word in NO_COMMANDS:
            return None
        near = {self.command_of[known] for known in self._near if OSA.distance(word, known, score_cutoff=1) <= 1}
        return near.pop() if len(near) == 1 else None


SHIPPED = Keywords(KEYWORDS)
"""Those that come with the program."""


def _stops(low: str, keywords: Keywords) -> bool:
    found = _FIRST.match(low)
    if found is None or len(low) > _LONGEST_SHORT or any(char.isdecimal() for char in low):
        return False
    words = WORD.findall(low)
    if len(words) > STOP_WORDS:
        return False
    exact = keywords.command_of.get(found[1])
    if exact is not None:
        # Swahili "acha nione": let me see
        return exact == "stop" and not (words[0] == "acha" and words[1:] and words[1].startswith(_LET_ME))
    return len(words) == 1 and keywords.near(words[0]) == "stop"


def _asks_for_silence(low: str) -> bool:
    """A whole message that says so in other words, politely or not."""
    words = [word for word in WORD.findall(low) if word not in COURTESY]
    return " ".join(words) in STOP_PHRASES


def is_stop(text: str, keywords: Keywords = SHIPPED) -> bool:
    """Whether she asks to get no more messages: "STOP", "Stop. Thank you", "HAGARKA".

    The message is the word, or starts with it and has at most three words and no number. Not
    "please stop the machine", not "STOP 12345", not "stp". One typing mistake is forgiven only in a
    message of one word of five letters or more. A whole message that says it in other words counts too.
    Source: conversations 1.6 and I1.
    """
    low = plain(text)
    return _stops(low, keywords) or _asks_for_silence(low)


def keyword(text: str, keywords: Keywords = SHIPPED) -> tuple[str, str] | None:
    """(command, plain rest) if the message is a command word or starts with one, else None.

    "FIX 4127" and "fix4127" -> ("fix", "4127"); "Problème: la machine" -> ("problem", "la machine").
    Words of all four languages at any time. One typing mistake is forgiven in words of five letters
    or more when the message has at most three words. "stop" follows the rule of `is_stop`. The
    caller decides what a long rest means ("help me with the husker" also starts with a command word).
    """
    low = plain(text)
    found = _FIRST.match(low)
    if found is None:
        return None
    command = keywords.command_of.get(found[1])
    if command is None and len(low) <= _LONGEST_SHORT and len(found[1]) >= 5 and len(WORD.findall(low)) <= 3:
        command = keywords.near(found[1])
    if command is None or (command == "stop" and not _stops(low, keywords)):
        return None
    if low[found.end() : found.end() + 1] == "'":
        return None
    return command, low[found.end() :].lstrip(_LEADING)


def yes_no(text: str) -> bool | None:
    """True for yes, False for no, None for anything else; only a whole message counts.

    "oui", "Oui, merci", "ego ego", "hapana asante". Kirundi "no" joins words, so "no kurima" and
    "no murakoze" are None (conversations 4.5 of field.md). Numbers are choices, not yes or no.
    """
    low = plain(text)
    if len(low) > _LONGEST_SHORT:
        return None
    words = ungreeted(WORD.findall(low))
    if not words:
        return None
    if " ".join(words) in NO_TRAINING:
        return False
    if " ".join(words) in AFFIRMS:
        return True
    first, rest = words[0], words[1:]
    answers = YES if first in YES else NO if first in NO else None
    if answers is None or not all(word in COURTESY or word in answers for word in rest):
        return None
    if first == "no" and not NO_WITHOUT_COURTESY_OF.isdisjoint(rest):
        return None
    return answers is YES


def agrees(text: str) -> bool | None:
    """As yes_no, also in the words in which people agree or refuse: "oui, je suis d'accord", "sikubali"."""
    words = WORD.findall(plain(text)[:_LONGEST_SHORT])
    while words and (words[-1] in COURTESY or words[-1] in GREETINGS):
        words.pop()
    said = " ".join(words)
    if said in REFUSES:
        return False
    behind = " ".join(words[1:]) if words and words[0] in YES else ""
    return True if said in AGREES or behind in AGREES else yes_no(text)


def is_none_yet(text: str) -> bool:
    """Whether a whole message says that there was nothing so far: "pas encore", "not yet", "bado", "rien"."""
    said = " ".join(_bare(text))
    return said in NONE_YET or said in NO_TRAINING


def is_back(text: str) -> bool:
    """Whether a whole message asks to get messages again, after STOP: "je veux revenir"."""
    return " ".join(_bare(text)) in COMES_BACK


def is_now(text: str) -> bool:
    """Whether a whole message chooses to report now: "je rapporte", "report now"."""
    return " ".join(_bare(text)) in REPORTS_NOW


def begins(text: str) -> bool:
    """Whether a whole message is of somebody who wants to report, or asks how: "how do I report?"."""
    return " ".join(_bare(text)) in BEGINS


def is_later(text: str) -> bool:
    """Whether a whole message says "later": "later", "2 later", "plus tard svp"."""
    words = _bare(text)
    return " ".join(words[1:] if words[:1] in (["0"], ["2"]) or not YES.isdisjoint(words[:1]) else words) in LATER


def _bare(text: str) -> list[str]:
    """The words of a short message, without a greeting before them and thanks behind."""
    words = ungreeted(WORD.findall(plain(text)[:_LONGEST_SHORT]))
    while words and words[-1] in COURTESY:
        words.pop()
    return words


def ungreeted(words: list[str]) -> list[str]:
    """Without a greeting in front, unless it is all that is said."""
    while len(words) > 1 and words[0] in GREETINGS:
        words = words[1:]
    return words


def is_question(text: str) -> bool:
    """Whether a message reads as a question for the mentor: an opener in any language, or a "?".

    A "?" counts only if the message has a word of three letters: "12 7?" is an answer.
    """
    low = plain(text)
    start = low.lstrip(_LEADING + "\u00bf").replace("-", " ")
    if _QUESTION.match(start) is not None or _JE.match(start) is not None:
        return True
    return "?" in low and any(len(word) >= 3 and not word[0].isdecimal() for word in WORD.findall(low))


def is_sensitive(text: str) -> bool:
    """Whether a free text needs the sealed queue and the neutral answer (conversations J2, 1.6).

    Whole words and phrases only. It can miss and it can overreact; both are seen by a person, and
    the answer says nothing about what was found.
    """
    words = WORD.findall(plain(text))
    if not _SENSITIVE_SINGLE.isdisjoint(words):
        return True
    line = f" {' '.join(words)} "
    return any(phrase in line for phrase in _SENSITIVE_PHRASES)


def language_of(text: str) -> str | None:
    """ "rn", "fr", "sw" or "en" if the words of one language clearly prevail, else None.

    Counts words that only one of the four languages has; words of one or two letters count half.
    One full word with nothing against it is enough; otherwise three times as much as the next.
    """
    return (_language_short if len(text) <= SHORT else _language)(text)


def _language(text: str) -> str | None:
    scores: dict[str, int] = {}
    for word in WORD.findall(plain(text)):
        language = LANGUAGE_OF.get(word)
        if language is not None:
            scores[language] = scores.get(language, 0) + (2 if len(word) > 2 else 1)
    if not scores:
        return None
    best, second = (*sorted(scores.values(), reverse=True), 0)[:2]
    if best < 2 or best < 3 * second:
        return None
    return max(scores, key=lambda language: scores[language])


_language_short = lru_cache(maxsize=2048)(_language)
