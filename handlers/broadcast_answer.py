"""1 yes, 2 no to a broadcast that asks: counted for 48 hours, while it is the last thing we said.

Many conversations are not touched when a broadcast leaves: whether one was asked is looked up when an answer comes.
What is half made is never interrupted: while anything else is open, a digit is its answer.
"""

from __future__ import annotations

from handlers import state
from handlers.said import Said
from handlers.turn import AnswerBroadcast, BroadcastAsked, Outcome, Turn
from handlers.understand.words import yes_no

_MAY_WAIT = ("tip",)
"""Questions that a later broadcast takes the place of."""


def answer(turn: Turn, said: Said) -> Outcome | None:
    """A bare 1, 2, yes or no, when a broadcast asked and nothing was said since; else None."""
    question = state.opened(turn)
    if turn.inbound.kind != "text" or (question and question["kind"] not in _MAY_WAIT):
        return None
    yes = {"1": True, "2": False}.get(said.digit, None if said.digit else yes_no(turn.inbound.text))
    if yes is None:
        return None
    asked: int | None = turn.known(BroadcastAsked(turn.address.id, turn.now - state.OPEN_FOR))
    return None if asked is None else _counted(turn, asked, yes)


def pressed(turn: Turn, said: Said) -> Outcome | None:
    """The buttons below a broadcast in a chat: `said.rest` is "31:yes". What is open stays open."""
    number, _, word = said.rest.partition(":")
    if not number.isdecimal() or len(number) > 18 or word not in ("yes", "no"):
        return None
    return _counted(turn, int(number), word == "yes").but(state=dict(turn.state))


def _counted(turn: Turn, broadcast: int, yes: bool) -> Outcome:
    effect = AnswerBroadcast(broadcast, "yes" if yes else "no")
    outcome = state.say(turn, "W1" if yes else "W2", effect)
    return outcome.but(understood=f"broadcast {broadcast}: {effect.answer}")
