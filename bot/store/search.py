"""/find: associations, leaders, texts with some words; whose a number is. Within the viewer's area, and never behind
the neutral door.

No index can serve it: accents do not count, and what people wrote may be encrypted. So the words are compared here,
some thousand rows at a time: a page says how far back it looked and where the next one goes on.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.pages import OPENLY
from bot.store.tables import addresses, associations, inbox, people, people_addresses
from handlers.turn import Association, Fact, Finds, Found, Search
from handlers.understand.words import plain

Associations = dict[int, Association]
Values = dict[Fact, Any]

STRETCH = 5_000
"""Rows of the inbox that a search looks at in one query."""
STRETCHES = 2
"""So many before it asks whether to go on."""
_NAMES = (
    select(people.c.id, people.c.sms_name, people.c.name, people.c.association_id)
    .where(people.c.kind == "leader", people.c.left_at.is_(None), people.c.association_id.in_(AREA))
    .order_by(people.c.association_id, people.c.id)
)
_PHONES = (
    select(people_addresses.c.person_id, addresses.c.value)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(addresses.c.scheme == "tel", people.c.kind == "leader", people.c.association_id.in_(AREA))
)
A_NUMBER = 8
"""Digits of a telephone number within the country."""
_PLACES = select(associations).where(associations.c.id.in_(AREA)).order_by(associations.c.no)
_writer = people.alias("writer")
_TEXTS = (
    select(inbox.c.id, inbox.c.received_at, inbox.c.text, _writer.c.sms_name, _writer.c.association_id)
    .join(_writer, _writer.c.id == inbox.c.person_id)
    .where(
        inbox.c.id < bindparam("before"),
        inbox.c.id >= bindparam("down_to"),
        inbox.c.kind.in_(("text", "ussd")),
        inbox.c.text != "",
        OPENLY,
        _writer.c.association_id.in_(AREA),
    )
    .order_by(inbox.c.id.desc())
)
_NEWEST = select(func.coalesce(func.max(inbox.c.id), 0) + 1)
_WHEN = select(inbox.c.received_at).where(inbox.c.id >= bindparam("row")).order_by(inbox.c.id).limit(1)


async def _search(tx: AsyncConnection, wanted: list[Search], known: Associations) -> Values:
    """Compared here, not in SQL: accents do not count, and names may be encrypted."""
    return {fact: await _found(tx, fact, known) for fact in wanted}


async def _found(tx: AsyncConnection, fact: Search, known: Associations) -> Finds:
    names: list[Found] = []
    if fact.before is None:
        names = (await _named(tx, fact, known))[fact.start :]
        if len(names) > fact.most:
            return Finds(tuple(names[: fact.most]), start=fact.start + fact.most)
    if not fact.people:
        return Finds(tuple(names))
    texts, before = await _texts(tx, fact, fact.most - len(names), known)
    since = (await tx.execute(_WHEN, {"row": before})).scalar() if before else None
    return Finds((*names, *texts), before=before, since=since)


async def _named(tx: AsyncConnection, fact: Search, known: Associations) -> list[Found]:
    """Associations by number, name or place, then leaders by name or telephone number."""
    there, found = binds(fact.viewer), []
    for row in await tx.execute(_PLACES, there):
        if _has(fact, row.no, row.name, row.sms_name, row.colline, row.commune_old, row.commune_now):
            found.append(Found("association", known.get(row.id)))
    if not fact.people:
        return found
    digits = re.sub(r"[+.-]", "", "".join(fact.words))
    called = set[int]()
    if digits.isdecimal() and len(digits) >= A_NUMBER:
        phones = await tx.execute(_PHONES, there)
        called = {row.person_id for row in phones if row.value.endswith(digits[-A_NUMBER:])}
    for row in await tx.execute(_NAMES, there):
        if row.id in called or _has(fact, row.name, row.sms_name):
            found.append(Found("person", known.get(row.association_id), row.name))
    return found


async def _texts(tx: AsyncConnection, fact: Search, room: int, known: Associations) -> tuple[list[Found], int | None]:
    """The newest texts with these words, and the row before which to go on; None: all were looked at."""
    there, found = binds(fact.viewer), list[Found]()
    before = fact.before or int((await tx.execute(_NEWEST)).scalar_one())
    for _ in range(STRETCHES):
        down_to = max(1, before - STRETCH)
        for row in (await tx.execute(_TEXTS, {**there, "before": before, "down_to": down_to})).all():
            if _has(fact, row.text):
                if len(found) == room:
                    return found, before
                association = known.get(row.association_id)
                found.append(Found("message", association, row.sms_name, row.text, row.received_at))
                before = row.id
        before = down_to
        if before == 1:
            return found, None
    return found, before


def _has(fact: Search, *texts: str | None) -> bool:
    line = plain(" ".join(filter(None, texts)))
    return all(word in line for word in fact.words)


LOADERS: dict[type, Any] = {Search: _search}
"""The search -> its loader."""
