"""The chain of the audit: who changes, takes out or slips in a row breaks it, and it can be told between which rows.

Each row's digest is made of the row and of the digest before it; now and then the newest is kept as a link. Whoever
can write in the database can write links too, so each one is also told to the log, and copies of the database have
those of their day: `check` compares with what stands there.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import if_new
from bot.store.tables import audit, audit_links
from handlers.noun import noun

PAGE = 1000
"""Rows that are read at once."""
BEGIN = "0" * 64
_LAST = select(audit_links.c.upto, audit_links.c.digest).order_by(audit_links.c.upto.desc()).limit(1)
_LINKS = select(audit_links.c.upto, audit_links.c.digest).order_by(audit_links.c.upto)
_NEWEST = select(func.max(audit.c.id))
_ROWS = (
    select(audit.c.id, audit.c.at, audit.c.who, audit.c.what, audit.c.details)
    .where(audit.c.id > bindparam("after"), audit.c.id <= bindparam("upto"))
    .order_by(audit.c.id)
    .limit(PAGE)
)
_KEEP = if_new(audit_links)
"""Two processes that go on from the same link keep one."""


@noun
class Checked:
    """What a look along the chain has found."""

    rows: int
    """Rows that the links hold."""
    upto: int
    digest: str
    """Of the newest link: for somewhere else, to be compared later."""
    broken: tuple[int, int] | None = None
    """After which row, and up to which, something is not as it was."""
    known: bool = True
    """Whether the digest that was kept somewhere else is one of the chain's."""


async def newest(tx: AsyncConnection) -> int:
    """The last row there is; 0 when there is none."""
    return int((await tx.execute(_NEWEST)).scalar_one() or 0)


async def extend(tx: AsyncConnection, upto: int, now: datetime) -> str:
    """One more link, over a page at most and no row after `upto`; its digest, or '' when there is nothing new.

    Nothing may be written any more before that row.
    """
    last = (await tx.execute(_LAST)).first()
    after, digest = (last.upto, last.digest) if last else (0, BEGIN)
    page = (await tx.execute(_ROWS, {"after": after, "upto": upto})).all()
    if not page:
        return ""
    for row in page:
        digest = _next(digest, row)
    link = {"upto": page[-1].id, "after": after, "digest": digest, "at": now}
    kept = await tx.execute(_KEEP[tx.dialect.name], link)
    return digest if kept.rowcount else ""


async def check(tx: AsyncConnection, known: str = "") -> Checked:
    """Along all links. `known`: a digest from the log or from a copy, which must be one of them."""
    links = (await tx.execute(_LINKS)).all()
    upto = links[-1].upto if links else 0
    after, digest, rows, place = 0, BEGIN, 0, 0
    while place < len(links):
        page = (await tx.execute(_ROWS, {"after": after, "upto": upto})).all()
        for row in [*page, None] if len(page) < PAGE else page:
            if row is None or row.id > links[place].upto:
                if digest != links[place].digest:
                    before = links[place - 1].upto if place else 0
                    return Checked(rows, before, digest, broken=(before, links[place].upto))
                place += 1
            if row is not None:
                digest, rows, after = _next(digest, row), rows + 1, row.id
    return Checked(rows, upto, digest, known=not known or known in {link.digest for link in links})


def _next(digest: str, row: Any) -> str:
    """The digest of a row and of all before it."""
    line = orjson.dumps([row.id, row.at, row.who, row.what, row.details], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(digest.encode() + line).hexdigest()
