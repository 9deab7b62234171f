"""What the database holds of the programme now, as far as a roster can say something about it; and the writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables as t
from handlers.noun import noun
from handlers.understand.words import plain


@noun
class Said:
    """A consent that is on record."""

    given: str
    how: str
    at: datetime


@noun
class Known:
    """A row that is there. `values` are its columns; the lists belong to people only."""

    id: int
    values: Mapping[str, Any]
    phones: list[str] = field(default_factory=list)
    chats: list[str] = field(default_factory=list)
    consents: list[Said] = field(default_factory=list)


@noun
class Address:
    id: int
    phone_is: str | None


@noun
class Present:
    """Rows by number or name; people of both kinds that were not erased."""

    associations: Mapping[str, Known]
    businesses: Mapping[str, Known]
    places: Mapping[tuple[str, str], Known]
    partners: Mapping[str, Known]
    """By plain name."""
    leaders: tuple[Known, ...]
    staff: tuple[Known, ...]
    addresses: Mapping[tuple[str, str], Address]
    """By scheme and value."""
    links: frozenset[tuple[int, int]]
    """(person, address)"""


async def look(tx: AsyncConnection) -> Present:
    """Read it all: a roster names everybody, and names can only be compared here (they are personal)."""
    addresses: dict[tuple[str, str], Address] = {}
    by_id: dict[int, tuple[str, str]] = {}
    columns = select(t.addresses.c.id, t.addresses.c.scheme, t.addresses.c.value, t.addresses.c.phone_is)
    for row in await tx.execute(columns.where(t.addresses.c.scheme.in_(("tel", "telegram")))):
        addresses[row.scheme, row.value] = Address(row.id, row.phone_is)
        by_id[row.id] = (row.scheme, row.value)
    numbers = {row.id: row.no for row in await tx.execute(select(t.associations.c.id, t.associations.c.no))}
    people = await _people(tx, numbers)
    links = await _links(tx, people, by_id)
    for row in await tx.execute(select(t.consents).order_by(t.consents.c.at, t.consents.c.id)):
        if row.person_id in people:
            people[row.person_id].consents.append(Said(row.given, row.how, row.at))
    return Present(
        associations=await _associations(tx, people),
        businesses={known.values["no"]: known for known in await _rows(tx, t.businesses, numbers)},
        places={(k.values["commune_old"], k.values["colline"]): k for k in await _rows(tx, t.places, {})},
        partners={plain(known.values["name"]): known for known in await _rows(tx, t.partners, {})},
        leaders=tuple(known for known in people.values() if known.values["kind"] == "leader"),
        staff=tuple(known for known in people.values() if known.values["kind"] == "staff"),
        addresses=addresses,
        links=links,
    )


async def _rows(tx: AsyncConnection, table: Any, numbers: Mapping[int, str]) -> list[Known]:
    found = []
    for row in (await tx.execute(select(table).order_by(table.c.id))).mappings():
        values = dict(row)
        values["association_no"] = numbers.get(values.get("association_id") or 0)
        found.append(Known(values["id"], values))
    return found


async def _people(tx: AsyncConnection, numbers: Mapping[int, str]) -> dict[int, Known]:
    found = await _rows(tx, t.people, numbers)
    return {known.id: known for known in found if known.values["erased_at"] is None}


async def _links(
    tx: AsyncConnection, people: Mapping[int, Known], by_id: Mapping[int, tuple[str, str]]
) -> frozenset[tuple[int, int]]:
    links = set()
    for row in await tx.execute(select(t.people_addresses)):
        links.add((row.person_id, row.address_id))
        if row.person_id in people and row.address_id in by_id:
            scheme, value = by_id[row.address_id]
            known = people[row.person_id]
            (known.phones if scheme == "tel" else known.chats).append(value)
    return frozenset(links)


async def _associations(tx: AsyncConnection, people: Mapping[int, Known]) -> dict[str, Known]:
    """With the officer's name, since a roster knows people by name."""
    found = {}
    for known in await _rows(tx, t.associations, {}):
        officer = people.get(known.values["officer_id"] or 0)
        values = {**known.values, "officer": officer.values["name"] if officer else None}
        found[values["no"]] = Known(known.id, values)
    return found


# --- writing ---

Row = dict[str, Any]
_of = t.people_addresses.c
UNLINK = delete(t.people_addresses).where(
    _of.person_id == bindparam("person"), _of.address_id == bindparam("address")
)
LINK = insert(t.people_addresses)
PHONE_IS = update(t.addresses).where(t.addresses.c.id == bindparam("address")).values(phone_is=bindparam("what"))
CONSENT_IS = update(t.people).where(t.people.c.id == bindparam("person")).values(consent=bindparam("given"))
CONSENTS = insert(t.consents)
_NUMBERS = select(t.associations.c.no, t.associations.c.id)
_LEADERS = select(t.people.c.id).where(t.people.c.kind == "leader").order_by(t.people.c.id)


async def insert_rows(tx: AsyncConnection, table: Any, rows: Sequence[Row]) -> list[int]:
    """Insert rows with equal keys; their ids in the same order."""
    if not rows:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list((await tx.execute(statement, rows)).scalars())


async def add_address(tx: AsyncConnection, person_id: int, row: Row) -> None:
    """A new address of this person."""
    (number,) = await insert_rows(tx, t.addresses, [row])
    await tx.execute(LINK, {"person_id": person_id, "address_id": number})


async def change(tx: AsyncConnection, table: Any, number: int, row: Row) -> None:
    """Change these columns of one row."""
    await tx.execute(update(table).where(table.c.id == number).values(**row))


async def association_ids(tx: AsyncConnection) -> dict[str, int]:
    """Number of the roster -> id."""
    return {row.no: row.id for row in await tx.execute(_NUMBERS)}


async def leader_ids(tx: AsyncConnection) -> list[int]:
    """In the roster's order."""
    return list((await tx.execute(_LEADERS)).scalars())
