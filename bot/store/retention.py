"""What is kept only so long: the words of messages, photos, voice notes. Their rows stay: they were counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import audit, singles
from bot.store.tables import inbox, media, outbox, tasks
from handlers.noun import noun

PAGE = 2_000
_SEALED = select(tasks.c.inbox_id).where(
    tasks.c.sealed.is_(True), tasks.c.inbox_id.in_(bindparam("ids", expanding=True))
)


@noun
class Old:
    """What came before these moments (aware UTC) has been kept long enough; `now` is when that is written down."""

    messages: datetime
    files: datetime
    now: datetime


def _page(table: Table, at: str, turn: str) -> Any:
    """The rows behind the last one whose words went, in order of time, which is that of their ids."""
    columns = (table.c.id, table.c[at].label("at"), table.c[turn].label("turn"))
    return select(*columns).where(table.c.id > bindparam("after")).order_by(table.c.id).limit(PAGE)


def _blank(table: Table, waiting: tuple[str, ...]) -> Any:
    rows = update(table).where(table.c.id.in_(bindparam("ids", expanding=True)), table.c.state.not_in(waiting))
    return rows.values(text="", data=None)


_MESSAGES = (
    ("inbox", _page(inbox, "received_at", "id"), _blank(inbox, ("new",))),
    ("outbox", _page(outbox, "made_at", "inbox_id"), _blank(outbox, ("queued", "sending"))),
)
_FILES = (
    update(media)
    .where(media.c.at < bindparam("before"), media.c.state == "kept")
    .values(state="erased", sha256=None, reason="kept long enough")
)


async def forget(tx: AsyncConnection, items: Sequence[Old]) -> list[int]:
    """Blank a page of each kind; how many rows were done, 0 when nothing is left. Sealed cases stay as they are.

    The files themselves leave the disk as those of an erased person do.
    """
    old, done = items[0], {}
    for name, page, blank in _MESSAGES:
        after = await singles.get(tx, _reached(name)) or 0
        found = await tx.execute(page, {"after": after})
        rows = list(takewhile(lambda row: row.at < old.messages, found.all()))
        if rows:
            sealed = await tx.execute(_SEALED, {"ids": [row.turn for row in rows if row.turn is not None]})
            kept = set(sealed.scalars())
            await tx.execute(blank, {"ids": [row.id for row in rows if row.turn not in kept]})
            await singles.put(tx, _reached(name), rows[-1].id)
            done[name] = len(rows)
    if files := (await tx.execute(_FILES, {"before": old.files})).rowcount:
        done["files"] = files
    if done:
        await audit.note(tx, old.now, "service", "kept long enough", done)
    return [sum(done.values())] * len(items)


def _reached(name: str) -> str:
    return f"blanked_{name}"
