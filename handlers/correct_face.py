"""How a correction is asked in a chat: the question as the card asks it, its answers as buttons. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from handlers import form as forms_
from handlers.card_face import Row, days, rows_of
from handlers.checks import association_of
from handlers.forms import Context, Form, Step
from handlers.forms.model import SELECTS
from handlers.turn import Button, Reply, Report, ReportNumbered, Turn

ASKED = ("E1date", "E1topics", "E1ask")
"""Questions of a correction that have answers to press."""


def as_card(turn: Turn, reply: Reply, question: Mapping[str, Any]) -> Reply:
    """E1ask without the digits that an SMS names: they are buttons."""
    form, step, report, ctx = _around(turn, question)
    return replace(reply, values={**reply.values, "prompt": form.prompt(step, report.values, ctx, rich=True)})


def rows(turn: Turn, key: str, question: Mapping[str, Any], says: Callable[[str], str]) -> tuple[Row, ...]:
    """The buttons under it; `says`: the data of a button that stands for this text."""
    nothing = (Button("b.nothingtochange", says("0")),)
    if key == "E1date":
        return (*days(turn.today, says), nothing)
    form, step, report, ctx = _around(turn, question)
    asked = step.questions[0]
    if len(step.questions) > 1 or asked.type not in SELECTS:
        return ((Button("b.unknown", says("X")),),) if len(step.questions) == 1 and not asked.required else ()
    choices = form.choices(asked.name, ctx, report.values)
    return (*rows_of([Button(one.label, says(str(n))) for n, one in enumerate(choices, 1)], 2), nothing)


def _around(turn: Turn, question: Mapping[str, Any]) -> tuple[Form, Step, Report, Context]:
    report: Report = turn.known(ReportNumbered(question["number"]))
    form = forms_.form_of(turn, report.form)
    return form, form.step(question["step"]), report, forms_.context(turn, association_of(turn, report))
