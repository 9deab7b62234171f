"""Ends everything by which one of the team gets in: what is done first when data may have leaked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import people, sessions, sign_in_links, tokens

_TEAM = select(people.c.id).where(people.c.kind == "staff")
_END = {
    "browsers": update(sessions).where(sessions.c.ended_at.is_(None)).values(ended_at=bindparam("now")),
    "addresses": update(sign_in_links).where(sign_in_links.c.used_at.is_(None)).values(used_at=bindparam("now")),
    "chat_links": update(tokens)
    .where(tokens.c.used_at.is_(None), tokens.c.person_id.in_(_TEAM))
    .values(used_at=bindparam("now")),
}
"""Leaders' cards are not among them: each opens one leader's own chat, and she holds it on paper."""


async def end_everything(tx: AsyncConnection, now: datetime) -> dict[str, int]:
    """How many of each were still good."""
    return {name: (await tx.execute(statement, {"now": now})).rowcount for name, statement in _END.items()}
