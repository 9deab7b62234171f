"""Newcomers: numbers and chats that nobody of the roster has (K3 to K6, the one-time token, a shared contact)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import account, checks, form, state
from handlers.enrol import language_buttons
from handlers.known_forms import looks_like_report
from handlers.said import Said
from handlers.turn import (
    LANGUAGES,
    Association,
    Button,
    ChangeReport,
    Effect,
    LinkAddress,
    OpenTask,
    Outcome,
    PeopleNamed,
    PeopleOfPhone,
    Person,
    PersonNumbered,
    Reply,
    SaveReport,
    TokenOwner,
    Turn,
    UnlinkAddress,
    UseToken,
    Wake,
)
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


def stranger(turn: Turn, said: Said) -> Outcome:
    """A number, or a chat, that nobody of the roster has."""
    if turn.address.rich:
        return _stranger_in_chat(turn, said)
    if turn.state.get("silent") and said.command not in ("help", "start", "sensitive"):
        return Outcome(dict(turn.state), understood="kept, not answered")
    if said.command == "stop":
        effect = UnlinkAddress(turn.address.id, "said stop")
        return Outcome(_silent(turn), (Reply("I1"),), (effect,), understood="stop")
    if said.command == "sensitive":
        return account.sealed(turn)
    question = state.opened(turn)
    if question and question["kind"] == "sealed" and (answer := account.sealed_answer(turn, said, question)):
        return answer
    if said.command == "call" or said.digit == "9" or turn.inbound.kind == "missed_call":
        claimed = turn.state.get("open") if "claims" in turn.state else None
        new = {**state.close(turn), **({"open": claimed} if claimed else {})}
        return Outcome(new, (Reply("K3c"),), (_task(turn, "call"),), understood="call me")
    if "claims" in turn.state:
        return _claiming(turn, said)
    if question and question["kind"] == "stranger" and said.digit in ("1", "2"):
        return _who_it_is(turn, said, question)
    if question and question["kind"] == "names" and said.command != "help":
        return _names(turn, said, question)
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
    effects = () if question and not _is_words(said) else (_task(turn, "read"),)
    language: Any = language_of(turn.inbound.text)
    new = state.ask(turn, "stranger", held=waiting) | ({"language": language} if language else {})
    new.pop("silent", None)
    return Outcome(new, (Reply("K3", language=language),), effects, understood="unknown number")


def _is_words(said: Said) -> bool:
    """Whether a person should read it: neither a command nor a digit nor nothing."""
    return bool(said.text) and not said.command and not said.digit


def _who_it_is(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome:
    """K3's answers: 1 a leader with a new number (K4), 2 a wrong number (K3b, then silence)."""
    if said.digit == "1":
        new = state.ask(turn, "names", held=question.get("held", ""))
        return Outcome(new, (Reply("K4"),), understood="a new number, says so")
    effect = UnlinkAddress(turn.address.id, "wrong number")
    return Outcome(_silent(turn), (Reply("K3b"),), (effect, _task(turn, "wrong_number")), understood="wrong number")


def _task(turn: Turn, kind: Any, about: str = "unknown number", person: Person | None = None) -> OpenTask:
    association = person.association if person else None
    due = state.tomorrow_evening(turn)
    return OpenTask(kind, due, person.id if person else None, association.id if association else None, about)


def _names(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome:
    """K4's answer: an association and a first name. Never automatic: the old number is asked, an officer calls."""
    words = tuple(said.plain.replace(",", " ").replace(".", " ").split())
    found: tuple[Person, ...] = turn.known(PeopleNamed(words))
    if len(found) != 1:
        return Outcome(state.close(turn), (Reply("K4b"),), (_task(turn, "check_number"),), understood="names?")
    person = found[0]
    about = f"move to the number that ends in {turn.address.ends_in}"
    move = {"what": "move", "person": person.id, "ends_in": turn.address.ends_in, "to": turn.address.id}
    association = person.association
    values = {"officer": _officer(turn, association), "association": association.sms_name if association else ""}
    new = {**state.close(turn), "claims": person.id}
    effects = (_task(turn, "check_number", about, person), Wake(person.id, move))
    outcome = Outcome(new, (Reply("K6", values),), effects, understood="asks to move a number")
    return _with_held(turn, said, outcome, person, str(question.get("held", "")))


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
        outcome = form.from_line(there, said, person.association)
    for name, digit in (("training", "1"), ("business", "2")):
        if outcome is None and (said.command == name or said.digit == digit):
            outcome = form.start(there, name, person.association)
    if outcome is None:
        task = (_task(turn, "read", "a new number, not checked yet", person),) if said.text else ()
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
        task = _task(turn, "check_number", "the old number agrees to the move", person)
        return state.say(turn, "K5yes", task, officer=officer)
    if agreed is False:
        task = _task(turn, "check_number", "the old number says: stop the move", person)
        return state.say(turn, "K5no", task, officer=officer)
    return None


# --- chat ---


def _stranger_in_chat(turn: Turn, said: Said) -> Outcome:
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
    if said.command == "button lang" and said.rest in LANGUAGES:
        new = {**_share(turn), "language": said.rest}
        return Outcome(new, (Reply("T3", keyboard="contact", language=said.rest),), understood="share number?")
    if said.digit == "9" or said.command == "call":
        return Outcome(state.close(turn), (Reply("K3c"),), (_task(turn, "call"),), understood="call me")
    if said.command in ("help", "privacy"):
        return Outcome(dict(turn.state), (Reply("T17" if said.command == "privacy" else "T16any"),))
    if said.command == "stop":
        return Outcome({}, (Reply("I1", keyboard="remove"),), understood="stop")
    if question and question["kind"] == "share" and _is_words(said):
        effect = _task(turn, "check_number", "a chat without a number")
        return Outcome(state.close(turn), (Reply("T3none", keyboard="remove"),), (effect,), understood="no number")
    effects_ = (_task(turn, "read"),) if _is_words(said) else ()
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
    found: tuple[Person, ...] = turn.known(PeopleOfPhone(str(turn.inbound.data["phone"])))
    if len(found) != 1:
        reply = Reply("T3none", keyboard="remove")
        return Outcome(state.close(turn), (reply,), (_task(turn, "check_number"),), understood="contact unknown")
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
    return Outcome(state.close(turn), (Reply("K3c"),), (_task(turn, "check_number"),), understood="not her")
