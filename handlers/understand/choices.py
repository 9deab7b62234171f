"""One of a list: the choice she means, the place or person she names. One clear near miss is forgiven."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from handlers.understand.text import plain
from handlers.understand.tokens import tokens
from handlers.understand.vocabulary import COURTESY

SHORTEST_NEAR = 4
"""Letters below which a near miss is another word."""
SIMILAR = 0.88
MARGIN = 0.05
"""How far the runner-up has to be behind (libraries.md, part 6: Jaro-Winkler needs a length and a margin)."""

CONNECTIVES = frozenset(("et", "and", "na", "n", "kandi"))
_LONGEST = 60
_MOST_WORDS = 4


def _edits(length: int) -> int:
    """Edits forgiven in a word: one below eight letters, then one more for every four."""
    return max(1, length // 4)


def _clearly(word: str, labels: Sequence[str], meant: Sequence[str]) -> tuple[str, float] | None:
    """(value, similarity) of the one value whose label is like the word, with a margin; else None.

    `meant`: the value of each plain label; several labels may have one value. Both are long enough and few edits
    apart: Jaro-Winkler alone likes common beginnings, it puts wanaume (men) near wanawake (women).
    """
    if not SHORTEST_NEAR <= len(word) <= _LONGEST:
        return None
    best, value, second = 0.0, "", 0.0
    few = _edits(len(word))
    for label, edits, place in process.extract_iter(word, labels, scorer=OSA.distance, score_cutoff=few):
        if len(label) < SHORTEST_NEAR or edits > _edits(min(len(word), len(label))):
            continue
        similar = JaroWinkler.similarity(word, label)
        if similar > best:
            if meant[place] != value:
                second = best
            best, value = similar, meant[place]
        elif meant[place] != value and similar > second:
            second = similar
    return (value, best) if best >= SIMILAR and best - second >= MARGIN else None


class Listed:
    """Choices as `choose` looks at them, worked out once where the same are looked at for every word."""

    __slots__ = ("exact", "labels", "meant")

    def __init__(self, choices: Iterable[tuple[str, Sequence[str]]]) -> None:
        """`choices`: (name, aliases and labels)."""
        self.exact: dict[str, set[str]] = {}
        self.labels: list[str] = []
        self.meant: list[str] = []
        for name, aliases in choices:
            for alias in (name, *aliases):
                self.exact.setdefault(plain(alias), set()).add(name)
                self.labels.append(plain(alias))
                self.meant.append(name)


def choose(word: str, choices: Sequence[tuple[str, Sequence[str]]] | Listed, *, near: bool = True) -> str | None:
    """The name of the choice that a word means, or None if none or more than one could be meant.

    `choices`: (name, aliases and labels). Compared plain: case, accents and spaces do not count. If no
    alias is the word itself and `near` is set, one clear near miss does: both at least four letters, few
    edits, Jaro-Winkler of .88 and .05 ahead of every other choice. The same alias on two choices is None.
    """
    wanted = plain(word)
    if not wanted or len(wanted) > _LONGEST:
        return None
    listed = choices if isinstance(choices, Listed) else Listed(choices)
    exact = listed.exact.get(wanted)
    if exact:
        return next(iter(exact)) if len(exact) == 1 else None
    if not near or wanted.isdecimal():
        return None
    found = _clearly(wanted, listed.labels, listed.meant)
    return None if found is None else found[0]


def _squeezed(text: str) -> str:
    """Letters and digits only, so that "Mpinga-Kayove", "mpinga kayove" and "mpingakayove" are one."""
    low = plain(text)
    return low if low.isalnum() else "".join(filter(str.isalnum, low))


def squeezed(words: Sequence[str]) -> str:
    """Words without what stands between them, and the first without zeros in front: 07A, 07 a, 7a -> 7a.

    A zero alone is a count, and stays.
    """
    first = _squeezed(words[0])
    return (first.lstrip("0") or first) + "".join(map(_squeezed, words[1:]))


@lru_cache(maxsize=4096)
def _by_spelling(names: tuple[str, ...]) -> dict[str, set[str]]:
    """Squeezed -> the names of a list that are spelled so."""
    listed: dict[str, set[str]] = {}
    for given in names:
        if key := squeezed((given,)):
            listed.setdefault(key, set()).add(given)
    return listed


def name(words: Sequence[str], names: Sequence[str], *, near: bool = True) -> tuple[str, int] | None:
    """(the name as listed, words consumed) for the place or person at the start of the words, or None.

    The longest exact match of one to four words wins; spaces and hyphens do not count. Otherwise one
    clear near miss, of the fewest words that explain it, as in `choose`; 7A is 07A. Never a name that is not in the
    list; None if two listed names are spelled alike. Numbers and single letters at the end of a near
    miss are left alone: they are more likely a count or a label.
    """
    listed = _by_spelling(tuple(names))
    heads = [squeezed(words[:count]) for count in range(1, min(_MOST_WORDS, len(words)) + 1)]
    for count in range(len(heads), 0, -1):
        same = listed.get(heads[count - 1])
        if same is not None:
            return (next(iter(same)), count) if len(same) == 1 else None
    if not near:
        return None
    best: tuple[str, int] | None = None
    likeness = 0.0
    labels = tuple(listed)
    for count, head in enumerate(heads, start=1):
        if len(_squeezed(words[count - 1])) < 2 or any(char.isdecimal() for char in head):
            continue
        found = _clearly(head, labels, labels)
        if found is not None and found[1] > likeness:
            best, likeness = (found[0], count), found[1]
    if best is None:
        return None
    same = listed[best[0]]
    return (next(iter(same)), best[1]) if len(same) == 1 else None


def picked(
    text: str, options: Sequence[Sequence[str]], pass_over: Container[str] = (), *, near: bool = True
) -> tuple[int, ...]:
    """Which of numbered options a whole message picks, from 1: "2", "1 mentor", "mentor", "1 et 2", "12".

    `options`: the words of each, in any language; one clear near miss is forgiven where `near` is set. `pass_over`:
    words around them that say nothing. () where a word is none of them or of two, where a digit and its word differ,
    or where one is picked twice.
    """
    words = [token.text for token in tokens(text)]
    places: dict[str, set[int]] = {}
    for place, row in enumerate(options, start=1):
        for given in row:
            places.setdefault(plain(given), set()).add(place)
    found: list[int] = []
    at, digit = 0, 0
    while at < len(words):
        word, before, digit = words[at], digit, 0
        if (named := name(words[at:], tuple(places), near=near)) is not None:
            meant = places[named[0]]
            if before not in meant:
                if before or len(meant) > 1:
                    return ()
                found += meant
            at += named[1]
            continue
        at += 1
        if word.isdecimal():
            found += map(int, word)
            digit = found[-1]
        elif word not in CONNECTIVES and word not in COURTESY and word not in pass_over:
            return ()
    return tuple(found) if len(set(found)) == len(found) and all(1 <= one <= len(options) for one in found) else ()
