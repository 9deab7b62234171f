"""The form as one card in a chat: what its buttons do, and what is typed while it is open; each answer edits it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handlers import form as form_
from handlers import outgrown, state
from handlers.asking import draft_of, put_aside
from handlers.card_face import asked_about, data, face, lines, open_question, rows_of
from handlers.card_shown import KEPT, place
from handlers.form import complete, go_on
from handlers.forms import Context, Form, Question, Step
from handlers.known_forms import association_of, context, form_of, kind_of, names
from handlers.said import Said
from handlers.turn import Button, Outcome, Reply, ReportOfCard, Turn
from handlers.understand.courtesies import says_nothing
from handlers.understand.phrases import SENDS
from handlers.understand.words import is_later, plain, tokens, yes_no

_FEW_FIGURES = re.compile(r"\W*\d+(?:[\s,;]+\d+){0,2}\W*")


def _alone(question: Question) -> Step:
    """A chat asks the questions of a step one by one."""
    return Step(question.name, question.label, question.hint, (question,))


def _context(turn: Turn, draft: Mapping[str, Any]) -> Context:
    return context(turn, association_of(turn, draft) or turn.association)


def pressed(turn: Turn, said: Said) -> Outcome | None:
    """A button of a card; None for every other button. An old card says what became of it."""
    if said.command != "button form":
        return None
    card, _, rest = said.rest.partition(":")
    name, _, value = rest.partition(":")
    there, question = _found(turn, card)
    if question is None:
        return _old(turn, card)
    form = form_of(turn, question["form"])
    asked = value if name == "?" else name
    if question.get("again") or (asked.isidentifier() and not outgrown.has(form, question["step"], asked)):
        return again(there, question)
    if name == "!":
        return _action(there, form, question, value)
    if name == "+" and value.isdecimal():
        return _toggle(there, form, question, int(value))
    if name == "?":
        return _show(there, form, {**question, "question": value, "chosen": [], "reviewed": False})
    return answer(there, form, question, name, value)


def _found(turn: Turn, card: str) -> tuple[Turn, dict[str, Any] | None]:
    """The half-made report of a card, open or put aside, however old; and the turn with it open."""
    question = turn.state.get("open") or {}
    if question.get("kind") == "form" and str(question.get("card")) == card:
        return turn, dict(question)
    drafts = turn.state.get("drafts", [])
    for draft in drafts:
        if str(draft["card"]) == card:
            opened = {"kind": "form", "tries": 0, "question": _next(turn, draft), "chosen": [], **draft}
            left = {**turn.state, "drafts": [other for other in drafts if other != draft]}
            return turn.with_state(left), opened
    return turn, None


def _next(turn: Turn, draft: Mapping[str, Any]) -> str:
    """The question at which a half-made report stopped; '' when all are answered."""
    form, ctx = form_of(turn, draft["form"]), _context(turn, draft)
    step = form.next_step(draft["values"], frozenset(draft["asked"]), ctx)
    return open_question(form, step, draft["values"], ctx).name if step else ""


def _old(turn: Turn, card: str) -> Outcome:
    thrown = turn.state.get("thrown") or {}
    if str(thrown.get("card")) == card:
        back = ((Button("b.bringback", f"back:c{card}"),),)
        return Outcome(dict(turn.state), (Reply("T13", buttons=back),), understood="a cancelled card")
    report = turn.known(ReportOfCard(int(card))) if card.isdecimal() else None
    if report is None:
        return Outcome(dict(turn.state), (Reply("T14"),), understood="an old card")
    rows = ((Button("b.correct", f"fix:{report.number}"),),)
    reply = Reply("T12", {"number": report.number}, rows)
    return Outcome(dict(turn.state), (reply,), understood=f"old card of No {report.number}")


def _action(turn: Turn, form: Form, question: Mapping[str, Any], action: str) -> Outcome:
    values = question["values"]
    if action == "cancel":
        return cancel(turn, question)
    if action == "later":
        reply = Reply("X3", card=question["card"])
        return Outcome(put_aside(turn, question), (reply,), (draft_of(question),), understood="later")
    if action == "send" and question.get("reviewed"):
        return complete(turn, form, values, {key: question[key] for key in KEPT})
    if action == "next" and question["chosen"]:
        asked = form.question(question["question"])
        chosen = [choice.name for n, choice in enumerate(asked.choices, 1) if n in question["chosen"]]
        return _took(turn, form, question, asked.name, {asked.name: chosen})
    if action == "change":
        return _what_to_change(turn, form, question)
    if action == "date":
        rows = ((Button("b.cancel", data(question, "!", "cancel")),),)
        reply = Reply("T6date", buttons=rows, card=question["card"])
        return Outcome({**turn.state, "open": dict(question)}, (reply,), understood="another day")
    return again(turn, question)


def cancel(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """Throw it away, say what was thrown away, and offer to bring it back."""
    form = form_of(turn, question["form"])
    noted = kind_of(form).words(form, question["values"], _context(turn, question))
    new = {key: value for key, value in state.close(turn).items() if key != "removed"} | {"thrown": dict(question)}
    rows = ((Button("b.bringback", f"back:c{question['card']}"),),)
    if any(noted.texts.values()):
        reply = Reply("X1", {"noted": noted}, rows, card=question["card"])
    else:
        reply = Reply("X1b", card=question["card"])
    return Outcome(new, (reply,), understood="cancelled")


def _what_to_change(turn: Turn, form: Form, question: Mapping[str, Any]) -> Outcome:
    """Review again, with a button for each answer."""
    ctx = _context(turn, question)
    buttons = [Button(q.called, data(question, "?", q.name)) for q in asked_about(form, question["values"], ctx)]
    rows = (*rows_of(buttons, 2), (Button("b.nothingtochange", data(question, "!", "review")),))
    shown = {"title": form.title, "lines": lines(form, question["values"], ctx)}
    reply = Reply("T7change", shown, rows, card=question["card"])
    return Outcome({**turn.state, "open": dict(question)}, (reply,), understood="what to change?")


def again(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """The card as it stands; below, when something came between."""
    form = form_of(turn, question["form"])
    opened = {**question, "card": place(turn, question), "at": turn.now.isoformat()}
    if question.get("question") and not question.get("reviewed"):
        return _show(turn, form, opened)
    there = turn.with_state({**turn.state, "open": opened})
    return go_on(there, form, question["values"], {key: opened[key] for key in KEPT})


def below(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """The open report once more, as a new card at the end of the chat."""
    return again(turn, {**question, "card": turn.inbound.id})


def _show(turn: Turn, form: Form, opened: Mapping[str, Any]) -> Outcome:
    ctx = _context(turn, opened)
    asked = form.question(opened["question"])
    reply = face(turn, form, form.step_of(asked.name), asked, opened["values"], opened, ctx)
    fresh = {**opened, "at": turn.now.isoformat()}
    return Outcome({**turn.state, "open": fresh}, (reply,), understood=f"asks {asked.name}")


def _toggle(turn: Turn, form: Form, question: Mapping[str, Any], number: int) -> Outcome:
    """One more or less of several; the button may be that of a question before this one."""
    name = question.get("question")
    if not name or question.get("reviewed") or form.question(name).type != "select_multiple":
        return again(turn, question)
    chosen = sorted({*question["chosen"]} ^ {number})
    return _show(turn, form, {**question, "chosen": chosen})


def answer(turn: Turn, form: Form, question: Mapping[str, Any], name: str, value: str) -> Outcome:
    """A button with an answer."""
    asked, ctx = form.question(name), _context(turn, question)
    if asked.type == "select_one" and value.isdecimal():
        choices = form.choices(name, ctx, question["values"])
        if 1 <= int(value) <= len(choices):
            return _took(turn, form, question, name, {name: choices[int(value) - 1].name})
    if value == "x" and not asked.required:
        return _took(turn, form, question, name, {name: None})
    reading = form.read_answer(_alone(asked), value, ctx, {})
    if reading.status != "whole":
        return again(turn, question)
    return _took(turn, form, question, name, reading.values)


def typed(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """An answer that is typed instead of pressed: to the question that the card asks, or to its whole step."""
    form = form_of(turn, question["form"])
    if question.get("again"):
        return again(turn, question)
    if question.get("reviewed") and (agreed := yes_no(turn.inbound.text)) is not None:
        return _action(turn, form, question, "send" if agreed else "change")
    if is_later(turn.inbound.text):
        return _action(turn, form, question, "later")
    if question.get("reviewed") and plain(turn.inbound.text).strip(" .!") in SENDS:
        return _action(turn, form, question, "send")
    if question.get("reviewed") and says_nothing(said.text, turn.programme.sender):
        return again(turn, question)
    if question.get("reviewed") and (right := _put_right(turn, form, question)):
        return _took(turn, form, question, next(iter(right)), right)
    if question.get("reviewed") and not said.digit and _FEW_FIGURES.fullmatch(turn.inbound.text):
        return _what_to_change(turn, form, question)  # "13 8" may be for any question
    name = question.get("question")
    if name and not said.command:
        asked = form.question(name)
        reading = form.read_answer(_alone(asked), turn.inbound.text, _context(turn, question), {})
        if reading.status == "whole" and set(reading.values) == {name}:
            return _took(turn, form, question, name, reading.values)
    outcome = form_.answer(turn, said, question)
    opened = outcome.state.get("open", {}) if outcome else {}
    asked_again = opened.get("kind") == "form" and opened["tries"] > question["tries"]
    if outcome and asked_again and len(outcome.replies) == 1:
        return outcome.but(replies=(_not_clear(turn, form, opened),))  # the card has not changed
    return outcome


def _put_right(turn: Turn, form: Form, question: Mapping[str, Any]) -> dict[str, Any] | None:
    """At the review: "13 femmes" are the women, though the new ones were asked last; by name and in one way only."""
    said, found = tokens(turn.inbound.text), []
    for step in form.steps:
        own = {each.name for q in step.questions for each in (q, *form.stand_ins(q.name))}
        if not names(form, step.name, said):
            continue
        known = {name: value for name, value in question["values"].items() if name not in own}
        reading = form.read_answer(step, turn.inbound.text, _context(turn, question), known)
        if reading.status == "whole" and reading.values and own.issuperset(reading.values):
            found.append(reading.values)
    return found[0] if len(found) == 1 else None


def _not_clear(turn: Turn, form: Form, opened: Mapping[str, Any]) -> Reply:
    """D11, below what she wrote; the card stands above it."""
    name, ctx = opened.get("question"), _context(turn, opened)
    step = _alone(form.question(name)) if name else form.step(opened["step"])
    prompt = form.prompt(step, opened["values"], ctx, rich=True)
    return Reply("D11", {"leftover": " ".join(turn.inbound.text.split())[:20], "prompt": prompt})


def _took(turn: Turn, form: Form, question: Mapping[str, Any], name: str, given: Mapping[str, Any]) -> Outcome:
    """Take an answer and go on; what it makes impossible is said, or asked again when it was there before."""
    ctx = _context(turn, question)
    values = {**question["values"], **given}
    problems = form.check(form.compute(values, ctx), ctx)
    if mine := [problem for problem in problems if problem.question in given]:
        shown = again(turn, question)
        return shown.but(replies=(Reply("D2", {"message": mine[0].message}), *shown.replies))
    kept = {key: question[key] for key in KEPT}
    for problem in problems:
        for gone in (form.question(problem.question), *form.stand_ins(problem.question)):
            values.pop(gone.name, None)
        kept["asked"] = [step for step in kept["asked"] if step != problem.step]
    step = form.step_of(name)
    there = asked_about(form, form.compute(values, ctx), ctx)
    if all(q.name in values for q in step.questions if q in there):
        kept["asked"] = sorted({*kept["asked"], step.name})
    return go_on(turn, form, values, kept)
