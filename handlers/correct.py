"""Correct, remove, bring back (part E): commit first, correct after; nothing is ever really lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import form, state
from handlers.checks import association_of
from handlers.forms import Context, Form
from handlers.said import Said
from handlers.training import reached
from handlers.turn import (
    Association,
    ChangeReport,
    LastReport,
    Outcome,
    Reply,
    Report,
    ReportNumbered,
    Turn,
)

BACK_WITHIN = timedelta(days=7)


def _theirs(turn: Turn, report: Report | None) -> bool:
    """A leader corrects what she, or whoever shares her phone, sent."""
    return report is not None and report.person_id in {person.id for person in turn.people}


def _number(rest: str) -> int | None:
    words = [word for word in rest.replace(".", " ").split() if word not in ("no", "n")]
    return int(words[0]) if len(words) == 1 and words[0].isdigit() and len(words[0]) < 10 else None


def _find(turn: Turn, rest: str) -> Report | None:
    number = _number(rest)
    if number is not None:
        report: Report | None = turn.known(ReportNumbered(number))
    else:
        report = turn.known(LastReport(tuple(person.id for person in turn.people)))
        if report is not None:
            turn.need(ReportNumbered(report.number))
    return report if _theirs(turn, report) else None


def fix(turn: Turn, said: Said) -> Outcome:
    """FIX, or FIX 4127: show it and ask what is to change (E1)."""
    report = _find(turn, said.rest)
    if report is None:
        number = _number(said.rest)
        return state.say(turn, "E7") if number is None else state.say(turn, "E5b", number=number)
    form_, _association, ctx = _around(turn, report)
    reply, steps = form.kind_of(form_).menu(form_, report.number, report.values, ctx)
    new = state.ask(turn, "fix", number=report.number, steps=list(steps))
    return Outcome(_with_draft(turn, new), (reply,), understood=f"FIX {report.number}")


def _with_draft(turn: Turn, new: Mapping[str, Any]) -> dict[str, Any]:
    """A global word does not destroy a half-made report: it waits among the drafts."""
    question = state.opened(turn)
    if question and question["kind"] == "form":
        return {**form.put_aside(turn, question), "open": new["open"]}
    return dict(new)


def _around(turn: Turn, report: Report) -> tuple[Form, Association | None, Context]:
    association = association_of(turn, report)
    return form.form_of(turn, report.form), association, form.context(turn, association)


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The digit after E1, or the new figures of a step."""
    report: Report = turn.known(ReportNumbered(question["number"]))
    form_, association, ctx = _around(turn, report)
    if step := question.get("step"):
        return _figures(turn, question, report, form_, ctx, step)
    steps = question["steps"]
    if said.digit == "0":
        return state.say(turn, "E6", number=report.number)
    if not said.digit:
        return None
    chosen = int(said.digit)
    if chosen == len(steps) + 1:
        return _remove(turn, report, association)
    if not 1 <= chosen <= len(steps):
        return None
    step = steps[chosen - 1]
    new = state.ask(turn, "fix", number=report.number, steps=steps, step=step, tries=0)
    reply = form.kind_of(form_).ask_again(form_, report.number, step, report.values, ctx)
    return Outcome(new, (reply,), understood=f"FIX {report.number}: {step}")


def _figures(
    turn: Turn, question: Mapping[str, Any], report: Report, form_: Form, ctx: Context, step: str
) -> Outcome | None:
    reading = form_.read_answer(form_.step(step), turn.inbound.text, ctx, report.values)
    if reading.status != "whole":
        tries = question.get("tries", 0) + 1
        if tries >= form.TRIES:
            effect = state.task(turn, "call", f"a correction of No {report.number} was not understood")
            return Outcome(state.close(turn), (Reply("D6"),), (effect,), understood="not understood twice")
        new = state.ask(turn, "fix", **{**question, "at": turn.now.isoformat(), "tries": tries})
        reply = form.kind_of(form_).ask_again(form_, report.number, step, report.values, ctx)
        return Outcome(new, (reply,), understood="not understood, asked again")
    names = {q.name for q in form_.step(step).questions}
    stale = {q.name: None for q in form_.questions if q.stands_for and set(q.stands_for) <= names}
    values = form_.record(form_.compute({**report.values, **stale, **reading.values}, ctx))
    return changed(turn, report, form_, values, step, ctx)


def changed(turn: Turn, report: Report, form_: Form, values: Mapping[str, Any], step: str, ctx: Context) -> Outcome:
    """Store the new figures; a check that does not hold asks, as for a new report."""
    kind = form.kind_of(form_)
    association = association_of(turn, report)
    problem = kind.recheck(turn, form_, values, association, ctx, step)
    change = ChangeReport(report.number, "the leader corrected it", values, "doubtful" if problem else "reported")
    if problem:
        new = state.ask(turn, "check", number=report.number, **problem.details())
        return Outcome(new, problem.replies(report.number), (change,), understood=f"asks {problem.key}")
    reply = kind.changed(turn, form_, report.number, values, step, ctx)
    return Outcome(state.close(turn), (reply,), (change,), understood=f"No {report.number} corrected")


def _remove(turn: Turn, report: Report, association: Association | None) -> Outcome:
    if report.state == "withdrawn":
        return state.say(turn, "E6", number=report.number)
    change = ChangeReport(report.number, "the leader removed it", state="withdrawn")
    until = (turn.now + turn.utc_offset + BACK_WITHIN).date()
    return _removed_or_back(turn, report, association, change, "E3", until=until)


def back(turn: Turn, said: Said) -> Outcome:
    """BACK 4127: undo a removal within seven days."""
    number = _number(said.rest)
    if number is None:
        last = turn.state.get("open", {}).get("number")
        if last is None:
            return state.say(turn, "E7")
        number = int(last)
    report: Report | None = turn.known(ReportNumbered(number))
    if report is None or not _theirs(turn, report):
        return state.say(turn, "E5b", number=number)
    if report.state != "withdrawn":
        return state.say(turn, "E5c", number=number)
    if report.withdrawn_at is None or turn.now - report.withdrawn_at > BACK_WITHIN:
        return state.say(turn, "E5", state.task(turn, "read", f"wants No {number} back"), number=number)
    change = ChangeReport(number, "the leader brought it back", state="reported")
    return _removed_or_back(turn, report, association_of(turn, report), change, "E4")


def _removed_or_back(
    turn: Turn,
    report: Report,
    association: Association | None,
    change: ChangeReport,
    key: str,
    **values: Any,
) -> Outcome:
    form_ = form.form_of(turn, report.form)
    kind = form.kind_of(form_)
    counted = report.values if report.state in ("reported", "doubtful") else None
    present = None if change.state == "withdrawn" else report.values
    figures = kind.after(turn, association, counted, present)
    shown: dict[str, Any] = {"number": report.number, **values}
    if figures is None or association is None:
        key += "any"
    else:
        shown |= {
            "association": association.sms_name,
            "reached": reached(association, figures, turn),
            "target": association.target,
        }
    return state.say(turn, key, change, **shown)
