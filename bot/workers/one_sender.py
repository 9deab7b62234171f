"""Of several processes one sends by a channel with a limit: a phone's parts of half an hour, a SIM's of a day.

A process knows what it has sent itself; each with the whole limit would send several times too much, and the phone's
network would stop the SIM. Who takes over counts first what the others have sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.errors import DatabaseError
from bot.workers.lease import Lease

AGAIN_S = 1.0


Count = Callable[[], Awaitable[None]]
"""Counts what left by a channel, whoever sent it. Raises DatabaseError."""


async def counted(count: Count) -> None:
    """Count it, however long the database needs to come back."""
    while True:
        try:
            return await count()
        except DatabaseError:
            await asyncio.sleep(AGAIN_S)


class OneSender:
    """Whether this process is the one for a channel."""

    def __init__(self, lease: Lease, count: Count) -> None:
        self._lease, self._count, self._counted = lease, count, False

    @property
    def is_ours(self) -> bool:
        """Whether this process may send at this moment."""
        return self._counted and self._lease.held

    async def run(self) -> None:
        """Be it whenever nobody else is. Cancelled at stop."""
        await self._lease.run(self._be)

    async def _be(self) -> None:
        try:
            await counted(self._count)
            self._counted = True
            await asyncio.Event().wait()
        finally:
            self._counted = False
