"""The folder of copies: what is kept, what goes, what bringing one back does and refuses."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.backups import Backups
from bot.cli.backup import last
from bot.errors import DatabaseError
from bot.sections import Settings
from bot.store.copies import Since
from bot.store.engine import Database
from bot.workers.backups import BackupWorker

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


async def _made(folder: Path) -> None:
    await (await Database.open("sqlite:///ours.db", folder)).close()


@pytest.fixture
def backups(tmp_path: Path) -> Backups:
    """Of an empty programme."""

    asyncio.run(_made(tmp_path))
    return Backups(tmp_path / "backups", tmp_path / "ours.db", tmp_path / "media", ZoneInfo("Africa/Bujumbura"), 3)


def people(file: Path) -> int:
    with closing(sqlite3.connect(file)) as there:
        return int(there.execute("SELECT count(*) FROM people").fetchone()[0])


def add_person(file: Path) -> None:
    with closing(sqlite3.connect(file)) as there:
        there.execute(
            "INSERT INTO people (kind, name, sms_name, consent, practice, reports) VALUES ('leader','','','no',0,0)"
        )
        there.commit()


def test_the_newest_are_kept_and_nothing_else_is_touched(backups: Backups) -> None:
    backups.folder.mkdir()
    strange = [backups.folder / name for name in ("kurikirana-old.db", "letter.txt")]
    for file in strange:
        file.write_text("not ours")
    made = [backups.make(NOW + timedelta(days=day)) for day in range(5)]
    assert [file for _, file in backups.made(NOW + timedelta(days=9))] == made[2:]
    assert made[-1].name == "kurikirana-2026-11-27-0230.db", "the programme's own time"
    assert all(file.exists() for file in strange)
    assert oct(made[-1].stat().st_mode)[-3:] == "600" and oct(backups.folder.stat().st_mode)[-3:] == "700"


async def test_a_copy_of_a_clock_that_stood_ahead_holds_up_none(backups: Backups) -> None:
    """For a year no other was made, and three such nights took each new one away as the oldest."""
    clock = [NOW + timedelta(days=365)]
    database = await Database.open("sqlite:///ours.db", backups.database.parent)
    worker = BackupWorker(database, backups, time(2), lambda: clock[0])
    for _ in range(3):
        await worker.look()
        clock[0] += timedelta(days=1)
    clock[0] = NOW
    assert "no copy yet" in last(_settings(backups), NOW)[1]
    await worker.look()
    await database.close()
    assert backups.made(NOW)[-1][0] == NOW and len(backups.made(NOW)) == 3
    assert last(_settings(backups), NOW)[0] == "ok"


def _settings(backups: Backups) -> Settings:
    here = {"project": {"start": "2026-04-01"}, "folder": backups.folder.parent}
    return Settings.model_validate(here | {"database": {"url": "sqlite:///ours.db"}})


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can be somebody else")
def test_a_folder_whose_rights_are_not_ours_to_change_is_written_to() -> None:
    """A stick with a file system that has no rights, a folder that another machine's user owns."""
    place = Path(tempfile.mkdtemp(prefix="kurikirana-folder-", dir="/tmp"))
    try:
        asyncio.run(_made(place))
        (place / "backups").mkdir()
        for one in (place, place / "ours.db", place / "backups"):
            one.chmod(0o777)
        code = (
            "import os, sys; from datetime import UTC, datetime\n"
            "from pathlib import Path; from zoneinfo import ZoneInfo\n"
            "from bot.backups import Backups; datetime.strptime('1', '%d')\n"  # loaded while it may be
            "os.setuid(65534); place = Path(sys.argv[1]); zone = ZoneInfo('UTC')\n"
            "print(Backups(place / 'backups', place / 'ours.db', place / 'media', zone, 3).make(datetime.now(UTC)))"
        )
        run = [sys.executable, "-c", code, str(place)]
        done = subprocess.run(run, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
        assert done.returncode == 0, done.stderr
        assert people(Path(done.stdout.strip())) == 0
    finally:
        shutil.rmtree(place)


def test_photos_come_along_and_what_was_erased_goes(backups: Backups) -> None:
    (backups.media / "2026").mkdir(parents=True)
    (backups.media / "2026" / "a.jpg").write_bytes(b"a")
    backups.make(NOW)
    assert (backups.folder / "media" / "2026" / "a.jpg").read_bytes() == b"a"
    (backups.media / "2026" / "a.jpg").unlink()
    (backups.media / "b.jpg").write_bytes(b"b")
    backups.make(NOW + timedelta(days=1))
    assert [file.name for file in (backups.folder / "media").rglob("*") if file.is_file()] == ["b.jpg"]


def test_a_copy_that_fails_leaves_all_others(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [backups.make(NOW + timedelta(days=day)) for day in range(3)]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.store.copies.put", full)
    with pytest.raises(DatabaseError, match="No space left"):
        backups.make(NOW + timedelta(days=9))
    assert [file for _, file in backups.made(NOW + timedelta(days=9))] == made
    assert not list(backups.folder.glob("*.half"))


def test_a_copy_is_brought_back_and_what_stood_there_is_kept(backups: Backups) -> None:
    (backups.media).mkdir()
    (backups.media / "a.jpg").write_bytes(b"a")
    copy = backups.make(NOW)
    add_person(backups.database)
    (backups.media / "a.jpg").unlink()
    rows, before = backups.restore(copy, NOW)
    assert rows["people"] == people(backups.database) == 0
    assert oct(backups.database.stat().st_mode)[-3:] == "600"
    assert before and people(before) == 1
    assert (backups.media / "a.jpg").read_bytes() == b"a"


def test_a_damaged_database_is_kept_too(backups: Backups) -> None:
    copy = backups.make(NOW)
    backups.database.write_bytes(b"damaged")
    Path(f"{backups.database}-wal").write_bytes(b"of the damaged one")
    _, before = backups.restore(copy, NOW)
    assert before and before.read_bytes() == b"damaged"
    assert Path(f"{before}-wal").read_bytes() == b"of the damaged one"
    assert not Path(f"{backups.database}-wal").exists(), "it would be taken for the copy's own"
    assert people(backups.database) == 0


def test_a_log_that_was_left_of_a_file_that_is_gone_is_not_taken_for_the_copys_own(backups: Backups) -> None:
    """Who deletes a damaged file by hand leaves it: its changes came back over the copy."""
    copy = backups.make(NOW)
    with closing(sqlite3.connect(backups.database)) as there, closing(sqlite3.connect(backups.database)) as looking:
        looking.execute("SELECT count(*) FROM people").fetchone()  # keeps the log there
        add_person(backups.database)
        files = {end: Path(f"{backups.database}{end}").read_bytes() for end in ("-wal", "-shm")}
        there.close()
    backups.database.unlink()
    for end, content in files.items():
        Path(f"{backups.database}{end}").write_bytes(content)
    _, before = backups.restore(copy, NOW)
    assert before and Path(f"{before}-wal").read_bytes() == files["-wal"]
    assert people(backups.database) == 0


class PowerCutError(BaseException):
    """Nothing after it happens."""


@pytest.mark.parametrize("moved", range(5))
async def test_a_power_cut_while_a_copy_is_brought_back_never_begins_with_nothing(
    backups: Backups, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    """Whatever was moved by then: all is as it was, or is the copy, or no start is taken until it is done again."""
    copy, place = await asyncio.to_thread(backups.make, NOW), backups.database.parent
    add_person(backups.database)
    for end in ("-wal", "-shm"):
        Path(f"{backups.database}{end}").write_bytes(b"")
    left, replace = [moved], Path.replace

    def cut(file: Path, to: Path) -> Path:
        if not left[0]:
            raise PowerCutError
        left[0] -= 1
        return replace(file, to)

    with monkeypatch.context() as patch, contextlib.suppress(PowerCutError):
        patch.setattr(Path, "replace", cut)
        await asyncio.to_thread(backups.restore, copy, NOW)
    if 0 < moved < 4:
        for way in (Database.open, Database.look):
            with pytest.raises(DatabaseError, match="broken off. `kurikirana restore` once more"):
                await way("sqlite:///ours.db", place)
    else:
        await (await Database.open("sqlite:///ours.db", place)).close()
        assert people(backups.database) == (1 if moved == 0 else 0)
    await asyncio.to_thread(backups.restore, copy, NOW + timedelta(minutes=1))
    assert people(backups.database) == 0
    kept = [file for file in place.glob("ours.db.before-*") if not file.name.endswith(("-wal", "-shm"))]
    assert 1 in map(people, kept), "what stood there is kept"


@pytest.mark.parametrize("what", ["damaged", "gone", "running"])
async def test_what_cannot_be_brought_back_changes_nothing(backups: Backups, what: str) -> None:
    copy = await asyncio.to_thread(backups.make, NOW)
    add_person(backups.database)
    holding = await Database.open("sqlite:///ours.db", backups.database.parent) if what == "running" else None
    if what == "damaged":
        copy.write_bytes(copy.read_bytes()[:8192])
    elif what == "gone":
        copy.unlink()
    with pytest.raises(DatabaseError, match="in use by process" if what == "running" else copy.name):
        await asyncio.to_thread(backups.restore, copy, NOW)
    if holding:
        await holding.close()
    assert people(backups.database) == 1
    assert not list(backups.database.parent.glob("ours.db.*e*")) or what == "running"


def test_what_a_copy_does_not_know_is_written_down_whole(backups: Backups) -> None:
    assert backups.since() == Since({}, {})
    backups.keep_since(Since({7: NOW}, {"last_report": 4127}))
    assert backups.since() == Since({7: NOW}, {"last_report": 4127})
    (backups.folder / "since.json").write_text("{")
    with pytest.raises(DatabaseError, match="whom we erased"):
        backups.since()


def test_postgresql_and_no_folder_make_none(tmp_path: Path) -> None:
    usual = {"project": {"start": "2026-04-01"}, "folder": tmp_path}
    assert Backups.of(Settings.model_validate(usual))
    assert not Backups.of(Settings.model_validate(usual | {"backup": {"folder": ""}}))
    assert not Backups.of(Settings.model_validate(usual | {"database": {"url": "postgresql://here/ours"}}))


def test_a_disk_that_fills_up_leaves_the_database_as_it_is(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    backups.media.mkdir()
    (backups.media / "a.jpg").write_bytes(b"a")
    copy = backups.make(NOW)
    add_person(backups.database)
    (backups.media / "a.jpg").unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.backups._bring", full)
    with pytest.raises(DatabaseError, match="No space left"):
        backups.restore(copy, NOW)
    assert people(backups.database) == 1
    assert not list(backups.database.parent.glob("ours.db.half"))
