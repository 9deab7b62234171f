"""Who writes from an address: the people who share it, their associations, the conversation's state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.leaving import STAYS
from bot.store.prepared import rows
from bot.store.tables import (
    addresses,
    associations,
    businesses,
    conversations,
    people,
    people_addresses,
    places,
)
from handlers.turn import LANGUAGES, Association, Business, Person


@dataclass(slots=True)
class Known:
    """What is known of one address before its turns."""

    id: int
    scheme: str
    channel: str
    active: bool
    ends_in: str
    people: tuple[Person, ...]
    state: dict[str, Any]


_ADDRESSES = (
    select(
        addresses.c.id,
        addresses.c.scheme,
        addresses.c.value,
        addresses.c.channel,
        addresses.c.active,
        conversations.c.state,
    )
    .select_from(addresses.outerjoin(conversations, conversations.c.address_id == addresses.c.id))
    .where(addresses.c.id.in_(bindparam("ids", expanding=True)))
)
_theirs = people_addresses.alias("theirs")
_PERSON = (
    people.c.id,
    people.c.kind,
    people.c.association_id,
    people.c.name,
    people.c.sms_name,
    people.c.sex,
    people.c.language,
    people.c.consent,
    people.c.practice,
    people.c.reports,
    people.c.role,
    people.c.area,
    people.c.languages,
    select(func.count())
    .where(_theirs.c.person_id == people.c.id)
    .correlate(people)
    .scalar_subquery()
    .label("addresses"),
)
_PEOPLE = (
    select(people_addresses.c.address_id, *_PERSON)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(people_addresses.c.address_id.in_(bindparam("ids", expanding=True)), people.c.left_at.is_(None))
    .order_by(people.c.id)
)
_BY_ID = select(*_PERSON).where(people.c.id.in_(bindparam("ids", expanding=True)), people.c.erased_at.is_(None))
_ALL_ASSOCIATIONS = select(associations).order_by(associations.c.no)
_OFFICERS = select(people.c.id, people.c.sms_name).where(people.c.kind == "staff")
_REPRESENTATIVES = (
    select(people.c.association_id, func.count(), func.count(case((people.c.sex == "F", 1))))
    .where(
        people.c.kind == "leader",
        STAYS,
        people.c.practice.is_(False),
    )
    .group_by(people.c.association_id)
)


async def load_associations(tx: AsyncConnection) -> dict[int, Association]:
    """Every association, as conversations see it. Small (24 to 2,400 rows) and rarely changed."""
    officers = {row.id: row.sms_name for row in await tx.execute(_OFFICERS)}
    counted = {row[0]: (row[1], row[2]) for row in await tx.execute(_REPRESENTATIVES)}
    collines: dict[str, list[str]] = {}
    for row in await tx.execute(select(places.c.commune_old, places.c.colline).order_by(places.c.id)):
        collines.setdefault(row.commune_old, []).append(row.colline)
    owned: dict[int, list[Business]] = {}
    for row in await tx.execute(select(businesses).where(businesses.c.left_at.is_(None)).order_by(businesses.c.no)):
        owned.setdefault(row.association_id, []).append(Business(row.id, row.no, row.type))
    found = {}
    for row in await tx.execute(_ALL_ASSOCIATIONS):
        members = [n for n in (row.members_women, row.members_men) if n is not None]
        found[row.id] = Association(
            id=row.id,
            no=row.no,
            name=row.name,
            sms_name=row.sms_name,
            target=row.target,
            members=sum(members) if members else None,
            officer=officers.get(row.officer_id, ""),
            representatives=counted.get(row.id, (0, 0))[0],
            women=counted.get(row.id, (0, 0))[1],
            collines=tuple(dict.fromkeys([row.colline, *collines.get(row.commune_old, [])])),
            businesses=tuple(owned.get(row.id, ())),
            activity=row.activity or "",
            communes=(row.commune_old, row.commune_now),
            officer_id=row.officer_id,
        )
    return found


def _language(row: Any) -> Any:
    """What she chose; one of the team who has chosen none reads what the roster lists first."""
    return row.language or next((one for one in (row.languages or "").split() if one in LANGUAGES), None)


def person(row: Any, known: dict[int, Association]) -> Person:
    """A row of `people` as a conversation sees it."""
    return Person(
        id=row.id,
        name=row.name,
        sms_name=row.sms_name,
        sex=row.sex or "",
        language=_language(row),
        consent="yes" if row.kind == "staff" and row.consent != "stopped" else row.consent,
        association=known.get(row.association_id),
        kind=row.kind,
        practice=bool(row.practice),
        reports=row.reports,
        role=(row.role or "") if row.kind == "staff" else "",
        area=tuple(word.strip() for word in row.area.split(",") if word.strip()) if row.area else (),
        addresses=row.addresses,
    )


async def load_addresses(tx: AsyncConnection, ids: Sequence[int], known: dict[int, Association]) -> dict[int, Known]:
    """What is known of these addresses: two queries, however many they are."""
    sharing: dict[int, list[Person]] = {}
    for row in await rows(tx, _PEOPLE, {"ids": list(ids)}):
        sharing.setdefault(row.address_id, []).append(person(row, known))
    found: dict[int, Known] = {}
    for known_row in await rows(tx, _ADDRESSES, {"ids": list(ids)}):
        found[known_row.id] = Known(
            id=known_row.id,
            scheme=known_row.scheme,
            channel=known_row.channel or "",
            active=bool(known_row.active),
            ends_in=known_row.value[-2:],
            people=tuple(sharing.get(known_row.id, ())),
            state=known_row.state or {},
        )
    return found


async def by_ids(tx: AsyncConnection, ids: Iterable[int], known: dict[int, Association]) -> dict[int, Person]:
    """People by id; erased ones are absent."""
    return {row.id: person(row, known) for row in await rows(tx, _BY_ID, {"ids": list(ids)})}
