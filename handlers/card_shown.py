"""The card of a form as it is shown: at a question, for review before it is sent, and in the end as its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers import state
from handlers.card_face import data, face, lines, open_question
from handlers.forms import Context, Form, Step
from handlers.turn import Button, Label, Outcome, Reply, Turn

KEPT = ("form", "association", "asked", "card", "step")
"""What goes on with a half-made report from one face of its card to the next."""


def ask(
    turn: Turn, form: Form, step: Step, values: Mapping[str, Any], new: Mapping[str, Any], ctx: Context
) -> Outcome:
    """The card with what is filled, the next question and its buttons."""
    question = open_question(form, step, values, ctx)
    opened = {**new["open"], "question": question.name, "chosen": [], "card": place(turn, new["open"])}
    reply = face(turn, form, step, question, values, opened, ctx)
    return Outcome({**new, "open": opened}, (reply,), understood=f"{form.name}: asks {question.name}")


def review(turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any], ctx: Context) -> Outcome:
    """Messages are free in a chat: the whole report is shown before it is sent."""
    kept = {key: draft[key] for key in KEPT if key in draft}
    timers = () if "step" in kept else (state.nudge(turn),)
    kept = {"step": form.steps[0].name, **kept, "card": place(turn, draft)}
    new = state.ask(turn, "form", **kept, values=dict(values), tries=0, question="", chosen=[], reviewed=True)
    rows = (
        (Button("b.send", data(kept, "!", "send")), Button("b.change", data(kept, "!", "change"))),
        (Button("b.later", data(kept, "!", "later")), Button("b.cancel", data(kept, "!", "cancel"))),
    )
    shown = {"title": form.title, "lines": lines(form, values, ctx)}
    return Outcome(new, (Reply("T7any", shown, rows, card=kept["card"]),), (), timers, understood="review")


def receipt(number: int, card: int, replies: Sequence[Reply]) -> tuple[Reply, ...]:
    """The first text replaces the card; it offers what may follow."""
    first, *others = replies or (Reply("T15", {"number": number}),)
    return (Reply(first.key, first.values, first.buttons or receipt_rows(first.key, number), card=card), *others)


def receipt_rows(key: str | Label, number: int) -> tuple[tuple[Button, ...], ...]:
    """Under a receipt: the correction; under that of a training the sheet and the details too."""
    correct = Button("b.correct", f"fix:{number}")
    if key not in ("C5", "C5n", "C5x"):
        return ((correct,),)
    return ((Button("b.photo", f"photo:{number}"), Button("b.details", f"details:{number}")), (correct,))


def place(turn: Turn, draft: Mapping[str, Any]) -> int:
    """The card to edit. A report that is taken up again by a word gets a new card, below that word."""
    question = turn.state.get("open") or {}
    if turn.inbound.kind == "button" or question.get("card") == draft["card"]:
        return int(draft["card"])
    return turn.inbound.id
