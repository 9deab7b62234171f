"""What staff wrote for a broadcast: one text per language, in a TOML file or typed in a chat.

Nothing of it is a program: only {name}, {association}, {date} and {officer} are filled in, every other brace is
a mistake. A reader whose language has no text gets another one only when the writer said which.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import BotError
from bot.render import fold, replaced, segments
from handlers.turn import LANGUAGES

FIELDS = ("name", "association", "date", "officer")
LEAVE_OUT = "leave_out"
LONGEST = 900
"""Characters of a text: six SMS parts, more of them nobody reads."""
LANGUAGE_NAMES = {"rn": "Kirundi", "fr": "French", "sw": "Swahili", "en": "English"}
_BRACE = re.compile(r"\{([^{}]*)\}|[{}]")
_ANSWERS = re.compile(r"(?<![\w/])1\b(?!/).*(?<![\w/])2\b(?!/)", re.DOTALL)
"""A text that asks says what 1 and 2 mean; 1/2 is a date."""
_ALLOWED = "Allowed are " + " ".join(f"{{{name}}}" for name in FIELDS)


_SAID = {
    "none": "no text. Write at least one of %(languages)s.",
    "empty": "empty. Write the text or take the line away.",
    "long": "%(count)s characters; at most %(most)s. Shorten it.",
    "field": "%(found)s at character %(at)s is no field. %(allowed)s.",
    "date": "{date} needs a line such as date = 2026-12-12.",
    "answers": "asks, but does not say what 1 and 2 mean. End it with something like: 1 yes 2 no.",
    "gap": "read %(instead)r; allowed are %(there)s.",
}
"""A mistake -> how it is said of a file; a page has words of its own."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: `what` of _SAID, in the text of `language` ('' = of all), with what it is about."""

    what: str
    language: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        said = _SAID[self.what] % self.values if self.values else _SAID[self.what]
        where = f"missing.{self.language}" if self.what == "gap" else self.language
        return f"{where}: {said}" if where else said


class WordingError(BotError):
    """The texts cannot be sent as they are; has every mistake, where it is and what is allowed."""

    def __init__(self, *mistakes: Mistake | str) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class Said(NamedTuple):
    """A text as one reader gets it."""

    text: str
    parts: int


@dataclass(frozen=True)
class Wording:
    """The texts, checked. `gaps`: language of readers -> language they get, or leave_out."""

    texts: Mapping[str, str]
    gaps: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False
    """1 yes and 2 no are counted."""
    day: date | None = None
    """What {date} says."""
    not_after: datetime | None = None

    def __post_init__(self) -> None:
        if mistakes := list(_mistakes(self)):
            raise WordingError(*mistakes)
        pieces = {language: tuple(_split(text)) for language, text in self.texts.items()}
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_day", f"{self.day.day}/{self.day.month}" if self.day else "")

    def for_reader(self, language: str) -> str | None:
        """The language of the text that a reader of `language` gets, leave_out, or None: nobody decided."""
        return language if language in self.texts else self.gaps.get(language)

    def say(self, language: str, name: str, association: str, officer: str, *, rich: bool) -> Said:
        """The text of a language with everything filled in; by SMS folded to GSM-7 and counted."""
        values = {"name": name, "association": association, "officer": officer, "date": self._day}  # type: ignore[attr-defined]
        text = "".join(values[piece] if is_field else piece for is_field, piece in self._pieces[language])  # type: ignore[attr-defined]
        if rich:
            return Said(text, 1)
        text = fold(text)
        return Said(text, segments(text)[0])

    @property
    def digest(self) -> str:
        """The same for the same words, whatever the spaces: to find a text that was sent before."""
        words = "\n".join(f"{language} {' '.join(text.split())}" for language, text in sorted(self.texts.items()))
        return hashlib.sha256(f"{words}\n{self.day or ''}".encode()).hexdigest()

    def replaced(self, language: str) -> tuple[str, ...]:
        """Characters that an SMS cannot carry and that are replaced, to show to the writer."""
        return replaced(self.texts[language])


def read(file: Path) -> Wording:
    """The texts of a TOML file. Raises WordingError that lists every mistake."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WordingError(f"{file}: {error.strerror or 'cannot be read'}. Check the name and the folder.") from None
    except UnicodeDecodeError as error:
        raise WordingError(f"{file}: not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise WordingError(f'{file}: not TOML: {error}. One line per language: fr = "..."') from None
    try:
        return from_values(values)
    except WordingError as error:
        raise WordingError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from None


def from_values(values: Mapping[str, Any]) -> Wording:
    """The texts as a file has them: a key per language, [missing], asks, date, not_after. Raises WordingError."""
    problems = list(_wrong_keys(values))
    if problems:
        raise WordingError(*problems)
    texts = {language: values[language] for language in LANGUAGES if language in values}
    not_after = values.get("not_after")
    return Wording(
        {language: " ".join(text.split("\n")).strip() for language, text in texts.items()},
        dict(values.get("missing", {})),
        values.get("asks", False),
        values.get("date"),
        not_after.astimezone(UTC) if not_after else None,
    )


def _wrong_keys(values: Mapping[str, Any]) -> Iterator[str]:
    kinds: dict[str, type] = dict.fromkeys(LANGUAGES, str)
    kinds |= {"asks": bool, "date": date, "not_after": datetime, "missing": dict}
    for name, value in values.items():
        if name not in kinds:
            yield f"{name}: not known. Known are {', '.join(sorted(kinds))}."
        elif not isinstance(value, kinds[name]) or (name == "date" and isinstance(value, datetime)):
            example = {"asks": "true", "date": "2026-12-12", "not_after": "2026-12-12T12:00:00+02:00"}
            yield f"{name}: read {value!r}; write it as {name} = {example.get(name, '...')}"
        elif isinstance(value, datetime) and value.tzinfo is None:
            yield "not_after: has no zone. Write 2026-12-12T12:00:00+02:00."


def _mistakes(wording: Wording) -> Iterator[Mistake | str]:
    if not wording.texts:
        yield Mistake("none", "", {"languages": ", ".join(LANGUAGES)})
    for language, text in wording.texts.items():
        if not text.strip():
            yield Mistake("empty", language)
        if len(text) > LONGEST:
            yield Mistake("long", language, {"count": len(text), "most": LONGEST})
        for found in _BRACE.finditer(text):
            if found[1] not in FIELDS:
                yield Mistake("field", language, {"found": found[0], "at": found.start() + 1, "allowed": _ALLOWED})
        if "{date}" in text and wording.day is None:
            yield Mistake("date", language)
        if wording.asks and not _ANSWERS.search(text):
            yield Mistake("answers", language)
    for language, instead in wording.gaps.items():
        if language not in LANGUAGES:
            hint = " Put it above [missing]." if language in ("asks", "date", "not_after") else ""
            yield f"missing.{language}: not a language. Known are {', '.join(LANGUAGES)}.{hint}"
        elif language in wording.texts:
            yield f"missing.{language}: there is a text in this language. Take one of them away."
        elif instead != LEAVE_OUT and instead not in wording.texts:
            there = ", ".join([*wording.texts, LEAVE_OUT])
            yield Mistake("gap", language, {"instead": instead, "there": there})


def _split(text: str) -> Iterator[tuple[bool, str]]:
    """The text at its fields: (is it a field, what it is)."""
    end = 0
    for found in _BRACE.finditer(text):
        yield False, text[end : found.start()]
        yield True, found[1]
        end = found.end()
    yield False, text[end:]
