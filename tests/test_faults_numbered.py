"""Faults have numbers: every provider's fault has a test, and docs/faults.md names them all, in both directions."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAST = {"A": 23, "B": 25, "C": 11, "D": 15, "E": 16}
"""The letters and how far they are numbered."""
ROW = re.compile(r"^\| ([A-E]\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@cache
def marked() -> dict[str, set[str]]:
    """Number -> the tests that say so."""
    found = defaultdict(set)
    sources = [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    for source in (source for source in sources if "mark.fault(" in source):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in _numbers(node):
                    found[number].add(node.name)
    return dict(found)


def _numbers(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    marks = [
        mark
        for mark in function.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault"
    ]
    return [number.value for mark in marks for number in mark.args if isinstance(number, ast.Constant)]


def documented() -> dict[str, set[str]]:
    """Number -> the tests that the page names."""
    text = (ROOT / "docs/faults.md").read_text()
    return {number: set(re.findall(r"`(test_\w+)`", tests)) for number, _, tests in ROW.findall(text)}


def test_every_fault_of_a_provider_has_a_test() -> None:
    assert {f"B{number}" for number in range(1, LAST["B"] + 1)} - set(marked()) == set()


def test_a_number_is_one_of_the_list() -> None:
    assert len(marked()) > 40
    assert {number for number in marked() if not 1 <= int(number[1:]) <= LAST.get(number[0], 0)} == set()


def test_the_page_names_every_test_and_the_tests_every_number_of_the_page() -> None:
    assert documented() == marked()
