"""STOP, START, my data, delete (part I), and the neutral door for a problem (part J)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import enrol, state
from handlers.said import Said
from handlers.turn import Button, ErasePerson, Outcome, Person, RecordConsent, Reply, Turn

ERASE = "55"


def stop(turn: Turn) -> Outcome:
    """In any state, at once, for everybody on this phone: one confirmation, then nothing."""
    if enrol.stopped(turn):
        return Outcome(_silent(turn), understood="said stop again")
    effects = tuple(RecordConsent(p.id, "stopped", "I1") for p in turn.people if p.consent != "stopped")
    return Outcome(_silent(turn), (Reply("I1", keyboard="remove"),), effects, understood="stop")


def _silent(turn: Turn) -> dict[str, Any]:
    return {key: value for key, value in turn.state.items() if key in ("language", "drafts")}


def start(turn: Turn) -> Outcome:
    """START: only this brings somebody back who stopped."""
    back = [p for p in turn.people if p.consent in ("stopped", "no", "asked")]
    if not back:
        first = turn.person or turn.people[0]
        return Outcome(state.close(turn), (_welcome(first),), understood="start")
    effects = tuple(RecordConsent(p.id, "started", "I2") for p in back)
    return Outcome(state.close(turn), (_welcome(turn.person or back[0]),), effects, understood="start")


def _welcome(person: Person) -> Reply:
    association = person.association.sms_name if person.association else ""
    return Reply("I2", {"name": person.sms_name, "association": association}, keyboard="main")


def data(turn: Turn) -> Outcome:
    """8: what is kept of her; on a shared phone she says first who she is."""
    person = turn.person
    if person is None:
        return enrol.ask_who(turn, "data")
    new = {**state.ask(turn, "data"), "who": person.id}
    association = person.association
    language = enrol._NAMES.get(person.language or turn.language, "")
    values: dict[str, Any] = {
        "name": person.name[:20] or person.sms_name,
        "association": association.sms_name if association else "",
        "language_name": language,
        "reports": person.reports,
    }
    key = "I3b"
    if association and association.collines:
        key, values["colline"] = "I3", association.collines[0]
    buttons = ((Button("b.wrong", "data:1"), Button("b.erase", "data:2"), Button("b.paper", "data:3")),)
    return Outcome(new, (Reply(key, values, buttons=buttons),), understood="my data")


def data_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 wrong, 2 erase, 3 copy on paper."""
    digit = said.digit or (said.rest if said.command == "button data" else "")
    officer = state.officer(turn)
    if digit == "1":
        return state.say(turn, "I3wrong", state.task(turn, "my_data", "says her data are wrong"), officer=officer)
    if digit == "2":
        return delete(turn)
    if digit == "3":
        return state.say(turn, "I3paper", state.task(turn, "my_data", "wants a copy on paper"), officer=officer)
    return None


def delete(turn: Turn) -> Outcome:
    """DELETE: asks once, since it cannot be undone."""
    person = turn.person
    if person is None:
        return enrol.ask_who(turn, "delete")
    new = {**state.ask(turn, "delete", person=person.id), "who": person.id}
    buttons = ((Button("b.erase55", f"delete:{ERASE}"), Button("b.keep", "delete:1")),)
    return Outcome(new, (Reply("I4", buttons=buttons),), understood="delete?")


def delete_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """55 erases; 1 keeps; anything else is no answer."""
    answer = said.rest if said.command == "button delete" else said.plain
    if answer == ERASE:
        person_id = int(question["person"])
        return Outcome({}, (Reply("I5", keyboard="remove"),), (ErasePerson(person_id),), understood="erased")
    if answer == "1":
        return state.say(turn, "I4keep")
    return None


# --- the problem door ---


def problem(turn: Turn) -> Outcome:
    """7: what is it about? No details are asked."""
    new = state.ask(turn, "problem")
    question = state.opened(turn)
    if question and question["kind"] == "form":
        new["after"] = question
    keys = ("b.kit", "b.training", "b.service", "b.talk")
    buttons = tuple((Button(key, f"problem:{n}"),) for n, key in enumerate(keys, 1))
    return Outcome(new, (Reply("J1", buttons=buttons),), understood="problem")


def problem_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 to 3 go to the officer, 4 to the named focal points only."""
    digit = said.digit or (said.rest if said.command == "button problem" else "")
    keys = {"1": "J1kit", "2": "J1training", "3": "J1service"}
    if digit in keys:
        about = {"1": "kit or money", "2": "a training", "3": "this service"}[digit]
        return _closed(
            turn, keys[digit], state.task(turn, "call", f"a problem: {about}"), officer=state.officer(turn)
        )
    return sealed(turn) if digit == "4" else None


def _closed(turn: Turn, key: str, *effects: Any, **values: Any) -> Outcome:
    """Close the door; a report that was open before is open again."""
    new = {k: v for k, v in state.close(turn).items() if k != "after"}
    if after := turn.state.get("after"):
        new["open"] = after
    return Outcome(new, (Reply(key, values),), effects, understood="problem")


def sealed(turn: Turn) -> Outcome:
    """J2: neutral, repeats nothing; the task is sealed and says nothing."""
    new = {**state.ask(turn, "sealed")}
    if after := turn.state.get("after"):
        new["after"] = after
    buttons = ((Button("b.woman", "sealed:1"), Button("b.man", "sealed:2"), Button("b.icall", "sealed:3")),)
    effect = state.task(turn, "sealed", sealed=True)
    return Outcome(new, (Reply("J2", buttons=buttons),), (effect,), understood="a person will call")


def sealed_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """Who calls, then when; the answers stand in the sealed task only."""
    digit = said.digit or (said.rest if said.command == "button sealed" else "")
    if question.get("by") is None:
        if digit in ("1", "2"):
            by = "a woman" if digit == "1" else "a man"
            new = {**dict(turn.state), **state.ask(turn, "sealed", by=by)}
            effect = state.task(turn, "sealed", f"{by} calls", sealed=True)
            return Outcome(new, (Reply("J3"),), (effect,), understood="a person will call")
        if digit == "3":
            return _closed(turn, "J4b")
        return None
    when = {"1": "today", "2": "tomorrow morning", "3": "tomorrow evening"}.get(digit, "see the message")
    return _closed(turn, "J4", state.task(turn, "sealed", when, sealed=True))
