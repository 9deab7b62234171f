"""B5: credit was sent for the SMS she paid; did it arrive?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from handlers import enrol, state
from handlers.said import Said
from handlers.turn import Outcome, Reply, Timer, Turn
from handlers.understand.words import yes_no

LATER = timedelta(hours=6)
"""Something of hers is open: it is not interrupted."""


def sent(turn: Turn) -> Outcome:
    """Woken by whoever sent the credit."""
    data = turn.inbound.data
    if not enrol.consenting(turn):
        return Outcome(dict(turn.state), understood="nothing: has not agreed")
    if state.opened(turn):
        kept = {"month": data["month"], "messages": data["messages"]}
        again = Timer("refund", str(turn.address.id), turn.now + LATER, kept)
        return Outcome(dict(turn.state), timers=(again,), understood="credit: told later")
    values = {"messages": int(data["messages"]), "month": date.fromisoformat(f"{data['month']}-01")}
    return Outcome(state.ask(turn, "refund"), (Reply("B5", values, kind="notice"),), understood="credit was sent")


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 it arrived; 2 it did not: a person calls."""
    arrived = {"1": True, "2": False}.get(said.digit)
    if arrived is None:
        arrived = yes_no(turn.inbound.text)
    if arrived is None:
        return None
    if arrived:
        return state.say(turn, "B7").but(understood="the credit arrived")
    task = state.task(turn, "call", "the credit for her SMS did not arrive")
    return state.say(turn, "B2", task, officer=state.officer(turn)).but(understood="the credit did not arrive")
