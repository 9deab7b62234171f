"""One-time tokens that link a chat to a person; only digests are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import tokens


def digest(token: str) -> str:
    """How a one-time token is kept: a SHA-256, since a token is long and random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def make(tx: AsyncConnection, token: str, person_id: int, now: datetime) -> None:
    """Keep the digest of a new token."""
    await tx.execute(insert(tokens), {"digest": digest(token), "person_id": person_id, "made_at": now})
