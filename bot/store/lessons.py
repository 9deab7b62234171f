"""Lessons for the Fair: what a leader told, whether it may be shown, who translated it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import associations, facts, lessons
from handlers.turn import Association, Fact, NextLesson

LAST = "last_lesson"
INSERT = insert(lessons)
SHOW = update(lessons).where(lessons.c.number == bindparam("which")).values(show=bindparam("how"))
BLANK = (
    update(lessons)
    .where(lessons.c.person_id == bindparam("person"))
    .values(text=literal("", lessons.c.text.type), translations={}, show="no"),
)
_LAST_NUMBER = select(facts.c.value).where(facts.c.name == LAST).with_for_update()
_ALL = (
    select(
        lessons.c.number,
        associations.c.no.label("association"),
        associations.c.name.label("association_name"),
        associations.c.sms_name,
        lessons.c.association_id,
        lessons.c.language,
        lessons.c.text,
        lessons.c.show,
        lessons.c.translations,
        lessons.c.at,
    )
    .outerjoin(associations, associations.c.id == lessons.c.association_id)
    .order_by(lessons.c.number)
)


async def everything(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every lesson with its association, oldest first."""
    return [dict(row._mapping) for row in await tx.execute(_ALL)]


async def _next_lesson(
    tx: AsyncConnection, wanted: list[NextLesson], known: dict[int, Association]
) -> dict[Fact, Any]:
    """On PostgreSQL the row stays locked until the commit, so that numbers have no gaps."""
    return {wanted[0]: int((await tx.execute(_LAST_NUMBER)).scalar() or 0) + 1}


LOADERS: dict[type, Any] = {NextLesson: _next_lesson}
"""What conversations may ask about lessons -> its loader."""
