"""What the team decided about a conversation: put aside, given to somebody, noted, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tasks
from bot.store.area import AREA, binds
from bot.store.inserts import or_update
from bot.store.tables import associations, inbox, notes, people, people_addresses, talks
from bot.store.tables import tasks as task_rows
from handlers.turn import Viewer

_IDS: Any = bindparam("ids", expanding=True)


_PUT = or_update(talks, ["address_id"], ["state", "until", "changed_at"])
_GIVE = or_update(talks, ["address_id"], ["assigned_to"])
_assigned = people.alias("assigned")
_DECIDED = (
    select(talks, _assigned.c.sms_name.label("assigned"))
    .outerjoin(_assigned, _assigned.c.id == talks.c.assigned_to)
    .where(talks.c.address_id.in_(_IDS))
)
_first = (
    select(people_addresses.c.address_id, func.min(people.c.id).label("person"))
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(people.c.kind == "leader", people.c.association_id.in_(AREA))
    .group_by(people_addresses.c.address_id)
    .subquery("first")
)
_ASIDE = (
    select(
        talks.c.address_id,
        talks.c.changed_at.label("at"),
        people.c.sms_name,
        people.c.language,
        associations.c.no,
        associations.c.sms_name.label("association"),
    )
    .join(_first, _first.c.address_id == talks.c.address_id)
    .join(people, people.c.id == _first.c.person)
    .join(associations, associations.c.id == people.c.association_id)
    .where(talks.c.state != "open")
    .order_by(talks.c.address_id)
)
_NOTES = (
    select(notes.c.id, notes.c.at, notes.c.text, people.c.sms_name)
    .outerjoin(people, people.c.id == notes.c.person_id)
    .where(notes.c.address_id == bindparam("which"))
    .order_by(notes.c.id)
)


async def put_aside(tx: AsyncConnection, viewer: Viewer) -> Sequence[Any]:
    """The conversations of her area that somebody put aside: address_id, when (at), and one leader who uses it."""
    return (await tx.execute(_ASIDE, binds(viewer))).all()


async def decided(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, Any]:
    """By address: state, until, changed_at, assigned_to and her short name (assigned)."""
    return {row.address_id: row for row in await tx.execute(_DECIDED, {"ids": list(ids)})}


async def put(tx: AsyncConnection, address_id: int, state: str, until: datetime | None, now: datetime) -> None:
    """Pending, snoozed until then, or open: nothing is decided any more, it is as what waits in it says."""
    row = {"address_id": address_id, "state": state, "until": until, "changed_at": now}
    await tx.execute(_PUT[tx.dialect.name], row)


async def give(tx: AsyncConnection, address_id: int, person_id: int | None, now: datetime) -> None:
    """Somebody of the team sees to it; None: whoever comes first."""
    row = {"address_id": address_id, "assigned_to": person_id, "state": "open", "changed_at": now}
    await tx.execute(_GIVE[tx.dialect.name], row)


async def notes_of(tx: AsyncConnection, address_id: int) -> Sequence[Any]:
    """The team's notes beside a thread, oldest first."""
    return (await tx.execute(_NOTES, {"which": address_id})).all()


async def note(tx: AsyncConnection, address_id: int, person_id: int, text: str, now: datetime) -> None:
    """Keep a note."""
    await tx.execute(insert(notes), {"address_id": address_id, "person_id": person_id, "text": text, "at": now})


_SAID = select(inbox.c.id).where(inbox.c.channel == "timer", inbox.c.dedupe_key == bindparam("key"))
_FIRST = insert(task_rows).returning(task_rows.c.id)


async def speak_first(
    tx: AsyncConnection, address_id: int, person_id: int, association_id: int | None, now: datetime
) -> int:
    """A task for what the team writes of its own accord, so that it is sent, refused and remembered as any answer."""
    row = {"kind": "read", "about": "written by the team", "due_at": now, "made_at": now, "person_id": person_id}
    found = await tx.execute(_FIRST, {**row, "address_id": address_id, "association_id": association_id})
    return int(found.scalar_one())


async def is_said(tx: AsyncConnection, key: str) -> bool:
    """Whether something was said by the team under this key."""
    return (await tx.execute(_SAID, {"key": key})).first() is not None


async def nothing_said(tx: AsyncConnection, task_id: int) -> None:
    """It was only looked at: the task was none."""
    await tx.execute(delete(task_rows).where(task_rows.c.id == task_id))


async def close(tx: AsyncConnection, task_ids: Sequence[int], person_id: int, result: str, now: datetime) -> None:
    """Close these tasks (at least one) with their result; one that is closed already stays as it is."""
    rows = [{"which": number, "at": now, "who": person_id, "how": result} for number in task_ids]
    await tx.execute(tasks.CLOSE_ONE, rows)
