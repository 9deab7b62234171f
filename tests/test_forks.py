"""Tests in forks: each is run once, what fails says so, and one that ends its process hides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import processes

THESE = """
import os
def test_passes(): print("not said")
def test_fails(): assert [1, 2] == [1, 3], "said"
def test_ends_its_process(): os._exit(3)
def test_after_it(): pass
"""
OTHERS = """
import pytest
@pytest.mark.parametrize("number", range(60))
def test_other(number): open("ran", "a").write("x")
"""
SETTINGS = "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = ignore\n"


def _run(words: list[str]) -> None:
    raise SystemExit(pytest.main(words))


def test_every_test_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "test_these.py").write_text(THESE)
    (tmp_path / "test_others.py").write_text(OTHERS)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = ignore\n"
    )
    done = processes.ended(_run, ["-p", "tests.forks", "--forks", "2"], folder=tmp_path, within_s=60)
    assert done.returncode == 1
    assert "1 failed, 61 passed, 2 errors" in done.stdout, done.stdout
    assert "assert [1, 2] == [1, 3]" in done.stdout and "not said" not in done.stdout
    assert "test_ends_its_process - its process ended with status" in done.stdout
    assert "test_after_it - it was not run" in done.stdout
    assert len((tmp_path / "ran").read_text()) == 60
