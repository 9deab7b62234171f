"""Groups free texts by subject: a list of words in four languages, printed with the programme. Pure but for the list.

A text counts once, under the first subject whose every list has a word of it; a text that fits nothing is counted as
not grouped, so that the groups and the rest are all of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from handlers.understand.subjects import words_of

FEWEST_WORDS = 3
"""A text of fewer words says nothing that could be grouped: "ok", "TOTAL", the figures of a report."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What messages are about. `need`: something that they ask for."""

    name: str
    title: Mapping[str, str]
    words: tuple[tuple[str, ...], ...]
    need: bool = False

    def fits(self, said: Iterable[str]) -> bool:
        """Whether every list has a word of this text; `said` are its plain words."""
        there = tuple(said)
        return all(any(_is(word, pattern) for word in there for pattern in patterns) for patterns in self.words)

    def fits_item(self, text: str) -> bool:
        """Whether an answer to "what do you need?" names this: the words of asking are not in it."""
        return any(_is(word, pattern) for word in words_of(text) for pattern in self.words[-1])


def _is(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@lru_cache(maxsize=1)
def subjects() -> tuple[Subject, ...]:
    """All of them, in the order in which they are tried."""
    there = tomllib.loads((files("templates") / "reports" / "subjects.toml").read_text("utf-8"))
    return tuple(
        Subject(
            one["name"],
            {"en": one["en"], "fr": one["fr"]},
            tuple(tuple(words) for words in one["words"]),
            bool(one.get("need")),
        )
        for one in there["subject"]
    )


def subject_of(text: str) -> Subject | None:
    """The subject of a text; None when it fits none."""
    said = words_of(text)
    return next((one for one in subjects() if one.fits(said)), None)


def says_something(text: str) -> bool:
    """Whether there are words to group."""
    return len(words_of(text)) >= FEWEST_WORDS
