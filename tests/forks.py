"""Tests side by side, in forks of the one process that has collected them: `pytest -p tests.forks --forks 3`.

Collecting takes a dozen seconds of processor, nearly all of them imports: here once, not in every worker. Each fork
takes the next few tests when it has none left, so that none waits while another has many; the longest come first.
What became of a test goes to the first process by a pipe, as pytest's own report.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import selectors
import signal
import struct
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TextIO

import pytest
from _pytest.config import create_terminal_writer
from _pytest.reports import TestReport

RUN = "TESTS_OF_ONE_RUN"
"""In the environment of all forks the same, for what they share."""
AT_ONCE = 25
"""So many tests of one module are taken together, since they may share what is dear to make."""
FIRST = ("tests/crash/", "tests/power/", "tests/stop/")
"""Harnesses of many seconds each, so that nobody waits for them at the end."""
ALONE = ("tests/crash/", "tests/stop/")
"""Those of which each test is taken for itself: they share nothing."""
_PLACE = struct.Struct("HH")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=0, help="how many processes run the tests; 0: this one")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.forks and not config.option.collectonly:
        config.pluginmanager.register(Forks(config, config.option.forks))


def parts(items: Sequence[pytest.Item]) -> Iterator[range]:
    """Which tests are taken together, as places in the list; every test of a browser, so that one is started."""
    start = 0
    for module, together in groupby(items, lambda item: _order(item)[1]):
        end, size = start + len(list(together)), 1 if module.startswith(ALONE) else len(items)
        size = size if size == 1 or module == "chromium" else AT_ONCE
        yield from (range(at, min(at + size, end)) for at in range(start, end, size))
        start = end


def _order(item: pytest.Item) -> tuple[int, str]:
    module = item.nodeid.partition("::")[0]
    if item.get_closest_marker("chromium"):
        return 1, "chromium"
    return (0 if module.startswith(FIRST) else 2), module


@dataclass
class Fork:
    """One of the processes, and what it is at."""

    pid: int
    says: int
    """The pipe that is read; `rest` is what a line lacks its end of."""
    rest: bytes = b""
    at: str = ""


class Forks:
    """The loop over all tests, in as many processes as are asked for."""

    def __init__(self, config: pytest.Config, how_many: int) -> None:
        self.config, self.how_many = config, how_many
        self.ended = set[str]()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=_order)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork, then say what they say until all have left."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")
        reading, writing = os.pipe()  # a shared list: each reads its next part
        for part in parts(session.items):
            os.write(writing, _PLACE.pack(part.start, part.stop))
        os.close(writing)
        os.environ[RUN] = str(os.getpid())
        gc.collect()
        gc.freeze()
        base = self.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        forks = []
        try:
            for number in range(self.how_many):
                forks.append(self._fork(session, reading, base / f"fork{number}"))
            self._until_all_left(session, forks)
            for item in session.items:
                if item.nodeid not in self.ended:
                    self._failed(item.nodeid, "it was not run: the process that had taken it ended before")
        finally:
            for fork in forks:
                if fork.pid:
                    os.kill(fork.pid, signal.SIGTERM)
        os.close(reading)
        return True

    def _until_all_left(self, session: pytest.Session, forks: list[Fork]) -> None:
        with selectors.DefaultSelector() as ready:
            for fork in forks:
                ready.register(fork.says, selectors.EVENT_READ, fork)
            while ready.get_map():
                for key, _ in ready.select():
                    if not self._heard(key.data):
                        ready.unregister(key.fd)
                    if session.shouldfail:
                        raise session.Failed(session.shouldfail)

    def _heard(self, fork: Fork) -> bool:
        """Say on what one said; False once it has left."""
        heard = os.read(fork.says, 65_536)
        *lines, fork.rest = (fork.rest + heard).split(b"\n")
        for said in map(json.loads, lines):
            fork.at = said.get("begins", fork.at)
            if "begins" not in said:
                self._report(self.config.hook.pytest_report_from_serializable(config=self.config, data=said))
        if heard:
            return True
        os.close(fork.says)
        status, fork.pid = os.waitpid(fork.pid, 0)[1], 0
        if status:
            self._failed(fork.at, f"its process ended with status {status}")
        return False

    def _failed(self, test: str, why: str) -> None:
        self._report(TestReport(test, (test, None, ""), {}, "failed", why, "teardown"))

    def _report(self, report: TestReport) -> None:
        if report.when == "teardown":
            self.ended.add(report.nodeid)
        self.config.hook.pytest_runtest_logreport(report=report)

    def _fork(self, session: pytest.Session, parts: int, base: Any) -> Fork:
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        if pid := os.fork():
            os.close(writing)
            return Fork(pid, reading)
        try:
            os.close(reading)
            base.mkdir()
            self.config._tmp_path_factory._basetemp = base  # type: ignore[attr-defined]
            with os.fdopen(writing, "w", buffering=1) as says:
                _run(session, parts, says)
            atexit._run_exitfuncs()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - or a fork would go on as a second first process
            traceback.print_exc()
        finally:
            os._exit(70)


def _run(session: pytest.Session, parts: int, says: TextIO) -> None:
    """In a fork: part after part until none is left."""
    config = session.config
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()  # its files are everybody's
    capture.start_global_capturing()
    with open(os.devnull, "w") as nowhere:
        config.pluginmanager.getplugin("terminalreporter")._tw = create_terminal_writer(config, nowhere)
        config.pluginmanager.register(_Says(config, says))
        items = _taken(session, parts)
        item = next(items, None)
        while item is not None:
            following = next(items, None)
            print(json.dumps({"begins": item.nodeid}), file=says)
            config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            item = following


def _taken(session: pytest.Session, parts: int) -> Iterator[pytest.Item]:
    while place := os.read(parts, _PLACE.size):
        yield from (session.items[at] for at in range(*_PLACE.unpack(place)))


class _Says:
    """In a fork: every report goes to the first process."""

    def __init__(self, config: pytest.Config, says: TextIO) -> None:
        self.config, self.says = config, says

    def pytest_runtest_logreport(self, report: TestReport) -> None:
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        print(json.dumps(data), file=self.says)
