"""A long harness in parts, side by side on every core: each part has its own seed, the figures are added up.

    python -m tests.side_by_side tests.crash.broadcasts --broadcasts 1000
    python -m tests.side_by_side tests.scheduler.reminders_model --runs 400

The named option says how many in all. Each part's figures go to standard error when it ends, so that a run that is
ended early has said what it found; the sums go to standard output. Leaves with 1 when a part found something broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any

Found = tuple[dict[str, Any], int]


def part(module: str, option: str, many: int, seed: int, more: Sequence[str]) -> Found:
    """One part in a process of its own; what it printed, and how it left."""
    command = [sys.executable, "-m", module, option, str(many), "--seed", str(seed), *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    found: dict[str, Any] = json.loads(done.stdout or b"{}")
    print(json.dumps({"seed": seed, **found}), file=sys.stderr, flush=True)
    return found, done.returncode


def sizes(total: int, each: int) -> Iterator[int]:
    """The parts' sizes: `each`, and what is left for the last one."""
    yield from repeat(each, total // each)
    if total % each:
        yield total % each


def added(parts: Sequence[Found]) -> tuple[dict[str, Any], bool]:
    """The sums, and whether every part is whole."""
    sums, broken = Counter[str](), []
    for found, _ in parts:
        broken += found.get("broken", [])
        sums.update({name: value for name, value in found.items() if isinstance(value, int | float)})
    return {**sums, "broken": broken}, not broken and not any(code for _, code in parts)


def main(arguments: Sequence[str]) -> int:
    """Run the parts; returns the exit code."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("module")
    parse.add_argument("--each", type=int, default=20, help="of one part")
    parse.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="parts at once")
    parse.add_argument("--seed", type=int, default=1, help="of the first part")
    chosen, (option, total, *more) = parse.parse_known_args(arguments)
    many, began = list(sizes(int(total), chosen.each)), time.monotonic()
    seeds = range(chosen.seed, chosen.seed + len(many))
    with ThreadPoolExecutor(chosen.jobs) as pool:
        every = repeat(chosen.module), repeat(option), many, seeds, repeat(more)
        parts = list(pool.map(part, *every))
    sums, whole = added(parts)
    print(json.dumps({**sums, "seconds": round(time.monotonic() - began)}, indent=1))
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
