"""One-time tokens that link a chat to a person; only digests are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.facts import digest
from bot.store.tables import tokens


async def make(tx: AsyncConnection, token: str, person_id: int, now: datetime) -> None:
    """Keep the digest of a new token."""
    await tx.execute(insert(tokens), {"digest": digest(token), "person_id": person_id, "made_at": now})
