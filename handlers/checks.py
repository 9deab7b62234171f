"""Answers to what was asked after a report was stored: checks D2 to D5, and the optional C6, C7, C8."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import form, state
from handlers.forms import Context, Form
from handlers.said import Said
from handlers.turn import Association, ChangeReport, Outcome, Reply, Report, ReportNumbered, Turn
from handlers.understand.words import yes_no


def _report(turn: Turn, question: Mapping[str, Any]) -> tuple[Report, Form, Association | None, Context]:
    report: Report = turn.known(ReportNumbered(question["number"]))
    association = association_of(turn, report)
    return report, form.form_of(turn, report.form), association, form.context(turn, association)


def association_of(turn: Turn, report: Report) -> Association | None:
    """The association of a report, as one of the people of this address belongs to it."""
    found = (p.association for p in turn.people if p.association)
    return next((a for a in found if a.id == report.association_id), None)


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The answer to a check; None when the message is something else."""
    report, form_, association, ctx = _report(turn, question)
    if question["expects"] == "same_other":
        if said.digit == "1":
            return _same(turn, report)
        return settle(turn, report, report.values) if said.digit == "2" else None
    if question["expects"] == "yes_no":
        agreed = yes_no(turn.inbound.text) if said.digit not in ("1", "2") else said.digit == "1"
        if agreed is None:
            return None
        if agreed:
            return settle(turn, report, report.values)
        step = next(s for s in form_.steps if {"women", "men"} & {q.name for q in s.questions})
        new = state.ask(
            turn, "check", **{**question, "expects": "step", "step": step.name, "at": turn.now.isoformat()}
        )
        return Outcome(new, (form.kind_of(form_).ask_again(form_, report.number, step.name, report.values, ctx),))
    return _step(turn, question, report, form_, association, ctx)


def _step(
    turn: Turn,
    question: Mapping[str, Any],
    report: Report,
    form_: Form,
    association: Association | None,
    ctx: Context,
) -> Outcome | None:
    """The figures of one step, sent again."""
    step = form_.step(question["step"])
    reading = form_.read_answer(step, turn.inbound.text, ctx, report.values)
    if reading.status != "whole":
        return again(turn, question)
    values = form_.record(form_.compute({**report.values, **_afresh(form_, step.name), **reading.values}, ctx))
    return settle(turn, report, values, step.name)


def _afresh(form_: Form, step: str) -> dict[str, Any]:
    """When the split is sent again, the old total of new people does not bind it."""
    names = {question.name for question in form_.step(step).questions}
    return {q.name: None for q in form_.questions if q.stands_for and set(q.stands_for) <= names}


def again(turn: Turn, question: Mapping[str, Any]) -> Outcome | None:
    """Not understood: ask for the same once more, then a person calls."""
    if question.get("tries", 0) + 1 >= form.TRIES:
        effect = state.task(turn, "call", f"a question about No {question['number']} was not understood")
        return Outcome(state.close(turn), (Reply("D6"),), (effect,), understood="not understood twice: a call")
    report, form_, _association, ctx = _report(turn, question)
    new = state.ask(turn, question["kind"], **{**_plain(question), "tries": question.get("tries", 0) + 1})
    reply = form.kind_of(form_).ask_again(form_, report.number, question["step"], report.values, ctx)
    return Outcome(new, (reply,), understood="not understood, asked again")


def _plain(question: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in question.items() if key not in ("kind", "at")}


def _same(turn: Turn, report: Report) -> Outcome:
    """It was the same training: the second report goes, the first stays."""
    gone = ChangeReport(report.number, "the leader says it is the same training", state="withdrawn")
    others = turn.known(form.same_day(report))
    other = next((r.number for r in others if r.number != report.number), report.number)
    return state.say(turn, "D4a", gone, other=other)


def settle(turn: Turn, report: Report, values: Mapping[str, Any], step: str = "") -> Outcome:
    """The answer is in: store it, check what is left to check, receipt it."""
    form_ = form.form_of(turn, report.form)
    association = association_of(turn, report)
    ctx = form.context(turn, association)
    kind = form.kind_of(form_)
    kind.need(turn, association, values)
    left = kind.recheck(turn, form_, values, association, ctx, step)
    change = ChangeReport(report.number, "the leader answered a check", values, "doubtful" if left else "reported")
    if left:
        new = state.ask(turn, "check", number=report.number, **left.details())
        return Outcome(new, left.replies(report.number), (change,), understood=f"asks {left.key}")
    before = report.values if report.state in ("reported", "doubtful") else None
    figures = kind.after(turn, association, before, values)
    reply = kind.receipt(turn, form_, report.number, values, association, figures, ctx)
    return Outcome(state.close(turn), (reply,), (change,), understood=f"No {report.number} settled")


def split(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """D2b: how many of the new people are women."""
    report, form_, association, ctx = _report(turn, question)
    text = said.plain
    if text in ("x", "?"):
        return state.say(turn, "B6")
    reading = form_.read_answer(form_.step_of("new_women"), turn.inbound.text, ctx, {})
    women = reading.values.get("new_women", reading.values.get("new_people"))
    if not isinstance(women, int) or set(reading.values) - {"new_women", "new_men", "new_people"}:
        return None
    total = int(question["new"])
    men = reading.values.get("new_men")
    if men is None:
        men = total - women
    if men < 0 or women + men != total:
        new = state.ask(turn, "split", **_plain(question))
        return Outcome(new, (Reply("D2b", {"number": report.number, "new": total}),), understood="split too large")
    values = form_.record(form_.compute({**report.values, "new_women": women, "new_men": men}, ctx))
    return settle(turn, report, values, "split")


def details(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """C6: four optional numbers; anything else is looked at by other conversations."""
    if question.get("done"):
        return None
    report, form_, _association, ctx = _report(turn, question)
    if said.plain in ("x", "?"):
        return state.say(turn, "B6")
    reading = form_.read_optional(turn.inbound.text, ctx, ("youth", "displaced", "returnee", "host"))
    if reading.status != "whole" or not reading.values:
        return None
    values = form_.record(form_.compute({**report.values, **reading.values}, ctx))
    return _added(turn, report, form_, values, ctx)


def _added(turn: Turn, report: Report, form_: Form, values: Mapping[str, Any], ctx: Context) -> Outcome:
    problems = form_.check(values, ctx)
    change = ChangeReport(report.number, "details added", values, "doubtful" if problems else None)
    if problems:
        new = state.ask(turn, "details", number=report.number)
        return Outcome(new, (Reply("D2", {"message": problems[0].message}),), (change,), understood="details asked")
    return state.say(turn, "B6", change)


def place(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """C7: the colline; never invented, only one that the association is known in."""
    report, form_, association, ctx = _report(turn, question)
    names = association.collines if association else ()
    if said.digit.isdigit() and 1 <= int(said.digit) <= len(names):
        found: str | None = names[int(said.digit) - 1]
    else:
        reading = form_.read_optional(turn.inbound.text, ctx, ("place",))
        found = reading.values.get("place") if reading.status == "whole" else None
    if not found:
        return None
    return _added(turn, report, form_, {**report.values, "place": found}, ctx)


def remark(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """C8: a sentence about the training; kept as a message for the officer, with the report's number."""
    if said.command or said.digit:
        return None
    return state.say(turn, "B6", state.task(turn, "read", f"remark on No {question['number']}"))
