"""A message as the form sees it: every way to read its words as numbers, labels, choices, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from handlers.forms.model import Context, Question
from handlers.forms.tables import CONNECTIVES, UNKNOWN, Phrases, Tables, bare
from handlers.understand import choices as near
from handlers.understand import dates
from handlers.understand.numbers import decimal, number, number_words
from handlers.understand.words import Token, plain, tokens

Kind = Literal["number", "label", "choice", "date", "unknown", "filler", "left"]

_JOINED: Final = re.compile(r"(?<![\w.,/+&])([1-9]) ?[,+&] ?([1-9])(?![\w,./+&])")
_ASKS: Final = re.compile(r"(?<!\w)\?+(?!\w)")
MOST_TOKENS: Final = 60
MOST_PATHS: Final = 96
"""Ways to read the words of one message; a message with more is not a report."""


@dataclass(frozen=True, slots=True)
class Item:
    """One meaning of one or more words."""

    kind: Kind
    text: str
    glued: bool
    """Neither space nor punctuation stood before it."""
    meanings: tuple[tuple[str, str], ...] = ()
    """(question, choice) pairs of a label (choice '') or of a choice."""
    day: str = ""
    joined: bool = False
    """A connective stood between the number before and this one: "1 et 3"."""


Edge = tuple[Item, int]


class Atoms:
    """The words of one message and, for each place in it, what may stand there."""

    def __init__(self, tables: Tables, labels: Phrases, text: str, ctx: Context) -> None:
        said = plain(text)
        if "?" in said:
            said = _ASKS.sub(" x ", said)
        if tables.splits_digits and ("," in said or "+" in said or "&" in said):
            said = _JOINED.sub(r"\1 et \2", said)
        found = tokens(said, tables.label_words)
        self.long = len(found) > MOST_TOKENS
        self.keyword = bool(found) and found[0].kind == "word" and found[0].text in tables.keywords
        self.tokens: Sequence[Token] = found[1:] if self.keyword else found
        self.plain_numbers = all(token.kind == "number" for token in self.tokens)
        self.only_figures = len(tables.dates) == 1 and all(token.kind != "word" for token in self.tokens)
        self._tables, self._labels, self._ctx = tables, labels, ctx
        self._words: list[str] = []
        self._names: list[tuple[Question, list[str]]] = []
        self._edges: list[list[Edge]] | None = None

    @property
    def edges(self) -> list[list[Edge]]:
        """Per token, the items that may begin there and where each ends."""
        if self._edges is None:
            self._words = [bare(token.text) for token in self.tokens]
            self._names = [(q, [choice.name for choice in listed]) for q, listed in self._tables.names(self._ctx)]
            self._edges = [list(self._at(place)) or [self._left(place)] for place in range(len(self.tokens))]
        return self._edges

    def figures(self) -> tuple[dict[str, str], list[Item]] | None:
        """The date and the numbers of a message without words; None when its dates contradict each other.

        The same as `paths`, without trying what cannot be: no word, so no label, no choice, no filler.
        """
        values: dict[str, str] = {}
        numbers: list[Item] = []
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind == "number":
                numbers.append(Item("number", token.text, token.glued))
                at += 1
                continue
            read = dates.date(self.tokens[at:], self._ctx.today, earliest=self._ctx.start)
            if read is None or values.setdefault(self._tables.dates[0], read.day.isoformat()) != read.day.isoformat():
                return None
            at += read.consumed
        return values, numbers

    def _left(self, at: int) -> Edge:
        return Item("left", self.tokens[at].text, False), at + 1

    def _at(self, at: int) -> Iterator[Edge]:
        token = self.tokens[at]
        exact = list(self._exact(at, token))
        yield from exact
        if token.kind == "word" and not exact:
            yield from self._near(at, token)

    def _exact(self, at: int, token: Token) -> Iterator[Edge]:
        if token.kind == "number":
            yield Item("number", token.text, token.glued), at + 1
        yield from self._date(at, token)
        for meaning, length in self._tables.choices.at(self._words, at):
            if token.kind == "word" or length > 1:
                yield Item("choice", token.text, token.glued, meaning), at + length
        yield from self._named(at, token)
        if token.kind == "date":
            return
        counted = number_words(self._words[at : at + 8], None) if len(self.tokens) > at else None
        if counted is not None:
            yield Item("number", str(counted[0]), token.glued), at + counted[1]
        if token.kind != "word":
            return
        for meaning, length in self._labels.at(self._words, at):
            yield Item("label", token.text, token.glued, meaning), at + length
        if token.text in UNKNOWN:
            yield Item("unknown", token.text, token.glued), at + 1
        if token.text in self._tables.fillers:
            yield Item("filler", token.text, token.glued), at + 1

    def _date(self, at: int, token: Token) -> Iterator[Edge]:
        """A date with a word or a mark in it; two bare numbers are the grammar's business."""
        if not self._tables.dates:
            return
        if token.kind == "number" and (at + 1 == len(self.tokens) or self.tokens[at + 1].kind != "word"):
            return
        read = dates.date(self.tokens[at:], self._ctx.today, earliest=self._ctx.start)
        if read is None or all(t.kind == "number" for t in self.tokens[at : at + read.consumed]):
            return
        meaning = tuple((name, "") for name in self._tables.dates)
        yield Item("date", token.text, token.glued, meaning, read.day.isoformat()), at + read.consumed

    def _named(self, at: int, token: Token) -> Iterator[Edge]:
        """A place or a business, of the lists given at run time."""
        if not self._names:
            return
        words = [t.text for t in self.tokens[at : at + 4]]
        for question, names in self._names:
            found = near.name(words, names)
            if found is None or (token.kind != "word" and found[1] == 1):
                continue
            if not self._known(token.text) or near.name(words, [found[0]]) == found:
                yield Item("choice", token.text, token.glued, ((question.name, found[0]),)), at + found[1]

    def _known(self, word: str) -> bool:
        return word in self._tables.label_words or word in self._tables.fillers

    def _near(self, at: int, token: Token) -> Iterator[Edge]:
        """One clear near miss among all words of the form, when the word is none of them."""
        every = (*self._tables.near_labels, *self._tables.near_choices)
        found = near.choose(token.text, every)
        if found is None:
            return
        for meaning, _ in self._labels.at([found], 0):
            yield Item("label", token.text, token.glued, meaning), at + 1
        for meaning, _ in self._tables.choices.at([found], 0):
            yield Item("choice", token.text, token.glued, meaning), at + 1

    def paths(self, extra: int) -> Iterator[tuple[Item, ...]]:
        """Every reading of the words, `extra` of them left out besides those that mean nothing."""
        for count, path in enumerate(self._from(0, extra)):
            if count >= MOST_PATHS:
                return
            yield _without_fillers(path)

    def _from(self, at: int, extra: int) -> Iterator[tuple[Item, ...]]:
        if at >= len(self.tokens):
            if extra == 0:
                yield ()
            return
        for item, after in self.edges[at]:
            for rest in self._from(after, extra):
                yield (item, *rest)
        if extra and self.edges[at][0][0].kind != "left":
            left, after = self._left(at)
            for rest in self._from(after, extra - 1):
                yield (left, *rest)


def _without_fillers(path: tuple[Item, ...]) -> tuple[Item, ...]:
    """Fillers carry nothing; the item after one is not glued, and joined when it was a connective."""
    kept: list[Item] = []
    filler = ""
    for item in path:
        if item.kind == "filler":
            filler = item.text
            continue
        if filler:
            item = replace(item, glued=False, joined=filler in CONNECTIVES and item.kind == "number")
            filler = ""
        kept.append(item)
    return tuple(kept)


def count_of(item: Item) -> int | None:
    """The whole number of a number item; None for a fraction, and for "000", which only continues one."""
    return None if len(item.text) > 2 and not item.text.strip("0") else number(item.text)


def figure_of(item: Item) -> float | None:
    """The number of a number item, a fraction allowed."""
    found = decimal(item.text)
    return None if found is None else float(found)
