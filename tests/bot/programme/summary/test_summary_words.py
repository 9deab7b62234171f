"""The words of summaries and exports: French for every text, and nothing in French that is not said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BotError
from bot.programme.summary.doubts import UNKNOWN
from bot.programme.summary.subjects import says_something, subject_of, subjects
from bot.programme.summary.words import Say, french

ROOT = Path(__file__).parents[4] / "bot" / "programme"


def fields(text: str) -> set[str]:
    """Names in braces."""
    return set(re.findall(r"{([a-z]+)}", text))


def _constants(node: ast.AST) -> Iterator[str]:
    """Texts of a call, of both ways of an `if`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _said(tree: ast.AST) -> Iterator[str]:
    """What `say` is called with, and every text with {fields}."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] in ("say", "self"):
            yield from _constants(node.args[0])
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in parts
            and fields(node.value)
        ):
            yield node.value


def test_everything_is_said_in_french_with_the_same_fields() -> None:
    files = [*(ROOT / "summary").glob("*.py"), *(ROOT / "exports").glob("*.py")]
    said = {text for file in files for text in _said(ast.parse(file.read_text()))} | set(UNKNOWN)
    said = {text for text in said if "{fields}" not in text}
    assert len(said) > 90
    assert sorted(said - set(french())) == []
    assert {text for text in said if fields(text) != fields(french()[text])} == set()


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
