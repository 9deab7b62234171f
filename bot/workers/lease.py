"""Runs something in one process only of those that share a database; another takes it over when that one dies.

A holder counts its own seconds from before it asked, so it has stopped before anybody else may begin, also while the
database cannot be reached.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from secrets import token_hex

import structlog

from bot.errors import DatabaseError
from bot.store.engine import Database
from bot.store.leases import Wish, take

log = structlog.get_logger(__name__)
SECONDS = 30.0
"""A lease lasts so long; it is asked for again three times as often."""
STOPS_WITHIN = 0.1
"""Of those seconds, what is left for the work to stop in."""


class Lease:
    """One lease as this process sees it."""

    def __init__(self, database: Database, name: str, seconds: float = SECONDS) -> None:
        self.name, self._database, self._seconds = name, database, seconds
        self._holder = token_hex(8)
        self._until = 0.0

    @property
    def held(self) -> bool:
        """Whether it is ours at this moment."""
        return time.monotonic() < self._until

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it whenever the lease is ours, until it returns or raises; wait in between. Cancelled at stop."""
        while True:
            if not await self._ask():
                await asyncio.sleep(self._seconds / 3)
                continue
            log.info("lease held", lease=self.name)
            working = asyncio.ensure_future(work())
            try:
                if await self._keeps(working):
                    return working.result()
            finally:
                working.cancel()
                await asyncio.wait([working])
                await self._let_go()
            log.warning("lease lost", lease=self.name)

    async def _keeps(self, working: asyncio.Future[None]) -> bool:
        """True once the work has ended; False when the lease is lost."""
        while (left := self._until - time.monotonic()) > 0:
            await asyncio.wait([working], timeout=min(self._seconds / 3, left))
            if working.done():
                return True
            if self.held:
                await self._ask()
        return False

    async def _ask(self) -> bool:
        """Take it, or keep it. While nobody answers it is ours until its seconds are over."""
        began = time.monotonic()
        left = self._until - began if self.held else self._seconds
        try:
            async with asyncio.timeout(min(left, self._seconds / 3)):
                turn = await self._database.writer.do(take, Wish(self.name, self._holder, self._seconds))
        except (DatabaseError, TimeoutError):
            return self.held
        self._until = began + self._seconds * (1 - STOPS_WITHIN) if turn else 0.0
        return bool(turn)

    async def _let_go(self) -> None:
        self._until = 0.0
        with contextlib.suppress(DatabaseError, TimeoutError):
            async with asyncio.timeout(self._seconds / 3):
                await self._database.writer.do(take, Wish(self.name, self._holder, 0.0))
