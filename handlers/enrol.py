"""Enrolment: language, consent, the one-time token, unknown and new numbers, several people on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import state
from handlers.said import Said
from handlers.turn import (
    LANGUAGES,
    Association,
    Button,
    LinkAddress,
    OpenTask,
    Outcome,
    PeopleNamed,
    PeopleOfPhone,
    Person,
    RecordConsent,
    Reply,
    SetLanguage,
    Timer,
    TokenOwner,
    Turn,
    UnlinkAddress,
    UseToken,
    Wake,
)
from handlers.understand.words import language_of, yes_no

WAIT_FOR_CHOICE = timedelta(days=3)


def consenting(turn: Turn) -> bool:
    """True when at least one of the people of this address agreed to be written to."""
    return any(person.consent == "yes" for person in turn.people)


def stopped(turn: Turn) -> bool:
    """True when everybody here said stop or no: nothing more is sent, what arrives is kept."""
    return bool(turn.people) and all(person.consent in ("stopped", "no") for person in turn.people)


# --- language and consent ---


def ask_language(turn: Turn) -> Outcome:
    """A0, readable by everyone."""
    new = state.ask(turn, "language", held=turn.state.get("held", ""))
    return Outcome(_keeping_form(turn, new), (Reply("A0", buttons=_language_buttons()),), understood="language?")


def _keeping_form(turn: Turn, new: dict[str, Any]) -> dict[str, Any]:
    question = state.opened(turn)
    if question and question["kind"] == "form":
        new["after"] = question
    return new


def _language_buttons() -> tuple[tuple[Button, ...], ...]:
    names = (("Ikirundi", "rn"), ("Français", "fr"), ("Kiswahili", "sw"), ("English", "en"))
    pairs = [Button(name, f"lang:{code}") for name, code in names]
    return (tuple(pairs[:2]), tuple(pairs[2:]))


def language_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 Kirundi 2 Francais 3 Kiswahili 4 English, or the button."""
    codes = {"1": "rn", "2": "fr", "3": "sw", "4": "en"}
    code = codes.get(said.digit) or (said.rest if said.command == "button lang" else "")
    if code not in LANGUAGES:
        return None
    new: dict[str, Any] = {key: value for key, value in state.close(turn).items() if key not in ("after", "foreign")}
    new["language"] = code
    after = turn.state.get("after")
    if after:
        new["open"] = after
    people = [turn.person] if turn.person else list(turn.people)
    effects = tuple(SetLanguage(person.id, code) for person in people)
    reply = Reply("A6", {"language_name": _NAMES[code]}, language=code)
    if not turn.people or any(person.consent == "none" for person in people):
        return ask_consent(turn, {**new, "held": question.get("held", "")}, effects, code)
    return Outcome(new, (reply,), effects, understood=f"language {code}")


_NAMES = {"rn": "Kirundi", "fr": "francais", "sw": "Kiswahili", "en": "English"}


def ask_consent(
    turn: Turn, new: Mapping[str, Any] | None = None, effects: tuple[Any, ...] = (), language: Any = None
) -> Outcome:
    """A1 and A2: the only two-message step of the product. What she sent is kept until she answers."""
    person = turn.person or next((p for p in turn.people if p.consent == "none"), None)
    if person is None:
        return Outcome(dict(new or turn.state), (), effects)
    if len(turn.people) > 1 and turn.person is None:
        return ask_who(turn, "consent")
    base = dict(new if new is not None else turn.state)
    held = base.pop("held", "") or turn.inbound.text
    base["open"] = {"kind": "consent", "at": turn.now.isoformat(), "person": person.id, "held": held}
    association = person.association.sms_name if person.association else turn.programme.sender
    first = Reply("A1", {"name": person.sms_name, "association": association}, language=language)
    second = Reply("A2", buttons=_consent_buttons(), language=language)
    asked = RecordConsent(person.id, "asked", "A1+A2")
    timer = Timer("consent", str(turn.address.id), turn.now + WAIT_FOR_CHOICE)
    replies = (Reply("T2", buttons=_consent_buttons(), language=language),) if turn.address.rich else (first, second)
    return Outcome(base, replies, (*effects, asked), (timer,), understood="asks for consent")


def _consent_buttons() -> tuple[tuple[Button, ...], ...]:
    return (
        (Button("b.agree", "consent:yes"), Button("b.no", "consent:no")),
        (Button("b.more", "consent:more"), Button("b.call", "consent:call")),
    )


def consent_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 yes, 2 no, 3 call me."""
    agreed = {"1": True, "2": False, "yes": True, "no": False}.get(said.digit or said.rest)
    if agreed is None and not said.command:
        agreed = yes_no(turn.inbound.text)
    call = said.digit == "3" or (said.command == "button consent" and said.rest == "call") or said.command == "call"
    person = next((p for p in turn.people if p.id == question["person"]), None)
    if person is None:
        return None
    new = {key: value for key, value in state.close(turn).items() if key != "held"}
    done = Timer("consent", str(turn.address.id), None)
    if call:
        effect = state.task(turn, "call", "wants to talk before agreeing")
        open_again = {**new, "open": dict(question)}
        return Outcome(open_again, (Reply("B2", {"officer": state.officer(turn)}),), (effect,), understood="call me")
    if agreed is None:
        return Outcome({**new, "open": dict(question)}, (Reply("A2", buttons=_consent_buttons()),))
    if not agreed:
        effects = (RecordConsent(person.id, "no", "A1+A2"),)
        return Outcome(new, (Reply("A4"),), effects, (done,), understood="consent: no")
    association = person.association.sms_name if person.association else turn.programme.sender
    reply = Reply("A3", {"name": person.sms_name, "association": association}, keyboard="main")
    new = {**new, "held": question["held"]} if question["held"] else new
    return Outcome(new, (reply,), (RecordConsent(person.id, "yes", "A1+A2"),), (done,), understood="consent: yes")


def no_choice(turn: Turn) -> Outcome:
    """A5, once, three days after A2."""
    question = turn.state.get("open")
    if not question or question["kind"] != "consent" or question.get("reminded"):
        return Outcome(dict(turn.state))
    person = next((p for p in turn.people if p.id == question["person"]), None)
    if person is None or person.consent != "asked":
        return Outcome(dict(turn.state))
    association = person.association.sms_name if person.association else turn.programme.sender
    new = {**turn.state, "open": {**question, "reminded": True, "at": turn.now.isoformat()}}
    return Outcome(new, (Reply("A5", {"name": person.sms_name, "association": association}),), understood="A5")


# --- who is writing ---


def ask_who(turn: Turn, then: str) -> Outcome:
    """K1, only when it matters: consent, data, questions."""
    people = turn.people
    new = state.ask(turn, "who", then=then, ids=[person.id for person in people], held=turn.inbound.text)
    if len(people) == 2:
        reply = Reply("K1", {"first": people[0].sms_name, "second": people[1].sms_name})
    else:
        choices = " ".join(f"{n} {person.sms_name}" for n, person in enumerate(people, 1))
        reply = Reply("K1n", {"choices": choices, "last": len(people) + 1})
    return Outcome(new, (reply,), understood="who is writing?")


def who_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Person | None:
    """Whom the digit means; None for "another person" or no digit."""
    ids = question["ids"]
    if said.digit and 1 <= int(said.digit) <= len(ids):
        return next((p for p in turn.people if p.id == ids[int(said.digit) - 1]), None)
    return None


# --- strangers ---


def stranger(turn: Turn, said: Said) -> Outcome:
    """A number, or a chat, that nobody of the roster has."""
    if turn.address.rich:
        return _stranger_in_chat(turn, said)
    if said.command == "stop":
        effect = UnlinkAddress(turn.address.id, "said stop")
        return Outcome({"silent": True}, (Reply("I1"),), (effect,), understood="stop")
    question = state.opened(turn)
    if question and question["kind"] == "stranger":
        if said.digit == "1":
            return Outcome(state.ask(turn, "names"), (Reply("K4"),), understood="a new number, says so")
        if said.digit == "2":
            effect = UnlinkAddress(turn.address.id, "wrong number")
            wrong = _task(turn, "wrong_number")
            return Outcome({"silent": True}, (Reply("K3b"),), (effect, wrong), understood="wrong number")
    if said.command == "call" or said.digit == "9":
        return Outcome(state.close(turn), (Reply("K3c"),), (_task(turn, "call"),), understood="call me")
    if question and question["kind"] == "names":
        return _names(turn, said)
    effects = () if question else (_task(turn, "read"),)
    language = language_of(turn.inbound.text)
    new = {**state.ask(turn, "stranger"), **({"language": language} if language else {})}
    return Outcome(new, (Reply("K3"),), effects, understood="unknown number")


def _task(turn: Turn, kind: Any, about: str = "unknown number", person: Person | None = None) -> OpenTask:
    association = person.association if person else None
    due = state.tomorrow_evening(turn)
    return OpenTask(kind, due, person.id if person else None, association.id if association else None, about)


def _names(turn: Turn, said: Said) -> Outcome:
    """K4's answer: an association and a first name. Never automatic: the old number is asked, an officer calls."""
    words = tuple(said.plain.replace(",", " ").split())
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
    return Outcome(new, (Reply("K6", values),), effects, understood="asks to move a number")


def _officer(turn: Turn, association: Association | None) -> str:
    return (association.officer if association else "") or turn.programme.sender


def moving(turn: Turn) -> Outcome:
    """K5, to the old number, woken by the new one."""
    data = turn.inbound.data
    person = next((p for p in turn.people if p.id == data["person"]), None)
    if person is None or person.consent in ("stopped", "no"):
        return Outcome(dict(turn.state))
    association = person.association.sms_name if person.association else ""
    new = state.ask(turn, "move", person=person.id)
    values = {"name": person.sms_name, "association": association, "ends_in": data["ends_in"]}
    return Outcome(new, (Reply("K5", values),), understood="asks the old number")


def move_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 it is me, 2 stop it; an officer decides in both cases."""
    person = next((p for p in turn.people if p.id == question["person"]), None)
    officer = _officer(turn, person.association if person else None)
    if said.digit == "1":
        task = _task(turn, "check_number", "the old number agrees to the move", person)
        return state.say(turn, "K5yes", task, officer=officer)
    if said.digit == "2":
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
        return Outcome(_share(turn), (Reply("T3", keyboard="contact"),), understood="token unknown or used")
    if inbound.kind == "contact":
        return _contact(turn)
    if question and question["kind"] == "match":
        return _match(turn, said, question)
    if said.command == "button lang" and said.rest in LANGUAGES:
        new = {**_share(turn), "language": said.rest}
        return Outcome(new, (Reply("T3", keyboard="contact", language=said.rest),), understood="share number?")
    if said.digit == "9" or said.command == "call":
        return Outcome(state.close(turn), (Reply("K3c"),), (_task(turn, "call"),), understood="call me")
    effects_ = () if turn.state.get("open") else (_task(turn, "read"),)
    new = state.ask(turn, "share")
    return Outcome(new, (Reply("T1", buttons=_language_buttons()),), effects_, understood="unknown chat")


def _share(turn: Turn) -> dict[str, Any]:
    return state.ask(turn, "share")


def _welcome(turn: Turn, effects: tuple[Any, ...]) -> Outcome:
    new = state.ask(turn, "language", held="")
    return Outcome(new, (Reply("T1", buttons=_language_buttons()),), effects, understood="enrols by token")


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
    return Outcome(new, (Reply("T4", values, buttons=buttons),), understood="is it her?")


def _match(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome:
    agreed = {"yes": True, "no": False, "1": True, "2": False}.get(said.rest or said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    if agreed:
        return _welcome(turn, (LinkAddress(int(question["person"]), turn.address.id),))
    return Outcome(state.close(turn), (Reply("K3c"),), (_task(turn, "check_number"),), understood="not her")
