"""Which associations one of the team sees: a condition of every query that shows them something."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Integer, and_, bindparam, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import associations
from handlers.turn import Viewer

_viewer = bindparam("viewer", type_=Integer)
_words: Any = bindparam("words", expanding=True)
_theirs = associations.alias("theirs")
_IS_AN_OFFICER = exists(
    select(literal(1)).where(_theirs.c.officer_id == _viewer, _theirs.c.left_at.is_(None)).correlate(None)
)

AREA = select(associations.c.id).where(
    or_(
        bindparam("everything", type_=Boolean),
        associations.c.no.in_(_words),
        associations.c.commune_old.in_(_words),
        associations.c.commune_now.in_(_words),
        and_(bindparam("own", type_=Boolean), or_(associations.c.officer_id == _viewer, ~_IS_AN_OFFICER)),
    )
)
"""The ids of the associations that a viewer sees; give it `binds(viewer)`."""


_ASSOCIATIONS = (
    select(associations.c.id, associations.c.no, associations.c.sms_name)
    .where(associations.c.id.in_(AREA), associations.c.left_at.is_(None))
    .order_by(associations.c.no)
)


async def associations_of(tx: AsyncConnection, viewer: Viewer) -> list[dict[str, Any]]:
    """Those that somebody sees, by number."""
    return [dict(row) for row in (await tx.execute(_ASSOCIATIONS, binds(viewer))).mappings()]


def binds(viewer: Viewer) -> dict[str, Any]:
    """The values that AREA needs."""
    return {
        "viewer": viewer.person_id,
        "everything": viewer.everything,
        "words": list(viewer.words),
        "own": not viewer.words and not viewer.everything,
    }
