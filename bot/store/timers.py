"""Timers: rows that become events once they are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import waking
from bot.store.prepared import apart, rows, write
from bot.store.tables import inbox, timers
from handlers.noun import noun
from handlers.turn import Timer, When
from handlers.turn.roads import EVERY

Wanted = dict[tuple[str, str], dict[str, Any] | None]
"""By (kind, key), the row that a timer becomes; None: it is cancelled."""


def _set(module: Any) -> Any:
    statement = module.insert(timers)
    new = statement.excluded
    changes = {name: new[name] for name in ("address_id", "association_id", "due_at", "data", "state")}
    return statement.on_conflict_do_update(index_elements=["kind", "key"], set_=changes)


_SET = {"sqlite": _set(sqlite), "postgresql": apart(_set(postgresql))}
_CANCEL = delete(timers).where(timers.c.kind == bindparam("what"), timers.c.key == bindparam("which"))
_DUE = (
    select(timers)
    .where(timers.c.state == "waiting", timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_FIRED = apart(update(timers).where(timers.c.id == bindparam("row")).values(state="fired"))
_EVENT = insert(inbox)


def want(wanted: Wanted, address_id: int, timer: Timer) -> None:
    """One timer per (kind, key): a later one replaces it, `due_at` None cancels it."""
    wanted[timer.kind, timer.key] = None
    if timer.due_at is None:
        return
    wanted[timer.kind, timer.key] = {
        "kind": timer.kind,
        "key": timer.key,
        "address_id": address_id if timer.association_id is None else None,
        "association_id": timer.association_id,
        "due_at": timer.due_at,
        "data": dict(timer.data),
        "state": "waiting",
    }


async def put(tx: AsyncConnection, wanted: Wanted) -> None:
    """Write them down: what was wanted last of each."""
    if to_set := [row for row in wanted.values() if row]:
        await write(tx, _SET[tx.dialect.name], to_set)
    if gone := [{"what": kind, "which": key} for (kind, key), row in wanted.items() if not row]:
        await write(tx, _CANCEL, gone)


@noun
class Look:
    """Ask which timers are due now, at most so many."""

    now: datetime
    most: int
    when: When
    schemes: frozenset[str] = EVERY
    """That a channel reaches: where none does, an officer calls."""


@noun
class Fired:
    """How many timers were due, and the addresses to take turns for."""

    timers: int
    addresses: tuple[int, ...]


async def fire(tx: AsyncConnection, items: Sequence[Look]) -> list[Fired]:
    """Turn due timers into inbox rows, once each: the row's state and its event change together."""
    return [await _fire(tx, item) for item in items]


async def _fire(tx: AsyncConnection, look: Look) -> Fired:
    due = sorted(await rows(tx, _DUE, {"now": look.now, "most": look.most}), key=_waits_since)
    theirs = sorted({row.association_id for row in due if row.association_id is not None})
    contacts = await waking.contacts(tx, theirs, look.schemes, look.now) if theirs else {}
    woken: list[tuple[Any, int, dict[str, int]]] = []
    unreached: list[Any] = []
    for row in due:
        contact = contacts.get(row.association_id) if row.association_id is not None else None
        if row.association_id is None:
            woken.append((row, row.address_id, {}))
        elif contact is not None:
            woken.append((row, contact.address_id, {"association": row.association_id, "person": contact.person_id}))
        else:
            unreached.append(row)
    if woken:
        await write(tx, _EVENT, [_event(row, address, who, look.now) for row, address, who in woken])
        await write(tx, _FIRED, [{"row": row.id} for row, _, _ in woken])
    if unreached:
        await waking.nobody(tx, unreached, look.now, look.when)
    return Fired(len(due), tuple(address for _, address, _ in woken))


def _waits_since(row: Any) -> datetime:
    """When it was due before it was put off: a week's last place is for who waited longest, not for the lowest id."""
    since = (row.data or {}).get("since")
    due: datetime = datetime.fromisoformat(since) if since else row.due_at
    return due


def _event(row: Any, address_id: int, who: Mapping[str, int], now: datetime) -> dict[str, Any]:
    """`due` is when it should have been, or was before it had to wait: the turn decides whether it is too late.

    The key holds both times: after a clock that was wrong is put right, the same day can be due once more.
    """
    return {
        "channel": "timer",
        "dedupe_key": f"{row.kind}:{row.key}:{row.due_at.isoformat()}:{now.isoformat()}",
        "address_id": address_id,
        "kind": "timer",
        "text": "",
        "data": {"due": row.due_at.isoformat(), **(row.data or {}), **who, "timer": row.kind},
        "received_at": now,
    }
