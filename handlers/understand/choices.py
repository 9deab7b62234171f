"""One of a list: the choice she means, the place or person she names. One clear near miss is forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from handlers.understand.text import plain

SHORTEST_NEAR = 4
"""Letters below which a near miss is another word."""
SIMILAR = 0.88
MARGIN = 0.05
"""How far the runner-up has to be behind (libraries.md, part 6: Jaro-Winkler needs a length and a margin)."""

_LONGEST = 60
_MOST_WORDS = 4

_label = lru_cache(maxsize=8192)(plain)


def _edits(length: int) -> int:
    """Edits forgiven in a word: one below eight letters, then one more for every four."""
    return max(1, length // 4)


def _similarity(word: str, label: str) -> float:
    """Jaro-Winkler, but 0 unless both are long enough and few edits apart.

    Jaro-Winkler alone likes common beginnings: it puts wanaume (men) near wanawake (women).
    """
    if len(label) < SHORTEST_NEAR:
        return 0.0
    allowed = _edits(min(len(word), len(label)))
    if OSA.distance(word, label, score_cutoff=allowed) > allowed:
        return 0.0
    return JaroWinkler.similarity(word, label)


def _clearly(word: str, labels: Iterable[tuple[str, str]]) -> tuple[str, float] | None:
    """(value, similarity) of the one value whose label is like the word, with a margin; else None.

    `labels`: pairs of plain label and value; several labels may have one value.
    """
    if not SHORTEST_NEAR <= len(word) <= _LONGEST:
        return None
    best, value, second = 0.0, "", 0.0
    for label, meant in labels:
        similar = _similarity(word, label)
        if similar > best:
            if meant != value:
                second = best
            best, value = similar, meant
        elif meant != value and similar > second:
            second = similar
    return (value, best) if best >= SIMILAR and best - second >= MARGIN else None


def choose(word: str, choices: Sequence[tuple[str, Sequence[str]]], *, near: bool = True) -> str | None:
    """The name of the choice that a word means, or None if none or more than one could be meant.

    `choices`: (name, aliases and labels). Compared plain: case, accents and spaces do not count. If no
    alias is the word itself and `near` is set, one clear near miss does: both at least four letters, few
    edits, Jaro-Winkler of .88 and .05 ahead of every other choice. The same alias on two choices is None.
    """
    wanted = plain(word)
    if not wanted or len(wanted) > _LONGEST:
        return None
    exact = {name for name, aliases in choices if wanted == _label(name) or any(wanted == _label(a) for a in aliases)}
    if exact:
        return exact.pop() if len(exact) == 1 else None
    if not near or wanted.isdecimal():
        return None
    labels = ((_label(alias), name) for name, aliases in choices for alias in (name, *aliases))
    found = _clearly(wanted, labels)
    return None if found is None else found[0]


def _squeezed(text: str) -> str:
    """Letters and digits only, so that "Mpinga-Kayove", "mpinga kayove" and "mpingakayove" are one."""
    return "".join(char for char in plain(text) if char.isalnum())


def squeezed(words: Sequence[str]) -> str:
    """Words without what stands between them, and the first without zeros in front: 07A, 07 a, 7a -> 7a.

    A zero alone is a count, and stays.
    """
    first = _squeezed(words[0])
    return (first.lstrip("0") or first) + "".join(map(_squeezed, words[1:]))


_squeezed_name = lru_cache(maxsize=8192)(squeezed)


def name(words: Sequence[str], names: Sequence[str]) -> tuple[str, int] | None:
    """(the name as listed, words consumed) for the place or person at the start of the words, or None.

    The longest exact match of one to four words wins; spaces and hyphens do not count. Otherwise one
    clear near miss, of the fewest words that explain it, as in `choose`; 7A is 07A. Never a name that is not in the
    list; None if two listed names are spelled alike. Numbers and single letters at the end of a near
    miss are left alone: they are more likely a count or a label.
    """
    listed: dict[str, set[str]] = {}
    for given in names:
        key = _squeezed_name((given,))
        if key:
            listed.setdefault(key, set()).add(given)
    heads = [squeezed(words[:count]) for count in range(1, min(_MOST_WORDS, len(words)) + 1)]
    for count in range(len(heads), 0, -1):
        same = listed.get(heads[count - 1])
        if same is not None:
            return (same.pop(), count) if len(same) == 1 else None
    best: tuple[str, int] | None = None
    likeness = 0.0
    labels = [(key, key) for key in listed]
    for count, head in enumerate(heads, start=1):
        if len(_squeezed(words[count - 1])) < 2 or any(char.isdecimal() for char in head):
            continue
        found = _clearly(head, labels)
        if found is not None and found[1] > likeness:
            best, likeness = (found[0], count), found[1]
    if best is None:
        return None
    same = listed[best[0]]
    return (same.pop(), best[1]) if len(same) == 1 else None
