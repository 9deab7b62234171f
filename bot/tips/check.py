"""What is wrong with a file of tips: every mistake with its row and what to do, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from bot.render.catalogue import COMPLETE
from bot.render.fields import FIELDS
from bot.render.gsm import EXTENSION, fold, replaced
from bot.tips.files import LANGUAGES, TipsError, Written, read
from bot.words import NEVER_SAID
from scheduler.tips import SEASONS, TOPICS

SUBJECT: Final = len(FIELDS["subject"].longest)
TEXT: Final = len(FIELDS["tip"].longest)
"""Places of the SMS alphabet that fit together with H6's own words in every language (tests/templates)."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(slots=True)
class Checked:
    """The tips of a file. With `errors` nothing may be written; `notes` are for information."""

    tips: list[Written] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load(file: Path) -> Checked:
    """Read and check a file. Raises TipsError when it is no file of tips at all."""
    tips, problems = read(file)
    checked = check(tips)
    checked.errors[:0] = problems
    if not tips:
        checked.errors.append(f"{file.name}: holds no tip. A tip begins with a line `## NAME`, or is a row.")
    return checked


def check(tips: Iterable[Written]) -> Checked:
    """Every mistake in these tips."""
    checked = Checked(list(tips))
    seen: dict[tuple[str, str], str] = {}
    for tip in checked.tips:
        where = f"{tip.where}: {tip.name or 'a tip without a name'}"
        before = seen.setdefault((tip.name, tip.variant), tip.where)
        if before != tip.where:
            checked.errors.append(f"{where}: variant {tip.variant} is at {before} already; keep one, or call it b.")
        checked.errors += [f"{where}: {problem}" for problem in (*_head(tip), *_languages(tip))]
        for language, text in tip.texts.items():
            checked.errors += [f"{where}: {language}: {problem}" for problem in _text(text)]
            if signs := [f"{one} as {fold(one)}" for one in replaced(text) if fold(one)]:
                checked.notes.append(f"{where}: {language}: by SMS {', '.join(signs)}.")
    return checked


@lru_cache(maxsize=1)
def shipped() -> tuple[Written, ...]:
    """The tips that come with the program. Raises TipsError, which the tests exclude."""
    with as_file(files("templates") / "tips" / "tips.md") as file:
        checked = load(file)
    if checked.errors:
        raise TipsError(checked.errors)
    return tuple(checked.tips)


def _head(tip: Written) -> list[str]:
    problems = []
    if not _NAME.fullmatch(tip.name):
        problems.append("a name has small letters, digits and hyphens, as in dry-the-paddy.")
    if not re.fullmatch(r"[a-z0-9]{1,8}", tip.variant):
        problems.append(f"variant {tip.variant!r} is not known. Write one letter: a, b, c.")
    if tip.topic not in TOPICS:
        problems.append(f"topic {tip.topic!r} is not known. It is one of {', '.join(TOPICS)}.")
    if unknown := [one for one in tip.seasons.split() if one not in SEASONS]:
        problems.append(f"season {' '.join(unknown)} is not known. Write A, B or C, or nothing for all the year.")
    return problems


def _languages(tip: Written) -> list[str]:
    problems = [f"{one} is missing. English and French have every tip." for one in COMPLETE if one not in tip.texts]
    for one in tip.drafts:
        if one not in LANGUAGES:
            problems.append(f"drafts: {one!r} is no language. They are {', '.join(LANGUAGES)}.")
        elif one in COMPLETE:
            problems.append(f"drafts: {one} is always sent. Have it read, then take the mark away.")
        elif one not in tip.texts:
            problems.append(f"drafts: there is no {one} text. Take the mark away.")
    return problems


def _text(text: str) -> list[str]:
    subject, colon, said = text.partition(": ")
    problems = []
    if not colon or not said.strip():
        problems.append("begin with the subject and a colon, as in `rice: dry the paddy well`.")
    elif (places := _places(subject)) > SUBJECT:
        problems.append(f"the subject {subject!r} takes {places} places, {SUBJECT} fit. Use one short word.")
    if (places := _places(said)) > TEXT:
        problems.append(f"{places} places after the subject, {TEXT} fit into one SMS. Leave {places - TEXT} out.")
    if lost := [one for one in replaced(text) if not fold(one)]:
        problems.append(f"an SMS cannot say {' '.join(lost)}. Leave it out.")
    if "{" in text or "}" in text:
        problems.append("a tip has no fields; write it without { and }.")
    if _LINK.search(text):
        problems.append("no links: leaders read on keypad phones.")
    if found := NEVER_SAID.search(text):
        problems.append(f"leaders do not know the word {found[0]!r}. Say it in other words.")
    return problems


def _places(text: str) -> int:
    """Places of the SMS alphabet that a text takes; some signs take two."""
    folded = fold(text)
    return len(folded) + sum(one in EXTENSION for one in folded)
