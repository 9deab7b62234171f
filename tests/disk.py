"""Where tests keep their files: in memory where there is room, since a commit on a disk waits for it.

Nothing here proves anything about power cuts, so nothing is lost by that; on a machine without such a
folder, or with a small one, everything lies in the usual place and takes longer.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30
"""Bytes that must be free there."""


def use_memory() -> None:
    """Let this process and those it starts keep their temporary files in memory, unless TMPDIR is set."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # asked again: somebody may have asked before us


def open_to_all() -> Path:
    """A folder that every user of the machine may enter (a database server is a user of its own)."""
    there = Path(tempfile.gettempdir())
    return there if there == _MEMORY else Path("/tmp")
