"""The store's contract on bad days: full and read-only disks, damaged files, a second process."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.errors import DatabaseError
from bot.store import inbox, tables
from bot.store.engine import Database
from tests.databases import count, execute, message, rows
from tests.examples import examples

URL = "sqlite:///test.db"
OPEN = "import asyncio, sys; from pathlib import Path; from bot.store.engine import Database\n"


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 4 MiB."""
    folder = Path(tempfile.mkdtemp(prefix="kurikirana-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        folder.rmdir()
        pytest.skip("FULL DISK AND READ-ONLY DISK NOT TESTED: needs root, to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


async def _fill(database: Database, kept: list[str]) -> DatabaseError:
    """Store long messages until the disk is full; the keys of what was acknowledged go to `kept`."""
    for number in range(2000):
        try:
            key = f"{len(kept)}-{number}"
            await database.writer.do(inbox.keep, message(key, text="x" * 20_000))
            kept.append(key)
        except DatabaseError as error:
            return error
    raise AssertionError("the disk was not full")


@pytest.mark.fault("A10")
async def test_a_full_disk_refuses_and_works_again_when_there_is_space(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"0" * 1_000_000)
    database, kept = await Database.open(URL, small_disk), []
    assert "could not store" in str(await _fill(database, kept))
    assert len(kept) > 20
    for _ in range(3):
        with pytest.raises(DatabaseError):
            await database.writer.do(inbox.keep, message("while full", text="x" * 20_000))
    assert await _keys(database) == sorted(kept), "what was acknowledged is there, nothing else"
    ballast.unlink()
    for number in range(5):
        await database.writer.do(inbox.keep, message(f"after-{number}", text="x" * 20_000))
        kept.append(f"after-{number}")
    assert await _keys(database) == sorted(kept)
    assert (await rows(database, select(tables.inbox.c.id).limit(1))) != []
    await database.close()
    again = await Database.open(URL, small_disk)
    assert await _keys(again) == sorted(kept)
    await again.close()


async def test_a_start_on_a_full_disk_says_so(small_disk: Path) -> None:
    await (await Database.open(URL, small_disk)).close()
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 4096)
    with pytest.raises(DatabaseError, match=r"No space left on device.*Make space"):
        await Database.open(URL, small_disk)
    ballast.unlink()
    await (await Database.open(URL, small_disk)).close()


async def _keys(database: Database) -> list[str]:
    return sorted(row.dedupe_key for row in await rows(database, select(tables.inbox.c.dedupe_key)))


def _remount_read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


@pytest.mark.fault("A12")
async def test_a_read_only_disk_is_named_and_refused(small_disk: Path) -> None:
    await (await Database.open(URL, small_disk)).close()
    _remount_read_only(small_disk)
    with pytest.raises(DatabaseError, match=r"test.db: read-only\..*mount its disk for writing"):
        await Database.open(URL, small_disk)


@pytest.mark.parametrize(
    ("of_folder", "of_file", "way", "said"),
    [
        (0o777, 0o444, "open", "read-only. Let the service write it"),
        (0o555, 0o666, "open", "May this user write the file and its folder?"),
        (0o555, 0o666, "look", "May this user write the file and its folder?"),
        (0o777, 0o600, "look", "this user may not read it."),
    ],
)
def test_what_may_not_be_written_or_read_is_refused_with_its_name(
    of_folder: int, of_file: int, way: str, said: str
) -> None:
    """In a process that is not root any more, to whom no file is read-only. It is whole: nothing to be restored."""
    folder = Path(tempfile.mkdtemp(prefix="kurikirana-ro-", dir="/tmp"))
    try:
        asyncio.run(_made(folder))
        (folder / "other").mkdir()
        (folder / "test.db.lock").chmod(0o666)
        (folder / "test.db").chmod(of_file)
        folder.chmod(of_folder)
        code = OPEN + "import os; asyncio.run(Database.open(sys.argv[1], Path(sys.argv[2])))\n"
        code += f"os.geteuid() or os.setuid(65534); asyncio.run(Database.{way}(sys.argv[1], Path(sys.argv[3])))"
        command = [sys.executable, "-c", code, URL, str(folder / "other"), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
        last = done.stderr.strip().splitlines()[-1]
        assert done.returncode == 1
        assert last.startswith(f"bot.errors.DatabaseError: {folder / 'test.db'}: ")
        assert said in last and "restore" not in last
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


async def test_a_new_file_and_what_lies_beside_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    database = await Database.open(URL, tmp_path)
    await database.writer.do(inbox.keep, message("a"))
    there = {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.glob("test.db*")}
    await database.close()
    assert {name: there[name] for name in ("test.db", "test.db-wal", "test.db-shm")} == dict.fromkeys(
        ("test.db", "test.db-wal", "test.db-shm"), "0o600"
    )


async def _made(folder: Path, messages: int = 0) -> Path:
    """A database that was in use, and closed in order."""
    database = await Database.open(URL, folder)
    for number in range(messages):
        await database.writer.do(inbox.keep, message(str(number), f"+25779{number:06}", text="x" * 200))
    await database.close()
    return folder / "test.db"


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _overwrite_pages(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:40960] = random.Random(1).randbytes(32768)
    file.write_bytes(content)


def _newer(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("update alembic_version set version_num = '9999'")
    database.close()


@pytest.mark.fault("A15")
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_truncate, "damaged|malformed"),
        (_overwrite_pages, "damaged|malformed"),
        (lambda file: file.write_bytes(b"This is no database. " * 500), "not a database"),
        (lambda file: file.write_bytes(b""), "empty"),
        (_newer, "newer version"),
    ],
    ids=["truncated", "overwritten", "not a database", "emptied", "newer"],
)
async def test_what_cannot_be_used_is_refused_and_not_touched(tmp_path: Path, damage: Any, said: str) -> None:
    file = await _made(tmp_path, messages=50)
    damage(file)
    before = _hash(file)
    for _ in range(2):
        with pytest.raises(DatabaseError, match=said):
            await Database.open(URL, tmp_path)
        assert _hash(file) == before


@pytest.mark.fault("A15")
@examples(40, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9), flips=st.integers(1, 64))
@example(seed=388, flips=22)  # in the text of the schema
def test_random_damage_is_refused_or_harmless(seed: int, flips: int) -> None:
    """Bytes flipped anywhere: the start refuses, or every row is there and complete (fault A15)."""
    folder = Path(tempfile.mkdtemp(prefix="kurikirana-flip-"))
    try:
        file = asyncio.run(_made(folder, messages=30))
        content, chance = bytearray(file.read_bytes()), random.Random(seed)
        for _ in range(flips):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        file.write_bytes(content)
        asyncio.run(_refused_or_whole(folder))
    finally:
        shutil.rmtree(folder)


async def _refused_or_whole(folder: Path) -> None:
    try:
        database = await Database.open(URL, folder)
    except DatabaseError:
        return
    try:
        assert await count(database, tables.inbox) == 30
        assert await count(database, tables.addresses) == 30
        await database.writer.do(inbox.keep, message("new"))
    finally:
        await database.close()


def _open_elsewhere(folder: Path) -> subprocess.Popen[bytes]:
    code = OPEN + "async def main():\n opened = await Database.open(sys.argv[1], Path(sys.argv[2]))\n"
    code += " print('open', flush=True)\n await asyncio.Event().wait()\nasyncio.run(main())"
    command = [sys.executable, "-c", code, URL, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


@pytest.mark.fault("A16")
@pytest.mark.parametrize("way", ["same name", "symbolic link"])
async def test_a_second_process_is_refused_with_the_pid_of_the_first(tmp_path: Path, way: str) -> None:
    (tmp_path / "a").mkdir()
    first = _open_elsewhere(tmp_path / "a")
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        folder = tmp_path / "a"
        if way == "symbolic link":
            folder = tmp_path / "b"
            folder.mkdir()
            (folder / "test.db").symlink_to(tmp_path / "a" / "test.db")
        with pytest.raises(DatabaseError, match=rf"in use by process {first.pid}\b"):
            await Database.open(URL, folder)
    finally:
        first.kill()
        first.communicate()
    database = await Database.open(URL, folder)
    await execute(database, select(1))
    await database.close()
