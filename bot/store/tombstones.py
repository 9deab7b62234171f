"""What stays of an erased person: keyed hashes, so that no roster enters her again. Nothing can be read back.

The key is one of the installation's single values, made at the first erasure.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from bot.store.inserts import or_update
from bot.store.tables import addresses, associations, people, people_addresses, tasks, tombstones
from handlers.understand.words import plain

KEY = "erasure_key"
_others = people_addresses.alias("others")
_OWN = (
    select(people_addresses.c.person_id, addresses.c.scheme, addresses.c.value)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(
        people_addresses.c.person_id.in_(bindparam("ids", expanding=True)),
        # a phone that others use too says nothing of her alone, and they stay on the roster
        ~exists().where(
            _others.c.address_id == people_addresses.c.address_id, _others.c.person_id != people_addresses.c.person_id
        ),
    )
)
_NAMES = (
    select(people.c.id, people.c.name, associations.c.no)
    .outerjoin(associations, associations.c.id == people.c.association_id)
    .where(people.c.id.in_(bindparam("ids", expanding=True)), people.c.erased_at.is_(None))
)


_KEEP = or_update(tombstones, ["digest"], ["at"])
"""Who came back and goes again: the last time counts."""
_FOUND = select(tombstones.c.digest, tombstones.c.at).where(
    tombstones.c.digest.in_(bindparam("digests", expanding=True))
)
_ASKED = (
    select(addresses.c.value, func.max(tasks.c.made_at).label("at"))
    .join(tasks, tasks.c.address_id == addresses.c.id)
    .where(
        addresses.c.scheme == "tel",
        addresses.c.value.in_(bindparam("phones", expanding=True)),
        tasks.c.kind == "check_number",
        tasks.c.sealed.is_(False),
    )
    .group_by(addresses.c.value)
)


def of_address(scheme: str, value: str) -> str:
    """What is hashed of a number in E.164 (scheme tel) or of a chat."""
    return f"{scheme}:{value}"


def of_name(association_no: str | None, name: str) -> str:
    """What is hashed of a name, however it is spelled: within an association it is one person's."""
    return f"name:{association_no or 'staff'}:{plain(name)}"


async def bury(tx: AsyncConnection, erased: Mapping[int, datetime]) -> None:
    """Keep the hashes of these people (id and when), before their rows are blanked."""
    ids = {"ids": list(erased)}
    whats = [(of_address(row.scheme, row.value), erased[row.person_id]) for row in await tx.execute(_OWN, ids)]
    whats += [(of_name(row.no, row.name), erased[row.id]) for row in await tx.execute(_NAMES, ids)]
    if whats:
        key = await singles.once(tx, KEY, secrets.token_hex(32))
        for what, at in dict(whats).items():
            await tx.execute(_KEEP[tx.dialect.name], {"digest": _digest(key, what), "at": at})


async def found(tx: AsyncConnection, whats: Iterable[str]) -> dict[str, datetime]:
    """Which of these (`of_address`, `of_name`) belong to somebody who had herself erased, and when."""
    key = await singles.get(tx, KEY)
    if key is None:
        return {}
    digests = {_digest(key, what): what for what in whats}
    rows = await tx.execute(_FOUND, {"digests": list(digests)})
    return {digests[row.digest]: row.at for row in rows}


async def asked_in(tx: AsyncConnection, phones: Iterable[str]) -> dict[str, datetime]:
    """When each of these numbers last said that it is a leader's and wants in (K4): an officer checks it."""
    return {row.value: row.at for row in await tx.execute(_ASKED, {"phones": list(phones)})}


def _digest(key: str, what: str) -> str:
    return hmac.new(bytes.fromhex(key), what.encode(), hashlib.sha256).hexdigest()
