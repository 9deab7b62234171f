"""Mentoring tips (H6): one at a time, when nothing else is open, and whether it was useful.

Which tip it is, is decided when it leaves (scheduler/tips.py by way of the fact `TipFor`). The question "useful?"
is open only as long as it is the last thing said: a 1 or 2 after anything else is the menu's.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from handlers import state
from handlers.reminders import rules as rules_of_time
from handlers.said import Said
from handlers.turn import (
    FALLBACK,
    Fact,
    KeepTip,
    Label,
    MoreOfTip,
    NextTip,
    Outcome,
    Person,
    Reply,
    Roads,
    RoadsOf,
    Timer,
    Tip,
    TipFor,
    TipRules,
    TipUseful,
    Turn,
    Unasked,
    Wake,
)
from handlers.understand.words import yes_no

A_WEEK = 7
"""Days between two tips to one phone."""
TRY_AGAIN = timedelta(days=1)
"""A tip that must wait is tried again at the same hour."""


def due(turn: Turn) -> Outcome:
    """Her tip is due: say it, or wait for a better day, or leave it when tips are off or she moved away."""
    number = int(turn.inbound.data["person"])
    rules = turn.programme.tips
    person = next((one for one in turn.people if one.id == number), None)
    if rules is None:
        return Outcome(dict(turn.state), understood="no tip: they are switched off")
    roads: Roads = turn.known(RoadsOf(number))
    road = roads.of("tip").best
    if person is None or road != turn.address.id:
        woken = turn.inbound.data.get("timer") == "wake"  # else her road may be another one since
        wake = () if woken or road is None else (_at(road, number),)
        return Outcome(dict(turn.state), (), wake, understood="no tip here: not her road")
    if person.consent != "yes":
        return Outcome(dict(turn.state), understood="no tip: she has not agreed")
    when = rules_of_time(turn)
    if (allowed := when.allowed(turn.now, person.association)) > turn.now:
        return _later(turn, person, allowed, "not at this hour")
    if state.opened(turn):
        return _later(turn, person, turn.now + TRY_AGAIN, "a question is open")
    next_: NextTip
    _, next_, *of_each = turn.need(*_asked(turn, number, rules))
    if next_.last_day is not None and (turn.today - next_.last_day).days < A_WEEK:
        return _later(turn, person, next_.next_at, "one was sent this week")
    written = [moment for moments in of_each for moment in moments]
    free = when.free(sorted(set(written)), turn.now)
    if free is None or free > turn.now:
        at = _at_its_hour(turn, free, rules.at) if free else next_.next_at
        return _later(turn, person, at, "written to often enough")
    if next_.tip is None:
        return _later(turn, person, next_.next_at, "none is left for her")
    said = _said(turn, person, next_.tip, "tip")
    return said.but(timers=(_timer(person, next_.next_at),))


def foreseen(turn: Turn) -> tuple[Fact, ...]:
    """What `due` will ask for, when she may be told one now."""
    number, rules, now = int(turn.inbound.data["person"]), turn.programme.tips, turn.now
    if rules is None or state.opened(turn) or rules_of_time(turn).allowed(now, turn.association) > now:
        return ()
    return _asked(turn, number, rules)


def _asked(turn: Turn, number: int, rules: TipRules) -> tuple[Fact, ...]:
    everybody = tuple(one.id for one in turn.people)
    each = (Unasked.in_week(one, turn.now) for one in everybody)
    return RoadsOf(number), TipFor(number, everybody, rules, turn.now), *each


def _at_its_hour(turn: Turn, free: datetime, at: time) -> datetime:
    """A week has room from the hour at which something left: a reminder may wait for that place, a tip leaves it."""
    local = free + turn.utc_offset
    then = datetime.combine(local, at, local.tzinfo)
    return then + (timedelta(days=1) if then < local else timedelta()) - turn.utc_offset


def _at(address_id: int, person_id: int) -> Wake:
    return Wake(None, {"what": "tip", "person": person_id}, address_id=address_id)


def answer(turn: Turn, said: Said, question: dict[str, Any]) -> Outcome | None:
    """1 or 2, the last thing said was a tip; in a chat also More, and another thumb later."""
    pressed = bool(turn.inbound.data.get("callback"))
    if question.get("said") and not pressed:
        return None
    if turn.inbound.sent_at and turn.inbound.sent_at < state.asked_at(question):
        return None  # it was on its way before the tip left
    if said.digit == "3" and pressed:
        return _more(turn, question)
    useful = {"1": True, "2": False}.get(said.digit)
    if useful is None:
        useful = yes_no(turn.inbound.text)
    if useful is None:
        return None
    effect = TipUseful(question["tip"], question["person"], question["round"], useful)
    new = {**dict(turn.state), "open": {**question, "said": True}} if pressed else state.close(turn)
    key = "H6yes" if useful else "H6no"
    return state.say(turn, key, effect, state=new)


def settled(turn: Turn, outcome: Outcome) -> Outcome:
    """Anything else was said after the tip: the question whether it was useful is closed."""
    question = turn.state.get("open") or {}
    if question.get("kind") != "tip" or outcome.state.get("open") != question:
        return outcome
    if turn.inbound.kind == "button" or (turn.inbound.kind == "timer" and not outcome.replies):
        return outcome
    if any(isinstance(effect, TipUseful) for effect in outcome.effects):
        return outcome  # in a chat the buttons go on working
    return outcome.but(state={key: value for key, value in outcome.state.items() if key != "open"})


def _more(turn: Turn, question: dict[str, Any]) -> Outcome:
    everybody, rules = tuple(one.id for one in turn.people), turn.programme.tips
    tip: Tip | None = turn.known(MoreOfTip(question["tip"], everybody, rules, turn.today)) if rules else None
    person = next((one for one in turn.people if one.id == question["person"]), None)
    if tip is None or person is None:
        return state.say(turn, "H6none")
    return _said(turn, person, tip, "reply")


def _said(turn: Turn, person: Person, tip: Tip, kind: Any) -> Outcome:
    """The tip in the first language of hers that it has; a draft only where drafts may be sent."""
    language: Any = next(one for one in FALLBACK[turn.language] if _readable(turn, tip, one))
    parts = {one: text.partition(": ") for one, text in tip.texts.items() if _readable(turn, tip, one)}
    values = {
        "subject": Label({one: subject for one, (subject, _, _) in parts.items()}),
        "tip": Label({one: text for one, (_, _, text) in parts.items()}),
    }
    new = state.ask(turn, "tip", tip=tip.id, person=person.id, round=tip.round)
    return Outcome(
        new,
        (Reply("H6", values, language=language, kind=kind),),
        (KeepTip(tip.id, person.id, tip.round),),
        understood=f"tip {tip.name}",
    )


def _readable(turn: Turn, tip: Tip, language: str) -> bool:
    return language in tip.texts and (turn.programme.drafts or language not in tip.drafts)


def _later(turn: Turn, person: Person, at: Any, why: str) -> Outcome:
    return Outcome(dict(turn.state), (), (), (_timer(person, at),), f"no tip now: {why}")


def _timer(person: Person, at: Any) -> Timer:
    return Timer("tip", str(person.id), at, {"person": person.id})
