"""ROAD, VOIE, INZIRA, NJIA: by which road reminders and tips come; and SMS, TELEGRAM, WHATSAPP, which choose it.

Answers need no choice: they go where she writes. What is sent unasked takes the road that she prefers
(handlers/turn/roads.py); choosing SMS is agreeing to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import enrol, state
from handlers.said import Said
from handlers.turn import Button, Label, Outcome, Person, PreferRoad, RecordConsent, Reply, Roads, RoadsOf, Turn
from handlers.turn.roads import PREFERRED, Kind

NAMES = {"sms": "SMS", "telegram": "Telegram", "whatsapp": "WhatsApp"}
"""As everybody says them, in any language."""

_SAID: tuple[Kind, ...] = ("reminder", "tip")
"""The kinds that Y1 to Y3 speak of."""


def word(turn: Turn, said: Said) -> Outcome:
    """The word: asks which road (Y1), or takes the one that is named (Y2)."""
    named = said.plain if said.plain in PREFERRED else ""
    if turn.person is None:
        return enrol.ask_who(turn, f"road {named}".strip())
    return after_who(turn, turn.person, named)


def after_who(turn: Turn, person: Person, named: str) -> Outcome:
    """Once it is known who asks."""
    roads: Roads = turn.known(RoadsOf(person.id))
    there = _there(roads)
    if named in there:
        return _takes(turn, person, named)
    values = {"road": _now(roads), "officer": state.officer(turn)}
    if len(there) < 2:
        return Outcome(dict(turn.state), (Reply("Y3", values),), understood="no other road")
    choices = " ".join(f"{n} {NAMES[one]}" for n, one in enumerate(there, 1))
    new = state.ask(turn, "road", person=person.id, roads=there)
    buttons = (tuple(Button(Label({"en": NAMES[one]}), f"road:{n}") for n, one in enumerate(there, 1)),)
    return Outcome(new, (Reply("Y1", {**values, "choices": choices}, buttons),), understood="which road?")


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """Y1's answer: the digit, or the button."""
    person = next((one for one in turn.people if one.id == question["person"]), None)
    digit = said.rest if said.command == "button road" else said.digit
    if person is None or not digit.isdecimal() or not 1 <= int(digit) <= len(question["roads"]):
        return None
    return _takes(turn, person, question["roads"][int(digit) - 1])


def _takes(turn: Turn, person: Person, road: str) -> Outcome:
    effects = (PreferRoad(person.id, road), RecordConsent(person.id, "yes", "Y1"))
    return state.say(turn, "Y2", *effects, road=NAMES[road])


def _there(roads: Roads) -> list[str]:
    """Those that she can choose. Of her phone nothing but a number is needed: choosing SMS is agreeing to it."""
    schemes = {road.scheme for road in roads.roads if road.works}
    return [name for name, scheme in PREFERRED.items() if scheme in schemes]


def _now(roads: Roads) -> str:
    """The one that such texts take now, without any the one that she writes by, as answers take it. Two where tips
    have another one, which only Y1 can be told: its choices leave the room."""
    first = [order[0].scheme for kind in _SAID if (order := roads.of(kind).in_order)] or [roads.roads[0].scheme]
    return ", ".join(NAMES[name] for name, scheme in PREFERRED.items() if scheme in first)
