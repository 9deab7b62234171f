"""A USSD session: what is typed in one is what an SMS would say; dialling the code asks where things stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers import enrol, state
from handlers.turn import AskedThen, Label, Outcome, Reply, Turn

_NOT_ALOUD = ("sealed", "delete")
"""Questions that dialling closes: whoever dials next from this phone may be somebody else, and the menu's digits must
not be taken for their answers. What was told before is kept."""
LOST = timedelta(minutes=5)
"""So long after its question a lost session is gone on with. Later, where no answer is needed, the menu comes."""


def step(turn: Turn, take: Callable[[Turn], Outcome]) -> Outcome:
    """One step; `take` is the conversation, which knows of no sessions."""
    if not turn.inbound.text:
        if enrol.stopped(turn):
            return Outcome(dict(turn.state), (Reply("USSD_STOPPED", asks=True),), understood="dialled after STOP")
        question = state.opened(turn)
        if question and _is_over(turn, question):
            turn = turn.with_state(state.close(turn))
        elif question and (again := _asked_again(turn, state.asked_at(question))):
            return again
    return take(replace(turn, inbound=replace(turn.inbound, kind="text")))


def _is_over(turn: Turn, question: Mapping[str, Any]) -> bool:
    late = turn.now - state.asked_at(question) > LOST
    return question["kind"] in _NOT_ALOUD or (late and question["kind"] in state.PASSING)


def _asked_again(turn: Turn, at: datetime) -> Outcome | None:
    """The open question in the words in which it was asked, wherever that was; None when they are known no more."""
    text: str = turn.known(AskedThen(turn.address.id, at))
    if not text:
        return None
    reply = Reply(Label({turn.language: text}))
    return Outcome(dict(turn.state), (reply,), understood="the open question, asked again")
