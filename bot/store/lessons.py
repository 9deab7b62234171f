"""Lessons for the Fair: what a leader told, whether it may be shown, who translated it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.listing import plain_row
from bot.store.pages import behind
from bot.store.singles import next_number
from bot.store.tables import associations, lessons, media, people
from handlers.turn import Association, Fact, NextLesson, Viewer

LAST = "last_lesson"
INSERT = insert(lessons)
SHOW = update(lessons).where(lessons.c.number == bindparam("which")).values(show=bindparam("how"))
WRITE_DOWN = (
    update(lessons)
    .where(lessons.c.number == bindparam("which"))
    .values(text=bindparam("words", type_=lessons.c.text.type))
)
TRANSLATE = (
    update(lessons)
    .where(lessons.c.number == bindparam("which"))
    .values(translations=bindparam("all", type_=lessons.c.translations.type))
)
BLANK = (
    update(lessons)
    .where(lessons.c.person_id == bindparam("person"))
    .values(text=literal("", lessons.c.text.type), translations={}, show="no"),
)
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


_SEEN = (
    _ALL.add_columns(media.c.file, media.c.kind.label("file_kind"))
    .outerjoin(media, and_(media.c.inbox_id == lessons.c.inbox_id, media.c.state == "kept"))
    .where(or_(lessons.c.association_id.is_(None), lessons.c.association_id.in_(AREA)), ~behind(lessons.c.inbox_id))
)
_SEEN_ONE = _SEEN.where(lessons.c.number == bindparam("which"))


async def seen(tx: AsyncConnection, viewer: Viewer) -> list[dict[str, Any]]:
    """The lessons of the associations that somebody sees, with their photo or voice note, newest first."""
    return [plain_row(row) for row in await tx.execute(_SEEN, binds(viewer))][::-1]


async def one(tx: AsyncConnection, viewer: Viewer, number: int) -> dict[str, Any] | None:
    """One lesson as `seen` has it; None when there is none, or it is not hers."""
    row = (await tx.execute(_SEEN_ONE, {**binds(viewer), "which": number})).first()
    return plain_row(row) if row else None


async def everything(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every lesson with its association, oldest first."""
    return [plain_row(row) for row in await tx.execute(_ALL)]


async def names(tx: AsyncConnection) -> list[str]:
    """Of everybody the roster knows: none of them is printed on a poster."""
    rows = await tx.execute(select(people.c.name, people.c.sms_name))
    return [name for row in rows for name in (row.name, row.sms_name) if name]


async def _next_lesson(
    tx: AsyncConnection, wanted: list[NextLesson], known: dict[int, Association]
) -> dict[Fact, Any]:
    return {wanted[0]: await next_number(tx, LAST)}


LOADERS: dict[type, Any] = {NextLesson: _next_lesson}
"""What conversations may ask about lessons -> its loader."""
