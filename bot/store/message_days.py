"""Messages of leaders by association, day, direction, channel and language: any range is a sum of days.

What arrives is counted by the turn that handles it, what leaves by the mark that it left; both know whose talk it is
by the row's `association_id`. Practice, the team, strangers and sealed cases have none and are not counted.

Each process of several adds to rows of its own (`part`), so that none waits for another's commit.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, String, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import apart, write
from bot.store.tables import message_days, outbox

Talk = tuple[str, int, str, str]
"""(day, association id, channel, language) of a message that arrived."""
LEFT = ("accepted", "sent")
"""States of a mark that say that the text has left."""
_KEY = ("day", "association_id", "direction", "channel", "language", "part")
_PART = {"sqlite": 0, "postgresql": os.getpid() % 30_000}


def _added(statement: Any) -> Any:
    more = message_days.c.messages + statement.excluded.messages
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_={"messages": more})


def _left(module: Any) -> Any:
    """What is about to be marked as sent for the first time, by its rows' own columns."""
    there = (
        select(
            bindparam("day", type_=String),
            outbox.c.association_id,
            literal_column("'out'", String),
            outbox.c.channel,
            outbox.c.language,
            bindparam("part", type_=Integer),
            func.count(),
        )
        .where(
            outbox.c.id.in_(bindparam("ids", expanding=True)),
            outbox.c.state == "sending",
            outbox.c.sent_at.is_(None),
            outbox.c.association_id.is_not(None),
        )
        .group_by(outbox.c.association_id, outbox.c.channel, outbox.c.language)
        .order_by(outbox.c.association_id, outbox.c.channel, outbox.c.language)
    )
    return _added(module.insert(message_days).from_select([*_KEY, "messages"], there))


_UPSERT = {
    "sqlite": _added(sqlite.insert(message_days)),
    "postgresql": apart(_added(postgresql.insert(message_days))),
}
_LEFT = {"sqlite": _left(sqlite), "postgresql": _left(postgresql)}


async def arrived(tx: AsyncConnection, talk: Mapping[Talk, int]) -> None:
    """Count what the turns of a group have handled."""
    if not talk:
        return
    part = _PART[tx.dialect.name]
    new = [
        {
            "day": day,
            "association_id": association,
            "direction": "in",
            "channel": channel,
            "language": language,
            "part": part,
            "messages": count,
        }
        for (day, association, channel, language), count in sorted(talk.items())
    ]
    await write(tx, _UPSERT[tx.dialect.name], new)


async def left(tx: AsyncConnection, marked: Sequence[tuple[str, int]]) -> None:
    """Count these texts, (the programme's day, outbox id), before they are marked as sent.

    A text that is sent once more is not another text.
    """
    days: dict[str, list[int]] = {}
    for day, number in marked:
        days.setdefault(day, []).append(number)
    for day, ids in sorted(days.items()):
        await write(tx, _LEFT[tx.dialect.name], [{"day": day, "ids": ids, "part": _PART[tx.dialect.name]}])
