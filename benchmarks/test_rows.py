"""`make bench` measures every row: a run of seconds in which no figure means anything."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import parts

ROOT = Path(__file__).resolve().parent.parent
ROWS = {
    *(f"w1_{contacts}{by}" for contacts in (100, 2000) for by in ("", "_by_ptb", "_by_aiogram")),
    *("w1_100_by_raw", "memory", "one", "slow_disk", "slow_provider", "open_loop_p99", "ten_times", "start"),
    *("postgres_1", "postgres_1_by_sqlite", "postgres_2"),
    *("w2_in_200", "w2_out_200", "w2_memory", "w2_paced", "w2_paced_most"),
    *("w3_all_24", "w3_one_24", "start_24", "w4_200"),
}


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_every_row_is_measured_and_nothing_goes_wrong() -> None:
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    kept = Path(done.stdout.partition("kept in ")[2].splitlines()[0])
    rows = {row["key"]: row for row in json.loads(kept.read_text())["rows"]}
    kept.unlink()
    assert set(rows) == ROWS
    for row in rows.values():
        assert row["value"] > 0 or row["skipped"], row
        assert not row["wrong"], row
        assert row["what"] in done.stdout


async def test_every_part_of_an_answer_is_measured(tmp_path: Path) -> None:
    took = await parts.measure(3, tmp_path, rounds=1)
    assert set(took) == set(parts.PARTS)
    assert all(0 < one < math.inf for places in took.values() for one in places)
