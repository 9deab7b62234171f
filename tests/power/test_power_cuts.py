"""The current fails at any moment: what was acknowledged is there, and nothing is half there.

One life of the real service is recorded write by write; then its disk is put together as it may look after a cut at
random moments, and opened. `KURIKIRANA_POWER_CUTS` sets how many (300; `make power`: 10,000).
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.power import disk

CUTS = int(os.environ.get("KURIKIRANA_POWER_CUTS", "300"))
COMPILER = shutil.which("gcc") or shutil.which("cc")
HERE = Path(__file__).parent
pytestmark = [
    pytest.mark.timeout(7200),
    pytest.mark.skipif(
        COMPILER is None or sys.platform != "linux",
        reason="SKIPPED power cuts: needs Linux and a C compiler (gcc or cc) for tests/power/diary.c",
    ),
]


Recorder = subprocess.Popen[str]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """Lives under diary.c, as often as it is asked to."""
    made = tmp_path_factory.mktemp("diary") / "diary.so"
    command = [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(made), str(HERE / "diary.c"), "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    command, pipe = [sys.executable, "-m", "tests.power.life"], subprocess.PIPE
    environment = {**os.environ, "LD_PRELOAD": str(made)}
    with subprocess.Popen(
        command, cwd=HERE.parents[1], env=environment, stdin=pipe, stdout=pipe, text=True
    ) as living:
        yield living


def recorded(folder: Path, recorder: Recorder, each: int, bug: str = "") -> list[disk.Entry]:
    """The diary of one life."""
    assert recorder.stdin and recorder.stdout
    print(folder, each, bug, sep="\t", file=recorder.stdin, flush=True)
    assert recorder.stdout.readline() == "0\n"
    return disk.read(folder / "diary")


def broken(cut: disk.Cut, folder: Path) -> Iterator[str]:
    """What does not hold when the service would start again after this cut."""
    for file in folder.iterdir():
        file.unlink()
    for name, data in cut.files.items():
        (folder / name).write_bytes(data)
    with closing(sqlite3.connect(folder / "crash.db")) as database:
        try:
            if (found := database.execute("pragma quick_check").fetchone()[0]) != "ok":
                yield f"damaged: {found}"
            elif cut.promises:
                yield from _kept(database, cut.promises)
                yield from _whole(database)
        except sqlite3.DatabaseError as error:
            yield f"damaged: {error}"


def _kept(database: sqlite3.Connection, promises: tuple[str, ...]) -> Iterator[str]:
    arrived = {key for (key,) in database.execute("select dedupe_key from inbox where channel = 'kannel'")}
    tries = dict(database.execute("select id, attempts from outbox"))
    for promise in promises:
        what, *details = promise.split()
        if what == "A" and details[0] not in arrived:
            yield f"lost: {details[0]}"
        if what == "S" and tries.get(int(details[0]), 0) < int(details[1]):
            yield f"a try was not counted: {details[0]}"


def _whole(database: sqlite3.Connection) -> Iterator[str]:
    """A message that was handled has its report and its answer; one that was not has neither."""
    if references := database.execute("pragma foreign_key_check").fetchall():
        yield f"{len(references)} broken references"
    one = "select (select count(*) from inbox where channel = 'kannel' and state = 'done'), "
    handled, reports, answers = database.execute(
        one + "(select count(*) from reports), (select count(*) from outbox)"
    ).fetchone()
    if not handled == reports == answers:
        yield f"half done: {handled} handled, {reports} reports, {answers} answers"


def outcome(diary: list[disk.Entry], folder: Path, how_many: int) -> Counter[str]:
    """How often each kind of fault was seen."""
    seen: Counter[str] = Counter()
    folder.mkdir()
    for cut in disk.cuts(diary, how_many, random.Random(2026)):
        seen.update({line.partition(":")[0] for line in broken(cut, folder)})
        seen["cuts"] += 1
        seen["with promises"] += bool(cut.promises)
    print(dict(seen))
    return seen


@pytest.mark.fault("A9")
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path, recorder: Recorder) -> None:
    diary = recorded(tmp_path, recorder, 60)
    names = Counter((entry.name, entry.kind) for entry in diary)
    assert names["crash.db", "w"] > 100, "no checkpoint was ever recorded"
    assert names["crash.db-wal", "s"] > 60, "no commit was ever synced"
    seen = outcome(diary, tmp_path / "after", CUTS)
    assert seen.keys() == {"cuts", "with promises"}, seen
    assert seen["with promises"] > CUTS // 2


@pytest.mark.parametrize(
    ("bug", "sign"),
    [("NORMAL", "lost"), ("OFF", "damaged"), ("early", "lost"), ("uncounted", "a try was not counted")],
)
def test_a_planted_bug_is_seen(bug: str, sign: str, tmp_path: Path, recorder: Recorder) -> None:
    seen = outcome(recorded(tmp_path, recorder, 12, bug), tmp_path / "after", 60)
    assert seen[sign] > 0, seen
