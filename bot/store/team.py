"""What the team's conversations ask, and who the team is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import lateness, other_clocks, pages, search, tasks
from bot.store.area import AREA, binds
from bot.store.tables import inbox, outbox, people
from handlers.turn import Association, AssociationSeen, Fact, Replied, RepliedTo
from handlers.understand.words import plain

Associations = dict[int, Association]
Values = dict[Fact, Any]

_REPLIED = (
    select(outbox.c.address_id, outbox.c.provider_id, outbox.c.key, outbox.c.task_id, inbox.c.kind, inbox.c.data)
    .outerjoin(inbox, inbox.c.id == outbox.c.inbox_id)
    .where(
        outbox.c.provider_id.in_(bindparam("messages", expanding=True)),
        outbox.c.address_id.in_(bindparam("addresses", expanding=True)),
    )
    .order_by(outbox.c.id)  # a card that was edited is several rows of one message: the last one is what she sees
)

_STAFF = (
    select(people.c.id, people.c.name, people.c.sms_name, people.c.role)
    .where(people.c.kind == "staff", people.c.left_at.is_(None))
    .order_by(people.c.id)
)


async def staff_named(tx: AsyncConnection, name: str) -> list[dict[str, Any]]:
    """People of the team by name, or by role and name. Names are compared here, since they may be encrypted."""
    wanted = set(plain(name).split())
    found = []
    for row in await tx.execute(_STAFF):
        named = wanted - {row.role}
        if named and named <= {plain(row.sms_name), *plain(row.name).split()}:
            found.append(row)
    return [{"id": row.id, "sms_name": row.sms_name, "role": row.role} for row in found]


async def staff_numbered(tx: AsyncConnection, number: int) -> dict[str, Any] | None:
    """One of the team by id."""
    row = (await tx.execute(_STAFF.where(people.c.id == number))).first()
    return {"id": row.id, "sms_name": row.sms_name, "role": row.role} if row else None


async def staff_of(tx: AsyncConnection, roles: Sequence[str]) -> list[dict[str, Any]]:
    """The people of the team with one of these roles."""
    rows = (await tx.execute(_STAFF.where(people.c.role.in_(roles)))).all()
    return [{"id": row.id, "name": row.name, "sms_name": row.sms_name, "role": row.role} for row in rows]


_ROLE = update(people).where(people.c.id == bindparam("who")).values(role=bindparam("given"), area=bindparam("where"))


async def add(tx: AsyncConnection, name: str, role: str) -> int:
    """Somebody of the team who is not on the roster yet; a later import finds her by name."""
    row = {"kind": "staff", "name": name, "sms_name": name.split()[0][:12], "role": role, "consent": "none"}
    return int((await tx.execute(insert(people).returning(people.c.id), row)).scalar_one())


async def set_role(tx: AsyncConnection, person_id: int, role: str, area: str | None) -> None:
    """What one of the team may do, and for which communes or associations (None = all)."""
    await tx.execute(_ROLE, {"who": person_id, "given": role, "where": area})


async def _replied_to(tx: AsyncConnection, wanted: list[RepliedTo], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    there = {"messages": [fact.message for fact in wanted], "addresses": [fact.address_id for fact in wanted]}
    for row in await tx.execute(_REPLIED, there):
        fact = RepliedTo(row.address_id, row.provider_id)
        if fact in values:
            woken = dict(row.data or {}) if row.kind == "timer" else {}
            if woken.pop("timer", None) != "wake":
                woken = {}
            values[fact] = Replied(row.key, row.task_id, woken)
    return values


async def _association_seen(tx: AsyncConnection, wanted: list[AssociationSeen], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        ids = set((await tx.execute(AREA, binds(fact.viewer))).scalars())
        words = plain(fact.word)
        number = words.zfill(2)
        seen = [a for a in known.values() if a.id in ids]
        values[fact] = next((a for a in seen if a.no == number or words in (plain(a.sms_name), plain(a.name))), None)
    return values


LOADERS: dict[type, Any] = {
    RepliedTo: _replied_to,
    AssociationSeen: _association_seen,
    **tasks.LOADERS,
    **pages.LOADERS,
    **search.LOADERS,
    **lateness.LOADERS,
    **other_clocks.LOADERS,
}
"""A fact of the team's conversations -> its loader."""
