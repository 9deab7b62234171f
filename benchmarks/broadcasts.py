"""W2's rows: a personalised text in four languages to many, beside those who only send."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks import systems, world
from benchmarks.runs import Bench
from benchmarks.targets import Row
from bot.channels.telegram_wire import PER_SECOND

PEERS = {"ptb": "ptb_send", "aiogram": "aiogram_send"}


def measure(bench: Bench, say: Callable[[str], None]) -> Iterator[Row]:
    """Into the outbox, out to a provider, memory; the peers send a tenth, or a thousand."""
    most: list[float] = []
    for people in bench.size.recipients:
        say(f"W2, {people:,} recipients")
        folder = bench.new_folder()
        asyncio.run(world.fill("sqlite:///people.db", folder, people))
        filled = _ours(folder, people, "in", "")
        sent = _ours(folder, people, "out", "kannel")
        grown = max(one["most_mb"] - one["before_mb"] for one in (filled, sent))
        most.append(grown)
        beside = {
            "us of processor": filled["cpu_s"] / people * 1e6,
            "list frozen, rows/s": people / filled["frozen_s"],
        }
        yield Row(f"w2_in_{people}", f"W2, {people:,}: into the outbox", people / filled["seconds"], "rows/s", beside)
        used = {"us of processor": sent["cpu_s"] / people * 1e6}
        theirs = {name: _peer(folder, module, min(people, bench.size.peers_send)) for name, module in PEERS.items()}
        wrong = "" if sent["count"] == people else f"{sent['count']} of {people} reached the provider"
        yield Row(
            f"w2_out_{people}", f"W2, {people:,}: out", people / sent["seconds"], "texts/s", theirs | used, wrong
        )
    yield from _paced(bench, say)
    by = {f"{people:,} recipients": grown for people, grown in zip(bench.size.recipients, most, strict=True)}
    yield Row("w2_memory", "W2, memory that a broadcast adds", max(most), "MB", by)


def _paced(bench: Bench, say: Callable[[str], None]) -> Iterator[Row]:
    """At Telegram's pace, killed in the middle and gone on with: what the provider saw of it."""
    people, folder = bench.size.paced, bench.new_folder()
    say(f"W2 at {PER_SECOND}/s, {people:,} recipients, killed in the middle")
    asyncio.run(world.fill("sqlite:///bench.db", folder, people, chats=True))
    with _sink(folder, "telegram") as (provider, said):
        file = world.settings(folder, "paced", url="sqlite:///bench.db", port=0, provider=provider, chats=True)
        first = systems.python("-m", "benchmarks.broadcast", str(file), str(people), "out", log=folder / "ours.log")
        while first.poll() is None and said("so far")["count"] < people / 2:
            time.sleep(0.05)
        first.kill()
        first.wait()
        systems.said_by("benchmarks.broadcast", str(file), str(people), "on", log=folder / "ours.log")
        found = said()
    with closing(sqlite3.connect(folder / "bench.db")) as database:
        uncertain = database.execute("select count(*) from outbox where state = 'uncertain'").fetchone()[0]
    problems = [f"{found['twice']} got it twice"] if found["twice"] else []
    if not people - uncertain <= found["count"] <= people:
        problems.append(f"{found['count']} of {people} reached the provider, {uncertain} uncertain")
    what, beside = f"W2 at {PER_SECOND}/s, killed", {"uncertain at the kill": uncertain}
    yield Row("w2_paced", what, found["steady"], "texts/s", beside, "; ".join(problems))
    yield Row("w2_paced_most", "  the most in any second", found["most"], "texts")


def _ours(folder: Path, people: int, what: str, dialect: str) -> dict[str, Any]:
    """A run on a fresh copy of the people; `count` is what reached the provider."""
    (folder / "bench.db").unlink(missing_ok=True)
    (folder / "bench.db").write_bytes((folder / "people.db").read_bytes())
    with _sink(folder, dialect or "kannel") as (provider, said):
        file = world.settings(folder, what, url="sqlite:///bench.db", port=0, provider=provider)
        found = systems.said_by("benchmarks.broadcast", str(file), str(people), what, log=folder / "ours.log")
        return {**said(), **found}


def _peer(folder: Path, module: str, messages: int) -> float:
    with _sink(folder, "telegram") as (provider, _):
        found = systems.said_by(f"benchmarks.peers.{module}", str(provider), str(messages), log=folder / "peer.log")
        return messages / found["seconds"]


class _sink:
    """The provider's process for the length of a run: its port, and what it took."""

    def __init__(self, folder: Path, dialect: str) -> None:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = systems.python("-m", "benchmarks.sink", dialect, log=folder / "sink.log", **pipes)

    def __enter__(self) -> tuple[int, Callable[..., dict[str, Any]]]:
        assert self._process.stdout
        return int(self._process.stdout.readline()), self._said

    def _said(self, what: str = "") -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        took: dict[str, Any] = json.loads(self._process.stdout.readline())
        return took

    def __exit__(self, *reason: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
