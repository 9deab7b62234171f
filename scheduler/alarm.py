"""The alarm clock: the only file with APScheduler. It keeps nothing and only calls what it is handed.

What is due lies in the timers table; the alarm only asks. `coalesce`, `max_instances=1` and no misfire
grace: after a pause of the process the question is asked once, and never dropped (measured: with the
default grace of one second a late job never runs).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Alarm:
    """Calls each of `calls` every so many seconds until it is stopped."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._under_way = 0

    def every(self, seconds: float, call: Callable[[], Awaitable[None]]) -> None:
        """Call it every `seconds` from the start on."""
        name = getattr(call, "__qualname__", str(call))
        self._scheduler.add_job(self._asked, "interval", [call], seconds=seconds, name=name)

    async def _asked(self, call: Callable[[], Awaitable[None]]) -> None:
        self._under_way += 1
        try:
            await call()
        finally:
            self._under_way -= 1

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    async def stop(self, within_s: float) -> None:
        """Call nothing more and let the calls under way end; one that takes longer is cancelled."""
        self._scheduler.pause()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._under_way:
                    await asyncio.sleep(0.02)
        self._scheduler.shutdown(wait=False)
