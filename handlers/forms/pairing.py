"""Which number belongs to which label.

Glue binds before a space. A label and a number apart bind only if neither has a partner glued to it
that could take it (`12 f7 m` is refused; `13 femmes 8 hommes nf4 nm3` has one reading).
Source: conversations 1.3 (the trap: f12m7 and 12f7m) and the rulings, 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from handlers.forms import digits
from handlers.forms.atoms import Item

MOST_NODES: Final = 4000
_VALUES: Final = ("number", "unknown")

Pairs = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]
"""Bare items, and (label, value) pairs, as places in the items."""


class TooMany(Exception):
    """More ways to read it than a report has."""


class Pairing:
    """Finds every way for one message. `same`: whether a number is the digit of the choice behind it.

    `several`: whether a label takes more than one digit: "T 1 et 3".
    """

    def __init__(self, same: Callable[[Item, Item], bool], several: Callable[[Item], bool]) -> None:
        self._same = same
        self._several = several
        self._nodes = 0

    def of(self, items: Sequence[Item]) -> Iterator[Pairs]:
        """Every way in which no label is left without a value. Raises TooMany."""
        for bare, pairs in self._pairings(items, 0, (), ()):
            if _glue_holds(items, bare, pairs):
                yield bare, pairs

    def _pairings(
        self, items: Sequence[Item], at: int, bare: tuple[int, ...], pairs: tuple[tuple[int, int], ...]
    ) -> Iterator[Pairs]:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise TooMany
        if at >= len(items):
            yield bare, pairs
            return
        kind = items[at].kind
        after = items[at + 1] if at + 1 < len(items) else None
        if kind == "label":
            if after is not None and (after.kind in _VALUES or _of_label(items[at], after)):
                if not (_goes_on(items, at + 2) and self._several(items[at])):
                    yield from self._pairings(items, at + 2, bare, (*pairs, (at, at + 1)))
                for end in self._digits(items, at):
                    more = tuple((at, value) for value in range(at + 1, end))
                    yield from self._pairings(items, end, bare, (*pairs, *more))
            if at and _of_label(items[at], items[at - 1]):
                yield from self._pairings(items, at + 1, bare, pairs)
            return
        if kind not in _VALUES:
            yield from self._pairings(items, at + 1, bare, pairs)
            return
        if after is not None and after.kind == "label" and (after.glued or not self._several(after)):
            yield from self._pairings(items, at + 2, bare, (*pairs, (at + 1, at)))  # "2 themes" are no theme 2
        if after is not None and after.kind == "choice" and self._same(items[at], after):
            yield from self._pairings(items, at + 1, bare, pairs)
        if not any(items[value].kind in _VALUES for _, value in pairs):
            yield from self._pairings(items, at + 1, (*bare, at), pairs)

    def _digits(self, items: Sequence[Item], label: int) -> Iterator[int]:
        """Where the digits behind a label may end, from the second on, each joined to the one before: "T 1 et 3"."""
        end = label + 2
        if not _is_digit(items[label + 1]) or not self._several(items[label]):
            return
        while end < len(items) and items[end].joined and _is_digit(items[end]):
            end += 1
            if not _goes_on(items, end):
                yield end


def _goes_on(items: Sequence[Item], at: int) -> bool:
    return at < len(items) and items[at].bound


def _is_digit(item: Item) -> bool:
    return item.kind == "number" and digits.is_digit(item.text)


def _of_label(label: Item, value: Item) -> bool:
    """A label beside a choice or date of its own question: "THEME agri"."""
    return value.kind in ("choice", "date") and bool(
        {name for name, _ in label.meanings} & {name for name, _ in value.meanings}
    )


def _glue_holds(items: Sequence[Item], bare: Sequence[int], pairs: Sequence[tuple[int, int]]) -> bool:
    """Nothing was torn from what it is glued to."""
    partner = {place: other for pair in pairs for place, other in (pair, pair[::-1])}
    for place in bare:
        if any(items[other].kind == "label" for other in _glued_to(items, place)):
            return False
    for pair in pairs:
        if items[max(pair)].glued:
            continue
        for place in pair:
            wanted = ("label",) if items[place].kind != "label" else _VALUES
            for other in _glued_to(items, place):
                if items[other].kind in wanted and not _glued_pair(items, other, partner.get(other)):
                    return False
    return True


def _glued_to(items: Sequence[Item], place: int) -> Iterator[int]:
    if place and items[place].glued:
        yield place - 1
    if place + 1 < len(items) and items[place + 1].glued:
        yield place + 1


def _glued_pair(items: Sequence[Item], one: int, other: int | None) -> bool:
    return other is not None and items[max(one, other)].glued
