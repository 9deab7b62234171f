"""Reading the catalogues: one PO file per language, the English one being the law for the others.

msgid is the key of a text (A0 ... K8), msgstr the text. The comment of the English entry says when it is
sent, which fields it may use and which answers it offers; the comments of the other files say the same in
French, which those who correct Kirundi and Swahili read. See docs/words.md. A catalogue with a mistake
stops the start, naming key and language: a text that cannot be said must not be found by a leader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from bot.errors import BotError
from bot.render.fields import COMMON, FIELDS
from bot.render.french import together
from bot.render.plural import is_one
from bot.render.sentences import Sentence, at, in_lines
from handlers.turn import LANGUAGES

EVERY: tuple[str, ...] = LANGUAGES
COMPLETE = ("en", "fr")
"""The languages that must have every text."""

# {count}, or the word that goes with it: {count:text|texts}
_FIELD = re.compile(r"\{([a-z_]+)(?::([^{}|]*)\|([^{}|]*))?\}")
MARKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("When", "Fields", "May be left out", "Answers", "Length"),
        "fr": ("Quand", "Champs", "Peut manquer", "Réponses", "Longueur"),
    }
)
"""What the lines of a comment begin with, in the languages in which texts are explained."""
_MARKED = {language: re.compile(rf"^({'|'.join(marks)})\s?: ", re.MULTILINE) for language, marks in MARKS.items()}
_SIGNED = re.compile(r"sign(?:ed|[eé]e?)\s*(?::|by\b|par\b)\s*(.+)", re.IGNORECASE)
_LINE = re.compile(r'(?:msgid |msgstr )?"(?:[^"\\]|\\.)*"\s*|#.*|\s*')
_KEY_LINE = re.compile(r'^msgid "(.+)"$', re.MULTILINE)


class WordsError(BotError):
    """The catalogues cannot be used; `problems` names key, language and what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(in_lines(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """What the comments say about a text; `when` and `meanings` in English and in French."""

    key: str
    when: Mapping[str, str]
    meanings: Mapping[str, str]
    """The fields, each with what it means, in one line."""
    fields: frozenset[str]
    may_miss: frozenset[str]
    answers: tuple[str, ...]
    chat: bool
    """True when the text only goes to chats: any character, any length."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text in one language. `signed` is the name in its comment, "" when there is none."""

    text: str
    draft: bool
    signed: str = ""


Entries = Mapping[str, Entry]


def base(key: str) -> str:
    """The key that a handler asks for: C5 for C5, C5~2 and C5@chat."""
    return key.split("~")[0].split("@")[0]


def shipped(language: str) -> Traversable:
    """The PO file of a language that comes with the program."""
    return files("templates") / "locale" / language / "LC_MESSAGES" / "messages.po"


def read(source: str, language: str, where: str) -> Catalog:
    """Parse one PO file's text. Raises WordsError naming the file when it is malformed."""
    here = f"{where} ({language})"
    problems = [at(here, Sentence("{key} is there twice; keep one.", key=key)) for key in _doubled(source)]
    key = "its head"
    for number, line in enumerate(source.splitlines(), 1):
        found = _KEY_LINE.match(line)
        key = found[1] if found else key
        if not _LINE.fullmatch(line):
            problems.append(
                at(here, Sentence("line {line}, at {key}: not a PO file; open it in Poedit.", line=number, key=key))
            )
    if problems:
        raise WordsError(problems)
    try:
        return read_po(source.splitlines(keepends=True), locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise WordsError([at(here, Sentence("not a PO file: {why}. Open it in Poedit.", why=error))]) from error


def _doubled(source: str) -> list[str]:
    return [key for key, times in Counter(_KEY_LINE.findall(source)).items() if times > 1]


def messages(catalog: Catalog) -> dict[str, Message]:
    """The messages of a catalogue by key, without the header."""
    return {message.id: message for message in catalog if isinstance(message.id, str) and message.id}


def entries(catalog: Catalog) -> dict[str, Entry]:
    """The texts of a catalogue that are there; an empty msgstr means missing."""
    found = {}
    for key, message in messages(catalog).items():
        if isinstance(message.string, str) and message.string:
            signed = next(filter(None, map(signer, message.user_comments)), "")
            found[key] = Entry(message.string, message.fuzzy, signed)
    return found


def signer(said: str) -> str:
    """The name in `signed: NAME`, also in French and as a spreadsheet writes it; '' when nobody signed."""
    found = _SIGNED.match(said)
    return found[1].strip() if found else ""


def comment(message: Message | None, language: str) -> dict[str, str]:
    """What the comment of an entry says, by the English mark: {"When": ..., "Fields": ...}."""
    parts = _MARKED[language].split("\n".join(message.auto_comments)) if message else []
    english = dict(zip(MARKS[language], MARKS["en"], strict=True))
    said = {english[mark]: " ".join(text.split()) for mark, text in zip(parts[1::2], parts[2::2], strict=True)}
    return {mark: together(text) for mark, text in said.items()} if language == "fr" else said


def rules(english: Catalog, french: Catalog) -> dict[str, Rule]:
    """What the comments say. Raises WordsError on a field nobody knows, or a text that nobody explains."""
    found, problems = {}, []
    other = messages(french)
    for key, message in messages(english).items():
        said = comment(message, "en")
        told = {"en": said, "fr": comment(other.get(key), "fr")}
        when, meanings = ({language: one.get(mark, "") for language, one in told.items()} for mark in MARKS["en"][:2])
        fields = frozenset(fields_of(said.get("Fields", "")))
        unknown = fields - set(FIELDS)
        if unknown or not when["en"]:
            problems.append(f"en: {key}: its comment lacks When: or names unknown fields {sorted(unknown)}")
        if key in other and not when["fr"]:
            problems.append(
                f"fr: {key}: its comment lacks Quand : (when it is said, in French, as in the entries around)"
            )
        found[key] = Rule(
            key,
            when,
            meanings,
            fields | set(COMMON),
            frozenset(fields_of(said.get("May be left out", ""))) | set(COMMON),
            tuple(said.get("Answers", "").split()),
            said.get("Length") == "chat",
        )
    if problems:
        raise WordsError(problems)
    return found


def fields_of(text: str) -> set[str]:
    """The fields that a text names."""
    return {found[1] for found in _FIELD.finditer(text)}


def faults(rule: Rule, text: str) -> list[Sentence]:
    """What is wrong with the fields of a text, in words for its writer; empty when nothing."""
    used = fields_of(text)
    own = " ".join(f"{{{name}}}" for name in sorted(rule.fields - set(COMMON)))
    problems = [
        Sentence("{field} is not known; you can use {fields}", field=f"{{{name}}}", fields=own)
        if own
        else Sentence("{field} is not known; this text has no fields", field=f"{{{name}}}")
        for name in sorted(used - rule.fields)
    ]
    problems += [
        Sentence("{field} is missing", field=f"{{{name}}}") for name in sorted(rule.fields - rule.may_miss - used)
    ]
    rest = _FIELD.sub("", text)
    if "{" in rest or "}" in rest:
        problems.append(Sentence("a brace that is part of no field"))
    return problems


class Pieces(NamedTuple):
    """A text taken apart: `slots` are the places that a field fills, `words` those of the word that goes with one."""

    pieces: tuple[str, ...]
    slots: tuple[tuple[int, str], ...]
    words: tuple[tuple[int, str, str, str], ...]
    """Place, field, the word of one, the word of several."""


def split(text: str, common: Mapping[str, str], language: str) -> Pieces:
    """The text as pieces; the settings' own fields are filled here, once."""
    pieces: list[str] = [""]
    slots: list[tuple[int, str]] = []
    words: list[tuple[int, str, str, str]] = []
    end = 0
    for found in _FIELD.finditer(text):
        name, one, several = found[1], found[2], found[3]
        pieces[-1] += text[end : found.start()]
        end = found.end()
        if name in common:
            pieces[-1] += common[name] if one is None else one if is_one(common[name], language) else several
            continue
        if one is None:
            slots.append((len(pieces), name))
        else:
            words.append((len(pieces), name, one, several))
        pieces += ["", ""]
    pieces[-1] += text[end:]
    return Pieces(tuple(pieces), tuple(slots), tuple(words))


def load(overrides: Path | None) -> tuple[dict[str, Rule], dict[str, dict[str, Entry]]]:
    """All catalogues, the programme's own corrections (overrides/rn.po) over the shipped ones.

    Raises WordsError that lists every mistake.
    """
    known, came = all_shipped()
    files = {language: overrides / f"{language}.po" for language in EVERY} if overrides else {}
    own = {language: entries(_own(file, language)) for language, file in files.items() if file.is_file()}
    texts = {language: {**found, **own.get(language, {})} for language, found in came.items()}
    if own:
        problems = (one.split(": ", 1) for one in check(known, texts))
        _refuse([f"{files[language]}: {what}" for language, what in problems])
    return known, texts


@cache
def all_shipped() -> tuple[dict[str, Rule], dict[str, dict[str, Entry]]]:
    """What comes with the program, read and checked once in a process. Raises WordsError."""
    catalogs = {
        language: read(shipped(language).read_text("utf-8"), language, str(shipped(language))) for language in EVERY
    }
    known, texts = (
        rules(catalogs["en"], catalogs["fr"]),
        {language: entries(catalog) for language, catalog in catalogs.items()},
    )
    _refuse(check(known, texts))
    return known, texts


def _refuse(problems: list[str]) -> None:
    if problems:
        raise WordsError(problems)


def _own(file: Path, language: str) -> Catalog:
    try:
        source = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise WordsError([f"{file} ({language}): not UTF-8 (byte {error.start}). Save it as UTF-8."]) from None
    return read(source, language, str(file))


def check(known: Mapping[str, Rule], texts: Mapping[str, Entries]) -> list[str]:
    """Every mistake in the catalogues: unknown keys, missing English or French, wrong fields."""
    problems = []
    for language, found in texts.items():
        problems += [f"{language}: {key}: no such text in this version; take it out" for key in found.keys() - known]
        for key in found.keys() & known.keys():
            problems += [f"{language}: {key}: {fault}" for fault in faults(known[key], found[key].text)]
    for language in COMPLETE:
        problems += [
            f"{language}: {key}: missing; English and French have every text"
            for key in known.keys() - texts[language].keys()
        ]
    return sorted(problems)
