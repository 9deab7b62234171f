"""/console: a one-time link to the pages, for who signs in with it; for everybody else of the team the address.

A password is never asked for or given in a chat: whoever can read the chat could sign in.
"""

from __future__ import annotations

from handlers.said import Said
from handlers.turn import Audit, ConsoleLink, KeepConsoleLink, Outcome, Reply, Turn

BY_LINK = frozenset(("officer", "mentor", "safeguarding"))
"""Roles that sign in by such a link and a PIN; the others have a password and an authenticator."""


def console(turn: Turn, said: Said) -> Outcome:
    """Typed in the chat: the link works in whatever browser it is opened in."""
    return _answer(turn, None)


def woken(turn: Turn) -> Outcome:
    """Asked for on the sign-in page: the link works in that browser only. Never by SMS, which others can read."""
    if not turn.address.rich or turn.person is None:
        return Outcome(dict(turn.state), understood="console: no chat")
    return _answer(turn, str(turn.inbound.data.get("browser") or "") or None)


def _answer(turn: Turn, browser: str | None) -> Outcome:
    person = turn.person
    if person is None or person.role not in BY_LINK:
        return Outcome(dict(turn.state), (Reply("O.console.address"),), understood="console: the address")
    token: str = turn.known(ConsoleLink(turn.inbound.id))
    effects = (KeepConsoleLink(token, person.id, browser), Audit("console link", {"browser": bool(browser)}))
    return Outcome(dict(turn.state), (Reply("O.console", {"token": token}),), effects, understood="console: a link")
