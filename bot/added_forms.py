"""The forms in use: those that are shipped and those that staff added, from the database."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import forms as files
from bot.store import forms as store
from handlers.forms import Form


async def load_all(tx: AsyncConnection) -> dict[str, Form]:
    """Every form by name; an added one replaces a shipped one of the same name."""
    found = files.load_shipped()
    for source, kept in await store.added(tx):
        form = files.built(kept, source, kept=True)
        found[form.name] = form
    return found
