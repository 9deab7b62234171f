"""One thing is said as one: "1 text waits", never "1 texts wait", wherever a leader or the team reads a number.

Walked are the catalogue's texts, summaries and exports, the console and the commands. Wrong is a number
before a word for several that does not change with it.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.console.words import _catalogue
from bot.render import Words
from bot.render.fields import FIELDS
from bot.render.sentences import french
from tests.console.words import used

ROOT = Path(__file__).parents[2]
ENGLISH = re.compile(
    r"(?!SMS|hours|minutes|less|counts|shares|(?:goe|doe|say|a|ha|i|wa)s\b)(?:[a-z]+[^s\W]s|people|women|men|have|are|were)\b"
)
FRENCH = re.compile(
    r"(?!SMS|plus|fois|mois|dans|sans|sous|pas|des|depuis|heures|minutes|\w+ment\b|\w+ant\b)(?:[a-zé]+(?:[sx]|nt)|ont|sont)\b"
)
SEVERAL = {"en": ENGLISH, "fr": FRENCH}
NAMED = frozenset(
    (
        "number",
        "other",
        "request",
        "channel",
        "name",
        "kind",
        "who",
        "yes",
        "now",
        "date",
        "reports",
        "days",
        "most",
        "shown",
        "step",
        "rows",
        "columns",
        "column",
    )
)
"""Fields that are no count, or are never one."""
NEVER_ONE = ("fewer than {n} people", "moins de {n} personnes", "How many of the {new} are women", "{letters} lett")
NEVER_ONE_IN_CODE = (
    " bytes",
    " people are called",
    " people of the team are called",
    " letters",
    " characters, 160 fit",
    " parts in",
    " reports",
)
"""Behind a look at the number: what is too long, whose name several have."""
NUMBER = re.compile(r"(?:\{([a-z_]+)\}|%\((\w+)\)s) (?:\{[a-z_]+:([^|}]*)\|([^}]*)|([\w']*))")


def _wrong(text: str, language: str, counts: frozenset[str] | None = None) -> Iterator[str]:
    """Each number in a text that is followed by a word for several. `counts`: the fields that are numbers."""
    for phrase in NEVER_ONE:
        text = text.replace(phrase, "")
    for name, other, one, several, word in NUMBER.findall(text):
        field, same = name or other, bool(one) and one == several
        counted = field in counts if counts is not None else field not in NAMED
        if counted and (same or SEVERAL[language].match(word)):
            yield f"{field} before {word or one!r} in {text!r}"


INTEGERS = frozenset(name for name, field in FIELDS.items() if type(field.longest) is int) - {"yes"}


def _catalogues() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Text, language, which of its fields are numbers."""
    words = Words.load()
    for key, rule in words.rules.items():
        if rule.when:
            yield from ((words.texts[language][key].text, language, INTEGERS) for language in SEVERAL)
    for english, said in french().items():
        yield from ((english, "en", None), (said, "fr", None))
    for text in used():
        yield (text if isinstance(text, str) else text[0]), "en", None
    for text in _catalogue("fr").values():
        yield (text if isinstance(text, str) else text[0]), "fr", None


def test_the_team_reads_one_thing_as_one() -> None:
    texts = list(_catalogues())
    assert len(texts) > 1_500
    assert sum("|" in text for text, _language, _counts in texts) > 100
    assert [wrong for text, language, counts in texts for wrong in _wrong(text, language, counts)] == []


def _numbers_in_code() -> Iterator[tuple[str, str, str]]:
    """Where, what is counted by len(), what is said behind it."""
    for file in sorted((ROOT / "bot").glob("**/*.py")):
        source = file.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if "{len(" in source else ():
            parts = node.values if isinstance(node, ast.JoinedStr) else []
            for number, text in itertools.pairwise(parts):
                if isinstance(number, ast.FormattedValue) and isinstance(text, ast.Constant):
                    counted = ast.unparse(number.value)
                    if counted.startswith("len("):
                        yield f"{file.relative_to(ROOT)}:{node.lineno}", counted, str(text.value)


def test_what_code_counts_is_said_as_one() -> None:
    there = list(_numbers_in_code())
    assert len(there) > 10
    wrong = [one for one in there if ENGLISH.match(one[2][1:]) and not one[2].startswith(NEVER_ONE_IN_CODE)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("{count} texts wait", "en"),
        ("%(count)s women came", "en"),
        ("{count} {count:texts|texts}", "en"),
        ("{count} femmes", "fr"),
        ("{count} ont rapporté", "fr"),
    ],
)
def test_what_is_looked_for_is_found(text: str, language: str) -> None:
    assert list(_wrong(text, language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "3, 1 woman 1 man, 2 new."),
        ("fr", "3, 1 femme 1 homme, 2 nouveaux."),
        ("rn", "3, umukenyezi 1, umugabo 1, bashasha 2."),
        ("sw", "3, mwanamke 1, mwanaume 1, wapya 2."),
    ],
)
def test_a_leader_reads_one_woman_as_one(language: str, said: str) -> None:
    values = dict.fromkeys(INTEGERS, 1) | {"date": date(2026, 11, 12), "topics_digits": "3", "new": 2, "topics": "3"}
    assert said in Words.load().text("E1", language, values).text


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "⚠️ x: 1 text waits since 07:00"),
        ("en", 0, "⚠️ x: 0 texts wait since 07:00"),
        ("fr", 0, "⚠️ x\u00a0: 0 texte attend depuis 07:00"),
        ("fr", 2, "⚠️ x\u00a0: 2 textes attendent depuis 07:00"),
    ],
)
def test_the_word_goes_with_the_number(language: str, count: int, said: str) -> None:
    values = {"channel": "x", "count": count, "time": "07:00"}
    assert Words.load().text("O.today.channel", language, values, rich=True).text == said
