"""B5: credit was sent for the SMS she paid; did it arrive? It is one of the week's texts that nobody asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from handlers import enrol, reminders, state
from handlers.said import Said
from handlers.turn import Outcome, Reply, Timer, Turn, Unasked
from handlers.understand.words import yes_no

LATER = timedelta(hours=6)
"""Something of hers is open: it is not interrupted."""


def sent(turn: Turn) -> Outcome:
    """Woken by whoever sent the credit."""
    data = turn.inbound.data
    if not enrol.consenting(turn):
        return Outcome(dict(turn.state), understood="nothing: has not agreed")
    free = turn.now + LATER if state.opened(turn) else _free(turn)
    if free is None:
        return Outcome(dict(turn.state), understood="credit: the settings allow no text that nobody asked for")
    if free > turn.now:
        kept = {"month": data["month"], "messages": data["messages"]}
        again = Timer("refund", str(turn.address.id), free, kept)
        return Outcome(dict(turn.state), timers=(again,), understood="credit: told later")
    values = {"messages": int(data["messages"]), "month": date.fromisoformat(f"{data['month']}-01")}
    return Outcome(state.ask(turn, "refund"), (Reply("B5", values, kind="notice"),), understood="credit was sent")


def _free(turn: Turn) -> datetime | None:
    """When one more text that nobody asked for may leave to this phone; None = never, as the settings are now."""
    everybody = [Unasked.in_week(person.id, turn.now) for person in turn.people]
    turn.need(*everybody)
    written = {moment for one in everybody for moment in turn.known(one)}
    return reminders.rules(turn).free(sorted(written), turn.now)


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
