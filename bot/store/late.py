"""Who has not reported: the late list, and what a reminder by hand would be. Reading only, a few queries in all.

Somebody who said "later" or "nothing to report" is not late; who reported in the period is not listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import people as store
from bot.store.questions import called
from bot.store.reminders import KIND, last_news, unasked_to
from bot.store.tables import associations, outbox, people, people_addresses, timers
from bot.store.waking import contacts
from bot.store.written import written
from handlers.noun import noun
from handlers.reminded import until
from handlers.reminders import key
from handlers.turn import Association, Heard, Person
from handlers.turn.lateness import LATE
from handlers.turn.reminding import WEEK
from handlers.understand.words import plain

State = Literal["silent", "zero", "later", "unreachable"]
_STATES: tuple[State, ...] = ("silent", "unreachable", "later", "zero")
"""In the order in which somebody must do something about them."""
_THERE = (
    select(associations.c.id, associations.c.no, associations.c.sms_name, associations.c.commune_now)
    .where(associations.c.left_at.is_(None))
    .order_by(associations.c.no)
)
_TIMERS = select(timers).where(timers.c.kind == KIND, timers.c.association_id.is_not(None))
_TIMER = select(timers).where(timers.c.kind == KIND, timers.c.key.in_(bindparam("keys", expanding=True)))
_REMINDED = (
    select(people.c.association_id, func.max(outbox.c.made_at))
    .join(people_addresses, people_addresses.c.address_id == outbox.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(
        people.c.association_id.in_(bindparam("ids", expanding=True)),
        outbox.c.urgency > written(0),  # written out, so that SQLite takes the partial index
        outbox.c.kind == KIND,
        outbox.c.state.not_in(("cancelled", "failed")),
    )
    .group_by(people.c.association_id)
)


@noun
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
    address_id: int | None = None
    """Where its contact is written to; None when nobody can be."""
    heard_at: datetime | None = None


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
        contact = reached.get(row.id)
        if state == "silent" and contact is None:
            state = "unreachable"
        where = contact.address_id if contact else None
        touch = int(its.get("touch", 0))
        found.append(
            Late(row.id, row.no, row.sms_name, row.commune_now, state, silent, touch, later, where, heard.at)
        )
    return sorted(found, key=lambda one: (_STATES.index(one.state), -one.days, one.no))


async def silent(tx: AsyncConnection, now: datetime, zone: ZoneInfo, start: date, days: int) -> set[int]:
    """The associations that said nothing at all in the period: those that are late."""
    found = await late(tx, now, zone, start, days)
    return {one.id for one in found if one.state in LATE}


@noun
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
    rich: bool
    """She is written to in a chat."""


async def last_reminder(tx: AsyncConnection, association_id: int) -> datetime | None:
    """When a reminder was last written to any of its leaders."""
    return (await last_reminders(tx, [association_id])).get(association_id)


async def last_reminders(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, datetime]:
    """When a reminder was last written to any leader of each association: one query."""
    return {row[0]: row[1] for row in await tx.execute(_REMINDED, {"ids": list(ids)})}


async def numbered(tx: AsyncConnection, no: str) -> Association | None:
    """The association with this number or name on the roster."""
    return called(plain(no), await store.load_associations(tx))


async def by_hand(tx: AsyncConnection, wanted: Sequence[Association], now: datetime) -> list[ByHand]:
    """The training reminder of each of these associations: six queries, however many they are."""
    known, ids = {one.id: one for one in wanted}, [one.id for one in wanted]
    reached = await contacts(tx, ids)
    whom = [contact.person_id for contact in reached.values()]
    there = await store.by_ids(tx, whom, known)
    times = await unasked_to(tx, whom, now - WEEK)
    keys = [key("training", number) for number in ids]
    data = {row.key: dict(row.data or {}) for row in await tx.execute(_TIMER, {"keys": keys})}
    news, reminded = await last_news(tx, ids), await last_reminders(tx, ids)
    found = []
    for one in wanted:
        contact, its = reached.get(one.id), data.get(key("training", one.id), {})
        person = there.get(contact.person_id) if contact else None
        day0 = datetime.fromisoformat(its["day0"]) if "day0" in its else None
        heard = news.get((one.id, "training"), Heard())
        unasked = tuple(times.get(person.id, ())) if person else ()
        touch, rich = int(its.get("touch", 0)), bool(contact and contact.rich)
        found.append(ByHand(one, person, touch, day0, heard, reminded.get(one.id), unasked, rich))
    return found
