"""Who of the team read or changed personal data, and when: append only, in the reading's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import audit

NOTE = insert(audit)
"""One row: at, who, what, details. The only way into the table."""


async def note(
    tx: AsyncConnection, now: datetime, who: str, what: str, details: Mapping[str, Any] | None = None
) -> None:
    """Write it down before the answer leaves. `details`: ids and counts, never the data themselves."""
    await tx.execute(NOTE, {"at": now, "who": who, "what": what, "details": dict(details) if details else None})
