"""The state of conversations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.people import Known
from bot.store.prepared import apart, write
from bot.store.tables import conversations


def _save(module: Any) -> Any:
    statement = module.insert(conversations)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["address_id"], set_={"state": new.state, "changed_at": new.changed_at}
    )


_SAVE = {"sqlite": _save(sqlite), "postgresql": apart(_save(postgresql))}


async def save(tx: AsyncConnection, known: Mapping[int, Known], changed: Iterable[int], now: datetime) -> None:
    """Write the conversation states that changed."""
    states = [{"address_id": a, "state": known[a].state, "changed_at": now} for a in sorted(changed)]
    if states:
        await write(tx, _SAVE[tx.dialect.name], states)
