"""A message as the form sees it: every way to read its words as numbers, labels, choices, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from handlers.forms import digits, spelling
from handlers.forms.model import Context, Question
from handlers.forms.tables import CONNECTIVES, UNKNOWN, Phrases, Tables, bare
from handlers.noun import noun
from handlers.understand import choices as near
from handlers.understand import dates, named_days
from handlers.understand.calendar import BETWEEN, DAY_WORDS, LEADING
from handlers.understand.numbers import number_words
from handlers.understand.vocabulary import NO_NEAR_MISS, POLITE
from handlers.understand.words import MONEY, PRICE, Token, plain, tokens

Kind = Literal["number", "label", "choice", "date", "unknown", "filler", "left"]

_FRACTION: Final = re.compile(r"\d+\.\d{1,2}")
_LONGEST_RUN: Final = 40
_MOST_PIECES: Final = 4
DAY_NAMES: Final = frozenset(
    (
        *DAY_WORDS.months,
        *(word for words in DAY_WORDS.weekdays for word in words),
        *DAY_WORDS.starts,
    )
)
_OF_DATES: Final = DAY_NAMES | LEADING | BETWEEN
MOST_TOKENS: Final = 60
MOST_PATHS: Final = 96
"""Ways to read the words of one message; a message with more is not a report."""


@noun
class Item:
    """One meaning of one or more words."""

    kind: Kind
    text: str
    glued: bool
    """Neither space nor punctuation stood before it."""
    meanings: tuple[tuple[str, str], ...] = ()
    """(question, choice) pairs of a label (choice '') or of a choice."""
    day: str = ""
    after: str = ""
    """The word that says nothing of its own and stood before it: "1 et 3", "12 dont 5"."""
    named: bool = False
    """A number of several digits that may as well be the one of the label behind it."""

    @property
    def joined(self) -> bool:
        """Whether a connective stood between the number before and this one: "1 et 3"."""
        return self.after in digits.JOINING and self.kind == "number"

    @property
    def bound(self) -> bool:
        """Whether it was + or &, which only join: where several may be chosen, neither stands for anything else."""
        return self.after == digits.SIGN and self.kind == "number"


Edge = tuple[tuple[Item, ...], int]
"""Items, more than one when a word is two words without a space, and the token after them."""


class Atoms:
    """The words of one message and, for each place in it, what may stand there."""

    def __init__(
        self,
        tables: Tables,
        labels: Phrases,
        text: str,
        ctx: Context,
        *,
        fractions: bool = False,
        amount: bool = False,
    ) -> None:
        """`fractions`: a decimal is asked, so 12.5 and 12,5 are figures here, not the twelfth of May.

        `amount`: an amount is asked, and nothing else: "amahera 450000" says no problem.
        """
        self._fractions, self._amount = fractions, amount
        said = spelling.straight(text, tables, fractions=fractions)
        found = digits.zeros(tokens(said, tables.label_words), tables.label_words)
        self.long = len(found) > MOST_TOKENS
        polite = POLITE | CONNECTIVES | ctx.names
        first = next((place for place, token in enumerate(found) if token.text not in polite), 0)
        self.keyword = bool(found) and found[first].kind == "word" and found[first].text in tables.keywords
        self.tokens: Sequence[Token] = found[first + 1 :] if self.keyword else found
        self.plain_numbers = all(token.kind == "number" for token in self.tokens)
        self.nothing_but_numbers = all(token.kind == "number" or token.text in polite for token in self.tokens)
        self.only_figures = len(tables.dates) == 1 and all(token.kind != "word" for token in self.tokens)
        self._tables, self._labels, self._ctx = tables, labels, ctx
        self._words: list[str] = []
        self._names: list[tuple[Question, list[str]]] = []
        self._edges: list[list[Edge]] | None = None

    @property
    def may_be_dated(self) -> bool:
        """Whether a date can be in it at all; a letter without one is not worth reading as a report."""
        return any(token.kind != "word" or token.text in DAY_NAMES for token in self.tokens)

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
            if token.kind == "number" or self._is_fraction(token):
                numbers.append(Item("number", token.text, token.glued))
                at += 1
                continue
            read = dates.date(self.tokens[at:], self._ctx.today, earliest=self._ctx.start)
            if read is None or values.setdefault(self._tables.dates[0], read.day.isoformat()) != read.day.isoformat():
                return None
            at += read.consumed
        return values, numbers

    def _is_fraction(self, token: Token) -> bool:
        return self._fractions and _FRACTION.fullmatch(token.text) is not None

    def _left(self, at: int) -> Edge:
        return (Item("left", self.tokens[at].text, False),), at + 1

    def _at(self, at: int) -> Iterator[Edge]:
        token = self.tokens[at]
        if self._amount and token.text in PRICE and self._beside_amount(at, token):
            return
        exact = list(self._exact(at, token))
        yield from exact
        if token.kind == "word" and not exact and token.text in self._ctx.names:
            yield (Item("filler", token.text, token.glued),), at + 1
        elif token.kind == "word" and not exact and token.text not in NO_NEAR_MISS:
            apart = list(self._apart(at, token))
            yield from apart or self._near(at, token)

    def _exact(self, at: int, token: Token) -> Iterator[Edge]:
        if token.kind == "number" or self._is_fraction(token):
            yield (Item("number", token.text, token.glued),), at + 1
        yield from self._date(at, token)
        unit = self._beside_amount(at, token)
        if unit and token.text in MONEY:
            yield (Item("filler", token.text, token.glued),), at + 1
        for meaning, length in self._tables.choices.at(self._words, at):
            if (token.kind == "word" or length > 1) and not (unit and self._amount):
                yield (Item("choice", token.text, token.glued, meaning),), at + length
                break
        yield from self._named(at, token, exact=True)
        if token.kind == "date":
            return
        counted = number_words(self._words[at : at + 8], None) if len(self.tokens) > at else None
        if counted is not None:
            yield (Item("number", str(counted[0]), token.glued),), at + counted[1]
        if token.kind != "word":
            return
        for meaning, length in self._labels.at(self._words, at):
            yield (Item("label", token.text, token.glued, meaning),), at + length
        if token.text in UNKNOWN:
            yield (Item("unknown", token.text, token.glued),), at + 1
        again = bool(self._tables.dates) and token.text in self._tables.keywords and not self._between_numbers(at)
        if again or token.text in self._tables.fillers or (token.text == digits.SIGN and self._between_numbers(at)):
            yield (Item("filler", token.text, token.glued),), at + 1

    def _beside_amount(self, at: int, token: Token) -> bool:
        """Whether a word that may name money or its price stands beside an amount: "amahera 450000"."""
        if not self._tables.amounts or (token.text not in MONEY and token.text not in PRICE):
            return False
        return any(t.kind == "number" and len(t.text) > 3 for t in self.tokens[max(at - 1, 0) : at + 2])

    def _between_numbers(self, at: int) -> bool:
        return 0 < at < len(self.tokens) - 1 and self.tokens[at - 1].kind == self.tokens[at + 1].kind == "number"

    def _date(self, at: int, token: Token) -> Iterator[Edge]:
        """A date with a word or a mark in it; two bare numbers are the grammar's business."""
        if not self._tables.dates or self._is_fraction(token):
            return
        if token.kind == "number" and (at + 1 == len(self.tokens) or self.tokens[at + 1].kind != "word"):
            return
        meaning = tuple((name, "") for name in self._tables.dates)
        for read in self._days(at):
            yield (Item("date", token.text, token.glued, meaning, read.day.isoformat()),), at + read.consumed

    def _days(self, at: int) -> Iterator[dates.ReadDate]:
        read = dates.date(self.tokens[at:], self._ctx.today, earliest=self._ctx.start)
        figures = read is None or all(t.kind == "number" for t in self.tokens[at : at + read.consumed])
        if read is not None and not figures and not self._swallowed(at, read):
            yield read
        yield from named_days.days(self.tokens, at, self._ctx.today, self._ctx.start)

    def _swallowed(self, at: int, read: dates.ReadDate) -> bool:
        """Whether the near miss of a month or a weekday hides a word of the form: "mukakarocv"."""
        for token in self.tokens[at : at + read.consumed]:
            if token.kind == "word" and token.text not in _OF_DATES and token.text not in self._tables.fillers:
                near_by = (word for word in DAY_NAMES if word in token.text)
                if any(self._tables.hides(token.text, word) for word in near_by):
                    return True
        return False

    def _named(self, at: int, token: Token, *, exact: bool) -> Iterator[Edge]:
        """A place or a business, of the lists given at run time."""
        if not self._names:
            return
        words = [t.text for t in self.tokens[at : at + 4]]
        for question, names in self._names:
            found = near.name(words, names)
            if found is None or (token.kind != "word" and found[1] == 1):
                continue
            said, name = near.squeezed(words[: found[1]]), near.squeezed((found[0],))
            if exact == (said == name) and not self._tables.hides(said, name):
                yield (Item("choice", token.text, token.glued, ((question.name, found[0]),)),), at + found[1]

    def _near(self, at: int, token: Token) -> Iterator[Edge]:
        """One clear near miss among all words of the form, when the word is none of them."""
        yield from self._named(at, token, exact=False)
        found = near.choose(token.text, self._tables.near)
        if found is None or self._tables.hides(token.text, found):
            return
        for item in self._single(found, token.glued):
            yield (replace(item, text=token.text),), at + 1

    def _single(self, word: str, glued: bool) -> Iterator[Item]:
        for meaning, _ in self._labels.at([word], 0):
            yield Item("label", word, glued, meaning)
        for meaning, _ in self._tables.choices.at([word], 0):
            yield Item("choice", word, glued, meaning)
        for question, names in self._names:
            for name in names:
                if _squeezed(name) == word:
                    yield Item("choice", word, glued, ((question.name, name),))

    def _apart(self, at: int, token: Token) -> Iterator[Edge]:
        """Words of the form without a space between them: "agrif12"."""
        if len(token.text) <= _LONGEST_RUN:
            for items in self._pieces(token.text, token.glued, _MOST_PIECES):
                yield items, at + 1

    def _pieces(self, text: str, glued: bool, most: int) -> Iterator[tuple[Item, ...]]:
        for item in self._single(text, glued):
            yield (item,)
        for cut in range(1, len(text)) if most > 1 else ():
            for item in self._single(text[:cut], glued):
                for rest in self._pieces(text[cut:], True, most - 1):
                    yield (item, *rest)

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
        for items, after in self.edges[at]:
            for rest in self._from(after, extra):
                yield (*items, *rest)
        if extra and self.edges[at][0][0][0].kind != "left":
            left, after = self._left(at)
            for rest in self._from(after, extra - 1):
                yield (*left, *rest)


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, plain(text)))


def _without_fillers(path: tuple[Item, ...]) -> tuple[Item, ...]:
    """Fillers carry nothing; the item after one is not glued, and knows it: "dont" weighs more than what follows."""
    kept: list[Item] = []
    filler = ""
    for item in path:
        if item.kind == "filler":
            filler = filler if filler in digits.OF_THESE else item.text
            continue
        if filler:  # as replace() would, of which one search does thousands
            item = Item(item.kind, item.text, False, item.meanings, item.day, filler, item.named)
        kept.append(item)
        filler = ""
    return tuple(kept)
