"""STOP, START, my data, delete (conversations, part I)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handlers import enrol, form, state
from handlers.said import Said
from handlers.turn import Button, ErasePerson, Outcome, Person, RecordConsent, Reply, Turn
from handlers.understand.words import is_back, plain, yes_no

_KEEP = frozenset(("1", "0", "garder", "gardez", "keep", "weka", "gumiza"))
_LIKE_ERASE = re.compile(r"5\W{0,2}5\b(?![\d/])")
"""55 with words behind it, or apart: asked once more, since it cannot be undone."""
ERASE = "55"
_AROUND = " .,:;!?"


def means_stop(turn: Turn, said: Said) -> bool:
    """Whether STOP was said. A word that is only near it may answer what is asked: "arretée", of the business."""
    words, question = said.plain.strip(_AROUND), state.opened(turn) or {}
    if words in turn.programme.keywords.command_of or " " in words:
        return True
    name = question.get("step") or ("status" if question.get("form") == "business" else "")
    named = (question["form"],) if "form" in question else turn.forms
    asked = ((turn.forms[one], step) for one in named for step in turn.forms[one].steps if step.name == name)
    ctx, text = form.context(turn, turn.association), turn.inbound.text
    return not any(form.read_answer(one, step, text, ctx, {}).status == "whole" for one, step in asked)


def stop(turn: Turn) -> Outcome:
    """In any state, at once, for everybody on this phone: one confirmation, then nothing."""
    if enrol.stopped(turn):
        return Outcome(state.close(turn), understood="said stop again")
    effects = tuple(RecordConsent(p.id, "stopped", "I1") for p in turn.people if p.consent not in ("stopped", "no"))
    return Outcome(_silent(turn), (Reply("I1", keyboard="remove"),), effects, understood="stop")


def _silent(turn: Turn) -> dict[str, Any]:
    """A half-made report stays as a draft; who had agreed comes back with START without being asked again."""
    question = state.opened(turn)
    there = form.put_aside(turn, question) if question and question["kind"] == "form" else turn.state
    kept = {key: value for key, value in there.items() if key in ("language", "drafts")}
    return {**kept, "agreed": [p.id for p in turn.people if p.consent == "yes"]}


def comes_back(turn: Turn, said: Said) -> bool:
    """Whether she asks for messages again after STOP: START, its button, or her own words for it."""
    return said.command == "start" or turn.inbound.kind == "start" or is_back(said.text)


def start(turn: Turn) -> Outcome:
    """START: only this brings somebody back who stopped, or who had said no. It undoes STOP for the whole phone."""
    people = (turn.person,) if turn.person else turn.people
    agreed = turn.state.get("agreed")
    stopped = [p for p in people if p.consent == "stopped" and (agreed is None or p.id in agreed)]
    refused = [p for p in people if p.consent == "no"]
    if stopped:
        return _back(turn, stopped)
    if refused and turn.person is None:
        return enrol.ask_who(turn, "start")
    if refused:
        return _back(turn, refused)
    here = next((p for p in people if p.consent == "yes"), None)
    if here is None:
        return enrol.ask_consent(turn, waiting="")
    return Outcome(dict(turn.state), (_welcome(here),), understood="start")


def _back(turn: Turn, people: Sequence[Person]) -> Outcome:
    effects = tuple(RecordConsent(p.id, "started", "I2") for p in people)
    new = {key: value for key, value in state.close(turn).items() if key != "agreed"}
    return Outcome(new, (_welcome(people[0]),), effects, understood="start")


def _welcome(person: Person) -> Reply:
    association = person.association.sms_name if person.association else ""
    return Reply("I2", {"name": person.sms_name, "association": association}, keyboard="main")


def data(turn: Turn) -> Outcome:
    """8: what is kept of her; on a shared phone she says first who she is, every time."""
    if turn.person is None or len(turn.people) > 1:
        return enrol.ask_who(turn, "data")
    return data_of(turn, turn.person)


def data_of(turn: Turn, person: Person) -> Outcome:
    """I3: the name only as first name and initial, since others may read it."""
    new = {**state.ask(turn, "data", person=person.id), "who": person.id}
    association = person.association
    values: dict[str, Any] = {
        "name": _with_initial(person),
        "association": association.sms_name if association else "",
        "language_name": enrol.LANGUAGE_NAMES.get(person.language or turn.language, ""),
        "reports": person.reports,
    }
    key = "I3b"
    if association and association.collines:
        key, values["colline"] = "I3", association.collines[0]
    buttons = ((Button("b.wrong", "data:1"), Button("b.erase", "data:2"), Button("b.paper", "data:3")),)
    return Outcome(new, (Reply(key, values, buttons=buttons),), understood="my data")


def _with_initial(person: Person) -> str:
    """ "Odette N." of "Odette Ninahazwe", or of "NINAHAZWE Odette"."""
    first = set(plain(person.sms_name).split())
    rest = [word for word in person.name.split() if plain(word) not in first]
    return f"{person.sms_name} {rest[0][0].upper()}." if rest else person.sms_name


def data_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 wrong, 2 erase, 3 copy on paper."""
    digit = said.digit or (said.rest if said.command == "button data" else "")
    officer = state.officer(turn)
    if digit == "1":
        return state.say(turn, "I3wrong", state.task(turn, "my_data", "says her data are wrong"), officer=officer)
    if digit == "2" and turn.person:
        return delete_of(turn, turn.person)
    if digit == "3":
        return state.say(turn, "I3paper", state.task(turn, "my_data", "wants a copy on paper"), officer=officer)
    return None


def delete(turn: Turn) -> Outcome:
    """DELETE; on a shared phone she says first who she is, every time."""
    if turn.person is None or len(turn.people) > 1:
        return enrol.ask_who(turn, "delete")
    return delete_of(turn, turn.person)


def delete_of(turn: Turn, person: Person) -> Outcome:
    """I4 asks once, since it cannot be undone."""
    new = {**state.ask(turn, "delete", person=person.id), "who": person.id}
    buttons = ((Button("b.erase55", f"delete:{ERASE}"), Button("b.keep", "delete:1")),)
    return Outcome(new, (Reply("I4", buttons=buttons),), understood="delete?")


def delete_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """55 erases, alone; 1 keeps; a yes, or 55 in other words, is asked again; anything else is no answer."""
    answer = said.rest if said.command == "button delete" else said.plain.rstrip(".! ")
    if answer == ERASE:
        erase = ErasePerson(int(question["person"]))
        others = [p.sms_name for p in turn.people if p.id != erase.person_id and p.consent == "yes"]
        last = Reply("I5shared", {"name": others[0]}) if others else Reply("I5", keyboard="remove")
        return Outcome({}, (last,), (erase,), understood="erased")
    if answer in _KEEP or (not said.command and yes_no(turn.inbound.text) is False):
        return state.say(turn, "I4keep")
    person = next((p for p in turn.people if p.id == question["person"]), None)
    if person and (_LIKE_ERASE.match(answer) or (not said.command and yes_no(turn.inbound.text))):
        return delete_of(turn, person)
    return None
