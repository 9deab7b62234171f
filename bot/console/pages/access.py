"""Who looked? Everything the team read or changed of personal data, newest first, with exports and sealed cases."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.audit_words import ABOUT, DONE
from bot.console.page import Page
from bot.console.pages.accounts import ROLES
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.store import access

TABLE = Table(
    "access",
    (
        Column("at", _("When"), "moment"),
        Column("name", _("Who")),
        Column("role", _("Role"), "words", ROLES),
        Column("what", _("What"), "words", DONE),
        Column("about", _("Of what")),
    ),
)
PAGE = 200
"""Rows of a page; the files have all of them."""


async def show(ask: Ask) -> Response:
    """The log, of everything or of one kind; older rows behind `before`."""
    kind = ask.query.get("kind", "") if ask.query.get("kind", "") in access.KINDS else ""
    before = ask.asked_number("before")
    found = await ask.read(access.log, kind, before, None if ask.ending else PAGE + 1)
    shown = found if ask.ending else found[:PAGE]
    rows = [_row(ask, one) for one in shown]
    ask.saw(kind=kind or "everything", rows=len(rows))
    older = shown[-1]["id"] if len(found) > len(shown) else None
    return TABLE.answer(ask, "access.html", rows, kind=kind, kinds=_KINDS, older=older)


def _row(ask: Ask, one: dict[str, Any]) -> dict[str, Any]:
    """What it was about in the words of the page; for programs with the names of the audit, and all of it."""
    there = (one["details"] or {}).items()
    if ask.ending == "json":
        return {**one, "about": "; ".join(f"{name}: {_short(value)}" for name, value in there)}
    told = [(ask.words.gettext(ABOUT.get(name, name)), value) for name, value in there if value not in _NOTHING]
    said = (name if value is True else f"{name}{ask.words.colon}{_short(value)}" for name, value in told)
    return {**one, "about": ask.words.semicolon.join(said)}


def _short(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_NOTHING: tuple[Any, ...] = (None, "", [], False)
_KINDS = {
    "": _("Everything"),
    "export": _("Exports"),
    "sealed": _("Sealed cases"),
    "sign-in": _("Signing in"),
}

PAGES = (Page("/access", show, reads="access log", title=_("Access log"), table=True),)
