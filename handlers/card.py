"""The form as one card in a chat: edited at each answer, reviewed before it is sent, receipted in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from handlers import form as forms_
from handlers import state
from handlers.forms import Context, Form, Question, Step
from handlers.forms.saying import filled
from handlers.said import Said
from handlers.turn import Button, Outcome, Reply, ReportOfCard, SaveReport, Turn

Row = tuple[Button, ...]
NUMBERS = (0, 1, 2, 3, 5, 8, 10, 12, 15, 20)
"""Offered for a count; typing any other number works too."""

AMOUNT = "thousands-sep"
"""XLSForm's appearance for amounts: typed, not offered as buttons."""


def _alone(question: Question) -> Step:
    """A chat asks the questions of a step one by one."""
    return Step(question.name, question.label, question.hint, (question,))


def _data(draft: Mapping[str, Any], name: str, value: str) -> str:
    """What a button says when it is pressed; at most 64 bytes."""
    return f"form:{draft['card']}:{name}:{value}"


def _open_question(form: Form, step: Step, values: Mapping[str, Any], ctx: Context) -> Question:
    """A chat asks the questions of a step one by one."""
    waiting = [q for q in step.questions if q.name not in values and q.type != "note"]
    return waiting[0] if waiting else step.questions[0]


def ask(
    turn: Turn, form: Form, step: Step, values: Mapping[str, Any], new: Mapping[str, Any], ctx: Context
) -> Outcome:
    """The card with what is filled, the next question and its buttons."""
    question = _open_question(form, step, values, ctx)
    opened = {**new["open"], "question": question.name, "chosen": []}
    reply = _card(turn, form, step, question, values, opened, ctx)
    return Outcome({**new, "open": opened}, (reply,), understood=f"{form.name}: asks {question.name}")


def _card(
    turn: Turn,
    form: Form,
    step: Step,
    question: Question,
    values: Mapping[str, Any],
    opened: Mapping[str, Any],
    ctx: Context,
) -> Reply:
    number, of = form.progress(step, values, ctx)
    shown = {
        "title": form.title,
        "association": turn.association.sms_name if turn.association else "",
        "step": number,
        "steps": of,
        "lines": _lines(form, values, ctx),
        "prompt": filled(form, question.label, values, ctx),
    }
    rows = (*_buttons(turn, form, question, values, opened, ctx), (Button("b.cancel", _data(opened, "!", "cancel")),))
    return Reply("T6", shown, buttons=rows, card=opened["card"])


def _lines(form: Form, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, ...]:
    lines = []
    for question in form.questions:
        if question.type in ("note", "calculate") or question.ask != "":
            continue
        value = values.get(question.name)
        shown: Any = "?" if value is None else form.shown(question.name, value, ctx)
        lines.append(Reply("T6line", {"label": question.short, "value": shown}))
    return tuple(lines)


def _buttons(
    turn: Turn,
    form: Form,
    question: Question,
    values: Mapping[str, Any],
    opened: Mapping[str, Any],
    ctx: Context,
) -> tuple[Row, ...]:
    if question.type == "date":
        return _days(turn, opened, question)
    if question.type == "select_multiple":
        return _toggles(form, question, opened)
    if question.type == "select_one":
        choices = [
            Button(choice.label, _data(opened, question.name, str(n)))
            for n, choice in enumerate(form.choices(question.name, ctx, values), 1)
        ]
        return _rows(choices, 2)
    if question.type == "integer" and question.appearance != AMOUNT:
        fits = [n for n in _offers(values) if not form.check({**values, question.name: n}, ctx)]
        return _rows([Button(str(n), _data(opened, question.name, str(n))) for n in fits], 5)
    return ((Button("b.unknown", _data(opened, question.name, "x")),),)


def _offers(values: Mapping[str, Any]) -> list[int]:
    present = {values[name] for name in ("women", "men") if isinstance(values.get(name), int)}
    return sorted({*NUMBERS, *present})


def _days(turn: Turn, opened: Mapping[str, Any], question: Question) -> tuple[Row, ...]:
    today = turn.today
    saturday = today - timedelta(days=(today.weekday() - 5) % 7 or 7)
    friday = today - timedelta(days=(today.weekday() - 4) % 7 or 7)

    def button(key: str, day: date) -> Button:
        values = {"date": day, "weekday": day}
        return Button(key, _data(opened, question.name, f"{day.day}/{day.month}"), values)

    return (
        (button("b.today", today), button("b.yesterday", today - timedelta(days=1))),
        (button("b.day", saturday), button("b.day", friday)),
        (Button("b.otherdate", _data(opened, "!", "date")),),
    )


def _toggles(form: Form, question: Question, opened: Mapping[str, Any]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for number, choice in enumerate(question.choices, 1):
        key = "b.chosen" if number in opened["chosen"] else "b.open"
        rows.append((Button(key, _data(opened, "+", str(number)), {"label": choice.label}),))
    return (*rows, (Button("b.next", _data(opened, "!", "next")),))


def _rows(buttons: Sequence[Button], width: int) -> tuple[Row, ...]:
    return tuple(tuple(buttons[n : n + width]) for n in range(0, len(buttons), width))


def review(turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any], ctx: Context) -> Outcome:
    """Messages are free in a chat: the whole report is shown before it is sent."""
    kept = {key: draft[key] for key in ("form", "association", "asked", "card", "step") if key in draft}
    kept.setdefault("step", form.steps[0].name)
    new = state.ask(turn, "form", **kept, values=dict(values), tries=0, question="", chosen=[], reviewed=True)
    rows = (
        (Button("b.send", _data(draft, "!", "send")), Button("b.change", _data(draft, "!", "change"))),
        (Button("b.later", _data(draft, "!", "later")), Button("b.cancel", _data(draft, "!", "cancel"))),
    )
    shown = {"title": form.title, "lines": _lines(form, values, ctx)}
    return Outcome(new, (Reply("T7any", shown, rows, card=draft["card"]),), understood="review")


def receipt(turn: Turn, save: SaveReport, replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """The first text replaces the card; it offers the photo of the sheet and the correction."""
    rows = ((Button("b.correct", f"fix:{save.number}"),),)
    first, *others = replies or (Reply("T15", {"number": save.number}),)
    return (Reply(first.key, first.values, first.buttons or rows, card=save.card), *others)


def pressed(turn: Turn, said: Said) -> Outcome | None:
    """A button of a card. An old card says what became of it."""
    if said.command == "button fix":
        return None
    if said.command != "button form":
        return None
    card, _, rest = said.rest.partition(":")
    name, _, value = rest.partition(":")
    question = state.opened(turn)
    if not question or question["kind"] != "form" or str(question.get("card")) != card:
        return _old(turn, card)
    form = forms_.form_of(turn, question["form"])
    if name == "!":
        return _action(turn, form, question, value)
    if name == "+":
        return _toggle(turn, form, question, int(value))
    return answer(turn, form, question, name, value)


def _old(turn: Turn, card: str) -> Outcome:
    report = turn.known(ReportOfCard(int(card))) if card.isdigit() else None
    if report is None:
        return Outcome(dict(turn.state), (Reply("T14"),), understood="an old card")
    rows = ((Button("b.correct", f"fix:{report.number}"),),)
    reply = Reply("T12", {"number": report.number}, rows)
    return Outcome(dict(turn.state), (reply,), understood=f"old card of No {report.number}")


def _action(turn: Turn, form: Form, question: Mapping[str, Any], action: str) -> Outcome:
    ctx = forms_.context(turn, turn.association)
    values = question["values"]
    kept = {key: question[key] for key in ("form", "association", "asked", "card", "step")}
    if action == "cancel":
        new = {**state.close(turn), "thrown": dict(question)}
        noted = forms_.kind_of(form).words(form, values, ctx)
        reply = Reply("X1", {"noted": noted}, ((Button("b.bringback", "back:"),),), card=question["card"])
        return Outcome(new, (reply,), understood="cancelled")
    if action == "later":
        reply = Reply("X3", card=question["card"])
        return Outcome(forms_.put_aside(turn, question), (reply,), (forms_.draft_of(question),), understood="later")
    if action == "send" and question.get("reviewed"):
        return forms_.complete(turn, form, values, kept)
    if action == "next" and question["chosen"]:
        chosen = "".join(str(n) for n in sorted(question["chosen"]))
        return answer(turn, form, question, question["question"], chosen)
    if action == "change":
        return forms_.go_on(turn, form, forms_.kind_of(form).preset(turn, turn.association), {**kept, "asked": []})
    return _show(turn, form, question)


def _show(turn: Turn, form: Form, opened: Mapping[str, Any]) -> Outcome:
    ctx = forms_.context(turn, turn.association)
    asked = form.question(opened["question"])
    reply = _card(turn, form, form.step_of(asked.name), asked, opened["values"], opened, ctx)
    return Outcome({**turn.state, "open": dict(opened)}, (reply,), understood=f"asks {asked.name}")


def _toggle(turn: Turn, form: Form, question: Mapping[str, Any], number: int) -> Outcome:
    chosen = sorted({*question["chosen"]} ^ {number})
    return _show(turn, form, {**question, "chosen": chosen})


def answer(turn: Turn, form: Form, question: Mapping[str, Any], name: str, value: str) -> Outcome:
    """One answer, pressed or typed."""
    ctx = forms_.context(turn, turn.association)
    asked = form.question(name)
    reading = form.read_answer(_alone(asked), value, ctx, {})
    if reading.status != "whole":
        return _show(turn, form, question)
    values = {**question["values"], **reading.values}
    if problems := [p for p in form.check(form.compute(values, ctx), ctx) if p.question in reading.values]:
        shown = _show(turn, form, question)
        return shown.but(replies=(Reply("D2", {"message": problems[0].message}), *shown.replies))
    kept = {key: question[key] for key in ("form", "association", "asked", "card", "step")}
    step = form.step_of(name)
    done = all(q.name in values or q.type == "note" for q in step.questions)
    kept["asked"] = sorted({*kept["asked"], step.name}) if done else kept["asked"]
    return forms_.go_on(turn, form, values, kept)
