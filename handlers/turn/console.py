"""The way to the console's pages from a chat: a one-time link."""

from __future__ import annotations

from handlers.noun import noun


@noun
class ConsoleLink:
    """-> str: a new one-time token for the console. Nobody knows it yet: keep it with KeepConsoleLink."""

    inbox_id: int


@noun
class KeepConsoleLink:
    """This token signs this person in to the console, once and soon; `browser`: only the one that asked."""

    token: str
    person_id: int
    browser: str | None = None


Facts = ConsoleLink
Effects = KeepConsoleLink
