"""Forms that staff added: their sheets as they were read, so that they load without the file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import or_update
from bot.store.tables import forms

_KEEP = or_update(forms, ["name"], ["version", "source", "sheets", "added_at"])


async def keep(tx: AsyncConnection, name: str, version: str, source: str, sheets: Any, now: datetime) -> None:
    """Add a form, or replace it by its new version."""
    row = {"name": name, "version": version, "source": source, "sheets": sheets, "added_at": now}
    await tx.execute(_KEEP[tx.dialect.name], row)


async def added(tx: AsyncConnection) -> list[tuple[str, Any]]:
    """(source, sheets) of every added form."""
    return [(row.source, row.sheets) for row in await tx.execute(select(forms).order_by(forms.c.name))]


async def names(tx: AsyncConnection) -> list[str]:
    """Of every added form."""
    return list((await tx.execute(select(forms.c.name).order_by(forms.c.name))).scalars())
