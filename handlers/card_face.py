"""How a card looks: what is filled, the next question, and the buttons under it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers.forms import Context, Form, Question, Step
from handlers.forms.saying import filled
from handlers.forms.scope import Evaluation
from handlers.known_forms import association_of
from handlers.turn import Button, Reply, Turn

Row = tuple[Button, ...]
NUMBERS = (0, 1, 2, 3, 5, 8, 10, 12, 15, 20)
"""Offered for a count; typing any other number works too."""
AMOUNT = "thousands-sep"
"""XLSForm's appearance for amounts: typed, not offered as buttons."""


def data(draft: Mapping[str, Any], name: str, value: str) -> str:
    """What a button says when it is pressed; at most 64 bytes."""
    return f"form:{draft['card']}:{name}:{value}"


def open_question(form: Form, step: Step, values: Mapping[str, Any], ctx: Context) -> Question:
    """The first question of the step that is asked and has no answer yet."""
    there = asked_about(form, values, ctx)
    waiting = [q for q in step.questions if q.name not in values and q in there]
    return waiting[0] if waiting else step.questions[0]


def asked_about(form: Form, values: Mapping[str, Any], ctx: Context) -> list[Question]:
    """The questions that the card is about: those that are asked, and those that she answered."""
    scope = Evaluation(form, values, ctx)

    def isasked_about(question: Question) -> bool:
        if question.conditions and not scope.relevant(question):
            return False
        return question.asked_when is None or question.asked_when.holds(scope)

    shown = [q for q in form.questions if not q.shows_only and q.type != "hidden" and q.ask != "never"]
    return [q for q in shown if values.get(q.name) is not None or (q.ask == "" and isasked_about(q))]


def face(
    turn: Turn,
    form: Form,
    step: Step,
    question: Question,
    values: Mapping[str, Any],
    opened: Mapping[str, Any],
    ctx: Context,
) -> Reply:
    """The card with its next question."""
    number, of = form.progress(step, values, ctx)
    association = association_of(turn, opened) or turn.association
    shown = {
        "title": form.title,
        "association": association.sms_name if association else "",
        "step": number,
        "steps": of,
        "lines": lines(form, values, ctx),
        "prompt": filled(form, question.label, values, ctx),
    }
    rows = (*_buttons(turn, form, question, values, opened, ctx), (Button("b.cancel", data(opened, "!", "cancel")),))
    return Reply("T6", shown, buttons=rows, card=opened["card"])


def lines(form: Form, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, ...]:
    """One line for each question, with its answer or a question mark."""
    found = []
    for question in asked_about(form, values, ctx):
        value = values.get(question.name)
        shown: Any = "?" if value is None else form.shown(question.name, value, ctx)
        found.append(Reply("T6line", {"label": question.called, "value": shown}))
    return tuple(found)


def _buttons(
    turn: Turn,
    form: Form,
    question: Question,
    values: Mapping[str, Any],
    opened: Mapping[str, Any],
    ctx: Context,
) -> tuple[Row, ...]:
    if question.type == "date":
        other = (Button("b.otherdate", data(opened, "!", "date")),)
        return (*days(turn.today, lambda day: data(opened, question.name, day)), other)
    if question.type == "select_multiple":
        return _toggles(form, question, opened)
    unknown: tuple[Row, ...] = ()
    if not question.required:
        unknown = ((Button("b.unknown", data(opened, question.name, "x")),),)
    if question.type == "select_one":
        choices = [
            Button(choice.label, data(opened, question.name, str(n)))
            for n, choice in enumerate(form.choices(question.name, ctx, values), 1)
        ]
        return (*rows_of(choices, 2), *unknown)
    if question.type == "integer" and question.appearance != AMOUNT:
        fits = [n for n in _offers(values) if not _wrong(form, {**values, question.name: n}, question.name, ctx)]
        numbers = [Button(str(n), data(opened, question.name, str(n))) for n in fits]
        return (*rows_of(numbers, 5), *unknown)
    return unknown


def _wrong(form: Form, values: Mapping[str, Any], name: str, ctx: Context) -> bool:
    return any(problem.question == name for problem in form.check(values, ctx))


def _offers(values: Mapping[str, Any]) -> list[int]:
    present = {values[name] for name in ("women", "men") if isinstance(values.get(name), int)}
    return sorted({*NUMBERS, *present})


def days(today: date, says: Callable[[str], str]) -> tuple[Row, ...]:
    """Today, yesterday, the last Saturday and Friday, when trainings are held; `says`: the data of "12/11"."""
    yesterday = today - timedelta(days=1)

    def button(key: str, day: date) -> Button:
        return Button(key, says(f"{day.day}/{day.month}"), {"date": day, "weekday": day})

    last = [today - timedelta(days=(today.weekday() - weekday) % 7 or 7) for weekday in (5, 4)]
    others = tuple(button("b.day", day) for day in last if day != yesterday)
    return ((button("b.today", today), button("b.yesterday", yesterday)), others)


def _toggles(form: Form, question: Question, opened: Mapping[str, Any]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for number, choice in enumerate(question.choices, 1):
        key = "b.chosen" if number in opened["chosen"] else "b.open"
        rows.append((Button(key, data(opened, "+", str(number)), {"label": choice.label}),))
    return (*rows, (Button("b.next", data(opened, "!", "next")),))


def rows_of(buttons: Sequence[Button], width: int) -> tuple[Row, ...]:
    """The buttons in rows of so many."""
    return tuple(tuple(buttons[n : n + width]) for n in range(0, len(buttons), width))
