"""SQLite without its threads, in a process that runs tests: what lies in memory is there at once.

The service hands each commit and each step of a reader to a thread, since a disk may let it wait. In memory nothing
waits, and the threads are a tenth of a test's processor time and much of its waiting. The tests of the store keep
them (`with_threads`), and so do all services that are processes of their own, and `make thorough`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from bot.store.direct import DirectEngine

_THREADS = DirectEngine._waited, aiosqlite.connect


def answer_at_once() -> None:
    """From now on in this process."""
    DirectEngine._waited, aiosqlite.connect = _done, _connect  # type: ignore[method-assign,assignment]


@pytest.fixture(autouse=True)
def with_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in the service. A conftest imports it for the tests of its folder."""
    monkeypatch.setattr(DirectEngine, "_waited", _THREADS[0])
    monkeypatch.setattr(aiosqlite, "connect", _THREADS[1])
    yield


async def _done(_: DirectEngine, work: Callable[[], Any]) -> Any:
    return work()


def _connect(database: str | Path, **more: Any) -> aiosqlite.Connection:
    return _Reader(lambda: sqlite3.connect(database, **more), 64)


class _Reader(aiosqlite.Connection):
    """Its thread is whoever asks."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self._tx, self._thread = _Now(), _Now()  # type: ignore[assignment]

    async def _execute(self, work: Callable[..., Any], *values: Any, **named: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")  # as it says itself
        return work(*values, **named)


class _Now:
    """The queue, and the thread that would work it off."""

    daemon = True

    def start(self) -> None:
        """There is none."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        done, work = asked
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - told to who waits
            if done:
                done.set_exception(error)
        else:
            if done:
                done.set_result(result)
