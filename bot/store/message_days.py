"""Messages of leaders by association, day, direction, channel and language: any range is a sum of days.

What arrives is counted by the turn that handles it, what leaves by the mark that it left; both know whose talk it is
by the row's `association_id`. Practice, the team, strangers and sealed cases have none and are not counted.

Beside them stands what all associations have together (TOGETHER), so that the programme's messages are a few rows a
day, however many associations there are.

Each process of several adds to rows of its own (`part`), so that none waits for another's commit.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Integer, bindparam, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import DIALECTS, added
from bot.store.prepared import apart, rows, write
from bot.store.tables import message_days, outbox

Talk = tuple[str, int, str, str]
"""(day, association id, channel, language) of a message that arrived or left."""
LEFT = ("accepted", "sent", "delivered")
"""States of a mark that say that the text has left."""
TOGETHER = 0
"""Stands for the association where all of them are added up."""
_PART = {"sqlite": 0, "postgresql": os.getpid() % 30_000}


_LEAVING = select(outbox.c.association_id, outbox.c.channel, outbox.c.language).where(
    outbox.c.id.in_(bindparam("ids", expanding=True)),
    outbox.c.state != "cancelled",
    outbox.c.sent_at.is_(None),
    outbox.c.association_id.is_not(None),
)
"""What is about to be marked as sent for the first time, by its rows' own columns."""
_OF_ALL = message_days.c.association_id == TOGETHER
_KINDS = (message_days.c.day, message_days.c.direction, message_days.c.channel, message_days.c.language)
_SUMS = select(*_KINDS, func.sum(message_days.c.messages).label("messages")).group_by(*_KINDS)
_APART = _SUMS.where(~_OF_ALL).subquery()
_ADD_UP = message_days.insert().from_select(
    [*(column.name for column in _KINDS), "messages", "association_id", "part"],
    select(*_APART.c, literal_column(str(TOGETHER), Integer), literal_column("0", Integer)),
)
_LOCK = text("lock table message_days in share row exclusive mode")
_UPSERT = {name: apart(added(module.insert(message_days))) for name, module in DIALECTS.items()}


async def arrived(tx: AsyncConnection, talk: Mapping[Talk, int]) -> None:
    """Count what the turns of a group have handled."""
    await _add(tx, "in", talk)


async def _add(tx: AsyncConnection, direction: str, talk: Mapping[Talk, int]) -> None:
    if not talk:
        return
    whole: Counter[Talk] = Counter(talk)
    for (day, _, channel, language), count in talk.items():
        whole[day, TOGETHER, channel, language] += count
    part = _PART[tx.dialect.name]
    new = [
        {
            "day": day,
            "association_id": association,
            "direction": direction,
            "channel": channel,
            "language": language,
            "part": part,
            "messages": count,
        }
        for (day, association, channel, language), count in sorted(whole.items())
    ]
    await write(tx, _UPSERT[tx.dialect.name], new)


async def differs(tx: AsyncConnection) -> bool:
    """Whether what all have together is not the sum of what each has."""
    wanted, kept = [{tuple(row) for row in await tx.execute(_SUMS.where(which))} for which in (~_OF_ALL, _OF_ALL)]
    return wanted != kept


async def recount(tx: AsyncConnection) -> None:
    """Add up anew what all have together. On PostgreSQL who counts meanwhile waits until the transaction's end."""
    if tx.dialect.name != "sqlite":
        await tx.execute(_LOCK)
    await tx.execute(message_days.delete().where(_OF_ALL))
    await tx.execute(_ADD_UP)


async def left(tx: AsyncConnection, marked: Sequence[tuple[str, int]]) -> None:
    """Count these texts, (the programme's day, outbox id), before they are marked as sent.

    A text that is sent once more is not another text.
    """
    days: dict[str, list[int]] = {}
    for day, number in marked:
        days.setdefault(day, []).append(number)
    talk: Counter[Talk] = Counter()
    for day, ids in days.items():
        for row in await rows(tx, _LEAVING, {"ids": ids}):
            talk[day, row.association_id, row.channel, row.language] += 1
    await _add(tx, "out", talk)
