"""Every module of ours can be imported alone, first: what it imports never comes back to it half made.

Read from the sources, since a process for each of the modules takes minutes: where no module waits for itself,
whichever is imported first finds all the others whole.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "scheduler", "templates")


def _modules(root: Path, packages: tuple[str, ...]) -> dict[str, Path]:
    found = (path for name in packages for path in (root / name).rglob("*.py"))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in found}


def _above(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts))}


def _run(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when the module is: not those of functions, and none for the type checker only."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inside in ("orelse",) if typing else ("body", "orelse", "finalbody", "handlers"):
                left += found if isinstance(found := getattr(node, inside, ()), list) else []


def _waits_for(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Module -> what has to run before it; the packages that it stands in have begun anyhow."""
    graph = {}
    for name, path in modules.items():
        named = set()
        for one in _run(ast.parse(path.read_text("utf-8"))):
            if isinstance(one, ast.Import):
                named |= {alias.name for alias in one.names}
            else:
                assert one.module and not one.level, f"{name}: a relative import"
                named |= {one.module, *(f"{one.module}.{alias.name}" for alias in one.names)}
        named |= {above for module in named for above in _above(module)}
        graph[name] = named & modules.keys() - {name, *_above(name)}
    return graph


def test_nothing_that_is_imported_waits_for_itself() -> None:
    graph = _waits_for(_modules(ROOT, PACKAGES))
    assert len(graph) > 500
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("alone", ["handlers.understand.words", "handlers.team.passing_on"])
def test_these_once_could_not(alone: str) -> None:
    run = subprocess.run([sys.executable, "-c", f"import {alone}"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_circle_through_a_package_is_found(tmp_path: Path) -> None:
    for name, text in {
        "turn/__init__.py": "from ours.turn.nouns import NOUN",
        "turn/nouns.py": "from ours.words import WORD",
        "turn/small.py": "",
        "words.py": "from ours.turn.small import small\nWORD = small",
        "__init__.py": "",
    }.items():
        file = tmp_path / "ours" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    with pytest.raises(CycleError, match=r"ours\.words"):
        TopologicalSorter(_waits_for(_modules(tmp_path, ("ours",)))).prepare()
