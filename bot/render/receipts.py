"""Our own receipt of a training, sent back to us: how it reads, made of the catalogue's own texts.

A leader copies it, or forwards that of another, to tell of a training of hers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.render.catalogue import Entry, base, split
from handlers.understand.words import plain

KEYS = ("C5", "C5n", "C5x")
"""From the one with most figures on: its text begins like the others'."""
_SAYS = {"date": r"\d{1,2}/\d{1,2}", "topics": r"[^\d:]+?", "topics_digits": r"\d+"}
_TOLD = ("date", "topics", "topics_digits", "women", "men", "new_women", "new_men", "new")
_WORDS = ("sender", "association", "name", "line")
_WITH_A_NUMBER = "word"
_WORD = re.compile(r"\w+")


def patterns(texts: Mapping[str, Mapping[str, Entry]]) -> tuple[re.Pattern[str], ...]:
    """Of every version in every language, for plain text; what they found is named as the texts' fields."""
    there = [
        _pattern(entry.text, language)
        for wanted in KEYS
        for language, entries in texts.items()
        for key, entry in entries.items()
        if base(key) == wanted and "{number}" in entry.text and "{date}" in entry.text
    ]
    return tuple(dict.fromkeys(there))


def _pattern(text: str, language: str) -> re.Pattern[str]:
    """From the report's number on, to its last figure or to the target, with or without what is behind that."""
    parts = list(_parts(text, language))
    names = [name for name, _ in parts]
    number, day = names.index("number"), names.index("date")
    end = max(place for place, name in enumerate(names) if name in _TOLD) + 1
    while names[end : end + 1] == [_WITH_A_NUMBER]:
        end += 1
    behind = parts[end : names.index("target") + 1] if "target" in names[end:] else []
    begins = r"(?:(?P<before>\D{1,40})\W)?" + _joined(parts[max(number - 1, 0) : number + 1])
    between = rf"\W+(?:{_joined(parts[number + 1 : day])}\W+)?"
    whole = begins + between + _joined(parts[day:end])
    return re.compile(rf"{whole}\W*(?:{_joined(behind)}\b.*)?", re.DOTALL)


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    return r"\W*".join(said for _, said in parts)


def _parts(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(field, what it looks like), field empty for words of the text."""
    whole = split(text, {}, language)
    slots, words = dict(whole.slots), {place: (one, several) for place, _, one, several in whole.words}
    seen = set()
    for place, piece in enumerate(whole.pieces):
        if name := slots.get(place):
            found = _SAYS.get(name, r".+?" if name in _WORDS else r"\d+")
            yield name, rf"(?P<{name}>{found})" if name in _TOLD and name not in seen else rf"(?:{found})"
            seen.add(name)
        elif place in words:
            yield _WITH_A_NUMBER, "(?:" + "|".join(re.escape(plain(one)) for one in words[place]) + ")"
        else:
            yield from (("", re.escape(word)) for word in _WORD.findall(plain(piece)))
