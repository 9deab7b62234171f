"""Where what a command says cannot be written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.__main__ import main

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
