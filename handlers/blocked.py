"""A road is closed: she blocked the bot, or the provider says that nobody is there; and it is open again.

Where WhatsApp says that her number is another one now, the old chat is closed and the new one is nobody's yet: an
officer checks, as when she writes from a new number herself.

What was not taken there and answers no message of hers from there (a reminder, a tip, the mentor's or the officer's
words) is said on her next road, if she agreed to it (handlers/turn/roads.py). Where there is none, a person calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import newcomers, reminders, state
from handlers.turn import (
    Effect,
    OpenTask,
    Outcome,
    Person,
    ReopenAddress,
    Roads,
    RoadsOf,
    Timer,
    Turn,
    UnlinkAddress,
    Wake,
)

_SAID_AGAIN = ("answer", "said", "tip", "refund")
"""What another conversation, or a timer, had us say: it can be said by any road."""


def closed(turn: Turn) -> Outcome:
    """The chat is switched off, its people stay. A second word of it changes nothing.

    `data` of a row of our own: `refused`, the text that was not taken; `first`, it is the first such word; `woken`,
    what had us write that text. `ends_in`: of WhatsApp's word, the last two digits of her new number.
    """
    leaders = [person for person in turn.people if person.kind == "leader" and person.consent == "yes"]
    turn.need(*(RoadsOf(person.id) for person in leaders))
    others = {person.id: _others(turn, person) for person in leaders}
    if ends_in := str(turn.inbound.data.get("ends_in") or ""):
        checked = [effect for person in leaders for effect in newcomers.moves(turn, person, ends_in)]
        off = UnlinkAddress(turn.address.id, "another number")
        return Outcome(state.close(turn), (), (off, *checked), understood="her number there is another one")
    effects: list[Effect] = [UnlinkAddress(turn.address.id, "blocked the bot")] if turn.address.active else []
    if turn.address.active or turn.inbound.data.get("first"):
        effects += [_call(turn, person) for person in leaders if not others[person.id]]
    road = next((found[0] for found in others.values() if found), None)
    again, timers = _again(turn, road) if road is not None else ((), ())
    return Outcome(state.close(turn), (), (*effects, *again), timers, "this road is closed")


def _others(turn: Turn, person: Person) -> list[int]:
    roads: Roads = turn.known(RoadsOf(person.id))
    woken = turn.inbound.data.get("woken") or {}
    ordered = roads.of("tip") if "tip" in (woken.get("what"), woken.get("timer")) else roads
    return [road.address_id for road in ordered.in_order if road.address_id != turn.address.id]


def _call(turn: Turn, person: Person) -> OpenTask:
    association = person.association.id if person.association else None
    due = state.tomorrow_evening(turn)
    return OpenTask("call", due, person.id, association, "blocked us, and agreed to no other road")


def _again(turn: Turn, road: int) -> tuple[tuple[Effect, ...], tuple[Timer, ...]]:
    """The same once more: a reminder's touch is due again, everything else wakes her other road."""
    woken: Mapping[str, Any] = turn.inbound.data.get("woken") or {}
    name = str(woken.get("timer", ""))
    if name == reminders.KIND:
        there = replace(turn, inbound=replace(turn.inbound, data=woken))
        return (), (reminders.again(there, timedelta()),)
    what = str(woken.get("what", name))
    if what not in _SAID_AGAIN:
        return (), ()
    data = {key: value for key, value in woken.items() if key not in ("timer", "due")}
    return (Wake(None, {**data, "what": what}, address_id=road),), ()


def open_again(turn: Turn, outcome: Outcome) -> Outcome:
    """She writes from a road that was closed: it works."""
    heard = turn.inbound.kind not in ("timer", "blocked", "group")
    if turn.address.active or not turn.people or not heard:
        return outcome
    return outcome.but(effects=(*outcome.effects, ReopenAddress(turn.address.id)))
