"""Processes of their own, forked from one that has imported everything: python needs seconds for it, a fork none.

That one has no thread, no loop and no connection, so neither has what is forked from it. In a run of all tests it is
one for all workers, who hear by the environment where it listens. Windows forks nothing: there each imports anew.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

ROOT = Path(__file__).parents[1]
_IMPORTED = ("tests.programme", "tests.crash.broadcasts", "tests.stop.model", "tests.forked")


_ADDRESS = "TESTS_FORK_FROM"


def serve_workers() -> None:
    """Let one be there for the workers that are started after this."""
    if sys.platform == "win32":
        return
    forkserver.set_forkserver_preload(list(_IMPORTED))
    forkserver.ensure_running()
    os.environ[_ADDRESS] = forkserver._forkserver._forkserver_address  # type: ignore[attr-defined]


@cache
def _server() -> BaseContext:
    if sys.platform == "win32":
        return get_context("spawn")
    context = get_context("forkserver")
    if address := os.environ.get(_ADDRESS):
        theirs: Any = forkserver._forkserver  # type: ignore[attr-defined]
        theirs._forkserver_address, theirs._forkserver_alive_fd = address, os.pipe()[1]
        theirs.ensure_running = resource_tracker.ensure_running  # it is not ours to start, or to wait for
    else:
        context.set_forkserver_preload(list(_IMPORTED))
    return context


def started(
    work: Callable[..., object],
    *arguments: Any,
    out: str,
    err: str = "",
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> BaseProcess:
    """A process that does this work in a folder, writing to the files `out` and `err` (else to our own)."""
    whole = dict(os.environ if environment is None else environment)
    process: BaseProcess = _server().Process(target=_work, args=(work, arguments, whole, folder, out, err))
    process.start()
    return process


def ended(
    work: Callable[..., object],
    *arguments: Any,
    within_s: float | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> CompletedProcess[str]:
    """What this work, in a process of its own, wrote, and how it left."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        out, err = Path(place, "out"), Path(place, "err")
        process = started(work, *arguments, out=str(out), err=str(err), environment=environment, folder=folder)
        process.join(within_s)
        said = (file.read_text("utf-8") for file in (out, err))
        return CompletedProcess(arguments, process.exitcode, *said)  # type: ignore[arg-type]


def result(work: Callable[..., object], *arguments: str) -> dict[str, Any]:
    """The JSON that such a process writes; what else it says is said here. Fails when it fails."""
    done = ended(work, arguments)
    print(done.stderr)
    assert done.returncode == 0, f"it left with {done.returncode}"
    found: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps({name: len(value) if isinstance(value, list) else value for name, value in found.items()}))
    return found


def _work(
    work: Callable[..., object],
    arguments: tuple[Any, ...],
    environment: dict[str, str],
    folder: Path,
    out: str,
    err: str,
) -> None:
    """What runs in such a process, with files as its output."""
    for number, name in ((1, out), (2, err)):
        if name:
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    work(*arguments)
