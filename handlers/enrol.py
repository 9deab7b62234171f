"""Enrolment: language (A0), consent (A1 to A5), and who of several people on a phone is writing (K1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import form, state
from handlers.said import Said
from handlers.turn import (
    LANGUAGES,
    Button,
    Effect,
    Label,
    Outcome,
    Person,
    RecordConsent,
    Reply,
    SetLanguage,
    TakeBackCall,
    Timer,
    Turn,
)
from handlers.understand.choices import picked
from handlers.understand.vocabulary import IT_IS
from handlers.understand.words import agrees, keyword, language_of

WAIT_FOR_CHOICE = timedelta(days=3)
_TALK_FIRST = "wants to talk before agreeing"
LANGUAGE_NAMES = {"rn": "Kirundi", "fr": "francais", "sw": "Kiswahili", "en": "English"}
"""As the texts say them, without letters that an SMS has not."""
_ANOTHER = ("another person", "another", "une autre personne", "autre personne", "autre", "uwundi", "mwingine")
TO_THE_TEAM: Mapping[str, Label] = {
    "rn": Label({"en": "Kirundi", "fr": "kirundi"}),
    "fr": Label({"en": "French", "fr": "français"}),
    "sw": Label({"en": "Swahili", "fr": "swahili"}),
    "en": Label({"en": "English", "fr": "anglais"}),
}
"""As the team reads them, each in its own language."""
_NAMED = {
    "rn": ("kirundi", "ikirundi", "rundi"),
    "fr": ("francais", "igifaransa", "kifaransa", "french"),
    "sw": ("kiswahili", "swahili", "igiswahili"),
    "en": ("english", "anglais", "icongereza", "kiingereza"),
}


def consenting(turn: Turn) -> bool:
    """True when at least one of the people of this address agreed to be written to."""
    return any(person.consent == "yes" for person in turn.people)


def stopped(turn: Turn) -> bool:
    """True when everybody here said stop or no: nothing more is sent, what arrives is kept."""
    return bool(turn.people) and all(person.consent in ("stopped", "no") for person in turn.people)


def held(turn: Turn) -> str:
    """What waits for her answer: the first thing she sent, but a report goes before a greeting."""
    before = str((turn.state.get("open") or {}).get("held", ""))
    text = turn.inbound.text if turn.inbound.kind == "text" else ""
    if (keyword(text, turn.programme.keywords) or ("",))[0] in ("language", "start", "help"):
        text = ""
    if before and (_is_report(turn, before) or not _is_report(turn, text)):
        return before
    return text


def _is_report(turn: Turn, text: str) -> bool:
    associations = [person.association for person in turn.people if person.association]
    ctx = form.context(turn, associations[0] if associations else None)
    return any(one.read_line(text, ctx).status != "nothing" for one in turn.forms.values())


# --- language ---


def ask_language(turn: Turn) -> Outcome:
    """A0, readable by everyone. Before consent what she sent is kept."""
    new = state.ask(turn, "language", held="" if consenting(turn) else held(turn))
    return Outcome(new, (Reply("A0", buttons=language_buttons()),), understood="language?")


def language_buttons() -> tuple[tuple[Button, ...], ...]:
    """The four languages by their own names, without flags."""
    names = (("Ikirundi", "rn"), ("Français", "fr"), ("Kiswahili", "sw"), ("English", "en"))
    pairs = [Button(name, f"lang:{code}") for name, code in names]
    return (tuple(pairs[:2]), tuple(pairs[2:]))


def language_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 Kirundi 2 Francais 3 Kiswahili 4 English, the button, or the language's name."""
    code: Any = {"1": "rn", "2": "fr", "3": "sw", "4": "en"}.get(said.digit)
    if said.command == "button lang":
        code = said.rest
    elif not said.digit:
        code = next((code for code, names in _NAMED.items() if said.plain in names), None)
        if code is None and not consenting(turn) and not said.command:
            code = language_of(turn.inbound.text)
    if code not in LANGUAGES:
        return None
    new = {key: value for key, value in state.close(turn).items() if key not in ("foreign", "stays")}
    there = turn.with_state({**new, "language": code})
    people = [turn.person] if turn.person else list(turn.people)
    effects = tuple(SetLanguage(person.id, code) for person in people)
    if not consenting(turn):
        return ask_consent(there, effects, code, str(question.get("held", "")))
    reply = Reply("A6", {"language_name": LANGUAGE_NAMES[code]}, language=code)
    return Outcome(there.state, (reply,), effects, understood=f"language {code}")


# --- consent ---


def ask_consent(
    turn: Turn, effects: tuple[Effect, ...] = (), language: Any = None, waiting: str | None = None
) -> Outcome:
    """A1 and A2: the only two-message step of the product. What she sent is kept until she answers."""
    waiting = held(turn) if waiting is None else waiting
    if turn.person is None:
        return ask_who(turn, "consent", waiting, effects, language)
    person = turn.person
    new = state.ask(turn, "consent", person=person.id, held=waiting)
    values = {"name": person.sms_name, "association": _association(turn, person)}
    first, second = Reply("A1", values, language=language), Reply("A2", buttons=_buttons(), language=language)
    chat = Reply("T2", buttons=_buttons(), language=language)
    asked = RecordConsent(person.id, "asked", "A1+A2")
    replies = (chat,) if turn.address.rich else (first, second)
    return Outcome(new, replies, (*effects, asked), (_reminder(turn, again=True),), understood="asks for consent")


def _association(turn: Turn, person: Person) -> str:
    return person.association.sms_name if person.association else turn.programme.sender


def _reminder(turn: Turn, *, again: bool) -> Timer:
    """A5's timer, set or cancelled."""
    return Timer("consent", str(turn.address.id), turn.now + WAIT_FOR_CHOICE if again else None)


def _buttons() -> tuple[tuple[Button, ...], ...]:
    return (
        (Button("b.agree", "consent:yes"), Button("b.no", "consent:no")),
        (Button("b.more", "consent:more"), Button("b.call", "consent:call")),
    )


def consent_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 yes, 2 no, 3 call me; anything else is kept and asked again (A2)."""
    person = next((p for p in turn.people if p.id == question["person"]), None)
    if person is None:
        return None
    pressed = said.rest if said.command == "button consent" else ""
    agreed = {"1": True, "2": False, "yes": True, "no": False}.get(said.digit or pressed)
    if agreed is None and not said.command:
        agreed = agrees(turn.inbound.text)
    if agreed is not None:
        return _chosen(turn, person, question, agreed=agreed)
    if said.digit in ("3", "9") or "call" in (pressed, said.command) or turn.inbound.kind == "missed_call":
        return _call(turn, question)
    if said.digit == "0" and question.get("called"):
        closed = TakeBackCall(_TALK_FIRST)
        new = {**turn.state, "open": {**question, "called": False}}
        return Outcome(new, (Reply("B2c"),), (closed,), understood="no call")
    waiting = held(turn)
    second = waiting == question.get("held") != turn.inbound.text and _is_report(turn, turn.inbound.text)
    effects = (state.task(turn, "read", "a second report before the choice"),) if second else ()
    new = {**turn.state, "open": {**question, "held": waiting}}
    return Outcome(new, (Reply("A2", buttons=_buttons()),), effects, understood="asks again")


def _chosen(turn: Turn, person: Person, question: Mapping[str, Any], *, agreed: bool) -> Outcome:
    done = (_reminder(turn, again=False),)
    effects = (RecordConsent(person.id, "yes" if agreed else "no", "A1+A2"),)
    new = state.close(turn)
    if not agreed:
        return Outcome(new, (Reply("A4", keyboard="remove"),), effects, done, understood="consent: no")
    values = {"name": person.sms_name, "association": _association(turn, person)}
    waiting = {"held": question["held"]} if question["held"] else {}
    reply = Reply("A3", values, keyboard="main")
    return Outcome({**new, **waiting}, (reply,), effects, done, understood="consent: yes")


def _call(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """3: a person calls; the choice stays open."""
    values = {"officer": state.officer(turn)}
    task = state.task(turn, "call", _TALK_FIRST)
    if question.get("called"):
        return Outcome(dict(turn.state), (Reply("B2b", values),), (task,), understood="call again")
    new = {**turn.state, "open": {**question, "called": True}}
    return Outcome(new, (Reply("B2", values),), (task,), understood="call me")


def no_choice(turn: Turn) -> Outcome:
    """A5, once, three days after A2."""
    question = turn.state.get("open")
    if not question or question["kind"] != "consent" or question.get("reminded"):
        return Outcome(dict(turn.state))
    person = next((p for p in turn.people if p.id == question["person"]), None)
    if person is None or person.consent != "asked":
        return Outcome(dict(turn.state))
    values = {"name": person.sms_name, "association": _association(turn, person)}
    new = {**turn.state, "open": {**question, "reminded": True}}
    return Outcome(new, (Reply("A5", values, buttons=_buttons()),), understood="A5")


# --- who is writing ---


def ask_who(
    turn: Turn, then: str, waiting: str = "", effects: tuple[Effect, ...] = (), language: Any = None
) -> Outcome:
    """K1, only when it matters: consent, data, erasure, coming back, her own words."""
    people = turn.people
    new = state.ask(turn, "who", then=then, ids=[person.id for person in people], held=waiting)
    if len(people) == 2:
        reply = Reply("K1", {"first": people[0].sms_name, "second": people[1].sms_name}, language=language)
    else:
        choices = " ".join(f"{n} {person.sms_name}" for n, person in enumerate(people, 1))
        reply = Reply("K1n", {"choices": choices, "last": len(people) + 1}, language=language)
    return Outcome(new, (reply,), effects, understood="who is writing?")


def who_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Person | None:
    """Whom "1", "Odette", "1 Odette" or "c'est Odette" means; None for "another person" or neither."""
    there = {person.id: person for person in turn.people}
    people = [there.get(number) for number in question["ids"]]
    names = [(person.sms_name, person.name) if person else () for person in people]
    found = picked(said.digit or said.text, [*names, _ANOTHER], IT_IS, near=False)
    return people[found[0] - 1] if len(found) == 1 and found[0] <= len(people) else None


def is_another(said: Said, question: Mapping[str, Any]) -> bool:
    """K1's last digit, or its words: another person."""
    last = len(question["ids"]) + 1
    return picked(said.digit or said.text, [*((),) * (last - 1), _ANOTHER], IT_IS, near=False) == (last,)
