"""tips check, import, export, list as somebody uses them who writes tips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.tips import shipped
from tests.programme import Programme, small_roster

ONE = """
## dry-it
- topic: processing
- value chain: rice riz
- source: advice
- en: rice: dry it well.
- fr: riz: séchez-le bien.
- rn (draft): umuceri: wanike neza.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A programme's folder with one file of tips."""
    Programme(tmp_path, {})
    (tmp_path / "mine.md").write_text(ONE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KURIKIRANA_CONFIG", str(tmp_path / "kurikirana.toml"))
    return tmp_path


def tips(*words: str, code: int = 0) -> str:
    """The standard output of a command."""
    done = CliRunner().invoke(app, ["tips", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def listed() -> Any:
    return json.loads(tips("list", "--json"))


def test_check_says_every_mistake_and_leaves_with_one(folder: Path) -> None:
    assert tips("check", "mine.md") == ""
    (folder / "wrong.md").write_text(ONE.replace("processing", "x").replace("- fr", "- french"))
    said = tips("check", "wrong.md", code=1).splitlines()
    assert [line.split(":")[0].split(None, 1) for line in said] == [
        ["mistake", "line 7"],
        ["mistake", "line 2"],
        ["mistake", "line 2"],
    ]
    tips("import", "wrong.md", "--yes", "1", code=1)
    assert not (folder / "kurikirana.db").exists()


def test_import_shows_asks_and_never_doubles(folder: Path) -> None:
    assert tips("import", "mine.md", "--dry-run") == f"{'new':18}dry-it\n"
    tips("import", "mine.md", code=1)  # nobody to answer the question
    assert not (folder / "kurikirana.db").exists()
    tips("import", "mine.md", "--yes", "2", code=1)  # not the number
    assert not (folder / "kurikirana.db").exists()
    tips("import", "mine.md", "--yes", "1")
    assert tips("import", "mine.md", "--yes", "0") == ""
    assert json.loads(tips("import", "mine.md", "--json"))["imported"] is False
    (tip,) = listed()
    assert (tip["name"], tip["sent"], tip["useful"], tip["not_useful"], tip["not_said"]) == ("dry-it", 0, 0, 0, 0)
    assert tips("list", "--draft") == "rn\tdry-it\tumuceri: wanike neza.\n"
    assert "dry-it" in tips("list")
    tips("export", "mine.xlsx")
    assert tips("import", "mine.xlsx", "--dry-run") == ""
    (folder / "other.md").write_text(ONE.replace("dry-it", "keep-it"))
    assert tips("import", "other.md", "--yes", "2").splitlines() == [
        f"{'new':18}keep-it",
        f"{'switched off':18}dry-it",
    ]
    assert [(tip["name"], tip["active"]) for tip in listed()] == [("keep-it", True), ("dry-it", False)]
    assert "dry-it (off)" in tips("list")
    tips("export", "mine.csv", code=1)


def test_an_export_that_cannot_be_written_is_said(folder: Path) -> None:
    tips("import", "mine.md", "--yes", "1")
    done = CliRunner().invoke(app, ["tips", "export", "missing/mine.xlsx"])
    assert done.exit_code == 1 and "missing/mine.xlsx: cannot be written" in " ".join(done.stderr.split())


async def test_a_running_service_has_the_shipped_ones_and_takes_others(tmp_path: Path) -> None:
    programme = Programme(tmp_path, {})
    programme.bring(small_roster())
    (tmp_path / "mine.md").write_text(ONE)
    async with programme:
        found = programme.json("tips", "list")
        assert len(found) == len(shipped()) and all(tip["active"] for tip in found)
        said = programme.command("tips", "import", "mine.md", "--yes", str(len(shipped()) + 1)).splitlines()
        assert len(said) == len(shipped()) + 1 and said[0] == f"{'new':18}dry-it"
        assert [tip["name"] for tip in programme.json("tips", "list") if tip["active"]] == ["dry-it"]
