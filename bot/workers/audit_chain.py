"""Makes links of the audit's chain and tells each to the log, where whoever changes the database may not reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import DatabaseError
from bot.store import audit_chain
from bot.store.engine import Database

log = structlog.get_logger(__name__)


class AuditChain:
    """Asked by the alarm every ten minutes. A link goes up to the row that was newest at the look before.

    A transaction of another process that was given a lower number has ended by then.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now, self._settled = database, now, 0

    async def look(self) -> None:
        """Raises nothing of the database's; the next look goes on."""
        try:
            async with self._database.read() as tx:
                newest = await audit_chain.newest(tx)
            upto, self._settled = self._settled, newest
            while upto and (digest := await self._database.writer.do(_extend, (upto, self._now()))):
                log.info("audit linked", digest=digest)
        except DatabaseError:
            return


async def _extend(tx: AsyncConnection, items: Sequence[tuple[int, datetime]]) -> list[str]:
    return [await audit_chain.extend(tx, upto, now) for upto, now in items]
