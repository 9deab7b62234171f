"""Lessons as posters for the Fair and as a list: only what may be shown, nobody's name, no number.

typst sets the pages (the extra `[reports]`); it is loaded when a PDF is asked for and not before.
"""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from bot.render.book import harmless
from bot.render.report import ReportsMissing
from handlers.understand.words import plain

LEFT_OUT = "..."
"""Stands for what is not printed: a number, an address of the net, a name."""
MAY_BE_SHOWN = ("name", "anonymous")
_NUMBER = re.compile(r"\+?\d(?:[ .-]?\d){7,}")
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.\w+|(?:https?://|www\.)\S+", re.IGNORECASE)
_MONEY = re.compile(r"\d{1,3}(?:[ .]000)+|\d{1,3}(?:[ .]\d{3}){2,}")
"""Grouped by three, so no telephone number: 12 000 000."""
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3
"""Letters of a name that is looked for."""


@dataclass(frozen=True, slots=True)
class Poster:
    """One page. `association` is empty where she wants no name; `translator` where it is the original."""

    number: int
    text: str
    language: str
    association: str
    translator: str


def has(lesson: Mapping[str, Any], words: Sequence[str]) -> bool:
    """Whether a lesson has all these words (plain) in one of its languages."""
    texts = [lesson["text"], *(one["text"] for one in (lesson["translations"] or {}).values())]
    return any(all(word in said for word in words) for said in map(plain, texts))


def posters(lessons: Iterable[Mapping[str, Any]], names: Iterable[str], language: str | None) -> list[Poster]:
    """The lessons that may be shown, in this language where there is a translation, else in their own.

    `names` are those of everybody the roster knows; none of them is printed.
    """
    people = names_in(names)
    return [_poster(row, people, language) for row in lessons if row["show"] in MAY_BE_SHOWN and row["text"]]


def names_in(names: Iterable[str]) -> set[str]:
    """The words that `discreet` leaves out as somebody's name."""
    return {plain(word) for name in names for word in _WORD.findall(name) if len(word) >= _SHORTEST}


def _poster(row: Mapping[str, Any], people: set[str], language: str | None) -> Poster:
    there = (row["translations"] or {}).get(language or "")
    text = there["text"] if there else row["text"]
    own = {plain(word) for word in (row["association_name"], row["sms_name"]) if word}
    named = row["show"] == "name"
    return Poster(
        number=row["number"],
        text=discreet(text, people - own, own if not named else set()),
        language=str(language) if there else row["language"],
        association=(row["association_name"] or "") if named else "",
        translator=there["by"] if there else "",
    )


def discreet(text: str, people: set[str], hidden: set[str]) -> str:
    """The text without telephone numbers and addresses of the net, without people's names (written with a capital)
    and hidden words."""

    def word(found: re.Match[str]) -> str:
        low = plain(found[0])
        if low in hidden or (found[0][:1].isupper() and low in people):
            return LEFT_OUT
        return found[0]

    text = _CONTACT.sub(LEFT_OUT, text)
    text = _NUMBER.sub(lambda found: found[0] if _MONEY.fullmatch(found[0]) else LEFT_OUT, text)
    for phrase in (one for one in hidden if " " in one):
        text = re.sub(re.escape(phrase), LEFT_OUT, text, flags=re.IGNORECASE)
    return _WORD.sub(word, text)


def write_pdf(found: Sequence[Poster], title: str, file: Path) -> None:
    """One lesson a page, in big letters. Raises ReportsMissing without the extra."""
    file.write_bytes(pdf(found, title))


def pdf(found: Sequence[Poster], title: str) -> bytes:
    """The same as bytes; it takes a second or two, so away from the loop."""
    try:
        typst = importlib.import_module("typst")
    except ModuleNotFoundError:
        raise ReportsMissing from None
    template = (files("templates") / "reports" / "posters.typ").read_bytes()
    pages = orjson.dumps([asdict(poster) for poster in found]).decode()
    made: bytes = typst.compile(template, format="pdf", ignore_system_fonts=True,
                                sys_inputs={"title": title, "posters": pages})  # fmt: skip
    return made


def write_csv(found: Sequence[Poster], file: Path) -> None:
    """A list that Excel opens: UTF-8 with its mark; no cell can be a formula."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("number", "association", "language", "text", "translator"))
        for one in found:
            row = (one.number, one.association, one.language, one.text, one.translator)
            rows.writerow([harmless(value) for value in row])
