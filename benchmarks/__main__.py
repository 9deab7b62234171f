"""`python -m benchmarks [--quick]`: measure, print the table, keep it as JSON; 1 when a floor is missed.

--quick plays for a few seconds with few contacts: it shows that every row can be measured, its figures mean
nothing and its floors are not held.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks import machine, rows, runs
from benchmarks.targets import Row, brief, show


def main(arguments: list[str]) -> int:
    """Measure; returns the exit code."""
    quick = "--quick" in arguments
    if set(arguments) - {"--quick"}:
        print("python -m benchmarks [--quick]", file=sys.stderr)
        return 2
    began, found = time.time(), []
    with runs.bench(runs.QUICK if quick else runs.Size()) as bench:
        described = machine.describe(bench.folder)
        print("\n".join(f"{name:10} {text}" for name, text in described.items()), flush=True)
        for row in rows.measure(bench, lambda what: print(f"... {what}", file=sys.stderr, flush=True)):
            found.append(row)
            print(brief(row), flush=True)  # what was measured is not lost when a later row cannot be
    missed = [row for row in found if row.missed and not quick]
    print(f"\n{show(found)}\n\n{time.time() - began:.0f} s")
    print(f"kept in {_keep(described, found, quick)}")
    if missed:
        print(f"MISSED: {', '.join(row.key for row in missed)}")
    return 1 if missed else 0


def _keep(described: dict[str, str], found: list[Row], quick: bool) -> Path:
    file = runs.RESULTS / f"{time.strftime('%Y-%m-%dT%H%M%S')}{'-quick' if quick else ''}.json"
    measured = [{**asdict(row), "missed": row.missed} for row in found]
    file.write_text(json.dumps({"machine": described, "rows": measured}, indent=1))
    return file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
