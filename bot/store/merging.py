"""One leader was entered twice: what belongs to the second row goes to the first, the second has left.

The second row keeps no name: who has herself erased later must not live on in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import consent, training_days
from bot.store import tables as t

_KEPT, _OTHER = bindparam("kept", type_=Integer), bindparam("other", type_=Integer)
_TWO = select(
    t.people.c.id,
    t.people.c.kind,
    t.people.c.association_id,
    t.people.c.name,
    t.people.c.consent,
    t.people.c.practice,
    t.people.c.reports,
    t.people.c.left_at,
    t.people.c.erased_at,
).where(t.people.c.id.in_((_KEPT, _OTHER)))
_COUNTED = {"reports": t.reports, "addresses": t.people_addresses, "consents": t.consents, "tips": t.tip_sends}
_THEIRS = {
    name: select(func.count()).select_from(table).where(table.c.person_id == _OTHER)
    for name, table in _COUNTED.items()
}
_there = t.tip_sends.alias("there")
_link = t.people_addresses.alias("link")
_MOVE = (
    *(
        update(table).where(table.c.person_id == _OTHER).values(person_id=_KEPT)
        for table in (
            *(t.reports, t.consents, t.drafts, t.tasks, t.inbox, t.outbox, t.recipients),
            *(t.zero_reports, t.questions, t.lessons, t.tokens),
        )
    ),
    update(t.tip_sends)
    .where(
        t.tip_sends.c.person_id == _OTHER,
        ~exists().where(
            _there.c.person_id == _KEPT,
            _there.c.tip_id == t.tip_sends.c.tip_id,
            _there.c.round == t.tip_sends.c.round,
        ),
    )
    .values(person_id=_KEPT),
    update(t.people_addresses)
    .where(
        t.people_addresses.c.person_id == _OTHER,
        ~exists().where(_link.c.person_id == _KEPT, _link.c.address_id == t.people_addresses.c.address_id),
    )
    .values(person_id=_KEPT),
)
_UNLINK = delete(t.people_addresses).where(t.people_addresses.c.person_id == _OTHER)
_NO_TIPS = delete(t.timers).where(t.timers.c.kind == "tip", t.timers.c.key == bindparam("which"))
_DAYS = select(t.reports.c.association_id, t.reports.c.day).where(
    t.reports.c.person_id == _OTHER, t.reports.c.association_id.is_not(None)
)
_STATES = (
    select(t.conversations.c.address_id, t.conversations.c.state)
    .join(t.people_addresses, t.people_addresses.c.address_id == t.conversations.c.address_id)
    .where(t.people_addresses.c.person_id == _OTHER)
)
_STATE = update(t.conversations).where(t.conversations.c.address_id == bindparam("there"))
_KEEP = (
    update(t.people)
    .where(t.people.c.id == bindparam("which"))
    .values(consent=bindparam("holds"), reports=bindparam("sent"))
)
_LEAVE = (
    update(t.people)
    .where(t.people.c.id == bindparam("which"))
    .values(name=literal(""), sms_name=literal(""), reports=0, left_at=bindparam("at"))
)


async def two(tx: AsyncConnection, kept: int, other: int) -> dict[int, Mapping[str, Any]]:
    """Both rows, by id; fewer when they are not there."""
    found = (await tx.execute(_TWO, {"kept": kept, "other": other})).mappings()
    return {row["id"]: dict(row) for row in found}


async def theirs(tx: AsyncConnection, other: int) -> dict[str, int]:
    """How much would go over: reports, phones and chats, words about consent, tips."""
    return {name: int((await tx.execute(query, {"other": other})).scalar_one()) for name, query in _THEIRS.items()}


async def move(
    tx: AsyncConnection, kept: Mapping[str, Any], other: Mapping[str, Any], holds: str, now: datetime
) -> None:
    """Everything of `other` (rows of `two`) is `kept`'s from now on; `holds` is the consent that holds."""
    ids = {"kept": kept["id"], "other": other["id"]}
    days = {(row[0], row[1]) for row in await tx.execute(_DAYS, {"other": other["id"]})}
    for row in (await tx.execute(_STATES, {"other": other["id"]})).all():
        new = spoken_by(row.state or {}, other["id"], kept["id"])
        if new != row.state:
            await tx.execute(_STATE.values(state=new), {"there": row.address_id})
    for statement in _MOVE:
        await tx.execute(statement, ids)
    await tx.execute(_UNLINK, {"other": other["id"]})
    await tx.execute(_NO_TIPS, {"which": str(other["id"])})
    sent = kept["reports"] + other["reports"]
    await tx.execute(_KEEP, {"which": kept["id"], "holds": holds, "sent": sent})
    await tx.execute(_LEAVE, {"which": other["id"], "at": now})
    if holds in ("stopped", "no"):
        await tx.execute(consent.CANCEL, {"person": kept["id"], "this": -1})
        await tx.execute(_NO_TIPS, {"which": str(kept["id"])})
    await training_days.recount(tx, days)


def spoken_by(state: Mapping[str, Any], other: int, kept: int) -> dict[str, Any]:
    """A conversation in which `kept` stands where `other` stood; the numbers of a list stay as they were read."""
    new = dict(state)
    if new.get("who") == other:
        new["who"] = kept
    if isinstance(question := new.get("open"), Mapping):
        changed = dict(question)
        if changed.get("person") == other:
            changed["person"] = kept
        if isinstance(ids := changed.get("ids"), list) and changed.get("kind") == "who":
            changed["ids"] = [kept if one == other else one for one in ids]
        new["open"] = changed
    return new
