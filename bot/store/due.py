"""In which queues anything is due: one statement for all, asked every second, each of its parts by an index.

What erasures and sealed cases leave to do has none, and is asked for less often.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import broadcasts, consent, countings, erasure, sealed
from bot.store.outbox import ANSWER, FREE, SCREEN, UNASKED
from bot.store.prepared import rows
from bot.store.tables import facts, inbox, media, outbox, timers
from bot.store.written import written
from handlers.noun import noun


@noun
class Ready:
    """The channels by which a screen, an answer, and what nobody asked for may leave now."""

    screens: Collection[str]
    answers: Collection[str]
    unasked: Collection[str]


def _leaves(urgency: int, channels: str) -> Any:
    by = outbox.c.channel.in_(bindparam(channels, expanding=True))
    return exists().where(by, outbox.c.urgency == urgency, FREE)


def _changes(statement: Any) -> Any:
    return exists().where(statement.whereclause)


_DUE = select(
    exists().where(timers.c.state == written("waiting"), timers.c.due_at <= bindparam("now")).label("timers"),
    (_leaves(SCREEN, "screens") | _leaves(ANSWER, "answers") | _leaves(UNASKED, "unasked")).label("outbox"),
    (broadcasts.TO_LIST.exists() | broadcasts.RUNNING.exists()).label("broadcasts"),
    (countings.WAITING.exists() | countings.OLD.exists()).label("countings"),
    exists().where(media.c.state == written("waiting")).label("media"),
    select(func.count()).where(inbox.c.state == written("new")).scalar_subquery().label("inbox"),
)
_ERASURES = select(
    _changes(consent.FINISH_ERASURES).label("numbers"),
    _changes(sealed.FORGET).label("shown"),
    erasure.FILES.exists().label("files"),
    select(facts.c.value).where(facts.c.name == erasure.QUOTED).scalar_subquery().label("quoted"),
)


async def found(tx: AsyncConnection, now: datetime, ready: Ready) -> Any:
    """By queue, whether anything is due in it; of the inbox, how many rows are not handled yet."""
    lists = {"screens": ready.screens, "answers": ready.answers, "unasked": ready.unasked}
    return (await rows(tx, _DUE, {"now": now, "before": now - countings.KEPT, **lists}))[0]


async def erasures(tx: AsyncConnection) -> bool:
    """Whether anything that was erased, or shown of a sealed case, must go, or will once a text has left."""
    return any((await rows(tx, _ERASURES, {}))[0])
