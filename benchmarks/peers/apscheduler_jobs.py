"""W4's peer: one date job for each reminder in APScheduler's memory, all of them due.

`python -m benchmarks.peers.apscheduler_jobs JOBS [GRACE_S]`: each job writes its text into a list, nothing is
stored. With no GRACE_S a late job runs however late it is; by APScheduler's own default (1 s) most are dropped as
missed. Prints JSON: seconds from the scheduler's start to the last job, how many ran, how many were missed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler


async def fire(jobs: int, grace_s: int | None) -> dict[str, float]:
    """Add them, start, wait for the last one."""
    scheduler, said = AsyncIOScheduler(timezone=UTC), []
    ended = {EVENT_JOB_EXECUTED: 0, EVENT_JOB_MISSED: 0}

    def note(event: object) -> None:
        ended[event.code] += 1  # type: ignore[attr-defined]

    async def remind(number: int) -> None:
        said.append(f"OIM: ODETTE{number}, did ABAHUZA train people?")

    scheduler.add_listener(note, EVENT_JOB_EXECUTED | EVENT_JOB_MISSED)
    due = datetime.now(UTC) - timedelta(minutes=2)
    began = time.perf_counter()
    for number in range(jobs):
        at = due + timedelta(minutes=1) * number / jobs
        scheduler.add_job(remind, "date", run_date=at, args=[number], misfire_grace_time=grace_s)
    added = time.perf_counter() - began
    began = time.perf_counter()
    scheduler.start()
    while sum(ended.values()) < jobs:
        await asyncio.sleep(0.05)
    seconds = time.perf_counter() - began
    scheduler.shutdown(wait=False)
    return {"seconds": seconds, "added_s": added, "count": len(said), "missed": ended[EVENT_JOB_MISSED]}


def main(jobs: int, grace_s: int | None = None) -> None:
    """Print what was measured."""
    logging.disable(logging.CRITICAL)
    print(json.dumps(asyncio.run(fire(jobs, grace_s))))


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(int, sys.argv[2:3]))
