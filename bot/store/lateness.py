"""The late list and one reminder by hand, as officers ask for them: only of the associations that they see."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.late import by_hand, late
from handlers.turn import Association, Fact, LateList, Lateness, LateOf, RemindOf, ToRemind, Viewer

Associations = dict[int, Association]
Values = dict[Fact, Any]


async def _seen(tx: AsyncConnection, viewer: Viewer, known: Associations) -> dict[int, Association]:
    return {number: known[number] for number in (await tx.execute(AREA, binds(viewer))).scalars() if number in known}


async def _late(tx: AsyncConnection, wanted: list[LateOf], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        seen = await _seen(tx, fact.viewer, known)
        rows = tuple(
            Lateness(seen[one.id], one.commune, one.state, one.days, one.reminders, one.later)
            for one in await late(tx, fact.now, ZoneInfo(fact.timezone), fact.start, fact.days)
            if one.id in seen
        )
        values[fact] = LateList(len(seen), fact.days, rows)
    return values


async def _remind(tx: AsyncConnection, wanted: list[RemindOf], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    for fact in wanted:
        own = (await _seen(tx, fact.viewer, known)).get(fact.association_id)
        there = await by_hand(tx, own.no, fact.now) if own else None
        if own and there:
            more = (there.touch, there.day0, there.heard.at, there.reminded_at, there.unasked)
            values[fact] = ToRemind(own, there.person, *more)
    return values


LOADERS: dict[type, Any] = {LateOf: _late, RemindOf: _remind}
"""A fact about late associations -> its loader."""
