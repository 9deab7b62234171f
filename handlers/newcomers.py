"""Newcomers: numbers that nobody of the roster has (K3 to K6); their chats are in new_chats.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import checks, door, form, second_thought, state
from handlers.known_forms import looks_like_report
from handlers.said import Said
from handlers.turn import (
    Association,
    ChangeReport,
    Effect,
    OpenTask,
    Outcome,
    PeopleNamed,
    Person,
    PersonNumbered,
    Reply,
    Roads,
    RoadsOf,
    SaveReport,
    Turn,
    UnlinkAddress,
    Wake,
)
from handlers.understand.choices import picked
from handlers.understand.courtesies import says_nothing
from handlers.understand.vocabulary import IT_IS
from handlers.understand.words import language_of, yes_no

_CLAIMED = {
    "form": form.answer,
    "reading": form.chosen,
    "check": checks.answer,
    "split": checks.split,
    "details": checks.details,
    "place": checks.place,
    "remark": checks.remark,
}
"""What a number that says whose it is may answer before an officer has checked it: its own report."""


_K3 = (
    ("responsable", "nouveau numero", "leader", "new number", "a leader with a new number", "ndi umurongozi")
    + ("umurongozi", "inomero nshasha", "kiongozi", "namba mpya", "responsable nouveau numero"),
    ("erreur", "wrong number", "mauvais numero", "nihenze", "nimekosea"),
)
"""K3's choices in words. Kirundi and Swahili are drafts."""


def stranger(turn: Turn, said: Said) -> Outcome:
    """A number that nobody of the roster has."""
    if turn.state.get("silent") and said.command not in ("help", "start", "sensitive", "problem"):
        return Outcome(dict(turn.state), understood="kept, not answered")
    if said.command == "stop":
        effect = UnlinkAddress(turn.address.id, "said stop")
        return Outcome(_silent(turn), (Reply("I1"),), (effect,), understood="stop")
    if said.command in ("sensitive", "problem"):
        return door.sealed(turn)
    question = state.opened(turn)
    if question and question["kind"] == "sealed" and (answer := door.sealed_answer(turn, said, question)):
        return answer
    if number := door.another_number(turn, said):
        return number
    if said.command == "call" or said.digit == "9" or turn.inbound.kind == "missed_call":
        return Outcome(dict(turn.state), (Reply("K3c"),), (task_of(turn, "call"),), understood="call me")
    if "claims" in turn.state:
        return _claiming(turn, said)
    asked = question is not None and question["kind"] == "stranger"
    meant = picked(said.digit or said.text, _K3, IT_IS, near=False) if asked else ()
    if question and meant:
        return _who_it_is(turn, meant[0] == 1, question)
    if question and question["kind"] == "names" and said.command != "help":
        return named(turn, said, question)
    return _unknown(turn, said)


def _silent(turn: Turn) -> dict[str, Any]:
    """Nothing is answered any more but HELP and START."""
    return {"silent": True, **{key: value for key, value in turn.state.items() if key == "language"}}


def _unknown(turn: Turn, said: Said) -> Outcome:
    """K3. Its first message goes to a person; a report is kept until she says who she is."""
    question = state.opened(turn)
    waiting = (question or {}).get("held", "")
    if turn.inbound.kind == "text" and looks_like_report(turn):
        waiting = turn.inbound.text
    effects = () if question and not is_words(said) else (task_of(turn, "read"),)
    language: Any = language_of(turn.inbound.text)
    new = state.ask(turn, "stranger", held=waiting) | ({"language": language} if language else {})
    new.pop("silent", None)
    return Outcome(new, (Reply("K3", language=language),), effects, understood="unknown number")


def is_words(said: Said) -> bool:
    """Whether a person should read it: neither a command nor a digit nor nothing."""
    return bool(said.text) and not said.command and not said.digit


def _who_it_is(turn: Turn, leads: bool, question: Mapping[str, Any]) -> Outcome:
    """K3's answers: 1 a leader with a new number (K4), 2 a wrong number (K3b, then silence)."""
    if leads:
        new = state.ask(turn, "names", held=question.get("held", ""))
        return Outcome(new, (Reply("K4"),), understood="a new number, says so")
    effect = UnlinkAddress(turn.address.id, "wrong number")
    return Outcome(_silent(turn), (Reply("K3b"),), (effect, task_of(turn, "wrong_number")), understood="wrong number")


def task_of(turn: Turn, kind: Any, about: str = "unknown number", person: Person | None = None) -> OpenTask:
    association = person.association if person else None
    due = state.tomorrow_evening(turn)
    return OpenTask(kind, due, person.id if person else None, association.id if association else None, about)


def named(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome:
    """K4's answer: an association and a first name. Never automatic: the old number is asked, an officer calls."""
    words = tuple(said.plain.replace(",", " ").replace(".", " ").split())
    found: tuple[Person, ...] = turn.known(PeopleNamed(words))
    if len(found) != 1:
        return Outcome(state.close(turn), (Reply("K4b"),), (task_of(turn, "check_number"),), understood="names?")
    person = found[0]
    ends_in = str(question.get("ends_in") or turn.address.ends_in)  # of a chat its number's, not its own
    association = person.association
    values = {"officer": _officer(turn, association), "association": association.sms_name if association else ""}
    new = {**state.close(turn), "claims": person.id}
    outcome = Outcome(new, (Reply("K6", values),), moves(turn, person, ends_in), understood="asks to move a number")
    return _with_held(turn, said, outcome, person, str(question.get("held", "")))


def moves(turn: Turn, person: Person, ends_in: str) -> tuple[Effect, ...]:
    """Another number is said to be hers: an officer checks, and her old road is asked (K5). Nothing is linked."""
    move = {"what": "move", "person": person.id, "ends_in": ends_in}
    old = _old_road(turn, person)
    asked = (Wake(None, move, address_id=old),) if old is not None else ()
    return (task_of(turn, "check_number", f"move to the number that ends in {ends_in}", person), *asked)


def _old_road(turn: Turn, person: Person) -> int | None:
    """Where she is asked whether it is her: her phone, else a chat of hers; None when neither works."""
    there: Roads = turn.known(RoadsOf(person.id))
    works = [road for road in there.roads if road.works and road.address_id != turn.address.id]
    return next((road.address_id for road in sorted(works, key=lambda road: road.scheme != "tel")), None)


def _with_held(turn: Turn, said: Said, outcome: Outcome, person: Person, waiting: str) -> Outcome:
    """The report that she sent first counts now."""
    there = _as(turn.with_state(outcome.state), person)
    there = replace(there, inbound=replace(turn.inbound, text=waiting))
    if not waiting or person.association is None:
        return outcome
    report = form.from_line(there, said, person.association)
    if report is None:
        return outcome
    report = _unchecked(report)
    return outcome.but(
        state=report.state,
        replies=(*outcome.replies, *report.replies),
        effects=(*outcome.effects, *report.effects),
        timers=report.timers,
    )


def _as(turn: Turn, person: Person) -> Turn:
    """The turn as one for that person's association; who writes is not known until an officer has called."""
    return replace(turn, people=(person,), person=None)


def _unchecked(outcome: Outcome) -> Outcome:
    """Her reports count, as doubtful, until the number has been checked (K6, ruling 1)."""
    effects: list[Effect] = []
    for effect in outcome.effects:
        if isinstance(effect, SaveReport) and effect.state == "reported":
            effect = replace(effect, state="doubtful", doubt="K6")
        elif isinstance(effect, ChangeReport) and effect.state == "reported":
            effect = replace(effect, state="doubtful")
        effects.append(effect)
    return outcome.but(effects=tuple(effects))


def _claiming(turn: Turn, said: Said) -> Outcome:
    """After K6 an officer checks; until then reports count, and everything else is for a person."""
    person: Person | None = turn.known(PersonNumbered(int(turn.state["claims"])))
    if person is None or person.association is None:
        return _unknown(turn.with_state({k: v for k, v in turn.state.items() if k != "claims"}), said)
    there = _as(turn, person)
    question = state.opened(there)
    outcome: Outcome | None = None
    if question and question["kind"] in _CLAIMED:
        outcome = _CLAIMED[question["kind"]](there, said, question)
    if outcome is None and turn.inbound.kind == "text":
        outcome = second_thought.corrected(there, said) or form.from_line(there, said, person.association)
    if outcome is None and says_nothing(said.text, turn.programme.sender):
        outcome = Outcome(dict(turn.state), (Reply("B7"),), understood="a greeting, or thanks")
    for name, digit in (("training", "1"), ("business", "2")):
        if outcome is None and (said.command == name or said.digit == digit):
            outcome = form.start(there, name, person.association)
    if outcome is None:
        task = (task_of(turn, "read", "a new number, not checked yet", person),) if said.text else ()
        outcome = Outcome(dict(turn.state), (Reply("B3"),), task, understood="for a person to read")
    return _unchecked(outcome)


def _officer(turn: Turn, association: Association | None) -> str:
    return (association.officer if association else "") or turn.programme.sender


def moving(turn: Turn) -> Outcome:
    """K5, to the old number, woken by the new one."""
    data = turn.inbound.data
    person = next((p for p in turn.people if p.id == data["person"]), None)
    if person is None or person.consent in ("stopped", "no"):
        return Outcome(dict(turn.state))
    association = person.association.sms_name if person.association else ""
    question = state.opened(turn)
    waiting = turn.state
    if question and question["kind"] == "form":
        waiting = form.put_aside(turn, question, waits=True)
    new = state.ask(turn.with_state(waiting), "move", person=person.id)
    values = {"name": person.sms_name, "association": association, "ends_in": data["ends_in"]}
    return Outcome(new, (Reply("K5", values),), understood="asks the old number")


def move_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 it is me, 2 stop it; an officer decides in both cases."""
    person = next((p for p in turn.people if p.id == question["person"]), None)
    officer = _officer(turn, person.association if person else None)
    agreed = {"1": True, "2": False}.get(said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    if agreed:
        task = task_of(turn, "check_number", "the old number agrees to the move", person)
        return state.say(turn, "K5yes", task, officer=officer)
    if agreed is False:
        task = task_of(turn, "check_number", "the old number says: stop the move", person)
        return state.say(turn, "K5no", task, officer=officer)
    return None
