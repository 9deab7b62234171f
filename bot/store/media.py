"""Statements on photos and voice notes: from waiting to kept or refused.

While a row waits, `file` is the name that a worker has reserved for it, without its ending. It is
noted before anything is written to the disk, so that no file is ever without a row: whoever takes
the row over after a crash knows what to remove. Every change names the reservation it relies on;
of two processes that hold the same row, one changes it and the other is told no.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tasks
from bot.store.prepared import rows
from bot.store.tables import inbox, media
from bot.store.written import written
from handlers.noun import noun

_WAITING = (
    select(media.c.id, media.c.kind, media.c.file, media.c.at, inbox.c.channel, inbox.c.data)
    .outerjoin(inbox, inbox.c.id == media.c.inbox_id)
    .where(media.c.state == written("waiting"), media.c.id > bindparam("after"))
    .order_by(media.c.id)
    .limit(bindparam("most"))
)
_HELD = update(media).where(
    media.c.id == bindparam("row"),
    media.c.state == "waiting",
    media.c.file.is_not_distinct_from(bindparam("held")),
)
_RESERVE = _HELD.values(file=bindparam("name"))
_KEEP = _HELD.values(
    state="kept", file=bindparam("name"), sha256=bindparam("digest"), bytes=bindparam("size"), reason=None
)
_REFUSE = _HELD.values(state="refused", file=None, reason=bindparam("why"))


@noun
class Waiting:
    """A photo or voice note to fetch."""

    id: int
    kind: str
    """photo or voice"""
    file: str | None
    """The name that a worker has reserved, without its ending."""
    at: datetime
    channel: str | None
    """None when the message it came with is no longer there."""
    data: dict[str, Any] | None


@noun
class Reservation:
    row: int
    held: str | None
    """What `file` was when the row was read."""
    name: str


@noun
class Kept:
    row: int
    held: str
    name: str
    """Below the media folder, with its ending."""
    digest: str
    """SHA-256 of what is on the disk."""
    size: int
    """Bytes on the disk."""
    at: datetime


@noun
class Refusal:
    row: int
    held: str | None
    why: str
    """In words, without personal data: staff read it."""
    at: datetime


async def waiting(tx: AsyncConnection, after: int, most: int) -> list[Waiting]:
    """The oldest `most` rows behind row `after` that wait to be fetched."""
    found = await rows(tx, _WAITING, {"after": after, "most": most})
    return [Waiting(r.id, r.kind, r.file, r.at, r.channel, r.data) for r in found]


async def reserve(tx: AsyncConnection, items: Sequence[Reservation]) -> list[bool]:
    """Note the name that a file will get; False when another process was quicker."""
    found = [await tx.execute(_RESERVE, {"row": i.row, "held": i.held, "name": i.name}) for i in items]
    return [one.rowcount == 1 for one in found]


async def keep(tx: AsyncConnection, items: Sequence[Kept]) -> list[bool]:
    """The file is on the disk, and officers are told; False when the row is another's by now, or was erased."""
    return [
        await _ended(tx, _KEEP, i, {"row": i.row, "held": i.held, "name": i.name, "digest": i.digest, "size": i.size})
        for i in items
    ]


async def refuse(tx: AsyncConnection, items: Sequence[Refusal]) -> list[bool]:
    """It is not kept, and why; False as for `keep`."""
    return [await _ended(tx, _REFUSE, i, {"row": i.row, "held": i.held, "why": i.why}) for i in items]


async def _ended(tx: AsyncConnection, statement: Any, item: Kept | Refusal, values: dict[str, Any]) -> bool:
    done = (await tx.execute(statement, values)).rowcount == 1
    if done:
        await tasks.file_came(tx, item.row, item.at)
    return done
