"""One run of one system: start it fresh, play, count what it kept, stop it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import systems, talk, world

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Size:
    """How long and how often; times in seconds."""

    rounds: int = 3
    warm_s: float = 1.0
    window_s: float = 1.5
    windows: int = 2
    few: int = 100
    many: int = 2_000
    people: int = 4_500
    history: int = 20_000
    rate: float = 400.0
    recipients: tuple[int, ...] = (10_000, 100_000)
    """Of the broadcasts."""
    timers: int = 100_000
    paced: int = 1_800
    """Of the broadcast at Telegram's pace: a minute."""
    places: tuple[int, ...] = (24, 2_400)
    """Associations of which a month is counted."""
    messages: int = 1_000_000
    reports: int = 100_000
    peers_send: int = 2_000
    """What a peer sends of a broadcast: its rate does not depend on how many."""


QUICK = Size(
    rounds=1,
    warm_s=0.2,
    window_s=0.4,
    windows=1,
    few=10,
    many=40,
    people=400,
    history=700,
    rate=50.0,
    recipients=(200,),
    timers=200,
    paced=90,
    places=(24,),
    messages=2_000,
    reports=300,
    peers_send=50,
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured; rates in answers per second, times in ms."""

    rates: list[float]
    p50_ms: float
    p99_ms: float
    memory_mb: float
    cpu_us: float
    """Processor time for one answer, of all processes of the system and all their threads: the figure that a
    busy machine disturbs least."""
    busy: float
    """Share of its core that the load generator used; near 1 it is the generator that was measured."""
    wrong: str = ""
    """What must not happen and did; '' when every message had its one answer and nothing was lost."""

    @property
    def rate(self) -> float:
        """The median window."""
        return statistics.median(self.rates)


@dataclass(frozen=True, slots=True)
class Way:
    """How our service is run: contacts, database, processes, a slow disk (its LD_PRELOAD), a slow provider."""

    contacts: int
    processes: int = 1
    preload: str | None = None
    delay_ms: float = 0.0
    rate: float = 0.0
    profile: str = ""


class Bench:
    """Prepared databases and the folder everything lies in (on a real disk: results/)."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size, self.folder = size, folder
        self._offset_s = talk.offset().total_seconds()
        self._templates: dict[int, Path] = {}

    def _sqlite(self, folder: Path, messages: int) -> str:
        if messages not in self._templates:
            file = self.folder / f"template-{messages}.db"
            asyncio.run(world.fill(f"sqlite:///{file.name}", self.folder, self.size.people, messages))
            self._templates[messages] = file
        shutil.copy(self._templates[messages], folder / "bench.db")
        return "sqlite:///bench.db"

    def sqlite(self, way: Way, messages: int = 0) -> Run:
        """A run on SQLite, with so many messages of history."""
        with self._place() as folder:
            return self._ours(folder, self._sqlite(folder, messages), way)

    def postgres(self, url: str, way: Way) -> Run:
        """A run on an empty PostgreSQL database."""
        with self._place() as folder:
            asyncio.run(world.fill(url, folder, self.size.people))
            return self._ours(folder, url, way)

    def peer(self, module: str, contacts: int, delay_ms: float = 0.0, rate: float = 0.0) -> Run:
        """A run of a peer program; in an open loop where a rate is given."""
        with (
            self._place() as folder,
            systems.generator(folder, "telegram", delay_ms) as generator,
            systems.peer(folder, module, generator.provider) as (process, port),
        ):
            cpu = systems.cpu_s(process)
            played = generator.play(ports=[port], path="/webhook", contacts=contacts, rate=rate, **self._times())
            cpu = systems.cpu_s(process) - cpu
            return _run(played, systems.memory_mb(process), cpu, "")

    def new_folder(self) -> Path:
        """An empty folder of this run."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def start_s(self, filled: Path | None = None) -> float:
        """Seconds from the command `run`, with this database or with none, to the first connection it takes."""
        with self._place() as folder:
            port, log = systems.free_port(), folder / "start.log"
            url = f"sqlite:///{filled or 'start.db'}"
            file = world.settings(folder, "start", url=url, port=port, provider=1)
            process = systems.python("-m", "bot", "run", "--config", str(file), log=log)
            try:
                return systems.wait_for(port, process, log)
            finally:
                systems.stop(process)

    def _ours(self, folder: Path, url: str, way: Way) -> Run:
        before = asyncio.run(world.counts(url, folder))
        with (
            systems.generator(folder, "kannel", way.delay_ms) as generator,
            self._services(folder, url, way, generator.provider) as (processes, ports),
        ):
            order: dict[str, Any] = {"rate": way.rate, "offset_s": self._offset_s, **self._times()}
            cpu = sum(map(systems.cpu_s, processes))
            played = generator.play(ports=ports, path=world.PATH, contacts=way.contacts, **order)
            cpu = sum(map(systems.cpu_s, processes)) - cpu
            memory = max(map(systems.memory_mb, processes))
            time.sleep(0.2)  # the last marks
        wrong = _wrong(played, before, asyncio.run(world.counts(url, folder)))
        return _run(played, memory, cpu, wrong or _complaints(folder / "service.log"))

    @contextlib.contextmanager
    def _services(self, folder: Path, url: str, way: Way, provider: int) -> Iterator[tuple[list[Any], list[int]]]:
        log = folder / "service.log"
        ports = [systems.free_port() for _ in range(way.processes)]
        processes = []
        try:
            for port in ports:
                file = world.settings(folder, f"service{port}", url=url, port=port, provider=provider)
                arguments = ["-m", "benchmarks.service", str(file), str(self._offset_s)]
                if way.profile:
                    arguments.append(way.profile)
                processes.append(systems.python(*arguments, log=log, preload=way.preload))
                systems.wait_for(port, processes[-1], log)
            yield processes, ports
        finally:
            for process in processes:
                systems.stop(process)

    def _times(self) -> dict[str, Any]:
        size = self.size
        return {"warm_s": size.warm_s, "window_s": size.window_s, "windows": size.windows}

    @contextlib.contextmanager
    def _place(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="run-") as folder:
            yield Path(folder)


@contextlib.contextmanager
def bench(size: Size) -> Iterator[Bench]:
    """A folder on the disk that is measured, removed afterwards."""
    RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS, prefix="work-") as folder:
        yield Bench(size, Path(folder))


def _run(played: dict[str, Any], memory_mb: float, cpu_s: float, wrong: str) -> Run:
    cpu_us = cpu_s / max(1, played["answers"]) * 1e6
    return Run(played["rates"], played["p50_ms"], played["p99_ms"], memory_mb, cpu_us, played["busy"], wrong)


def _complaints(log: Path) -> str:
    """What the service wrote at WARNING or worse."""
    return "; ".join(line for line in log.read_text().splitlines() if not line.startswith("Listening"))[:500]


def _wrong(played: dict[str, Any], before: dict[str, int], after: dict[str, int]) -> str:
    """Every message kept once, answered once, every finished conversation one report."""
    kept = {name: after[name] - before[name] for name in after}
    problems = [f"{played[name]} {name}" for name in ("extra", "silent") if played[name]]
    if kept["inbox"] != played["answers"] or kept["outbox"] != played["answers"]:
        problems.append(f"{played['answers']} answers, but {kept['inbox']} kept and {kept['outbox']} written")
    if kept["reports"] != played["talks"]:
        problems.append(f"{played['talks']} conversations, but {kept['reports']} reports")
    return "; ".join(problems)
