"""Forms that staff added: their sheets as they were read, so that they load without the file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import forms


def _keep(module: Any) -> Any:
    statement = module.insert(forms)
    new = statement.excluded
    changes = {name: new[name] for name in ("version", "source", "sheets", "added_at")}
    return statement.on_conflict_do_update(index_elements=["name"], set_=changes)


_KEEP = {"sqlite": _keep(sqlite), "postgresql": _keep(postgresql)}


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
