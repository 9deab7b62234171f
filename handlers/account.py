"""STOP, START, my data, delete (part I), and the neutral door for a problem (part J)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers import enrol, form, state
from handlers.known_forms import looks_like_report
from handlers.said import Said
from handlers.turn import Button, ErasePerson, Outcome, Person, RecordConsent, Reply, Turn
from handlers.understand.words import plain, yes_no

ERASE = "55"
_A_NUMBER = re.compile(r"\+?(?:[\s.-]*\d){8,13}[\s.]*")
_AROUND = " .,:;!?"
MOST_WORDS = 2
"""More words than this behind PROBLEM are a story: it is sealed, whatever it is about."""


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
    """55 erases; 1 keeps; anything else is no answer."""
    answer = said.rest if said.command == "button delete" else said.plain.rstrip(".! ")
    if answer == ERASE:
        erase = ErasePerson(int(question["person"]))
        others = [p.sms_name for p in turn.people if p.id != erase.person_id and p.consent == "yes"]
        last = Reply("I5shared", {"name": others[0]}) if others else Reply("I5", keyboard="remove")
        return Outcome({}, (last,), (erase,), understood="erased")
    if answer in ("1", "0") or (not said.command and yes_no(turn.inbound.text) is False):
        return state.say(turn, "I4keep")
    return None


# --- the problem door ---


def problem(turn: Turn, said: Said) -> Outcome:
    """7: what is it about? No details are asked; what she wrote behind the word nobody but the focal points sees."""
    effects = (state.task(turn, "sealed", sealed=True),) if len(said.rest.split()) > MOST_WORDS else ()
    keys = ("b.kit", "b.training", "b.service", "b.talk")
    buttons = tuple((Button(key, f"problem:{n}"),) for n, key in enumerate(keys, 1))
    return Outcome(state.ask(turn, "problem"), (Reply("J1", buttons=buttons),), effects, understood="problem")


def problem_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 to 3 go to the officer, 4 to the named focal points only."""
    digit = said.digit or (said.rest if said.command == "button problem" else "")
    keys = {"1": "J1kit", "2": "J1training", "3": "J1service"}
    if digit in keys:
        about = {"1": "kit or money", "2": "a training", "3": "this service"}[digit]
        task = state.task(turn, "call", f"a problem: {about}")
        return state.say(turn, keys[digit], task, officer=state.officer(turn))
    return sealed(turn) if digit == "4" else None


def sealed(turn: Turn) -> Outcome:
    """J2: neutral, repeats nothing; the task is sealed and says nothing."""
    buttons = ((Button("b.woman", "sealed:1"), Button("b.man", "sealed:2"), Button("b.icall", "sealed:3")),)
    effect = state.task(turn, "sealed", sealed=True)
    new = state.ask(turn, "sealed")
    return Outcome(new, (Reply("J2", buttons=buttons),), (effect,), understood="a person will call")


def sealed_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """Who calls, then when; the answers, and whatever else she writes now, stand in sealed tasks only."""
    digit = said.digit or (said.rest if said.command == "button sealed" else "")
    words = not said.digit and bool(said.rest if said.command else said.text) and not looks_like_report(turn)
    if question.get("by") is None:
        if digit in ("1", "2"):
            by = "a woman" if digit == "1" else "a man"
            effect = state.task(turn, "sealed", f"{by} calls", sealed=True)
            new = state.ask(turn, "sealed", by=by)
            return Outcome(new, (Reply("J3"),), (effect,), understood="a person will call")
        if digit == "3":
            return state.say(turn, "J4b")
        return sealed(turn) if words else None
    when = {"1": "today", "2": "tomorrow morning", "3": "tomorrow evening"}.get(digit, "")
    if not when and not words:
        return None
    return _wished(turn, when or "see the message")


def _wished(turn: Turn, about: str) -> Outcome:
    new = {**state.close(turn), "wished": turn.now.isoformat()}
    return state.say(turn, "J4", state.task(turn, "sealed", about, sealed=True), state=new)


def another_number(turn: Turn, said: Said) -> Outcome | None:
    """The number that J3 asked for too, sent behind the time: for the focal points, and no message to the officer."""
    wished = turn.state.get("wished")
    if not wished or turn.now - datetime.fromisoformat(wished) > state.OPEN_FOR or turn.inbound.kind != "text":
        return None
    return (
        _wished(turn, "see the message") if _A_NUMBER.fullmatch(said.text) and not looks_like_report(turn) else None
    )
