"""Who could be written to: the leaders behind each phone or chat, a page of addresses at a time.

Pages keep memory flat and let each one be a short transaction. Reading only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.reminders import UNASKED
from bot.store.roads import A_DAY, BY_SMS, TALKED, prefers
from bot.store.tables import (
    addresses,
    associations,
    businesses,
    people,
    people_addresses,
    reports,
)
from handlers.turn import Road, Viewer
from handlers.turn.reminding import WEEK

_officers = people.alias("officers")
NAMES = (
    people.c.sms_name,
    associations.c.sms_name.label("association"),
    _officers.c.sms_name.label("officer"),
)
"""What a text may say of a person."""


def with_names(source: Any) -> Any:
    """A join that has `people`, with the association and its officer beside it."""
    return source.outerjoin(associations, associations.c.id == people.c.association_id).outerjoin(
        _officers, _officers.c.id == associations.c.officer_id
    )


@dataclass(slots=True)
class Door:
    """A phone or a chat, the leaders who share it, and all the ways to each of them."""

    id: int
    scheme: str
    channel: str | None
    active: bool
    leaders: list[Any] = field(default_factory=list)
    unasked: int = 0
    """Texts of the last seven days that nobody asked for, to that of its leaders who got most."""


@dataclass(slots=True)
class Page:
    """Some addresses in the order of their ids; `last` is where the next page begins, None at the end."""

    doors: list[Door]
    ways: dict[int, list[Road]]
    last: int | None


_BETWEEN = people_addresses.c.address_id.between(bindparam("first"), bindparam("last"))
_DOORS = (
    select(addresses.c.id, addresses.c.scheme, addresses.c.channel, addresses.c.active)
    .where(addresses.c.id > bindparam("after"))
    .order_by(addresses.c.id)
    .limit(bindparam("most"))
)
_LEADERS = (
    select(
        people_addresses.c.address_id,
        people.c.id,
        people.c.association_id,
        people.c.sex,
        people.c.language,
        people.c.consent,
        prefers("broadcast").label("channel"),
        people.c.can_read,
        BY_SMS.label("by_sms"),
        people.c.practice,
        *NAMES,
    )
    .select_from(with_names(people_addresses.join(people, people.c.id == people_addresses.c.person_id)))
    .where(_BETWEEN, people.c.kind == "leader", people.c.left_at.is_(None))
    .order_by(people_addresses.c.address_id, people.c.id)
)
_theirs = people_addresses.alias("theirs")
_WAYS = (
    select(
        _theirs.c.person_id,
        addresses.c.id,
        addresses.c.scheme,
        addresses.c.active,
        case((addresses.c.scheme == "whatsapp", TALKED), else_=true()).label("talked"),
    )
    .join(addresses, addresses.c.id == _theirs.c.address_id)
    .where(_theirs.c.person_id.in_(select(people_addresses.c.person_id).where(_BETWEEN)))
    .order_by(_theirs.c.person_id, addresses.c.id)
)
_here = people_addresses.alias("here")
_UNASKED = (
    UNASKED.with_only_columns(_here.c.address_id, func.count(), maintain_column_froms=True)
    .where(
        _here.c.person_id == people_addresses.c.person_id,
        _here.c.address_id.between(bindparam("first"), bindparam("last")),
    )
    .group_by(_here.c.address_id, _here.c.person_id)
)
"""Of each leader of each phone, however she was written to."""


async def more_than(tx: AsyncConnection, few: int) -> bool:
    """Whether there are more than so many phones and chats: told without counting them all."""
    some = select(addresses.c.id).limit(few + 1).subquery()
    return int((await tx.execute(select(func.count()).select_from(some))).scalar_one()) > few


async def page(tx: AsyncConnection, after: int, most: int, now: datetime) -> Page:
    """The next `most` addresses behind the id `after`, with four queries."""
    doors = [Door(*row) for row in (await tx.execute(_DOORS, {"after": after, "most": most})).all()]
    if not doors:
        return Page([], {}, None)
    there = {"first": doors[0].id, "last": doors[-1].id}
    by_id = {door.id: door for door in doors}
    for row in (await tx.execute(_LEADERS, there)).all():
        by_id[row.address_id].leaders.append(row)
    ways: dict[int, list[Road]] = {}
    for person, *way in (await tx.execute(_WAYS, {**there, "talked_since": now - A_DAY})).all():
        ways.setdefault(person, []).append(Road(*way))
    for number, texts in (await tx.execute(_UNASKED, {**there, "since": now - WEEK})).all():
        by_id[number].unasked = max(by_id[number].unasked, texts)
    return Page(doors, ways, doors[-1].id if len(doors) == most else None)


_WITHOUT = (
    select(people.c.id, people.c.association_id, people.c.sex, people.c.consent)
    .outerjoin(people_addresses, people_addresses.c.person_id == people.c.id)
    .where(people.c.kind == "leader", people.c.left_at.is_(None), people_addresses.c.person_id.is_(None))
)


async def without_address(tx: AsyncConnection) -> Sequence[Any]:
    """Leaders who have no phone and no chat at all."""
    return (await tx.execute(_WITHOUT)).all()


_PLACES = select(
    associations.c.id,
    associations.c.no,
    associations.c.name,
    associations.c.sms_name,
    associations.c.commune_old,
    associations.c.commune_now,
    associations.c.left_at,
).order_by(associations.c.no)


async def all_associations(tx: AsyncConnection) -> Sequence[Any]:
    """Number, names and communes of every association."""
    return (await tx.execute(_PLACES)).all()


async def seen_by(tx: AsyncConnection, viewer: Viewer) -> set[int]:
    """The associations that one of the team sees."""
    return set((await tx.execute(AREA, binds(viewer))).scalars())


async def with_business(tx: AsyncConnection) -> set[int]:
    """Associations that have a business."""
    there = select(businesses.c.association_id).where(businesses.c.left_at.is_(None)).distinct()
    return set((await tx.execute(there)).scalars())


async def reported_since(tx: AsyncConnection, form: str, since: datetime) -> set[int]:
    """Associations that sent a report of this form since then."""
    there = select(reports.c.association_id).where(
        reports.c.form == form,
        reports.c.state.in_(("reported", "doubtful")),
        reports.c.practice.is_(False),
        reports.c.created_at >= since,
    )
    return set((await tx.execute(there.distinct())).scalars()) - {None}


_LISTED = (
    select(
        people.c.id,
        people.c.name,
        people.c.sms_name,
        associations.c.no,
        associations.c.name.label("association"),
        associations.c.sms_name.label("association_sms"),
        addresses.c.value,
    )
    .select_from(people)
    .outerjoin(associations, associations.c.id == people.c.association_id)
    .outerjoin(people_addresses, people_addresses.c.person_id == people.c.id)
    .outerjoin(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(people.c.kind == "leader", people.c.left_at.is_(None))
    .where(or_(addresses.c.scheme.is_(None), addresses.c.scheme == "tel"))
    .order_by(people.c.id)
)


async def listed(tx: AsyncConnection) -> Sequence[Any]:
    """Every leader with her association's number and names and her phone: to find the people of a list."""
    return (await tx.execute(_LISTED)).all()


_TEAM = (
    select(
        people.c.id.label("person_id"),
        people.c.name,
        people.c.sms_name,
        addresses.c.id.label("address_id"),
        addresses.c.scheme,
        addresses.c.channel,
    )
    .select_from(people)
    .join(people_addresses, people_addresses.c.person_id == people.c.id)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(or_(people.c.kind == "staff", people.c.practice.is_(True)))
    .where(people.c.left_at.is_(None), addresses.c.active.is_(True))
    .order_by(case((addresses.c.scheme == "tel", 1), else_=0), addresses.c.id)
)


async def to_try_on(tx: AsyncConnection) -> Sequence[Any]:
    """People of the team and those who practise, each with her address; chats first."""
    return (await tx.execute(_TEAM)).all()
