"""The demo where what only POSIX has is missing, as on Windows: run by tests/bot/test_without_posix.py.

It starts on an empty folder, and a command that writes goes through it.
"""

from __future__ import annotations

import asyncio
import builtins
import os
import signal
import sys
import tempfile
import warnings
import zoneinfo
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

HIDDEN = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline", "uvloop"}
OURS = ("bot", "handlers", "scheduler", "templates")
_import = builtins.__import__


class _Sys(ModuleType):
    platform = "win32"

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


_SYS = _Sys("sys")


def _windows_import(name: str, of: Any = None, *more: Any, **named: Any) -> ModuleType:
    """Our own modules find none of those; the standard library and others keep theirs, since this is no Windows."""
    if of and str(of.get("__name__")).partition(".")[0] in OURS:
        if name in HIDDEN:
            raise ImportError(f"no module named {name!r} on Windows")
        if name == "sys":
            return _SYS
    return _import(name, of, *more, **named)


def _locking(number: int, mode: int, count: int) -> None:
    os.lockf(number, os.F_TLOCK, count)


def hide() -> None:
    """Before anything of ours is imported."""
    for package in OURS:  # a file opened without saying its letters has those of one country there
        warnings.filterwarnings("error", category=EncodingWarning, module=rf"{package}\b")
    zoneinfo.reset_tzpath(to=[])
    fake = ModuleType("msvcrt")
    fake.locking, fake.LK_NBLCK = _locking, 2  # type: ignore[attr-defined]
    sys.modules["msvcrt"] = fake
    builtins.__import__ = _windows_import
    for module, names in (
        (asyncio, ("start_unix_server", "open_unix_connection")),
        (os, ("fchmod", "fork", "getuid", "geteuid", "nice", "statvfs", "getloadavg", "uname", "mkfifo", "sync")),
        (signal, ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGALRM")),
    ):
        for name in names:
            delattr(module, name)

    def no_handlers(*_: object) -> None:
        raise NotImplementedError

    asyncio.SelectorEventLoop.add_signal_handler = no_handlers  # type: ignore[assignment]


async def demo(folder: Path) -> None:
    from bot import control, demo
    from bot.app import App

    settings, clock = await demo.prepare(folder, 0, date(2026, 11, 23))
    async with App.running(settings, clock, simulate=True):
        while not (folder / "demo.db.sock").exists():
            await asyncio.sleep(0.01)
        assert await control.act(settings, "clock right", {"who": "Aline"})
        assert (folder / "demo.db.lock").read_text("ascii") == str(os.getpid())


if __name__ == "__main__":
    hide()
    with tempfile.TemporaryDirectory() as place:
        asyncio.run(demo(Path(place) / "demo"))
