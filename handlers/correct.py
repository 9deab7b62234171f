"""Correct, remove, bring back (part E): commit first, correct after; nothing is ever really lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import checks, enrol, form, outgrown, state
from handlers.checks import BACK_WITHIN, association_of
from handlers.forms import Context, Form
from handlers.forms.tables import NOTHING_OF_IT
from handlers.known_forms import KINDS, figures_after, looks_like_report, picked_change, read_line
from handlers.said import NUMBER, Said
from handlers.training import reached
from handlers.turn import (
    Association,
    ChangeReport,
    LastReport,
    Outcome,
    Reply,
    Report,
    ReportNumbered,
    Timer,
    Turn,
)
from handlers.understand.vocabulary import COUNTED
from handlers.understand.words import plain, yes_no

_DIGIT_AND = re.compile(r"\s*([1-9])[\s.,:)=-]+(\S.*)", re.DOTALL)
_WORD = re.compile(r"\s*([^\W\d_]+)")
_RECEIPT = re.compile(r"(?:\D{0,40}\W)?no\W{0,3}(\d{1,9}) ok\W+\w")
"""How every receipt of ours by SMS begins, copied or forwarded."""
LATER = timedelta(hours=6)
"""Something of hers is open: it is not interrupted."""


def is_theirs(turn: Turn, report: Report | None) -> bool:
    """A leader corrects what she, or whoever shares her phone, sent."""
    if report is None:
        return False
    return report.person_id in {person.id for person in turn.people} or report.address_id == turn.address.id


def _number(rest: str) -> int | None:
    found = NUMBER.match(rest)
    if found and rest[found.end() : found.end() + 1] == "/":
        return None  # "CORR 12/11" is of no report No 12
    counts = _WORD.match(rest, found.end()) if found else None
    if counts and (counts[1] in COUNTED or len(counts[1]) == 1):
        return None  # nor is "FIX 13 femmes" of No 13
    return int(found[1]) if found else None


def _find(turn: Turn, rest: str) -> Report | None:
    number = _number(rest)
    if number is not None:
        report: Report | None = turn.known(ReportNumbered(number))
    else:
        report = turn.known(LastReport(tuple(person.id for person in turn.people), turn.address.id))
        if report is not None:
            turn.need(ReportNumbered(report.number))
    return report if is_theirs(turn, report) else None


def fix(turn: Turn, said: Said) -> Outcome:
    """FIX, or FIX 4127: show it and ask what is to change (E1)."""
    report = _find(turn, said.rest)
    if report is None:
        number = _number(said.rest)
        return state.say(turn, "E7") if number is None else state.say(turn, "E5b", number=number)
    if report.state == "withdrawn":
        return checks.removed(turn, report)
    return _shown(turn, report, f"FIX {report.number}")


def its_receipt(turn: Turn) -> Outcome | None:
    """Our receipt of hers, sent back, is shown as FIX shows it: what she wants of it she can say there.

    A training's tells of a training and was read as one (said.copied); others have no day of their own.
    """
    found = _RECEIPT.match(plain(turn.inbound.text)) if turn.inbound.kind == "text" else None
    report: Report | None = turn.known(ReportNumbered(int(found[1]))) if found else None
    if report is None or report.state == "withdrawn" or not is_theirs(turn, report):
        return None
    return _shown(turn, report, f"the receipt of No {report.number}, sent back")


def _shown(turn: Turn, report: Report, understood: str) -> Outcome:
    """E1: the report as it is, and what can be changed."""
    form_, _association, ctx = _around(turn, report)
    reply, steps = form.kind_of(form_).menu(form_, report.number, report.values, ctx)
    new = state.ask(turn, "fix", number=report.number, steps=list(steps))
    return Outcome(new, (reply,), understood=understood)


def asked(turn: Turn) -> Outcome:
    """One of the team asks her to look at a report once more: E1, as for FIX, and no word of why."""
    data = turn.inbound.data
    number = int(data["number"])
    report: Report | None = turn.known(ReportNumbered(number))
    if report is None or report.state == "withdrawn" or not is_theirs(turn, report):
        return Outcome(dict(turn.state), understood=f"not asked: No {number} is removed or of somebody else")
    if not enrol.consenting(turn):
        return Outcome(dict(turn.state), understood="not asked: has not agreed")
    if state.opened(turn):
        again = Timer("fix", str(number), turn.now + LATER, {"number": number})
        return Outcome(dict(turn.state), timers=(again,), understood=f"No {number}: asked later")
    form_, _association, ctx = _around(turn, report)
    reply, steps = form.kind_of(form_).menu(form_, number, report.values, ctx)
    new = state.ask(turn, "fix", number=number, steps=list(steps), asked=True)
    return Outcome(new, (replace(reply, kind="notice"),), understood=f"asked to look at No {number}")


def _around(turn: Turn, report: Report) -> tuple[Form, Association | None, Context]:
    association = association_of(turn, report)
    return form.form_of(turn, report.form), association, form.context(turn, association)


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The digit after E1, or the new figures of a step."""
    report: Report = turn.known(ReportNumbered(question["number"]))
    form_ = form.form_of(turn, report.form)
    if not all(outgrown.has(form_, step) for step in question["steps"]):
        return _shown(turn, report, "the form was replaced: FIX again")
    read = _figures if question.get("step") else _chosen
    return _line_anew(turn, report) or read(turn, said, question, report)


def _line_anew(turn: Turn, report: Report) -> Outcome | None:
    """The whole line of this very report, sent while FIX asks: these are its figures now, and no second report."""
    form_, _association, ctx = _around(turn, report)
    values = checks.whole_anew(form_, report, read_line(form_, turn.inbound.text, ctx), ctx)
    if values is None or form_.name not in KINDS:
        return None
    return changed(turn, report, form_, values, ctx, *figures(form_))


def figures(form_: Form) -> tuple[str, ...]:
    """The questions that a whole line answers with a count."""
    counts = (question.name for question in form_.questions if question.type == "integer" and question.position)
    return tuple(dict.fromkeys(form_.step_of(name).name for name in counts))


def _chosen(turn: Turn, said: Said, question: Mapping[str, Any], report: Report) -> Outcome | None:
    form_, association, ctx = _around(turn, report)
    steps = question["steps"]
    if said.digit == "0" or yes_no(said.text) is False or said.plain in NOTHING_OF_IT:
        told = [state.task(turn, "read", f"No {report.number}: nothing to change, she says")]
        return state.say(turn, "E6", *(told if question.get("asked") else ()), number=report.number)
    digit = int(said.digit) if said.digit else picked_change(said.text, steps)
    if not digit:
        return _at_once(turn, report, form_, steps, ctx)
    if digit > len(steps):
        return _remove(turn, report, association) if digit == len(steps) + 1 else None
    step = steps[digit - 1]
    new = state.ask(turn, "fix", number=report.number, steps=steps, step=step, tries=0)
    reply = form.kind_of(form_).ask_again(form_, report.number, step, report.values, ctx)
    return Outcome(new, (reply,), understood=f"FIX {report.number}: {step}")


def _at_once(turn: Turn, report: Report, form_: Form, steps: Sequence[str], ctx: Context) -> Outcome | None:
    """The digit and what is right, in one text: "1 13/11" is no report of 13/11 about business."""
    if len(right := checks.named(turn, report, form_, ctx)) == 1:
        return changed(turn, report, form_, right[0][1], ctx, right[0][0])
    found = _DIGIT_AND.fullmatch(turn.inbound.text)
    if found is None or int(found[1]) > len(steps):
        return None
    step = steps[int(found[1]) - 1]
    there = replace(turn, inbound=replace(turn.inbound, text=found[2]))
    values = checks.corrected(there, form_, report, step, ctx)
    return None if values is None else changed(turn, report, form_, values, ctx, step)


def _figures(turn: Turn, said: Said, question: Mapping[str, Any], report: Report) -> Outcome | None:
    form_, _association, ctx = _around(turn, report)
    step = question["step"]
    values = checks.corrected(turn, form_, report, step, ctx)
    if values is not None:
        return changed(turn, report, form_, values, ctx, step)
    if said.digit == "0":
        return state.say(turn, "E6", number=report.number)
    if said.command or said.digit in ("7", "9") or looks_like_report(turn):
        return None
    tries = question.get("tries", 0) + 1
    if tries >= form.TRIES:
        effect = state.task(turn, "call", f"a correction of No {report.number} was not understood")
        return Outcome(state.close(turn), (Reply("D6"),), (effect,), understood="not understood twice")
    new = state.ask(turn, "fix", number=report.number, steps=question["steps"], step=step, tries=tries)
    reply = form.kind_of(form_).ask_again(form_, report.number, step, report.values, ctx)
    return Outcome(new, (reply,), understood="not understood, asked again")


def changed(turn: Turn, report: Report, form_: Form, values: Mapping[str, Any], ctx: Context, *steps: str) -> Outcome:
    """Store the new figures of these steps; a check that does not hold asks, as for a new report.

    A removed report stays removed.
    """
    if report.state == "withdrawn":
        return checks.removed(turn, report)
    kind = form.kind_of(form_)
    association = association_of(turn, report)
    if open_ := form_.missing(values, ctx):
        return _also(turn, report, form_, values, form_.step_of(open_[0].name).name, ctx)
    kind.need(turn, association, values)
    settled = report.state == "reported"
    confirmed = frozenset.intersection(*map(kind.untouched, steps)) if settled else frozenset[str]()
    problem = kind.check(turn, form_, values, association, ctx, report=report, confirmed=confirmed)
    now = problem.state if problem else "reported"
    change = ChangeReport(report.number, "the leader corrected it", values, now, problem.key if problem else "")
    if problem:
        new = state.ask(turn, "check", number=report.number, **problem.details(confirmed))
        return Outcome(new, (problem.reply,), (change,), understood=f"asks {problem.key}")
    if values.get("new_people") and values.get("new_women") is None and form_.step_of("new_women").name in steps:
        return checks.ask_split(turn, report.number, values["new_people"], change)
    reply = kind.changed(turn, form_, report.number, values, steps[0], ctx)
    return Outcome(state.close(turn), (reply,), (change,), understood=f"No {report.number} corrected")


def _also(turn: Turn, report: Report, form_: Form, values: Mapping[str, Any], step: str, ctx: Context) -> Outcome:
    """What was corrected leaves another question without an answer, as a hill of the commune before: it is asked."""
    change = ChangeReport(report.number, "the leader corrected it", values, "doubtful", "D2")
    steps = [one.name for one in form_.steps]
    new = state.ask(turn, "fix", number=report.number, steps=steps, step=step, tries=0)
    reply = form.kind_of(form_).ask_again(form_, report.number, step, values, ctx)
    return Outcome(new, (reply,), (change,), understood=f"FIX {report.number}: {step} too")


def _remove(turn: Turn, report: Report, association: Association | None) -> Outcome:
    if report.state == "withdrawn":
        return state.say(turn, "E6", number=report.number)
    change = ChangeReport(report.number, "the leader removed it", state="withdrawn")
    until = (turn.now + turn.utc_offset + BACK_WITHIN).date()
    return _removed_or_back(turn, report, association, change, "E3", until=until)


def back(turn: Turn, said: Said) -> Outcome:
    """BACK 4127: undo a removal within seven days; BACK alone means the last one that was removed."""
    number = _number(said.rest)
    if number is None:
        number = turn.state.get("removed")
    if number is None:
        return state.say(turn, "X6")
    report: Report | None = turn.known(ReportNumbered(number))
    if report is None or not is_theirs(turn, report):
        return state.say(turn, "E5b", number=number)
    if report.state != "withdrawn":
        return state.say(turn, "E5c", number=number)
    if report.withdrawn_at is None or turn.now - report.withdrawn_at > BACK_WITHIN:
        return state.say(turn, "E5", state.task(turn, "read", f"wants No {number} back"), number=number)
    return _bring_back(turn, report)


def _bring_back(turn: Turn, report: Report) -> Outcome:
    """It counts again, unless it repeats another report: then D4 or D9 asks once more."""
    form_, association, ctx = _around(turn, report)
    kind = form.kind_of(form_)
    kind.need(turn, association, report.values)
    problem = kind.check(
        turn, form_, report.values, association, ctx, report=report, confirmed=("D2", "D3", "D5", "D10")
    )
    now = problem.state if problem else "reported"
    doubt = problem.key if problem else ""
    change = ChangeReport(report.number, "the leader brought it back", state=now, doubt=doubt)
    if problem:
        new = state.ask(turn, "check", number=report.number, **problem.details())
        return Outcome(new, (problem.reply,), (change,), understood=f"back, asks {problem.key}")
    return _removed_or_back(turn, report, association, change, "E4")


def _removed_or_back(
    turn: Turn,
    report: Report,
    association: Association | None,
    change: ChangeReport,
    key: str,
    **values: Any,
) -> Outcome:
    form_ = form.form_of(turn, report.form)
    present = None if change.state == "withdrawn" else report.values
    figures = figures_after(turn, form_, association, report, present)
    shown: dict[str, Any] = {"number": report.number, **values}
    if figures is None or association is None:
        key += "any"
    else:
        shown |= {
            "association": association.sms_name,
            "reached": reached(association, figures, turn),
            "target": association.target,
        }
    new = {name: value for name, value in state.close(turn).items() if name != "removed"}
    if change.state == "withdrawn":
        new["removed"] = report.number
    return state.say(turn, key, change, state=new, **shown)
