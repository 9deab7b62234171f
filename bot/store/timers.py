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
from handlers.moments import iso
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
    return [await keep(tx, item, await wake(tx, item)) for item in items]


@noun
class Woken:
    """A due timer, the address that it wakes, and who is meant there."""

    row: Any
    address_id: int
    who: Mapping[str, int]


@noun
class Due:
    """How many timers are due, and those of them that wake somebody; for the others an officer was told to call."""

    timers: int
    woken: Sequence[Woken]


async def keep(tx: AsyncConnection, look: Look, due: Due) -> Fired:
    """Their inbox rows, for turns after this transaction."""
    if due.woken:
        await write(tx, _EVENT, [event(timer, look.now) for timer in due.woken])
        await write(tx, _FIRED, [{"row": timer.row.id} for timer in due.woken])
    return Fired(due.timers, tuple(timer.address_id for timer in due.woken))


async def wake(tx: AsyncConnection, look: Look) -> Due:
    """Whom the timers wake that are due now, in the order in which they waited."""
    due = sorted(await rows(tx, _DUE, {"now": look.now, "most": look.most}), key=_waits_since)
    theirs = sorted({row.association_id for row in due if row.association_id is not None})
    contacts = await waking.contacts(tx, theirs, look.schemes, look.now) if theirs else {}
    woken: list[Woken] = []
    unreached: list[Any] = []
    for row in due:
        contact = contacts.get(row.association_id) if row.association_id is not None else None
        if row.association_id is None:
            woken.append(Woken(row, row.address_id, {}))
        elif contact is not None:
            who = {"association": row.association_id, "person": contact.person_id}
            woken.append(Woken(row, contact.address_id, who))
        else:
            unreached.append(row)
    if unreached:
        await waking.nobody(tx, unreached, look.now, look.when)
    return Due(len(due), woken)


def _waits_since(row: Any) -> datetime:
    """When it was due before it was put off: a week's last place is for who waited longest, not for the lowest id."""
    since = (row.data or {}).get("since")
    due: datetime = datetime.fromisoformat(since) if since else row.due_at
    return due


def event(timer: Woken, now: datetime) -> dict[str, Any]:
    """The inbox row. `due` is when it should have been, or was before it had to wait: the turn decides whether it is
    too late.

    The key holds both times: after a clock that was wrong is put right, the same day can be due once more.
    """
    row, due = timer.row, iso(timer.row.due_at)
    return {
        "channel": "timer",
        "dedupe_key": f"{row.kind}:{row.key}:{due}:{iso(now)}",
        "address_id": timer.address_id,
        "kind": "timer",
        "text": "",
        "data": {"due": due, **(row.data or {}), **timer.who, "timer": row.kind},
        "received_at": now,
    }


def fired(woken: Sequence[Woken]) -> Wanted:
    """What becomes of these timers, unless their turns want something else."""
    names = ("kind", "key", "address_id", "association_id", "due_at", "data")
    return {
        (timer.row.kind, timer.row.key): {name: getattr(timer.row, name) for name in names} | {"state": "fired"}
        for timer in woken
    }
