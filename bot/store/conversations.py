"""The state of conversations and the timers they set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch
from bot.store.people import Known
from bot.store.prepared import rows, write
from bot.store.tables import conversations, inbox, timers
from handlers.turn import Timer


def _save(module: Any) -> Any:
    statement = module.insert(conversations)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["address_id"], set_={"state": new.state, "changed_at": new.changed_at}
    )


def _set(module: Any) -> Any:
    statement = module.insert(timers)
    new = statement.excluded
    changes = {name: new[name] for name in ("address_id", "association_id", "due_at", "data", "state")}
    return statement.on_conflict_do_update(index_elements=["kind", "key"], set_=changes)


_SAVE = {"sqlite": _save(sqlite), "postgresql": _save(postgresql)}
_SET = {"sqlite": _set(sqlite), "postgresql": _set(postgresql)}
_CANCEL = delete(timers).where(timers.c.kind == bindparam("what"), timers.c.key == bindparam("which"))
_DUE = (
    select(timers)
    .where(timers.c.state == "waiting", timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_FIRED = update(timers).where(timers.c.id == bindparam("row")).values(state="fired")
_EVENT = insert(inbox)


async def save(tx: AsyncConnection, known: Mapping[int, Known], changed: Iterable[int], now: datetime) -> None:
    """Write the conversation states that changed."""
    states = [{"address_id": a, "state": known[a].state, "changed_at": now} for a in sorted(changed)]
    if states:
        await write(tx, _SAVE[tx.dialect.name], states)


def set_timer(batch: Batch, dialect: str, address_id: int, timer: Timer) -> None:
    """One timer per (kind, key): a later one replaces it, `due_at` None cancels it."""
    if timer.due_at is None:
        batch.add(_CANCEL, {"what": timer.kind, "which": timer.key})
        return
    batch.add(
        _SET[dialect],
        {
            "kind": timer.kind,
            "key": timer.key,
            "address_id": address_id if timer.association_id is None else None,
            "association_id": timer.association_id,
            "due_at": timer.due_at,
            "data": dict(timer.data),
            "state": "waiting",
        },
    )


async def fire(tx: AsyncConnection, items: Sequence[tuple[datetime, int]]) -> list[list[int]]:
    """Turn due timers into inbox rows, once each; returns the addresses to take turns for."""
    return [await _fire(tx, now, most) for now, most in items]


async def _fire(tx: AsyncConnection, now: datetime, most: int) -> list[int]:
    due = await rows(tx, _DUE, {"now": now, "most": most})
    if not due:
        return []
    events = [
        {
            "channel": "timer",
            "dedupe_key": f"{row.kind}:{row.key}:{row.due_at.isoformat()}",
            "address_id": row.address_id,
            "kind": "timer",
            "text": "",
            "data": {"timer": row.kind, **(row.data or {})},
            "received_at": now,
        }
        for row in due
    ]
    await write(tx, _EVENT, events)
    await write(tx, _FIRED, [{"row": row.id} for row in due])
    return [row.address_id for row in due]
