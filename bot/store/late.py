"""Who has not reported: the late list, and what a reminder by hand would be. Reading only, a few queries in all.

Somebody who said "later" or "nothing to report" is not late; who reported in the period is not listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import people as store
from bot.store.reminders import KIND, last_news, unasked_to
from bot.store.tables import associations, outbox, people, people_addresses, timers
from bot.store.waking import contacts
from handlers.reminded import until
from handlers.reminders import key
from handlers.turn import Association, Heard, Person
from handlers.turn.reminding import WEEK

State = Literal["silent", "zero", "later", "unreachable"]
_STATES: tuple[State, ...] = ("silent", "unreachable", "later", "zero")
"""In the order in which somebody must do something about them."""
_THERE = (
    select(associations.c.id, associations.c.no, associations.c.sms_name, associations.c.commune_now)
    .where(associations.c.left_at.is_(None))
    .order_by(associations.c.no)
)
_TIMERS = select(timers).where(timers.c.kind == KIND, timers.c.association_id.is_not(None))
_TIMER = select(timers).where(timers.c.kind == KIND, timers.c.key == bindparam("which"))
_REMINDED = (
    select(func.max(outbox.c.made_at))
    .join(people_addresses, people_addresses.c.address_id == outbox.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(
        people.c.association_id == bindparam("association"),
        outbox.c.kind == KIND,
        outbox.c.state.not_in(("cancelled", "failed")),
    )
)


@dataclass(frozen=True, slots=True)
class Late:
    """An association that has not reported in the period."""

    id: int
    no: str
    name: str
    """As texts say it."""
    commune: str
    state: State
    days: int
    """Since the last report or zero report; since the programme's beginning when there was none."""
    reminders: int
    """Touches of the present ladder."""
    later: date | None
    """The day to which she put us off."""


async def late(tx: AsyncConnection, now: datetime, zone: ZoneInfo, start: date, days: int) -> list[Late]:
    """Every association without a training report in the last `days` days, silent ones first, longest first."""
    there = (await tx.execute(_THERE)).all()
    ids = [row.id for row in there]
    news, reached = await last_news(tx, ids), await contacts(tx, ids)
    data = {row.key: dict(row.data or {}) for row in await tx.execute(_TIMERS)}
    today, found = now.astimezone(zone).date(), []
    for row in there:
        heard = news.get((row.id, "training"), Heard())
        last = heard.at.astimezone(zone).date() if heard.at else start
        silent, its = (today - last).days, data.get(key("training", row.id), {})
        if heard.reported_at and (today - heard.reported_at.astimezone(zone).date()).days < days:
            continue
        later = until(its, now)
        state: State = "zero" if heard.zero and silent < days else "later" if later else "silent"
        if state == "silent" and row.id not in reached:
            state = "unreachable"
        touch = int(its.get("touch", 0))
        found.append(Late(row.id, row.no, row.sms_name, row.commune_now, state, silent, touch, later))
    return sorted(found, key=lambda one: (_STATES.index(one.state), -one.days, one.no))


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a reminder of this association would be now."""

    association: Association
    person: Person | None
    """Whom it would go to; None: nobody can be written to."""
    touch: int
    day0: datetime | None
    heard: Heard
    reminded_at: datetime | None
    """The last reminder about anything to any of its leaders."""
    unasked: tuple[datetime, ...]
    """Written to that person unasked in the seven days before."""


async def last_reminder(tx: AsyncConnection, association_id: int) -> datetime | None:
    """When a reminder was last written to any of its leaders."""
    at: datetime | None = (await tx.execute(_REMINDED, {"association": association_id})).scalar()
    return at


async def by_hand(tx: AsyncConnection, no: str, now: datetime) -> ByHand | None:
    """The training reminder of the association with this number; None when there is none of that number."""
    known = await store.load_associations(tx)
    association = next((one for one in known.values() if one.no == no.zfill(2)), None)
    if association is None:
        return None
    contact = (await contacts(tx, [association.id])).get(association.id)
    person: Person | None = None
    times: list[datetime] = []
    if contact is not None:
        person = (await store.by_ids(tx, [contact.person_id], known)).get(contact.person_id)
        times = (await unasked_to(tx, [contact.person_id], now - WEEK)).get(contact.person_id, [])
    row = (await tx.execute(_TIMER, {"which": key("training", association.id)})).first()
    its = dict(row.data or {}) if row else {}
    heard = (await last_news(tx, [association.id])).get((association.id, "training"), Heard())
    reminded = await last_reminder(tx, association.id)
    day0 = datetime.fromisoformat(its["day0"]) if "day0" in its else None
    return ByHand(association, person, int(its.get("touch", 0)), day0, heard, reminded, tuple(times))
