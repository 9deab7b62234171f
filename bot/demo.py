"""The demo: an invented programme in a folder of its own, with a clock that can be moved."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import demo_talk
from bot.clock import Clock
from bot.errors import DatabaseError
from bot.programme import invented
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.lock import FileLock
from bot.store.singles import get, put

DATABASE = "demo.db"
HISTORY = timedelta(days=120)
SEED = 2026
_BESIDE = ("kurikirana.toml", "kurikirana.secrets.toml", "media", "words", "backups")
"""What a demo and the commands tried on it put beside its database."""


def settings_for(folder: Path, port: int, today: date) -> Settings:
    """The demo's settings: SQLite in its folder, no channel but the phones."""
    return Settings.model_validate(
        {
            "project": {"name": "Rutana (invented)", "start": today - HISTORY - timedelta(days=30)},
            "database": {"url": f"sqlite:///{DATABASE}"},
            "web": {"port": port},
            "backup": {"folder": ""},
            "safeguarding": {"hotline": "22 00 00 00"},
            "folder": folder,
        }
    )


def clear(folder: Path) -> None:
    """Remove a demo with its folder.

    Raises DatabaseError while it runs, for a folder that is no demo's, and for one where something else lies too.
    """
    _is_ours(folder)
    if not folder.exists():
        return
    names = sorted(file.name for file in folder.iterdir())
    if others := [name for name in names if not name.startswith(DATABASE) and name not in _BESIDE]:
        found = ", ".join(others[:3]) + (" ..." if len(others) > 3 else "")
        raise DatabaseError(f"{folder}: holds {found} beside the demo, nothing was touched. Move that away first.")
    lock = FileLock(folder / DATABASE)
    lock.take()
    lock.release()
    shutil.rmtree(folder.resolve())


def _is_ours(folder: Path) -> None:
    """A demo has a folder of its own, since it writes settings there and is removed with it."""
    there = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    if folder.is_file() or (there and not any(name.startswith(DATABASE) for name in there)):
        raise DatabaseError(
            f"{folder}: holds something else than a demo, nothing was touched. "
            "Name an empty folder, or one that is not there yet: kurikirana demo --folder demo"
        )


async def prepare(folder: Path, port: int, today: date) -> tuple[Settings, Clock]:
    """Make the folder and the programme when they are not there yet; the clock goes on where it was.

    Raises DatabaseError for a folder that holds something else, or cannot be made.
    """
    _is_ours(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(f"{folder}: cannot be made ({error.strerror}). Name another: --folder FOLDER.") from None
    settings = settings_for(folder, port, today)
    database = await Database.open(settings.database.url, folder)
    try:
        begun, offset, fresh = await database.writer.do(_prepare, today)
        if fresh:
            await demo_talk.play(database, settings, today)
    finally:
        await database.close()
    started = date.fromisoformat(begun)
    _write_settings(folder, settings_for(folder, port, started))
    return settings_for(folder, port, started), Clock(timedelta(seconds=offset))


def _write_settings(folder: Path, settings: Settings) -> None:
    """So that every command can be tried on the demo: `kurikirana --config demo/kurikirana.toml ...`."""
    lines = [f"[project]\nname = {settings.project.name!r}\nstart = {settings.project.start}"]
    lines += [f"[database]\nurl = {settings.database.url!r}"]
    lines += [f"[web]\nport = {settings.web.port}"]  # there `today` asks how the phones are
    lines += [f"[safeguarding]\nhotline = {settings.safeguarding.hotline!r}", ""]
    (folder / "kurikirana.toml").write_text("\n".join(lines), encoding="utf-8")


async def _prepare(tx: AsyncConnection, items: Sequence[date]) -> list[tuple[str, float, bool]]:
    results = []
    for today in items:
        begun = await get(tx, "demo_begun")
        fresh = begun is None
        if fresh:
            begun = today.isoformat()
            await invented.load(tx, today, Clock().now(), SEED)
            await put(tx, "demo_begun", begun)
        results.append((str(begun), float(await get(tx, "clock_offset_s") or 0), fresh))
    return results
