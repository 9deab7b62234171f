"""Starting what is measured, each as its own process, and stopping it again."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import machine

START_S = 30.0
ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A system did not start, or stopped by itself; the text says which and what it wrote."""


def python(*arguments: str, preload: str | None = None, log: Path, **more: Any) -> subprocess.Popen[str]:
    """A Python process of this checkout; what it says to stderr goes to `log`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    if preload:
        environment["LD_PRELOAD"] = preload
    with log.open("a") as errors:
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, env=environment, stderr=errors, text=True, cwd=log.parent, **more)


def free_port() -> int:
    """A TCP port nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[str], log: Path) -> float:
    """Seconds until the port answers. Raises Failed."""
    began = time.perf_counter()
    while time.perf_counter() - began < START_S:
        if process.poll() is not None:
            raise Failed(f"stopped with {process.returncode} at start:\n{log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return time.perf_counter() - began
        time.sleep(0.005)
    raise Failed(f"did not start within {START_S:.0f} s:\n{log.read_text()[-2000:]}")


def stop(process: subprocess.Popen[str]) -> None:
    """End it politely, then not."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def memory_mb(process: subprocess.Popen[str]) -> float:
    """Resident memory of the process now."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_s(process: subprocess.Popen[str]) -> float:
    """Processor time the process has used since its start, all threads."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Generator:
    """The load generator's process: `provider` is the port that answers must be sent to."""

    def __init__(self, folder: Path, dialect: str, delay_ms: float = 0.0) -> None:
        core = machine.load_core()

        def pin() -> None:
            if core is not None:
                os.sched_setaffinity(0, {core})

        self._log = folder / "load.log"
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "preexec_fn": pin}
        self._process = python("-m", "benchmarks.load", dialect, str(delay_ms), log=self._log, **pipes)
        self.provider = int(self._line())

    def play(self, **order: Any) -> dict[str, Any]:
        """Send an order (see load.Order), wait for what was measured."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        played: dict[str, Any] = json.loads(self._line())
        return played

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise Failed(f"the load generator stopped:\n{self._log.read_text()[-2000:]}")
        return line

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@contextlib.contextmanager
def generator(folder: Path, dialect: str, delay_ms: float = 0.0) -> Iterator[Generator]:
    """A load generator for the length of a run."""
    made = Generator(folder, dialect, delay_ms)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def peer(folder: Path, module: str, provider: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A peer program on a port of its own."""
    port, log = free_port(), folder / f"{module}.log"
    process = python("-m", f"benchmarks.peers.{module}", str(port), str(provider), str(folder), log=log)
    try:
        wait_for(port, process, log)
        yield process, port
    finally:
        stop(process)


def said_by(module: str, *arguments: str, log: Path) -> dict[str, Any]:
    """Run one of our modules to its end; the JSON of its last line. Raises Failed."""
    process = python("-m", module, *arguments, log=log, stdout=subprocess.PIPE)
    said, _ = process.communicate(timeout=900)
    if process.returncode:
        raise Failed(f"{module} ended with {process.returncode}:\n{log.read_text()[-2000:]}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found
