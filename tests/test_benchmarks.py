"""`make bench` can begin: its modules can be read, the service starts as it starts it, an answer is taken to parts.

A broadcast becomes rows, reminders fire and a month is counted, for a handful of people. No rate is asked for here,
since a busy machine has none; `make bench-check` measures every row, in two minutes.
"""

from __future__ import annotations

import math
import pkgutil
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

import benchmarks
from benchmarks import broadcast, clock, clocks, counts, parts, runs, systems, world
from benchmarks.runs import QUICK
from bot import settings
from tests.examples import THOROUGH


def test_its_modules_can_be_read_and_the_service_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "START_S", 100)  # a busy machine is no fault
    for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks."):
        dear = ".aiogram_" in module.name and not THOROUGH  # aiogram takes six seconds; make bench-check runs it
        if not module.name.endswith(("__main__", "test_rows")) and not dear:
            import_module(module.name)
    with runs.bench(QUICK) as bench:
        assert bench.start_s() > 0


async def test_every_part_of_an_answer_is_measured(tmp_path: Path) -> None:
    took = await parts.measure(1, tmp_path, rounds=1)
    assert set(took) == set(parts.PARTS)
    assert all(0 < one < math.inf for places in took.values() for one in places)


async def test_a_broadcast_becomes_rows_and_reminders_fire(tmp_path: Path) -> None:
    due = datetime.now(UTC) - clocks.BEFORE
    await world.fill("sqlite:///few.db", tmp_path, 10, each=1, due=due)
    file = world.settings(tmp_path, "few", url="sqlite:///few.db", port=0, provider=1)
    programme = clock.always(settings.load(file, {}))
    fired = await clock.fire(programme, 10)
    assert fired["count"] == 10
    filled = await broadcast.into_the_outbox(programme, 10)
    assert filled["seconds"] > 0


async def test_a_month_is_counted(tmp_path: Path) -> None:
    found = await counts.measured(tmp_path, places=2, messages=200, reports=20)
    assert {"all", "one"} <= set(found)
