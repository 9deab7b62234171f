"""A page of the console: how it is declared. What its function works with is an Ask (ask.py).

Every address is one `Page` in the `PAGES` of a file of bot/console/pages/. The gate (gate.py) enforces what
is declared: sign-in and role (roles.py), the form's token, the password given once more, the audit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

ENDINGS = ("json", "csv", "xlsx")


@dataclass(frozen=True, slots=True)
class Page:
    """One address: a GET, or with `writes` a POST."""

    path: str
    """As Starlette writes it, /people/{person}; its roles stand in roles.MAY."""
    do: Callable[[Any], Awaitable[Response]]
    """Its function, of an Ask."""
    reads: str = ""
    """The personal data that it shows, in a word or two for the audit; '' = none. See Ask.saw."""
    writes: str = ""
    """What it does, in a word or two for the audit; see Ask.write."""
    title: str = ""
    """In the navigation; '' = not there."""
    table: bool = False
    """The same rows at the same address with .json, .csv, .xlsx: see tables.py."""
    persons: bool = False
    """Those endings are an export of persons: a second right (roles.KEEPERS), a reason, the password once more."""
    confirm: bool = False
    """The password or PIN is asked for once more when it was given more than five minutes ago."""
    largest: int = 64 * 1024
    """Bytes of the body."""
    files: int = 0
    """How many files the form may bring."""

    @property
    def method(self) -> str:
        return "POST" if self.writes else "GET"


class Missing(Exception):
    """There is no such thing, or it is none of hers: answered alike."""


class Wrong(Exception):
    """What was sent cannot be taken; the marked text says what to do, `values` are its places."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text)
        self.text, self.values = text, values


async def each(tx: AsyncConnection, items: Sequence[Callable[[AsyncConnection], Awaitable[Any]]]) -> list[Any]:
    """A piece of work for the writer: what pages decided, each with its own row in the audit."""
    return [await item(tx) for item in items]
