"""Counts what cards of /broadcast ask about everybody, beside the turns, and wakes their chats.

The one look a second at what chats have asked: summaries that wait are begun by their own worker.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from bot.errors import DatabaseError
from bot.programme.broadcasts import counted
from bot.programme.broadcasts.plan import Means
from bot.store import countings
from bot.store.countings import Answer
from bot.store.engine import Database
from handlers.turn import BroadcastEnds, ToCount

log = structlog.get_logger(__name__)


class BroadcastCounter:
    """Asked by the alarm; what a dead process was counting is counted anew. `wake`: this address has a turn;
    `figures`: summaries wait."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        means: Means,
        wake: Callable[[int], None],
        figures: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._now, self._means, self._wake, self._figures = database, now, means, wake, figures

    async def look(self) -> None:
        """Count what was asked, one after the other. Raises nothing of the database's; it is asked again."""
        try:
            async with self._database.glance() as tx:
                asked, old = await countings.waiting(tx), await countings.old(tx, self._now())
            if any(row.about.startswith(countings.BESIDE) for row in asked):
                self._figures()
            for row in asked:
                if not row.about.startswith(countings.BESIDE):
                    await self._count(row)
            if old:
                await self._database.writer.do(countings.forget, self._now())
        except DatabaseError:
            return

    async def _count(self, row: Any) -> None:
        question = countings.read(row.question)
        async with self._database.read() as tx:
            found = await counted.count(tx, question, self._means, self._now())
        answer = Answer(
            row.address_id, row.about, row.inbox_id, countings.plain(found), self._now(), _wakes(question)
        )
        if await self._database.writer.do(countings.keep, answer):
            self._wake(row.address_id)
            log.info("counted", what=type(question).__name__)


def _wakes(question: ToCount) -> dict[str, Any]:
    """What the chat goes on with."""
    if isinstance(question, BroadcastEnds):
        return {"key": question.key, "card": question.card, "then": question.then}
    return {}
