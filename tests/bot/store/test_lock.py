"""One process per SQLite file: the second is refused with the first one's pid, by whatever name it comes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import DatabaseError
from bot.store.engine import Database
from bot.store.lock import FileLock

ROOT = Path(__file__).parents[3]
HOLD = """
import os
import sys
from pathlib import Path
from bot.store.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
lock.take()
print(os.getpid(), flush=True)
sys.stdin.read()
"""
TAKE = """
import sys
from pathlib import Path
from bot.errors import DatabaseError
from bot.store.lock import FileLock
try:
    FileLock(Path(sys.argv[1])).take()
except DatabaseError as error:
    sys.exit(str(error))
"""


@contextmanager
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that holds the file."""
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.pid = int(process.stdout.readline())  # of a venv on Windows it is a child's
        try:
            yield process
        finally:
            process.kill()


def take_apart(database: Path) -> subprocess.CompletedProcess[str]:
    """Another process tries."""
    command = [sys.executable, "-c", TAKE, str(database)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "kurikirana.db"


def _link(link: Path, to: Path) -> None:
    try:
        link.symlink_to(to)
    except OSError:
        pytest.skip("links need an administrator on Windows")


@pytest.fixture(params=["itself", "a link to the file", "a link to the folder", "a way around", "a link to a link"])
def other_name(request: pytest.FixtureRequest, database: Path, tmp_path: Path) -> Path:
    """The same file by another name."""
    link = tmp_path / "link"
    match request.param:
        case "a link to the file":
            _link(link, database)
            return link
        case "a link to the folder":
            _link(link, database.parent)
            return link / database.name
        case "a way around":
            return database.parent / ".." / database.parent.name / database.name
        case "a link to a link":
            _link(tmp_path / "first", database)
            _link(link, tmp_path / "first")
            return link
    return database


def test_the_second_process_is_refused_with_the_pid_of_the_first(database: Path, other_name: Path) -> None:
    with holder(database) as first:
        done = take_apart(other_name)
        assert done.returncode == 1
        assert f"{database}: in use by process {first.pid}. Stop that one first" in done.stderr


def test_the_first_by_another_name_is_found_too(database: Path, other_name: Path) -> None:
    with holder(other_name) as first, pytest.raises(DatabaseError, match=f"in use by process {first.pid}"):
        FileLock(database).take()


async def test_the_database_does_not_open_and_is_not_touched(database: Path) -> None:
    with holder(database) as first, pytest.raises(DatabaseError, match=f"in use by process {first.pid}"):
        await Database.open(f"sqlite:///{database.name}", database.parent)
    assert not database.exists()


async def test_who_only_reads_needs_no_lock(database: Path) -> None:
    url = f"sqlite:///{database.name}"
    await (await Database.open(url, database.parent)).close()
    with holder(database):
        looking = await Database.look(url, database.parent)
        async with looking.read():
            pass
        await looking.close()


def test_a_killed_process_holds_nothing(database: Path) -> None:
    with holder(database) as first:
        first.kill()
        first.wait()
        lock = FileLock(database)
        lock.take()
        assert take_apart(database).returncode == 1
        lock.release()
    assert take_apart(database).returncode == 0


def test_after_the_release_another_may_take_it_and_the_lock_file_stays(database: Path) -> None:
    lock = FileLock(database)
    lock.take()
    lock.release()
    lock.release()
    assert (database.parent / "kurikirana.db.lock").exists()
    assert take_apart(database).returncode == 0


def test_the_pid_of_a_dead_one_is_not_told(database: Path) -> None:
    """The file keeps the last pid; the next owner writes its own over it, shorter or longer."""
    (database.parent / "kurikirana.db.lock").write_text("99999999999")
    with holder(database) as first:
        assert f"process {first.pid}." in take_apart(database).stderr


def test_one_process_cannot_take_it_twice(database: Path) -> None:
    lock = FileLock(database)
    lock.take()
    with pytest.raises(DatabaseError, match="in use by process"):
        FileLock(database).take()
    lock.release()


def test_two_files_in_one_folder_do_not_disturb_each_other(database: Path) -> None:
    with holder(database):
        assert take_apart(database.with_name("other.db")).returncode == 0
        assert take_apart(database.with_name("kurikirana.db2")).returncode == 0


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="cannot write there .* Make the folder writable"):
        FileLock(tmp_path / "none" / "kurikirana.db").take()
