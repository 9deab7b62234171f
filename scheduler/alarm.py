"""The alarm clock: the only file with APScheduler. It keeps nothing and only calls what it is handed.

What is due lies in the timers table; the alarm only asks. `coalesce` and no misfire grace: after a pause of the
process the question is asked once, and never dropped (measured: with the default grace of one second a late job
never runs).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)
Call = Callable[[], Awaitable[None]]


class Alarm:
    """Calls what it is handed, each in a task of its own and never twice at once, until it is stopped."""

    def __init__(self) -> None:
        how = {"coalesce": True, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=how)
        self._under_way: dict[Call, asyncio.Task[None]] = {}
        self._stopping = False

    def every(self, seconds: float, call: Call) -> None:
        """Call it every `seconds` from the start on."""
        self._scheduler.add_job(self._ask, "interval", [call], seconds=seconds)

    def begin(self, call: Call) -> None:
        """Call it now, unless that is under way still."""
        if not self._stopping and call not in self._under_way:
            name = getattr(call, "__qualname__", str(call))
            self._under_way[call] = asyncio.create_task(self._call(call, name), name=name)

    async def _ask(self, call: Call) -> None:
        self.begin(call)

    async def _call(self, call: Call, name: str) -> None:
        try:
            await call()
        except Exception as error:  # it is called again in its time
            log.error("look failed", look=name, exc_info=error)
        finally:
            del self._under_way[call]

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    async def stop(self, within_s: float) -> None:
        """Call nothing more and let the calls under way end; one that takes longer is cancelled."""
        self._stopping = True
        self._scheduler.shutdown(wait=False)
        if under_way := list(self._under_way.values()):
            _, late = await asyncio.wait(under_way, timeout=within_s)
            for task in late:
                task.cancel()
