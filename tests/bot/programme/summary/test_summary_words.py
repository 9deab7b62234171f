"""The words of the programme for its staff: French for every text, and nothing in French that is not said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.console.words import _catalogue
from bot.errors import BotError
from bot.forms import load_shipped
from bot.programme.summary.doubts import UNKNOWN
from bot.programme.summary.subjects import says_something, subject_of, subjects
from bot.programme.summary.words import Say
from bot.render import Words
from bot.render.sentences import Sentence, french, listed

ROOT = Path(__file__).parents[4]
FOLDERS = ("summary", "exports", "roster")
"""Where all is said; elsewhere in files with a Sentence."""


def fields(text: str) -> set[str]:
    """Names in braces."""
    return set(re.findall(r"{([a-z]+)(?:!r)?}", text))


def _constants(node: ast.AST) -> Iterator[str]:
    """Texts of a call, of both ways of an `if`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _said(tree: ast.AST) -> Iterator[str]:
    """What is said, by `say`, as a Sentence or a Mistake, and every text with {fields}."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) and node.args else ""
        if called in ("say", "self", "Sentence", "Mistake", "BadExpression"):
            yield from _constants(node.args[0])
        if isinstance(node, ast.Expr):
            parts.add(id(node.value))  # a docstring
        text = node.value if isinstance(node, ast.Constant) and id(node) not in parts else None
        if isinstance(text, str) and fields(text):
            yield text


def test_everything_is_said_in_french_with_the_same_fields() -> None:
    forms = [ROOT / "bot/forms.py", *ROOT.glob("handlers/forms/*.py")]
    sources = {file: file.read_text("utf-8") for file in {*ROOT.glob("bot/**/*.py"), *forms}}
    told = (file for file, source in sources.items() if file.parent.name in FOLDERS or "Sentence(" in source)
    whole = [sources[file] for file in {*told, *(file for file in forms if "Mistake" in sources[file])}]
    said = {text for source in whole for text in _said(ast.parse(source))} | set(UNKNOWN)
    said = {text for text in said if "{fields}" not in text}
    assert len(said) > 300
    assert sorted(said - set(french())) == []
    assert {text for text in said if fields(text) != fields(french()[text])} == set()


def test_no_line_of_french_begins_with_what_ends_a_sentence() -> None:
    console = [form for text in _catalogue("fr").values() for form in ((text,) if isinstance(text, str) else text)]
    words = Words.load()
    texts = {key: words.alone(key, "fr", one.text).text for key, one in words.texts["fr"].items()}
    chat = [text for key, text in texts.items() if words.rules[key].chat]
    form = [text for one in load_shipped().values() for q in one.questions if (text := q.label.texts.get("fr"))]
    said = [*french().values(), *console, *chat, *form]
    assert [sum(one.count("\u00a0") for one in there) > least for there, least in ((chat, 200), (form, 10))] == [
        True
    ] * 2
    assert sum("\u00a0:" in text for text in said) > 50
    assert not any("\u00a0" in text for key, text in texts.items() if not words.rules[key].chat)
    assert [text for text in said if re.search(r" [:;?!»]|« ", text)] == []


def test_a_sentence_is_worded_for_its_reader() -> None:
    waits = Sentence("{sheet} row {row}", sheet="Associations", row=3)
    sentence = Sentence("Left out with {waits}: {whom}", waits=waits, whom=(waits, "Odette"))
    assert sentence == "Left out with Associations row 3: Associations row 3, Odette"
    assert sentence.said("en") == sentence
    assert sentence.said("fr") == ("Mis de côté avec Associations, ligne 3\u00a0: Associations, ligne 3, Odette")
    assert Sentence("{n} {n:leader|leaders} fine", n=0).said("fr") == "0 responsable en ordre"
    assert [listed(range(n)) for n in (0, 1, 2)] == ["", "0", "0 and 1"]
    assert listed(range(12)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def test_a_language_of_no_reports_is_refused() -> None:
    with pytest.raises(BotError, match="en or fr"):
        Say("rn", ZoneInfo("UTC"))


def test_the_subjects_are_told_apart_in_four_languages() -> None:
    assert len(subjects()) > 8
    told = {
        "Imvura yatubujije gukora inyigisho": "weather",
        "La pluie nous a empêchés": "weather",
        "Dukeneye amafishi y'abitavye": "sheets",
        "Il nous faut des sacs d'emballage": "packaging",
        "Umukanda w'imashini wacitse": "machine",
        "Mashine imeharibika tena leo": "machine",
        "The buyers pay more for dried rice": "quality",
        "Tunahitaji mbegu za mahindi": "inputs",
    }
    assert {text: getattr(subject_of(text), "name", None) for text in told} == told
    assert subject_of("Habari, kesho mafunzo saa tisa") is None
    assert not says_something("TOTAL")
    assert not says_something("3 10 1 6 3 1 1")
