"""Where what a command says cannot be written, or nobody waits for it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson
import pytest
import typer

from bot.__main__ import main
from bot.cli.base import run
from bot.settled import unwatched
from tests.processes import ROOT

TIP = "## rice-dry\n- topic: processing\n- en: rice: dry it well.\n- fr: riz: séchez-le bien.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tips.md").write_text(TIP, encoding="utf-8")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as left:
            main(["tips", "check", str(tmp_path / "tips.md"), "--json"])
    assert left.value.code == 1
    assert "no space is left there" in capsys.readouterr().err


async def _more_than_64_bits(error: type[Exception]) -> None:
    if error is OverflowError:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("select ?", (2**70,))
    orjson.dumps(2**70)


@pytest.mark.parametrize("error", [OverflowError, TypeError])
def test_a_number_of_more_than_64_bits_is_said(error: type[Exception], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        run(_more_than_64_bits(error))
    assert "larger than any" in capsys.readouterr().err


def test_an_error_of_ours_is_not_taken_for_one() -> None:
    async def wrong() -> None:
        raise TypeError("of ours")

    with pytest.raises(TypeError, match="of ours"):
        run(wrong())


@pytest.mark.skipif(sys.platform == "win32", reason="no shell that closes them")
@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_what_is_closed_leads_nowhere(tmp_path: Path, closed: str) -> None:
    """The database's file was taken for the output, and uvloop aborted."""
    (tmp_path / "kurikirana.toml").write_text('[project]\nname = "Rutana"\nstart = 2026-04-01\n', encoding="utf-8")
    line = f'exec "$0" -m bot late --config "$1" {closed}'
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, str(tmp_path / "kurikirana.toml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert ("no database yet" in done.stderr) is (closed == ">&-")


def test_ctrl_c_while_it_starts_is_no_traceback() -> None:
    with pytest.raises(SystemExit) as left, unwatched():
        raise KeyboardInterrupt
    assert left.value.code == 130
