"""The rules of the house: sizes, lists that know every module, documents that know every thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from bot.__main__ import app
from bot.channels import NAMES
from handlers.answers import ANSWERS, WORDS

ROOT = Path(__file__).parent.parent
OURS = ("bot", "handlers", "scheduler", "templates", "tests", "benchmarks")
LONGEST_FILE, LONGEST_BODY = 300, 40
EXCUSED_FILES = {
    "bot/store/tables.py": "every table in one place",
}
EXCUSED_FOLDERS = ("bot/store/migrations/versions",)


def _files() -> list[Path]:
    found = [path for name in OURS for path in (ROOT / name).rglob("*.py")]
    return [path for path in found if not str(path.relative_to(ROOT)).startswith(EXCUSED_FOLDERS)]


def test_files_are_short() -> None:
    files = _files()
    assert len(files) > 80
    long = {}
    for path in files:
        name, lines = str(path.relative_to(ROOT)), len(path.read_text().splitlines())
        if lines > LONGEST_FILE and name not in EXCUSED_FILES:
            long[name] = lines
    assert not long


def test_every_folder_is_a_package_so_that_the_layers_are_seen_to_the_end() -> None:
    folders = {path.parent for path in _files() if path.relative_to(ROOT).parts[0] not in ("tests", "benchmarks")}
    assert len(folders) > 15
    assert [str(one.relative_to(ROOT)) for one in folders if not (one / "__init__.py").is_file()] == []


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All of them. Only where statements are: `ast.walk` looks at each name and number too, ten times as long."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        for inside in ("body", "orelse", "handlers", "finalbody", "cases"):
            if isinstance(found := getattr(node, inside, ()), list):
                left += found


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body = function.body[1:] if documented and len(function.body) > 1 else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1


def test_functions_are_short() -> None:
    long, seen = [], 0
    for path in _files():
        for node in _functions(ast.parse(path.read_text())):
            seen += 1
            if _body(node) > LONGEST_BODY:
                long.append(f"{path.relative_to(ROOT)}:{node.name} {_body(node)}")
    assert seen > 5_000
    assert not long


def test_every_public_thing_of_ours_says_what_it_is() -> None:
    silent = []
    for path in _files():
        if path.parts[len(ROOT.parts)] in ("tests", "benchmarks") or path.name == "__init__.py":
            continue
        tree = ast.parse(path.read_text())
        if ast.get_docstring(tree) is None:
            silent.append(str(path))
    assert not silent


def test_every_channel_is_in_the_list_and_has_a_page() -> None:
    named = re.compile(r'^    name = "(\w+)"', re.MULTILINE)
    found = {name for path in (ROOT / "bot/channels").glob("*.py") for name in named.findall(path.read_text())}
    assert len(found) > 2
    assert found == set(NAMES)
    for name in set(NAMES) - {"phone", "chat"}:
        page = (ROOT / f"docs/channels/{name}.md").read_text()
        assert "Costs" in page and "limits" in page, name
        assert "traps" in page.lower() or "When it does not work" in page, name


def _commands(group: Any, path: str = "kurikirana") -> list[str]:
    found = []
    for name, command in group.commands.items():
        inner = f"{path} {name}"
        found += _commands(command, inner) if hasattr(command, "commands") else [inner]
    return found


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    commands = _commands(typer.main.get_command(app))
    assert len(commands) > 12
    text = (ROOT / "docs/commands.md").read_text()
    documented = re.findall(r"^\| `(kurikirana [a-z]+(?: [a-z]+)?)", text, re.MULTILINE)
    assert {c for c in commands if c not in text} == set()
    groups = {c.rsplit(" ", 1)[0] for c in commands}  # `inbox` alone lists, `inbox reply` acts
    assert {d for d in documented if not any(d.startswith(c) for c in commands) and d not in groups} == set()


def test_nothing_but_the_store_writes_sql() -> None:
    """Types and errors may be named elsewhere; statements may not be made."""
    made = re.compile(
        r"^\s*(from sqlalchemy(\.dialects\S*)? import|import sqlalchemy)|exec_driver_sql\(", re.MULTILINE
    )
    files = [path for path in _files() if path.parts[len(ROOT.parts)] in ("bot", "handlers", "scheduler")]
    found = [path for path in files if made.search(path.read_text())]
    assert len(found) > 20
    assert [str(p.relative_to(ROOT)) for p in found if p.parts[len(ROOT.parts) :][:2] != ("bot", "store")] == []


def test_every_open_question_can_be_answered() -> None:
    """A kind that a handler opens has somebody who reads its answer."""
    opened = set()
    for path in (ROOT / "handlers").glob("*.py"):
        opened |= set(re.findall(r'state\.ask\(\s*turn,\s*"([a-z]+)"', path.read_text()))
    assert len(opened) > 12
    elsewhere = {"who", "which", "stranger", "names", "match", "share"}
    assert opened - set(ANSWERS) - elsewhere == set()


def test_the_conversations_are_documented_and_the_other_way_round() -> None:
    text = (ROOT / "docs/conversations.md").read_text()
    listed = set(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE))
    assert listed == set(ANSWERS) | set(WORDS)


def test_the_leaders_page_names_every_global_word() -> None:
    text = (ROOT / "docs/leaders.md").read_text().lower()
    for word in set(WORDS) - {"settings", "privacy", "sensitive", "mentor", "lesson", "training", "business"}:
        assert word in text or word in ("totals", "problem", "language", "call"), word


def test_nothing_private_is_in_the_repository() -> None:
    suspicious = re.compile(r"/work/|/root/|\bpypi\.|files\.pythonhosted|[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}")
    bad = []
    for name in (*OURS, "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "pyproject.toml"):
        place = ROOT / name
        for path in [place] if place.is_file() else place.rglob("*"):
            readable = path.suffix in (".py", ".md", ".toml", ".txt", ".po", ".js", ".html", ".conf", ".css")
            if readable and path != Path(__file__) and suspicious.search(path.read_text(errors="ignore")):
                bad.append(str(path.relative_to(ROOT)))
    assert not bad
