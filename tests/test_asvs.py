"""docs/asvs.csv says what proves each requirement of OWASP ASVS 5.0 that applies: its tests are there."""

from __future__ import annotations

import ast
import csv
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
COLUMNS = ["requirement", "level", "what", "proof", "note"]


@cache
def _tests(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    assert reader.fieldnames == COLUMNS
    return rows


def test_what_is_said_to_be_proved_has_its_tests() -> None:
    rows, wrong = _rows(), []
    assert len(rows) > 50
    for row in rows:
        for proof in row["proof"].split():
            file, _, name = proof.partition("::")
            if not (ROOT / file).is_file() or name not in _tests(file):
                wrong.append(f"{row['requirement']}: there is no test {proof}")
    assert wrong == []


def test_what_is_not_proved_says_why() -> None:
    for row in _rows():
        assert re.fullmatch(r"V\d{1,2}\.\d{1,2}\.\d{1,2}", row["requirement"])
        assert row["level"] in "123" and row["what"]
        assert bool(row["proof"]) != row["note"].startswith("open: "), row["requirement"]
    numbers = [row["requirement"] for row in _rows()]
    assert len(set(numbers)) == len(numbers)
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number[1:].split(".")])
