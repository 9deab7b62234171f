"""`make bench` can begin: its modules can be read, the service starts as it starts it, an answer is taken to parts.

No rate is asked for here, since a busy machine has none; `make bench-check` measures every row, in two minutes.
"""

from __future__ import annotations

import math
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import benchmarks
from benchmarks import parts, runs, systems
from benchmarks.runs import QUICK


def test_its_modules_can_be_read_and_the_service_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "START_S", 100)  # a busy machine is no fault
    for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks."):
        if not module.name.endswith(("__main__", "test_rows")):
            import_module(module.name)
    with runs.bench(QUICK) as bench:
        assert bench.start_s() > 0


async def test_every_part_of_an_answer_is_measured(tmp_path: Path) -> None:
    took = await parts.measure(1, tmp_path, rounds=1)
    assert set(took) == set(parts.PARTS)
    assert all(0 < one < math.inf for places in took.values() for one in places)
