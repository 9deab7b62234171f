"""The forms in use: those that are shipped and those that staff added, from the database."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import forms as files
from bot.store import forms as store
from handlers.forms import Form


def free_texts(forms: Mapping[str, Form]) -> dict[str, tuple[str, ...]]:
    """Per form, the questions whose answers are a person's own words: what an erasure blanks."""
    return {name: tuple(q.name for q in form.questions if q.type == "text") for name, form in forms.items()}


async def load_all(tx: AsyncConnection) -> dict[str, Form]:
    """Every form by name; an added one replaces a shipped one of the same name."""
    found = files.load_shipped()
    for source, kept in await store.added(tx):
        form = files.built(kept, source, kept=True)
        found[form.name] = form
    return found
