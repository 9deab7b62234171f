"""What a leader answers to a reminder: she reports now, there was nothing (F3), or later (F2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from handlers import form, state
from handlers.asking import noted, waits
from handlers.forms import Form, Reading
from handlers.known_forms import read_line
from handlers.reminders import rules, timer
from handlers.said import Said
from handlers.turn import Association, Effect, OpenTask, Outcome, Reply, SaveReport, SaveZero, SayNeed, Turn
from handlers.understand import dates
from handlers.understand.ahead import ahead
from handlers.understand.calendar import LEADING, PAST, RELATIVE
from handlers.understand.choices import picked
from handlers.understand.courtesies import is_acknowledged
from handlers.understand.tokens import tokens
from handlers.understand.vocabulary import COUNTED, COURTESY, GREETINGS, HELD, PERIODS, YES
from handlers.understand.words import is_later, is_none_yet, is_now, yes_no

FRIDAY = 4
FARTHEST = timedelta(days=60)
"""As far ahead as she may put us off."""
LONGEST = timedelta(days=14)
"""So long after a reminder its digits are still its answer: her phone was off, and an officer is about to call."""
_NEEDS = {
    "mentor": ("mentor", "uwubahanura", "mshauri"),
    "materials": ("materials", "material", "materiel", "materiels", "ibikoresho", "igikoresho", "vifaa"),
    "time": ("time", "temps", "umwanya", "muda", "wakati"),
    "nothing": ("nothing", "rien", "nta na kimwe", "hakuna", "hakuna kitu", "ntaco"),
}
"""What F3 offers, in its order, and the words of it. Kirundi and Swahili are drafts."""
_AROUND_NEED = frozenset(("un", "une", "le", "la", "les", "du", "de", "des", "d", "a", "the", "ni"))
_ZERO_AND = re.compile(r"0[\s.,:;!)=-]+([^\W\d_]\D*)")
"""0 and why: "0 la pluie"."""
_ONLY_PAST = frozenset(tuple(words.split()) for words, days in RELATIVE if days < 0 and words != "ejo")
_PROMISED = ("mentor", "materials")
"""Needs that a person of the team sees to."""


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """F1, F4, G1: 1 she reports now, 0 nothing to report, 2 or a day later; for a business its state, 0 later."""
    association = form.association_of(turn, question)
    if association is None:
        return None
    if day := _ahead(turn, surely=True):
        return _later(turn, question, association, day, "F2b")
    if question["form"] == "business":
        return _business(turn, said, question, association)
    if question["last"] and is_acknowledged(said.text):  # that an officer calls, not "1 I report now"
        return state.say(turn, "B7", state=dict(turn.state))
    form_, digit = form.form_of(turn, question["form"]), _digit(turn, said)
    told = None if digit else _told(turn, form_)
    if told:
        return form.take_line(turn.with_state(state.close(turn)), form_, Reading("whole", told), association)
    if digit == "1" or told is not None:
        return form.start(turn.with_state(state.close(turn)), question["form"], association)
    if digit == "0":
        return _nothing(turn, question, association)
    if because := _ZERO_AND.fullmatch(said.plain):
        zero = _nothing(turn, question, association)
        counted = because[1].split()[0].strip(".,;:!") in COUNTED
        return None if counted else zero.but(effects=(*zero.effects, state.task(turn, "read")))
    return _later(turn, question, association, _friday(turn)) if digit == "2" else None


def _told(turn: Turn, form_: Form) -> dict[str, Any] | None:
    """The day of "oui hier" and "samedi passe"; {} for "oui nous avons fait une formation"; None for anything else.

    Without a yes the day has to be one that can only be past.
    """
    words = [token for token in tokens(turn.inbound.text) if token.text not in GREETINGS | COURTESY]
    agreed = bool(words) and words[0].text in YES
    over = form_.tables.fillers | form_.tables.keywords | LEADING | HELD
    left = [word for word in (words[1:] if agreed else words) if word.text not in over or word.kind != "word"]
    if not left or all(word.text in PAST or word.text in PERIODS for word in left):
        return {} if agreed else None
    read = dates.date(left, turn.today, earliest=turn.programme.start)
    if read is None or read.consumed != len(left) or read.future:
        return None
    past = agreed or tuple(word.text for word in left) in _ONLY_PAST or any(word.text in PAST for word in left)
    return {form_.tables.dates[0]: read.day.isoformat()} if past else None


def _digit(turn: Turn, said: Said) -> str:
    """The digit of F1 that she sent, or that her words stand for."""
    text = turn.inbound.text
    if is_later(text):
        return "2"
    if is_now(text):
        return "1"
    return said.digit or ("0" if is_none_yet(text) else {True: "1", False: "0", None: ""}[yes_no(text)])


def long_after(turn: Turn, said: Said) -> Outcome | None:
    """Her answer when the question is closed, but was the last thing asked: its digits are on her phone. Or None.

    The last touch about trainings offers no 2, so that is the menu's.
    """
    question = turn.state.get("open") or {}
    if question.get("kind") != "reminder" or turn.now - state.asked_at(question) > LONGEST:
        return None
    if said.digit == "2" and question["last"] and question["form"] != "business":
        return None
    return answer(turn, said, question) if _digit(turn, said) else None


def _business(turn: Turn, said: Said, question: Mapping[str, Any], association: Association) -> Outcome | None:
    if said.digit == "0" or is_later(turn.inbound.text):
        return _later(turn, question, association, _friday(turn))
    if turn.address.rich or question["last"]:
        begins = ("1",) if turn.address.rich else ("1", "2")
        return _one_by_one(turn, question, association) if said.digit in begins else None
    return _how_it_is(turn, said, question, association)


def _how_it_is(turn: Turn, said: Said, question: Mapping[str, Any], association: Association) -> Outcome | None:
    """G1's answer is the report's first one; the other businesses are asked about when this one is done."""
    form_ = form.form_of(turn, "business")
    step, ctx = form_.step_of("status"), form.context(turn, association)
    first, there = _first(turn, question, association)
    if form.read_answer(form_, step, turn.inbound.text, ctx, first["values"]).status != "whole":
        line = read_line(form_, f"{form_.keywords[0]} {turn.inbound.text}", ctx)
        if line.status != "whole" or "status" not in line.values or said.command or said.digit:
            return None
        return form.go_on(there.with_state(state.close(there)), form_, {**first["values"], **line.values}, first)
    opened = {**first, "kind": "form", "tries": 0}
    outcome = form.answer(there.with_state({**there.state, "open": opened}), said, opened)
    return outcome.but(timers=(*outcome.timers, state.nudge(turn))) if outcome else None


def _one_by_one(turn: Turn, question: Mapping[str, Any], association: Association) -> Outcome:
    """She reports now: on the first business, unless one is half made already."""
    closed = turn.with_state(state.close(turn))
    if not question["businesses"] or any(
        draft["form"] == "business" and noted(turn, draft) for draft in turn.state.get("drafts", [])
    ):
        return form.start(closed, "business", association)
    first, there = _first(closed, question, association)
    begun = form.go_on(there, form.form_of(turn, "business"), first["values"], first)
    return begun.but(timers=(*begun.timers, state.nudge(turn)))


def _first(turn: Turn, question: Mapping[str, Any], association: Association) -> tuple[dict[str, Any], Turn]:
    """The report on the first business that was asked about; the turn in which the others wait for its end."""
    form_ = form.form_of(turn, "business")
    preset = form.kind_of(form_).preset(turn, association)
    common = {"form": "business", "association": association.id, "asked": [], "step": form_.step_of("status").name}
    common |= {"card": turn.inbound.id, "at": turn.now.isoformat()}
    first, *others = ({**common, "values": {**preset, "business": no}} for no in question["businesses"])
    drafts = [draft for draft in turn.state.get("drafts", []) if not draft.get("next")]
    drafts += [{**other, "waits": True, "next": True} for other in reversed(others)]
    new = {key: value for key, value in turn.state.items() if key != "drafts"}
    return first, turn.with_state({**new, "drafts": drafts} if drafts else new)


def next_card(turn: Turn, outcome: Outcome) -> Outcome:
    """In a chat the next business has its own card, once the report before it is done."""
    drafts = outcome.state.get("drafts", [])
    done = (turn.state.get("open") or {}).get("kind") in ("check", "split", "remark")
    done = done or any(isinstance(effect, SaveReport) for effect in outcome.effects)
    if not done or "open" in outcome.state or not waits(turn, drafts) or not drafts[-1].get("next"):
        return outcome
    left = {**drafts[-1], "card": turn.inbound.id}
    then = form.resume(turn.with_state({**outcome.state, "drafts": [*drafts[:-1], left]}), left, "X7")
    timers = (*outcome.timers, state.nudge(turn))
    return outcome.but(state=then.state, replies=(*outcome.replies, *then.replies), timers=timers)


# --- nothing to report ---


def _nothing(turn: Turn, question: Mapping[str, Any], association: Association) -> Outcome:
    """F3: a zero report; the association is not late, and the ladder begins anew."""
    since = date.fromisoformat(question["since"])
    anew = timer(question["form"], association.id, rules(turn).first(association, question["form"], turn.now))
    new = state.ask(turn, "need", zero=turn.inbound.id, association=association.id, person=question["person"])
    reply = Reply("F3", {"association": association.sms_name, "since": since})
    zero = SaveZero(association.id, question["form"], since, question["person"])
    return Outcome(new, (reply,), (zero,), (anew,), f"zero report, {question['form']}")


def need(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """What would help: a mentor and materials are somebody's task; the question itself may come at once."""
    association = form.association_of(turn, question)
    needed = [list(_NEEDS)[place - 1] for place in picked(said.text, tuple(_NEEDS.values()), _AROUND_NEED)]
    if association is None or not needed or ("nothing" in needed and len(needed) > 1):
        return None
    effects: tuple[Effect, ...] = (SayNeed(question["zero"], needed[0]),)  # type: ignore[arg-type]
    if not any(one in _PROMISED for one in needed):
        return state.say(turn, "B7", *effects)
    due_at = state.tomorrow_evening(turn)
    about = f"would be helped by: {', '.join(needed)}"
    effects += (OpenTask("help", due_at, question["person"], association.id, about),)
    values: dict[str, Any] = {"officer": association.officer or turn.programme.sender}
    if "mentor" in needed:
        return state.say(turn, "F3m", *effects, state=state.ask(turn, "question"), **values)
    return state.say(turn, "F3a", *effects, **values)


# --- later ---


def _friday(turn: Turn) -> date:
    """The next Friday after today."""
    return turn.today + timedelta(days=(FRIDAY - turn.today.weekday() - 1) % 7 + 1)


def _later(turn: Turn, question: Mapping[str, Any], association: Association, day: date, key: str = "F2") -> Outcome:
    """F2: we ask again that day, or the first day after it on which we may write."""
    at = rules(turn).hour(association, day)
    day = (at + turn.utc_offset).date()
    names = ("form", "association", "person", "since", "news_after")
    kept = {name: question[name] for name in names if name in question}
    new = state.ask(turn, "later", **kept)
    asked = {"news_after": kept["news_after"]} if "news_after" in kept else {}  # it is still that month's news
    again = timer(question["form"], association.id, at, later=day.isoformat(), **asked)
    reply = Reply(key, {"weekday": day, "date": day})
    return Outcome(new if key == "F2" else state.close(turn), (reply,), (), (again,), f"later: {day.isoformat()}")


def another_day(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """F2's answer: a date, or in a chat tomorrow, Friday, next week; "0" takes the day that was said."""
    association = form.association_of(turn, question)
    if association is None:
        return None
    if turn.address.rich and said.digit in ("1", "2", "3"):
        days = {"1": turn.today + timedelta(days=1), "2": _friday(turn), "3": turn.today + timedelta(days=7)}
        return _later(turn, question, association, days[said.digit], "F2b")
    if day := _ahead(turn):
        return _later(turn, question, association, day, "F2b")
    stays = is_later(turn.inbound.text) or yes_no(turn.inbound.text) is not None
    return state.say(turn, "B7") if stays else None


def _ahead(turn: Turn, *, surely: bool = False) -> date | None:
    """The day that she wrote, read as one that comes; None when it is none, or too far ahead."""
    day = ahead(turn.inbound.text, turn.today, surely=surely)
    return day if day and day <= turn.today + FARTHEST else None


def until(data: Mapping[str, Any], now: datetime) -> date | None:
    """The day to which a timer's data say that she put us off, while it has not passed."""
    day = date.fromisoformat(data["later"]) if data.get("later") else None
    return day if day and day >= now.date() else None
