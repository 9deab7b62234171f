"""What this is measured on: a figure without its machine says nothing. And the slow disk, and the cores."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import time
from importlib import metadata
from pathlib import Path

_PARTS = ("uvicorn", "uvloop", "httptools", "aiohttp", "sqlalchemy", "aiosqlite", "python-telegram-bot", "aiogram")


def describe(folder: Path) -> dict[str, str]:
    """Processor, cores, memory, systems, versions, and how many fdatasync a second this disk does."""
    return {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {_memory_gb()} GB",
        "system": f"{platform.system()} {platform.release()}, CPython {platform.python_version()}",
        "sqlite": sqlite3.sqlite_version,
        "parts": ", ".join(f"{name} {_version(name)}" for name in _PARTS),
        "memory": "first touch of a page {:.2f} us at once, {:.2f} after a second's rest".format(*touches_us()),
        "disk": f"{syncs_per_second(folder):,.0f} fdatasync/s in {folder}",
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def syncs_per_second(folder: Path, seconds: float = 0.5) -> float:
    """Writes of one page, each followed by fdatasync."""
    file = folder / "sync"
    handle = os.open(file, os.O_RDWR | os.O_CREAT)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        os.pwrite(handle, b"x" * 4096, (done % 256) * 4096)
        os.fdatasync(handle)
        done += 1
    took = time.perf_counter() - began
    os.close(handle)
    file.unlink()
    return done / took


def touches_us(pages: int = 4096) -> tuple[float, float]:
    """Microseconds to read a byte of a page: of pages just read, and of pages that rested for a second.

    Where the second is many times the first, the host takes memory away from a guest that does not use it: then what
    is run seldom, or after a pause, measures the host (tails of an open loop, an idle service).
    """
    view, took = memoryview(bytearray(b"x") * (pages * 4096))[::4096], []
    for rest_s in (0.0, 0.0, 1.0):
        time.sleep(rest_s)
        began = time.perf_counter()
        sum(view)
        took.append((time.perf_counter() - began) / pages * 1e6)
    return took[1], took[2]


def load_core() -> int | None:
    """The core that the load generator is pinned to; None where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[-1] if len(cores) > 1 else None


def slow_disk(folder: Path) -> str | None:
    """Compile slow_disk.c; what to put into LD_PRELOAD, or None without a C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "slow_disk.so"
    source = Path(__file__).with_name("slow_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return str(library)
