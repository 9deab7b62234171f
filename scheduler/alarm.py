"""The alarm clock: the only file with APScheduler. It keeps nothing and only calls what it is handed.

What is due lies in the timers table; the alarm only asks. `coalesce`, `max_instances=1` and no misfire
grace: after a pause of the process the question is asked once, and never dropped (measured: with the
default grace of one second a late job never runs).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Alarm:
    """Calls each of `calls` every so many seconds until it is stopped."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def every(self, seconds: float, call: Callable[[], Awaitable[None]]) -> None:
        """Call it every `seconds` from the start on."""
        self._scheduler.add_job(call, "interval", seconds=seconds)

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """End at once; a call under way is its caller's to await."""
        self._scheduler.shutdown(wait=False)
