"""The forms in use: those that are shipped and those that staff added, from the database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import forms as files
from bot.errors import FormError
from bot.store import forms as store
from handlers.forms import BadForm, Form, build

Sheets = Mapping[str, list[dict[str, str]]]


def sheets(path: Path) -> Sheets:
    """The sheets of a form file as plain rows. Raises FormError."""
    try:
        return files._sheets(path)
    except BadForm as error:
        raise FormError([f"{path.name}: {problem}" for problem in error.problems]) from None


def from_sheets(found: Sheets, source: str) -> Form:
    """A form from its sheets. Raises FormError with every mistake."""
    try:
        return build(found)
    except BadForm as error:
        raise FormError([f"{source}: {problem}" for problem in error.problems]) from None


async def load_all(tx: AsyncConnection) -> dict[str, Form]:
    """Every form by name; an added one replaces a shipped one of the same name."""
    found: dict[str, Form] = files.load_shipped()
    for source, kept in await store.added(tx):
        form: Any = from_sheets(kept, source)
        found[form.name] = form
    return found
