"""What a person of the team is told about the bot: /help."""

from __future__ import annotations

from handlers.said import Said
from handlers.turn import Outcome, Reply, Turn


def help_(turn: Turn, said: Said) -> Outcome:
    """What this role can do here."""
    role = turn.person.role if turn.person else ""
    key = {"officer": "O.help", "admin": "O.help", "mentor": "O.help.mentor"}.get(role, "O.help.staff")
    return Outcome(dict(turn.state), (Reply(key),), understood="help for the team")
