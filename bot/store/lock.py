"""One process per SQLite file: an advisory lock beside the database, holding the owner's pid."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO

from bot.errors import DatabaseError

_BEHIND_THE_PID = 1 << 20
"""The byte that is locked on Windows, where nobody else can read what is locked."""

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        os.lseek(file.fileno(), _BEHIND_THE_PID, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _made(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o666)


class FileLock:
    """Held from `take` to `release`, or until the process dies. Symbolic links are resolved first."""

    def __init__(self, database: Path) -> None:
        self._path = database.resolve().with_name(database.resolve().name + ".lock")
        self._file: IO[str] | None = None
        self.holder_died = False
        """Whether the last one that held it never let go: its pid was still there."""

    def take(self) -> None:
        """Raises DatabaseError with the pid of the process that holds the file, or why it cannot be written."""
        try:
            file = open(self._path, "r+", encoding="ascii", opener=_made)  # noqa: SIM115 - held until it is let go
        except OSError as error:
            raise DatabaseError(
                f"{self._path.parent}: cannot write there ({error.strerror}). Make the folder writable."
            ) from None
        try:
            _lock(file)
        except OSError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            file.close()
            raise DatabaseError(
                f"{self._path.with_suffix('')}: in use by process {pid}. Stop that one first; "
                "commands that write go through it by themselves."
            ) from None
        file.seek(0)
        self.holder_died = bool(file.read().strip())
        try:  # written over what is there: a start that fails does not forget that the last one died
            file.seek(0)
            file.write(str(os.getpid()))
            file.truncate()
            file.flush()
        except OSError as error:
            with contextlib.suppress(OSError):
                file.close()
            raise DatabaseError(
                f"{self._path.parent}: cannot write there ({error.strerror}). Make space on its disk."
            ) from None
        self._file = file

    def release(self) -> None:
        """The file itself stays, empty: removing it would let two processes hold two files."""
        if self._file:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None
