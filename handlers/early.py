"""Answers in pieces: one that overtook the one before it waits until its question is asked (conversations 1.6).

Two figures of one question that come one by one, "12" and then "7", are one answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import asking, form, state
from handlers.forms import Form
from handlers.said import Said, read
from handlers.turn import Outcome, Turn

_SURELY = timedelta(seconds=1)
"""Our clock and the operator's give seconds."""
_MOST = 4
"""Questions of a form by SMS."""
_FIGURE = re.compile(r"\d{1,3}")


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """As form.answer. What was sent before this question left and answers a later one is kept, and taken there."""
    if question.get("again"):  # its form was replaced: what she answers was asked by the former
        return form.go_on(turn, form.form_of(turn, question["form"]), question["values"], asking.kept(question))
    waiting = _waiting(turn, question)
    if len(waiting) < _MOST and _overtook(turn, said, question):
        kept = {"card": question["card"], "texts": [*waiting, turn.inbound.text]}
        return Outcome({**turn.state, "early": kept}, understood="came before its question: kept for it")
    if both := _with_first(turn, question):
        turn = replace(turn, inbound=replace(turn.inbound, text=both))
    outcome = form.answer(turn, read(turn) if both else said, question)
    return outcome and _taken(turn, _half_kept(turn, outcome, question), waiting)


def _with_first(turn: Turn, question: Mapping[str, Any]) -> str:
    """Both figures, where the first came before, alone; '' where it did not. The same once more is no second one."""
    first, second = question.get("half", ""), turn.inbound.text.strip()
    both = f"{first} {second}"
    there = first and first != second and _FIGURE.fullmatch(second)
    return (
        both if there and _fits(turn, form.form_of(turn, question["form"]), question, question["step"], both) else ""
    )


def _half_kept(turn: Turn, outcome: Outcome, question: Mapping[str, Any]) -> Outcome:
    """A lone figure to a question of two is asked again; it is kept for the second, which may come alone too."""
    asked, first = outcome.state.get("open") or {}, turn.inbound.text.strip()
    if asked.get("step") != question["step"] or not _FIGURE.fullmatch(first):
        return outcome
    questions = form.form_of(turn, question["form"]).step(question["step"]).questions
    two = [one.type for one in questions if not one.shows_only] == ["integer", "integer"]
    return outcome.but(state={**outcome.state, "open": {**asked, "half": first}}) if two else outcome


def _waiting(turn: Turn, question: Mapping[str, Any]) -> list[str]:
    kept = turn.state.get("early", {})
    return list(kept.get("texts", ())) if kept.get("card") == question["card"] else []


def _overtook(turn: Turn, said: Said, question: Mapping[str, Any]) -> bool:
    sent = turn.inbound.sent_at
    if sent is None or sent >= state.asked_at(question) - _SURELY or said.command or said.digit:
        return False
    form_ = form.form_of(turn, question["form"])
    names = [step.name for step in form_.steps]
    here, *later = names[names.index(question["step"]) :]
    fits = [name for name in (here, *later) if _fits(turn, form_, question, name, turn.inbound.text)]
    return bool(fits) and fits[0] != here


def _fits(turn: Turn, form_: Form, question: Mapping[str, Any], step: str, text: str) -> bool:
    ctx = form.context(turn, form.association_of(turn, question))
    return form.read_answer(form_, form_.step(step), text, ctx, question["values"]).status == "whole"


def _taken(turn: Turn, outcome: Outcome, waiting: list[str]) -> Outcome:
    """The question that comes next is answered already: its answer is taken in the same turn."""
    asked = outcome.state.get("open") or {}
    if not waiting or asked.get("kind") != "form":
        return outcome.but(state={key: value for key, value in outcome.state.items() if key != "early"})
    form_ = form.form_of(turn, asked["form"])
    text = next((text for text in waiting if _fits(turn, form_, asked, asked["step"], text)), None)
    if text is None:
        return outcome
    left = [other for other in waiting if other != text]
    new = {**outcome.state, "early": {"card": asked["card"], "texts": left}}
    there = replace(turn.with_state(new), inbound=replace(turn.inbound, text=text, sent_at=None))
    then = answer(there, read(there), asked)
    if then is None:
        return outcome
    return then.but(effects=(*outcome.effects, *then.effects), timers=(*outcome.timers, *then.timers))
