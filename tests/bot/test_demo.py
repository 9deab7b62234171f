"""The demo's folder is the demo's alone: nothing else is written over or removed, and no running demo."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot import demo
from bot.errors import DatabaseError
from bot.settings import load
from bot.store.lock import FileLock

TODAY = date(2026, 11, 28)


async def test_a_folder_with_something_else_is_neither_removed_nor_written_to(tmp_path: Path) -> None:
    settings = tmp_path / "kurikirana.toml"
    settings.write_text("live = true\n", encoding="utf-8")
    with pytest.raises(DatabaseError, match="something else than a demo, nothing was touched"):
        demo.clear(tmp_path)
    with pytest.raises(DatabaseError, match="Name an empty folder"):
        await demo.prepare(tmp_path, 0, TODAY)
    with pytest.raises(DatabaseError, match="Name an empty folder"):
        await demo.prepare(settings, 0, TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["kurikirana.toml"]
    assert settings.read_text(encoding="utf-8") == "live = true\n"


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match=r"demo: cannot be made \(Not a directory\)\. Name another: --folder"):
        await demo.prepare(tmp_path / "file" / "demo", 0, TODAY)


async def test_a_demo_is_cleared_but_not_while_it_runs(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    demo.clear(folder)  # nothing is there yet
    folder.mkdir()
    (folder / "demo.db").write_bytes(b"")
    (folder / "kurikirana.toml").write_text("", encoding="utf-8")
    running = FileLock(folder / "demo.db")
    running.take()
    with pytest.raises(DatabaseError, match="in use by process"):
        demo.clear(folder)
    assert (folder / "demo.db").exists()
    running.release()
    demo.clear(folder)
    assert not folder.exists()


async def test_what_somebody_keeps_beside_a_demo_is_not_removed_with_it(tmp_path: Path) -> None:
    """`kurikirana demo --folder .`, and later a programme of one's own in that folder."""
    for name in ("demo.db", "kurikirana.toml", "kurikirana.db", "roster.xlsx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(
        DatabaseError, match=r"holds kurikirana\.db, roster\.xlsx beside the demo, nothing was touched"
    ):
        demo.clear(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


async def test_the_commands_find_the_running_demo_at_its_own_port(tmp_path: Path) -> None:
    """`today` asked at the usual port, and said that no service answers."""
    await demo.prepare(tmp_path / "demo", 8799, TODAY)
    assert load(tmp_path / "demo" / "kurikirana.toml").web.port == 8799
