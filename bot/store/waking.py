"""Whom the timer of an association wakes: found when it fires, since people come, go and change their phones.

Of the leaders who agreed and can be reached, the one who reported last, else the first on the roster. Set
statements only, for 2,000 timers at a time: 100,000 may be due at once. What must stay cheap: `_CONTACTS` reads each
address's and person's last report by the indexes of `reports`; nothing here may ask row by row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.reminders import KIND, about, to_call
from bot.store.roads import BY_SMS, REACHED, allowed, prefers, reach
from bot.store.tables import addresses, associations, people, people_addresses, reports, timers
from bot.store.tasks import OPEN, tell_of
from handlers.noun import noun
from handlers.turn import Association, Road, Roads, When
from handlers.turn.roads import EVERY

DAY = timedelta(days=1)
_PREFERS = prefers("reminder")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
CALL_WITHIN = timedelta(days=2)
"""When an officer's call is due that nobody could be written to instead."""


@noun
class Contact:
    """Who is written to, and where."""

    person_id: int
    address_id: int
    rich: bool
    """It is a chat."""


_by_phone = select(func.max(reports.c.number)).where(reports.c.address_id == addresses.c.id).correlate(addresses)
_by_person = select(func.max(reports.c.number)).where(reports.c.person_id == people.c.id).correlate(people)
"""On a shared phone a report names nobody; after a change of number it names the old phone."""
_CONTACTS = (
    select(
        people.c.association_id,
        people.c.id.label("person_id"),
        _PREFERS.label("channel"),
        BY_SMS.label("by_sms"),
        addresses.c.id.label("address_id"),
        addresses.c.scheme,
        _by_phone.scalar_subquery().label("by_phone"),
        _by_person.scalar_subquery().label("by_person"),
    )
    .select_from(
        people.join(people_addresses, people_addresses.c.person_id == people.c.id).join(
            addresses, addresses.c.id == people_addresses.c.address_id
        )
    )
    .where(
        people.c.association_id.in_(bindparam("ids", expanding=True)),
        people.c.kind == "leader",
        people.c.left_at.is_(None),
        people.c.consent == "yes",
        or_(people.c.can_read.is_(None), people.c.can_read != "no"),
        or_(_PREFERS.is_(None), _PREFERS != "call"),
        allowed("reminder"),
        REACHED,
    )
    .order_by(people.c.id, addresses.c.id)
)
_LEADERS = select(people.c.association_id, people.c.consent, people.c.can_read, _PREFERS.label("channel")).where(
    people.c.association_id.in_(bindparam("ids", expanding=True)),
    people.c.kind == "leader",
    people.c.left_at.is_(None),
)
_THERE = select(
    associations.c.id, associations.c.no, associations.c.name, associations.c.commune_old, associations.c.commune_now
).where(associations.c.id.in_(bindparam("ids", expanding=True)), associations.c.left_at.is_(None))
_PUT_OFF = (
    update(timers)
    .where(timers.c.id == bindparam("row"))
    .values(due_at=bindparam("due"), data=bindparam("what"), state="waiting")
)
_GONE = delete(timers).where(timers.c.id == bindparam("row"))


async def contacts(
    tx: AsyncConnection, ids: Sequence[int], schemes: Collection[str] = EVERY, now: datetime = LONG_AGO
) -> dict[int, Contact]:
    """The contact of each association that has one: one query. `schemes`: those that a channel reaches, as
    roads.reached gives them; `now` matters where one is reached within a day only."""
    theirs: dict[int, dict[int, list[Any]]] = {}
    for row in await rows(tx, _CONTACTS, {"ids": list(ids), **reach(schemes, now)}):
        theirs.setdefault(row.association_id, {}).setdefault(row.person_id, []).append(row)
    return {association: _chosen(of_people) for association, of_people in theirs.items()}


def _chosen(of_people: Mapping[int, Sequence[Any]]) -> Contact:
    """`max` keeps the first of equals: without a report that is the first on the roster."""
    person = max(of_people, key=lambda one: max(map(_last, of_people[one])))
    open_ = of_people[person]
    roads = Roads(tuple(Road(row.address_id, row.scheme) for row in open_), open_[0].channel, bool(open_[0].by_sms))
    best = roads.in_order[0]  # the rows are those of open roads
    return Contact(person, best.address_id, best.scheme != "tel")


def _last(row: Any) -> int:
    """The number of the last report of this person, or from this phone; 0 = none."""
    return max(row.by_phone or 0, row.by_person or 0)


async def nobody(tx: AsyncConnection, due: Sequence[Any], now: datetime, when: When) -> None:
    """Due timers of associations where nobody can be written to: an officer calls, and the timer goes on.

    Nothing is silently dropped: the task says why. One of an association that left the programme ends.
    """
    ids = sorted({row.association_id for row in due})
    there = {row.id: brief(row) for row in await tx.execute(_THERE, {"ids": ids})}
    why, calls = await _why(tx, ids), await to_call(tx, ids)
    put_off, tasks, gone = [], [], []
    for row in due:
        association, form = there.get(row.association_id), str((row.data or {}).get("form", ""))
        if association is None:
            gone.append({"row": row.id})
            continue
        if (hour := when.allowed(now, association)) > now:  # the officer is not told at night either
            put_off.append({"row": row.id, "due": hour, "what": row.data})
            continue
        then = when.first(association, form, now) if row.kind == KIND else when.next_hour(association, now + DAY)
        put_off.append({"row": row.id, "due": then, "what": {"form": form} if row.kind == KIND else row.data})
        if row.kind == KIND and (association.id, form) not in calls:
            tasks.append(_task(association.id, about(form, why[association.id]), now))
    for statement, changes in ((_PUT_OFF, put_off), (OPEN, tasks), (_GONE, gone)):
        if changes:
            await tx.execute(statement, changes)
    await tell_of(tx, [(task["association_id"], task["kind"], now) for task in tasks])


def _task(association_id: int, said: str, now: datetime) -> dict[str, Any]:
    return {
        "kind": "call",
        "due_at": now + CALL_WITHIN,
        "association_id": association_id,
        "about": said,
        "sealed": False,
        "made_at": now,
    }


def brief(row: Any) -> Association:
    """As much of it as the rules of time look at."""
    return Association(row.id, row.no, row.name, "", 0, None, "", communes=(row.commune_old, row.commune_now))


async def _why(tx: AsyncConnection, ids: Sequence[int]) -> dict[int, str]:
    leaders: dict[int, list[Any]] = {}
    for row in await tx.execute(_LEADERS, {"ids": list(ids)}):
        leaders.setdefault(row.association_id, []).append(row)
    return {number: _reason(leaders.get(number, [])) for number in ids}


def _reason(leaders: Sequence[Any]) -> str:
    """Why nobody can be written to, for the officer."""
    agreed = [row for row in leaders if row.consent == "yes"]
    if not leaders:
        return "no leader on the roster"
    if not agreed:
        return "no leader has agreed to be written to"
    if all(row.can_read == "no" or row.channel == "call" for row in agreed):
        return "its leaders are called, not written to"
    return "no phone of a leader works"
