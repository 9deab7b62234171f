"""Every row of the table: which runs it takes, in which order, and what is divided by what.

Ours and the peers take turns round by round, so that a busy minute of the machine falls on all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from benchmarks import broadcasts, clocks, counts, machine, postgres
from benchmarks.peers import raw_sqlite
from benchmarks.runs import Bench, Run, Way
from benchmarks.targets import Row

PEERS = {"ptb": "ptb", "aiogram": "aiogram_fsm"}
Say = Callable[[str], None]


def measure(bench: Bench, say: Say) -> Iterator[Row]:
    """All rows, as they are measured."""
    few, many = bench.size.few, bench.size.many
    memory: list[float] = []
    for contacts, key in ((few, "w1_100"), (many, "w1_2000")):
        yield from _w1(bench, say, key, contacts, memory)
    yield Row("memory", f"memory with {many:,} live conversations", max(memory), "MB")
    yield _one(bench, say)
    yield _slow_disk(bench, say)
    yield _slow_provider(bench, say)
    yield from _open_loop(bench, say)
    yield _ten_times(bench, say)
    say("start to ready")
    starts = [bench.start_s() for _ in range(bench.size.rounds)]
    yield Row("start", "start to ready, empty", statistics.median(starts), "s")
    yield from _postgres(bench, say)
    yield from broadcasts.measure(bench, say)
    yield from clocks.measure(bench, say)
    yield from counts.measure(bench, say)


def _w1(bench: Bench, say: Say, key: str, contacts: int, memory: list[float]) -> Iterator[Row]:
    ours: list[Run] = []
    theirs: dict[str, list[Run]] = {name: [] for name in PEERS}
    raw: list[float] = []
    for number in range(bench.size.rounds):
        say(f"W1, {contacts:,} contacts, round {number + 1} of {bench.size.rounds}")
        ours.append(bench.sqlite(Way(contacts)))
        for name, module in PEERS.items():
            theirs[name].append(bench.peer(module, contacts))
        if key == "w1_100":
            raw.append(raw_sqlite.main(bench.new_folder(), bench.size.window_s))
    memory.extend(run.memory_mb for run in ours)
    rate = _rate(ours)
    beside = {
        **{name: _rate(runs) for name, runs in theirs.items()},
        **({"sqlite3 alone": statistics.median(raw)} if raw else {}),
        "p99 ms": statistics.median(run.p99_ms for run in ours),
        "us of processor": statistics.median(run.cpu_us for run in ours),
        **{f"{name} us": statistics.median(run.cpu_us for run in runs) for name, runs in theirs.items()},
        "generator's share of its core": max(run.busy for run in ours),
    }
    yield Row(key, f"W1, {contacts:,} contacts, SQLite FULL", rate, "answers/s", beside, _wrong(ours))
    for name, runs in theirs.items():
        yield Row(f"{key}_by_{name}", f"  times {name}", _by(rate, _rate(runs)), "x")
    if raw:
        yield Row(f"{key}_by_raw", "  times sqlite3, a commit a message", _by(rate, statistics.median(raw)), "x")


def _one(bench: Bench, say: Say) -> Row:
    say("W1, 1 contact")
    ours = bench.sqlite(Way(1))
    beside = {name: bench.peer(module, 1).rate for name, module in PEERS.items()}
    return Row("one", "W1, 1 contact", ours.rate, "answers/s", {**beside, "p50 ms": ours.p50_ms}, ours.wrong)


def _slow_disk(bench: Bench, say: Say) -> Row:
    what = f"W1, {bench.size.few:,} contacts, every fsync 10 ms longer"
    library = machine.slow_disk(bench.folder)
    if library is None:
        return Row("slow_disk", what, 0, "answers/s", skipped="SKIPPED: no gcc or cc to compile slow_disk.c with")
    say(what)
    runs = [bench.sqlite(Way(bench.size.few, preload=library)) for _ in range(bench.size.rounds)]
    return Row("slow_disk", what, _rate(runs), "answers/s", {"p50 ms": runs[0].p50_ms}, _wrong(runs))


def _slow_provider(bench: Bench, say: Say) -> Row:
    what = f"W1, {bench.size.few:,} contacts, provider 50 ms slow"
    say(what)
    runs = [bench.sqlite(Way(bench.size.few, delay_ms=50)) for _ in range(bench.size.rounds)]
    beside = {name: bench.peer(module, bench.size.few, delay_ms=50).rate for name, module in PEERS.items()}
    return Row("slow_provider", what, _rate(runs), "answers/s", beside, _wrong(runs))


def _open_loop(bench: Bench, say: Say) -> Iterator[Row]:
    rate = bench.size.rate
    say(f"open loop, {rate:g}/s")
    contacts = min(bench.size.people // 2, int(rate * 5))
    runs: list[Run] = []
    theirs: dict[str, list[Run]] = {name: [] for name in PEERS}
    for _ in range(bench.size.rounds):
        runs.append(bench.sqlite(Way(contacts, rate=rate)))
        for name, module in PEERS.items():
            theirs[name].append(bench.peer(module, contacts, rate=rate))
    p99 = statistics.median(run.p99_ms for run in runs)
    beside = {
        "p50 ms": statistics.median(run.p50_ms for run in runs),
        "answers/s": _rate(runs),
        **{f"{name} p99 ms": statistics.median(run.p99_ms for run in peer) for name, peer in theirs.items()},
        **{f"{name} answers/s": _rate(peer) for name, peer in theirs.items()},
    }
    yield Row("open_loop_p99", f"open loop {rate:g}/s, p99", p99, "ms", beside, _wrong(runs))


def _ten_times(bench: Bench, say: Say) -> Row:
    few, history = bench.size.few, bench.size.history
    once, tenfold = [], []
    for number in range(bench.size.rounds):
        say(f"history {history:,} and {10 * history:,} messages, round {number + 1} of {bench.size.rounds}")
        once.append(bench.sqlite(Way(few), history))
        tenfold.append(bench.sqlite(Way(few), 10 * history))
    beside = {f"{history:,} messages": _rate(once), f"{10 * history:,}": _rate(tenfold)}
    ratio = _by(_rate(tenfold), _rate(once))
    return Row("ten_times", f"W1, {few:,} contacts, ten times the history", ratio, "x", beside, _wrong(tenfold))


def _postgres(bench: Bench, say: Say) -> Iterator[Row]:
    """By turns with SQLite, by which one process is measured."""
    few = bench.size.few
    sqlite: list[Run] = []
    ours: dict[int, list[Run]] = {1: [], 2: []}
    with postgres.server() as new:
        for number in range(bench.size.rounds):
            say(f"PostgreSQL, 1 and 2 of our processes, round {number + 1} of {bench.size.rounds}")
            sqlite.append(bench.sqlite(Way(few)))
            for processes, runs in ours.items():
                runs.append(bench.postgres(new(), Way(few, processes=processes)))
    one, two = _rate(ours[1]), _rate(ours[2])
    what = f"W1, {few:,} contacts, PostgreSQL"
    yield Row("postgres_1", f"{what}, 1 process", one, "answers/s", {"SQLite": _rate(sqlite)}, _wrong(ours[1]))
    yield Row("postgres_1_by_sqlite", "  times SQLite", _by(one, _rate(sqlite)), "x")
    yield Row(
        "postgres_2", f"{what}, 2 processes", two, "answers/s", {"by 1 process": _by(two, one)}, _wrong(ours[2])
    )


def _rate(runs: list[Run]) -> float:
    return statistics.median(window for run in runs for window in run.rates)


def _by(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else 0.0


def _wrong(runs: list[Run]) -> str:
    return "; ".join(sorted({run.wrong for run in runs if run.wrong}))
