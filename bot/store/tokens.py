"""One-time tokens that link a chat to a person; only digests are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import addresses, associations, people, people_addresses, tokens


def digest(token: str) -> str:
    """How a one-time token is kept: a SHA-256, since a token is long and random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def make(tx: AsyncConnection, token: str, person_id: int, now: datetime) -> None:
    """Keep the digest of a new token."""
    await make_all(tx, [(token, person_id)], now)


async def make_all(tx: AsyncConnection, made: Sequence[tuple[str, int]], now: datetime) -> None:
    """Keep the digests of new tokens, each with its person."""
    if made:
        rows = [{"digest": digest(token), "person_id": person_id, "made_at": now} for token, person_id in made]
        await tx.execute(insert(tokens), rows)


_HAS_CHAT = exists().where(
    people_addresses.c.person_id == people.c.id,
    addresses.c.id == people_addresses.c.address_id,
    addresses.c.scheme == "telegram",
    addresses.c.active,
)
_OF_THE_TEAM = select(people.c.id).where(people.c.kind == "staff", people.c.left_at.is_(None), _HAS_CHAT)
_HAS_CARD = exists().where(tokens.c.person_id == people.c.id, tokens.c.used_at.is_(None))
_WITHOUT_CHAT = (
    select(people.c.id, people.c.name, people.c.language, associations.c.no, associations.c.name.label("association"))
    .join(associations, associations.c.id == people.c.association_id)
    .where(people.c.kind == "leader", people.c.left_at.is_(None), people.c.erased_at.is_(None), ~_HAS_CHAT)
    .order_by(associations.c.no, people.c.id)
)


async def team_has_chat(tx: AsyncConnection, role: str) -> bool:
    """Whether somebody of this role has opened the bot."""
    return (await tx.execute(_OF_THE_TEAM.where(people.c.role == role).limit(1))).first() is not None


async def without_chat(tx: AsyncConnection, association: str | None, *, again: bool) -> list[dict[str, Any]]:
    """Leaders whom no chat belongs to yet; those with an unused token only with `again`."""
    wanted = _WITHOUT_CHAT if again else _WITHOUT_CHAT.where(~_HAS_CARD)
    if association:
        wanted = wanted.where(associations.c.no == association)
    return [dict(row._mapping) for row in await tx.execute(wanted)]
