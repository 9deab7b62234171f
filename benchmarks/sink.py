"""A provider that takes everything and remembers when: `python -m benchmarks.sink DIALECT`.

Prints its port; a line on its standard input makes it say, as JSON, what it took since the last one: how many, in
how many seconds, the most in any one second, how many a second while it was sent to, and who got more than one. The
line "so far" only asks how many, and goes on counting.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import pairwise

from benchmarks.dialects import DIALECTS
from benchmarks.wire import Server


def most_in_a_second(times: list[float]) -> int:
    """The largest number of these (sorted) moments that lie within one second."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def steady(times: list[float]) -> float:
    """How many a second, but for the pauses of a second and more in which nobody sent."""
    gaps = [after - before for before, after in pairwise(times) if after - before < 1.0]
    return len(gaps) / sum(gaps) if gaps else 0.0


async def main(name: str) -> None:
    """Take messages until the input ends."""
    dialect, times = DIALECTS[name], list[float]()
    got = Counter[int]()

    def answer(line: bytes, body: bytes) -> bytes:
        number, said = dialect.answer(line, body)
        if number is not None:
            times.append(time.perf_counter())
            got[number] += 1
        return said

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(answer, 0), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "so far":
            print(json.dumps({"count": len(times)}), flush=True)
            continue
        said: dict[str, float] = {"count": len(times), "seconds": times[-1] - times[0] if times else 0.0}
        said |= {"most": most_in_a_second(times), "steady": steady(times)}
        print(json.dumps({**said, "twice": sum(count > 1 for count in got.values())}), flush=True)
        times.clear()
        got.clear()


if __name__ == "__main__":
    try:
        import uvloop as runner
    except ImportError:
        runner = asyncio  # type: ignore[assignment]
    runner.run(main(sys.argv[1]))
