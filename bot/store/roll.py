"""Who is who: the leaders of the associations that somebody sees, with consent, phone, language, last contact.

Reading only, within the viewer's area. Names are compared here, not in SQL: they may be encrypted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.tables import addresses, associations, consents, conversations, people, people_addresses
from handlers.turn import Viewer
from handlers.understand.words import plain

_PEOPLE = (
    select(
        people.c.id,
        people.c.name,
        people.c.sex,
        people.c.role,
        people.c.language,
        people.c.channel,
        people.c.consent,
        people.c.reports,
        people.c.practice,
        associations.c.no,
        associations.c.name.label("association"),
        associations.c.commune_old.label("commune"),
        associations.c.colline,
    )
    .join(associations, associations.c.id == people.c.association_id)
    .where(
        people.c.kind == "leader",
        people.c.left_at.is_(None),
        people.c.erased_at.is_(None),
        associations.c.id.in_(AREA),
    )
    .order_by(associations.c.no, people.c.id)
)
_ONE = _PEOPLE.where(people.c.id == bindparam("which"))
_theirs = people_addresses.alias("theirs")
_ADDRESSES = (
    select(
        people_addresses.c.person_id,
        addresses.c.id,
        addresses.c.scheme,
        addresses.c.value,
        addresses.c.active,
        addresses.c.phone_is,
        addresses.c.reason,
        conversations.c.changed_at,
    )
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .outerjoin(conversations, conversations.c.address_id == addresses.c.id)
    .where(people.c.association_id.in_(AREA))
    .order_by(people_addresses.c.person_id, addresses.c.id)
)
_ADDRESSES_OF = _ADDRESSES.where(people.c.id == bindparam("which"))
_CONSENTS = (
    select(consents.c.at, consents.c.given, consents.c.how, consents.c.language)
    .where(consents.c.person_id == bindparam("which"))
    .order_by(consents.c.at, consents.c.id)
)


async def everybody(tx: AsyncConnection, viewer: Viewer, words: str = "") -> list[dict[str, Any]]:
    """The leaders she sees, by association; only those with all these words in name, association, place or number."""
    there = binds(viewer)
    found = {row["id"]: _person(row) for row in (await tx.execute(_PEOPLE, there)).mappings()}
    for row in await tx.execute(_ADDRESSES, there):
        if row.person_id in found:
            _reached(found[row.person_id], row)
    wanted = plain(words).split()
    return [one for one in found.values() if not wanted or _has(one, wanted)]


def _person(row: Any) -> dict[str, Any]:
    return {**row, "phone": "", "chat": False, "last": None, "reachable": False}


def _reached(one: dict[str, Any], row: Any) -> None:
    if row.scheme == "tel":
        one["phone"] = ", ".join(filter(None, (one["phone"], row.value)))
    else:
        one["chat"] = True
    one["reachable"] = one["reachable"] or bool(row.active)
    if row.changed_at and (one["last"] is None or row.changed_at > one["last"]):
        one["last"] = row.changed_at


def _has(one: dict[str, Any], wanted: list[str]) -> bool:
    line = plain(" ".join((one["name"], one["association"], one["no"], one["commune"], one["colline"], one["phone"])))
    return all(word in line for word in wanted)


async def one(tx: AsyncConnection, viewer: Viewer, person_id: int) -> dict[str, Any] | None:
    """A leader she may see, with every address and what was said about consent."""
    there = {**binds(viewer), "which": person_id}
    row = (await tx.execute(_ONE, there)).mappings().first()
    if row is None:
        return None
    found = _person(row)
    ways = (await tx.execute(_ADDRESSES_OF, there)).all()
    for way in ways:
        _reached(found, way)
    said = (await tx.execute(_CONSENTS, {"which": person_id})).mappings()
    return {**found, "addresses": [dict(way._mapping) for way in ways], "consents": [dict(row) for row in said]}
