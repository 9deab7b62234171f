"""What was asked for in a chat of the team and read beside the turns is told there."""

from __future__ import annotations

from handlers.team import figures, lateness, today
from handlers.turn import Outcome, Summarised, Turn
from handlers.turn.beside import ForgetBeside, Found, ReadBeside


def told(turn: Turn) -> Outcome:
    """It is read. Whoever was taken out of the team meanwhile is told nothing.

    Nothing is there when somebody had herself erased in between: it is read anew, and this chat is woken again.
    """
    asked = str(turn.inbound.data.get("asked"))
    found: Found | None = turn.known(ReadBeside(turn.address.id, asked))
    if found is None:
        return Outcome(dict(turn.state), understood="figures: read anew")
    forget = ForgetBeside(asked)
    if turn.person is None or not turn.person.role:
        return Outcome(dict(turn.state), effects=(forget,), understood="figures for nobody")
    outcome = _shown(turn, found)
    return outcome.but(effects=(*outcome.effects, forget))


def _shown(turn: Turn, found: Found) -> Outcome:
    if isinstance(found, Summarised):
        return figures.shown(turn, found)
    return lateness.shown(turn, found) if found.face in ("page", "file") else today.shown(turn, found)
