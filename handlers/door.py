"""The neutral door for a problem (conversations, part J): no details are asked, and what she writes all the same is
for the focal points only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers import state
from handlers.known_forms import looks_like_report
from handlers.said import Said
from handlers.turn import Button, Outcome, Reply, Turn
from handlers.understand.courtesies import is_courtesy
from handlers.understand.dates import date
from handlers.understand.vocabulary import COUNTED

_A_NUMBER = re.compile(r"\+?(?:[\s.-]*\d){8,13}[\s.]*")
_SEVEN = re.compile(r"7[\s.,:;!)=-]*([^\W\d_].*)", re.DOTALL)
_WRITES_FREELY = ("question", "partner", "lesson", "remark", "problem")
"""Questions whose answer is words of her own."""
_A_STORY, _A_SENTENCE = 3, 4
"""Words behind a seven that count nothing ("7 bidons"), and so many that they answer no other question either."""
_OF = frozenset(("of", "de", "d", "du", "des", "za", "ya", "vya", "bya", "ba"))
"""Behind the first word it counts all the same: "7 cartons de savon"."""
STILL_TELLING = timedelta(hours=2)
"""So long what she writes behind the time of a call belongs to it."""


def problem(turn: Turn, said: Said) -> Outcome:
    """7: what is it about? No details are asked; what she wrote behind the word nobody but the focal points sees."""
    words = bool(said.rest) and not is_courtesy(said.rest)
    effects = (state.task(turn, "sealed", sealed=True),) if words else ()
    keys = ("b.kit", "b.training", "b.service", "b.talk")
    buttons = tuple((Button(key, f"problem:{n}"),) for n, key in enumerate(keys, 1))
    new = state.ask(turn, "problem", told=words)
    return Outcome(new, (Reply("J1", buttons=buttons),), effects, understood="problem")


def problem_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 to 3 go to the officer, 4 to the named focal points only, and so do words: they may be about the officer.

    Behind words a digit does too: who asked for the money is not sent to call about it.
    """
    digit = said.digit or (said.rest if said.command == "button problem" else "")
    keys = {"1": "J1kit", "2": "J1training", "3": "J1service"}
    if digit in keys and not question.get("told"):
        about = {"1": "kit or money", "2": "a training", "3": "this service"}[digit]
        task = state.task(turn, "call", f"a problem: {about}")
        return state.say(turn, keys[digit], task, officer=state.officer(turn))
    return sealed(turn) if digit in (*keys, "4") or _tells(turn, said) else None


def _tells(turn: Turn, said: Said) -> bool:
    """Whether it is words of her own: no digit, no command, no report, no thanks."""
    words = said.rest if said.command else said.text
    return not said.digit and bool(words) and not is_courtesy(words) and not looks_like_report(turn)


def behind_seven(turn: Turn, said: Said) -> str:
    """The words of "7 the officer asks ...": the menu's digit and what it is about; '' where seven is a count."""
    found = _SEVEN.fullmatch(said.plain)
    if found is None or said.command or date(said.text, turn.today) or looks_like_report(turn):
        return ""
    words, question = found[1].split(), state.opened(turn)
    free = (question is None or question["kind"] in _WRITES_FREELY) and not any(one.isdigit() for one in found[1])
    if counts(words) or len(words) < (_A_STORY if free else _A_SENTENCE):
        return ""
    return found[1]


def counts(words: Sequence[str]) -> bool:
    """Whether a digit before these words counts them: "7 femmes", "7 cartons de savon"."""
    return not COUNTED.isdisjoint(words[:2]) or (len(words) > 1 and words[1].partition("'")[0] in _OF)


def media(turn: Turn) -> Outcome | None:
    """A photo or voice note in the midst of it is not kept: lists and pages would show it. A focal point calls."""
    question = state.opened(turn)
    if question and question["kind"] in ("problem", "sealed"):
        return sealed(turn)
    return _wished(turn, "a photo or a voice note, not kept") if _still_telling(turn) else None


def more(turn: Turn, said: Said) -> Outcome | None:
    """She goes on writing after the time of the call is said: for the focal points too."""
    return _wished(turn, "see the message") if _still_telling(turn) and _tells(turn, said) else None


def called(turn: Turn, said: Said) -> Outcome | None:
    """ "Call me, it is what Eric did again", behind the time of a call: the officer of whom she tells is not sent."""
    return more(turn, said) if len(said.rest.split()) >= _A_STORY else None


def _still_telling(turn: Turn) -> bool:
    wished: str = turn.state.get("wished", "")
    return bool(wished) and turn.now - datetime.fromisoformat(wished) <= STILL_TELLING


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
            return state.say(turn, "J4b", state=_said_when(turn))
        return sealed(turn) if words else None
    when = {"1": "today", "2": "tomorrow morning", "3": "tomorrow evening"}.get(digit, "")
    if not when and not words:
        return None
    return _wished(turn, when or "see the message")


def _wished(turn: Turn, about: str) -> Outcome:
    return state.say(turn, "J4", state.task(turn, "sealed", about, sealed=True), state=_said_when(turn))


def _said_when(turn: Turn) -> dict[str, Any]:
    """The state from which on what she writes may belong to it still."""
    return {**state.close(turn), "wished": turn.now.isoformat()}


def another_number(turn: Turn, said: Said) -> Outcome | None:
    """The number that J3 asked for too, sent behind the time: for the focal points, and no message to the officer."""
    wished = turn.state.get("wished")
    if not wished or turn.now - datetime.fromisoformat(wished) > state.OPEN_FOR or turn.inbound.kind != "text":
        return None
    return (
        _wished(turn, "see the message") if _A_NUMBER.fullmatch(said.text) and not looks_like_report(turn) else None
    )
