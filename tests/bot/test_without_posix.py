"""Windows' Python has neither fcntl nor local sockets: the demo starts without them, commands reach it.

The process of its own costs six seconds, since Python has to import everything once more without them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import control_line
from bot.control_line import Line
from tests.bot.without_posix import HIDDEN, OURS

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing has to be hidden there")
def test_the_demo_starts_where_what_only_posix_has_is_missing() -> None:
    script = Path(__file__).with_name("without_posix.py")
    warned = ("-X", "warn_default_encoding")
    command = [sys.executable, *warned, str(script)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=100
    )
    assert done.returncode == 0, done.stderr


def test_nothing_is_imported_at_once_that_only_posix_has() -> None:
    at_once = re.compile(rf"^(?:import|from) (?:{'|'.join(HIDDEN)})\b", re.M)
    files = [file for package in OURS for file in (ROOT / package).rglob("*.py")]
    assert len(files) > 400
    assert at_once.search("import fcntl")
    assert not [file.name for file in files if at_once.search(file.read_text("utf-8"))]


def _missing_on_windows(*files: Path) -> list[str]:
    """What these files use of the standard library that is not there, as its types say."""
    alone = ("--config-file=", "--python-version=3.11", "--follow-imports=skip", "--cache-dir", os.devnull)
    command = [sys.executable, "-m", "mypy", *alone, "--platform=win32", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=100)
    assert "checked" in done.stdout or "no issues" in done.stdout, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "[attr-defined]" in line]


def test_nothing_is_used_that_windows_lacks(tmp_path: Path) -> None:
    of_the_system = re.compile(rf"^ *(?:import|from) (?:asyncio|os|signal|socket|sys|{'|'.join(HIDDEN)})\b", re.M)
    every = [file for package in OURS for file in (ROOT / package).rglob("*.py")]
    files = [file for file in every if of_the_system.search(file.read_text("utf-8"))]
    assert len(files) > 50
    bad = tmp_path / "bad.py"
    bad.write_text("import os\n\nos.geteuid()\n", "utf-8")
    found = _missing_on_windows(bad, *files)
    assert [line for line in found if "geteuid" in line and "bad.py" in line]
    assert len(found) == 1, found


def _needed(environment: dict[str, str]) -> set[str]:
    """Every package that an installation for developers brings there."""
    left = [("kurikirana", frozenset({"", "dev"}))]
    seen = set(left)
    while left:
        name, extras = left.pop()
        with contextlib.suppress(metadata.PackageNotFoundError):  # which is not for this machine
            for one in map(Requirement, metadata.requires(name) or ()):
                here = [environment | {"extra": extra} for extra in extras]
                found = canonicalize_name(one.name), frozenset({"", *one.extras})
                if found not in seen and (one.marker is None or any(map(one.marker.evaluate, here))):
                    seen.add(found)
                    left.append(found)
    return {name for name, _ in seen} - {"kurikirana"}


def test_whatever_is_installed_is_pinned_on_windows_too() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines}
    windows = {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"}
    there = _needed(windows)
    assert len(there) > 80 and {"colorama", "tzdata"} <= there and "uvloop" not in there
    assert there | _needed({}) <= pinned


async def _told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"told " + await reader.readline())
    writer.close()


async def _ask(line: Line | None) -> bytes:
    assert line is not None
    line[1].write(b"7\n")
    answer = await line[0].readline()
    line[1].close()
    return answer


@pytest.mark.parametrize("name", ["kurikirana.db.sock", f"{'far' * 60}.sock"], ids=["local", "port"])
async def test_a_command_reaches_the_service_and_nobody_after_it_ended(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    assert await control_line.connect(place, 1000) is None
    place.write_text("1 stale", "ascii")
    assert await control_line.connect(place, 1000) is None
    serving = asyncio.create_task(control_line.serve(place, _told, 1000))
    while not (line := await control_line.connect(place, 1000)):
        await asyncio.sleep(0.01)
    assert await _ask(line) == b"told 7\n"
    assert sys.platform == "win32" or place.stat().st_mode & 0o077 == 0
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert not place.exists()


async def test_who_does_not_know_the_key_is_told_nothing(tmp_path: Path) -> None:
    place = tmp_path / f"{'far' * 60}.sock"
    serving = asyncio.create_task(control_line.serve(place, _told, 1000))
    while not place.is_file() or len(place.read_text("ascii").split()) < 2:
        await asyncio.sleep(0.01)
    port, key = place.read_text("ascii").split()
    reader, writer = await asyncio.open_connection(control_line.HERE, int(port))
    writer.write(b"guessed\n" + b"0" * 64 + b"\n7\n")
    assert len((await reader.read()).splitlines()) == 1
    writer.close()
    place.write_text(f"{port} {key[::-1]}", "ascii")
    assert await control_line.connect(place, 1000) is None, "the service there is not ours: nothing is said to it"
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
