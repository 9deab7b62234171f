"""1 yes, 2 no to a broadcast that asks: counted for 48 hours, while it is the last thing we said.

"Oui, je viens avec mon fils" is counted as the yes it begins with, and an officer reads it.

Many conversations are not touched when a broadcast leaves: whether one was asked is looked up when an answer comes.
What is half made is never interrupted: while anything else is open, a digit is its answer.
"""

from __future__ import annotations

from handlers import state
from handlers.said import Said
from handlers.turn import AnswerBroadcast, BroadcastAsked, Outcome, Turn
from handlers.understand.words import plain, yes_no

_MAY_WAIT = ("tip", "call")
"""Questions that a later broadcast takes the place of. Of a call 0 alone is an answer, and stays one."""
_SENTENCE = 2
"""Words, with the yes or no."""


def answer(turn: Turn, said: Said) -> Outcome | None:
    """1, 2, yes or no, perhaps with more words, when a broadcast asked and nothing was said since; else None."""
    question = state.opened(turn)
    if turn.inbound.kind != "text" or (question and question["kind"] not in _MAY_WAIT):
        return None
    yes = {"1": True, "2": False}.get(said.digit, None if said.digit else yes_no(turn.inbound.text))
    begins = _begins(turn) if yes is None and not said.digit else None
    if yes is None and begins is None:
        return None
    asked: int | None = turn.known(BroadcastAsked(turn.address.id, turn.now - state.OPEN_FOR))
    if asked is None:
        return None
    counted = _counted(turn, asked, bool(yes if begins is None else begins))
    if question and question["kind"] == "call":
        counted = counted.but(state=dict(turn.state))
    if begins is None:
        return counted
    return counted.but(effects=(*counted.effects, state.task(turn, "read")))


def _begins(turn: Turn) -> bool | None:
    """What a sentence begins with; None of a question, of figures, and of the Kirundi "no", which joins words."""
    words = plain(turn.inbound.text).split()
    if len(words) < _SENTENCE or "?" in turn.inbound.text or any(char.isdigit() for char in turn.inbound.text):
        return None
    first = words[0].strip(",.;:!")
    return None if first == "no" and turn.language == "rn" else yes_no(first)


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
