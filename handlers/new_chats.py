"""Chats that nobody of the roster has: the one-time token of a QR code, a shared contact of her own, a new number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import state
from handlers.enrol import language_buttons
from handlers.newcomers import is_words, named, task_of
from handlers.said import Said
from handlers.turn import (
    LANGUAGES,
    Button,
    LinkAddress,
    Outcome,
    PeopleOfPhone,
    Person,
    Reply,
    TokenOwner,
    Turn,
    UseToken,
)
from handlers.understand.words import yes_no


def stranger(turn: Turn, said: Said) -> Outcome:
    """/start with a one-time token, or a shared contact of her own; anything else says how."""
    inbound = turn.inbound
    question = state.opened(turn)
    if inbound.kind == "start" and inbound.data.get("token"):
        token = str(inbound.data["token"])
        owner: Person | None = turn.known(TokenOwner(token))
        if owner is not None:
            effects = (UseToken(token), LinkAddress(owner.id, turn.address.id))
            return _welcome(turn, effects)
        return Outcome(_share(turn), (Reply("T1used", keyboard="contact"),), understood="token unknown or used")
    if inbound.kind == "contact":
        return _contact(turn)
    if question and question["kind"] == "match":
        return _match(turn, said, question)
    if question and question["kind"] == "names" and is_words(said):
        return named(turn, said, question)
    if "claims" in turn.state and is_words(said):
        return Outcome(dict(turn.state), (Reply("B3"),), (task_of(turn, "read", "a new chat, not checked yet"),))
    if said.command == "button lang" and said.rest in LANGUAGES:
        new = {**_share(turn), "language": said.rest}
        return Outcome(new, (Reply("T3", keyboard="contact", language=said.rest),), understood="share number?")
    if said.digit == "9" or said.command == "call":
        return Outcome(state.close(turn), (Reply("K3c"),), (task_of(turn, "call"),), understood="call me")
    if said.command in ("help", "privacy"):
        return Outcome(dict(turn.state), (Reply("T17" if said.command == "privacy" else "T16any"),))
    if said.command == "stop":
        return Outcome({}, (Reply("I1", keyboard="remove"),), understood="stop")
    if question and question["kind"] == "share" and is_words(said):
        effect = task_of(turn, "check_number", "a chat without a number")
        return Outcome(state.close(turn), (Reply("T3none", keyboard="remove"),), (effect,), understood="no number")
    effects_ = (task_of(turn, "read"),) if is_words(said) else ()
    return Outcome(dict(turn.state), (Reply("T1", buttons=language_buttons()),), effects_, understood="unknown chat")


def _share(turn: Turn) -> dict[str, Any]:
    return state.ask(turn, "share")


def _welcome(turn: Turn, effects: tuple[Any, ...]) -> Outcome:
    new = state.ask(turn, "language", held="", enrols=True)
    return Outcome(new, (Reply("T1", buttons=language_buttons()),), effects, understood="enrols by token")


def _contact(turn: Turn) -> Outcome:
    """Only the sender's own contact: otherwise anyone could enrol with somebody else's card."""
    if not turn.inbound.data.get("own"):
        return Outcome(_share(turn), (Reply("T3own", keyboard="contact"),), understood="not her own contact")
    phone = str(turn.inbound.data["phone"])
    found: tuple[Person, ...] = turn.known(PeopleOfPhone(phone))
    if not found and phone:  # a new number: who she says she is, her old road is asked, an officer calls
        new = state.ask(turn, "names", ends_in=phone[-2:])
        effect = task_of(turn, "check_number", "a chat with a number that nobody has")
        return Outcome(new, (Reply("K4", keyboard="remove"),), (effect,), understood="a new number in a chat")
    if len(found) != 1:
        reply = Reply("T3none", keyboard="remove")
        return Outcome(state.close(turn), (reply,), (task_of(turn, "check_number"),), understood="contact unknown")
    person = found[0]
    association = person.association
    new = state.ask(turn, "match", person=person.id)
    values = {
        "name": person.sms_name,
        "association": association.sms_name if association else "",
        "place": association.collines[0] if association and association.collines else "",
    }
    buttons = ((Button("b.yes", "match:yes"), Button("b.no", "match:no")),)
    key = "T4" if values["place"] else "T4b"
    return Outcome(new, (Reply(key, values, buttons=buttons),), understood="is it her?")


def _match(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome:
    agreed = {"yes": True, "no": False, "1": True, "2": False}.get(said.rest or said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    if agreed is None:
        return Outcome(dict(turn.state), understood="no answer to: is it her?")
    if agreed:
        return _welcome(turn, (LinkAddress(int(question["person"]), turn.address.id),))
    return Outcome(state.close(turn), (Reply("K3c"),), (task_of(turn, "check_number"),), understood="not her")
