"""Answers to what was asked after a report was stored: checks D2 to D10, and the optional C6, C7, C8, G8."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import form, outgrown, state
from handlers.forms import Context, Form, Reading
from handlers.forms.tables import NOTHING_OF_IT, UNKNOWN
from handlers.kinds import Check
from handlers.known_forms import association_of as _association
from handlers.known_forms import looks_like_report, names, read_answer, read_line
from handlers.said import Said, own_words
from handlers.turn import Association, ChangeReport, Outcome, Reply, Report, ReportNumbered, Turn
from handlers.understand.choices import picked
from handlers.understand.courtesies import is_acknowledged
from handlers.understand.phrases import OTHER, SAME
from handlers.understand.vocabulary import IT_IS
from handlers.understand.words import tokens, yes_no

BACK_WITHIN = timedelta(days=7)
"""So long a removed report can be brought back by its leader."""
_SAME = ("held_on", "topics", "business")
"""What makes a line that is sent again the line of the same report."""
_NOTHING = frozenset(("?", "0", *UNKNOWN))
"""Said to what may be left unanswered: not known, or nothing to say."""


def _report(turn: Turn, question: Mapping[str, Any]) -> tuple[Report, Form, Association | None, Context]:
    report: Report = turn.known(ReportNumbered(question["number"]))
    association = association_of(turn, report)
    return report, form.form_of(turn, report.form), association, form.context(turn, association)


def association_of(turn: Turn, report: Report) -> Association | None:
    """The association of a report, as one of the people of this address belongs to it."""
    return _association(turn, {"association": report.association_id})


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The answer to a check; None when the message is something else."""
    report, form_, _, ctx = _report(turn, question)
    if question.get("step") and not outgrown.has(form_, question["step"]):
        return None
    if question["expects"] == "same_other":
        meant = picked(
            said.digit or said.text, (SAME, OTHER), IT_IS | {"une", "un", "an", "formation", "training"}, near=False
        )
        if meant == (1,):
            return _same(turn, report, question)
        return settle(turn, report, report.values, _confirmed(question)) if meant == (2,) else None
    if question["expects"] == "yes_no":
        agreed = yes_no(turn.inbound.text) if said.digit not in ("1", "2") else said.digit == "1"
        if agreed is None:
            values = corrected(turn, form_, report, question["step"], ctx)  # the numbers at once, without the 2
            if values is None:
                return None
            same = all(report.values.get(name) == value for name, value in values.items())
            return settle(turn, report, values, _confirmed(question) if same else question.get("confirmed", ()))
        if agreed:
            return settle(turn, report, report.values, _confirmed(question))
        new = state.ask(turn, "check", **{**_plain(question), "expects": "step"})
        reply = form.kind_of(form_).ask_again(form_, report.number, question["step"], report.values, ctx)
        return Outcome(new, (reply,), understood="the numbers come again")
    return _step(turn, said, question)


def _confirmed(question: Mapping[str, Any]) -> set[str]:
    """The checks that she has answered, with this one."""
    return {*question.get("confirmed", ()), question["check"]}


def _step(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The figures of one step, sent again; or the whole report sent again."""
    report, form_, association, ctx = _report(turn, question)
    confirmed = question.get("confirmed", ())
    values = corrected(turn, form_, report, question["step"], ctx)
    if values is not None:
        return settle(turn, report, values, confirmed)
    line = form_.read_line(turn.inbound.text, ctx)
    if anew := whole_anew(form_, report, line, ctx, any_day=question["check"] == "D3"):
        return settle(turn, report, anew, confirmed)
    if line.status != "nothing" or said.command or said.digit in ("7", "9"):
        return None
    return again(turn, question)


def corrected(turn: Turn, form_: Form, report: Report, step: str, ctx: Context) -> dict[str, Any] | None:
    """The report's values with the figures of one step sent anew; None when they are not understood, or none of it.

    What belongs to the step is forgotten first: the old total of new people does not bind a new split. What was not
    said anew stays: "15 women" says nothing of the men.
    """
    own = {question.name for question in form_.step(step).questions}
    names = own | {q.name for q in form_.questions if q.stands_for and set(q.stands_for) <= own}
    known = {**report.values, **dict.fromkeys(names)}
    reading = read_answer(form_, form_.step(step), turn.inbound.text, ctx, known)
    if reading.status != "whole" or names.isdisjoint(reading.values):
        return None
    kept = {name: report.values.get(name) for name in own if not reading.values.keys() & (names - own)}
    return form_.record(form_.compute({**known, **kept, **reading.values}, ctx))


def named(turn: Turn, report: Report, form_: Form, ctx: Context) -> list[tuple[str, dict[str, Any]]]:
    """The questions that a message answers by name, and the report's values with that answer."""
    said, found = tokens(turn.inbound.text), []
    _, steps = form.kind_of(form_).menu(form_, report.number, report.values, ctx)
    for name in steps:
        values = corrected(turn, form_, report, name, ctx) if names(form_, name, said) else None
        if values is not None:
            found.append((name, values))
    return found


def whole_anew(
    form_: Form, report: Report, line: Reading, ctx: Context, *, any_day: bool = False
) -> dict[str, Any] | None:
    """The report's values when its whole line was sent again; None where the line is of another day, topic, business.

    A business that the line leaves out is the report's.
    """
    said = {name: report.values[name] for name in ("business",) if name in report.values} | line.values
    if line.status != "whole" or not line.values or form_.missing(said, ctx):
        return None
    fresh = form_.compute(said, ctx)
    if not any_day and any(fresh.get(name) != report.values.get(name) for name in _SAME):
        return None
    return form_.record({**report.values, **_afresh(form_), **fresh})


def _afresh(form_: Form) -> dict[str, None]:
    """Nothing of the old figures is kept beside those of a whole new line."""
    return {q.name: None for q in form_.questions if q.ask != "optional"}


def again(turn: Turn, question: Mapping[str, Any]) -> Outcome:
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


def _same(turn: Turn, report: Report, question: Mapping[str, Any]) -> Outcome:
    """It was the same training: the second report goes, the first stays."""
    gone = ChangeReport(report.number, "the leader says it is the same training", state="withdrawn")
    return state.say(turn, "D4a", gone, other=question["other"])


def removed(turn: Turn, report: Report) -> Outcome:
    """It was removed, perhaps meanwhile from elsewhere or by the team: how it comes back, and until when."""
    if report.withdrawn_at is None or turn.now - report.withdrawn_at > BACK_WITHIN:
        return state.say(turn, "E5", number=report.number)
    until = (report.withdrawn_at + turn.utc_offset + BACK_WITHIN).date()
    new = {**state.close(turn), "removed": report.number}
    return state.say(turn, "E3any", state=new, number=report.number, until=until)


def settle(turn: Turn, report: Report, values: Mapping[str, Any], confirmed: Any = ()) -> Outcome:
    """The answer is in: store it, ask what the next check asks, or receipt it. A removed report stays removed."""
    if report.state == "withdrawn":
        return removed(turn, report)
    form_ = form.form_of(turn, report.form)
    association = association_of(turn, report)
    ctx = form.context(turn, association)
    kind = form.kind_of(form_)
    kind.need(turn, association, values)
    left = kind.check(turn, form_, values, association, ctx, report=report, confirmed=confirmed)
    now, doubt = left.state if left else "reported", left.key if left else ""
    change = ChangeReport(report.number, "the leader answered a check", values, now, doubt)
    if left:
        new = state.ask(turn, "check", number=report.number, **left.details(confirmed))
        return Outcome(new, (left.reply,), (change,), understood=f"asks {left.key}")
    new_people = values.get("new_people")
    if new_people and values.get("new_women") is None:
        return ask_split(turn, report.number, new_people, change)
    replies = form.receipts(turn, form_, report.number, values, association, report)
    return Outcome(state.close(turn), replies, (change,), understood=f"No {report.number} settled")


def ask_split(turn: Turn, number: int, new: int, change: ChangeReport) -> Outcome:
    """D2b: the new people are known, but not how many of them are women."""
    asked = state.ask(turn, "split", number=number, new=new)
    return Outcome(asked, (Reply("D2b", {"number": number, "new": new}),), (change,), understood="asks D2b")


def split(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """D2b: how many of the new people are women."""
    report, form_, association, ctx = _report(turn, question)
    total = int(question["new"])
    reading = form_.read_answer(form_.step_of("new_women"), turn.inbound.text, ctx, report.values)
    told = {name: reading.values.get(name) for name in ("new_women", "new_men")}
    if anew := whole_anew(form_, report, read_line(form_, turn.inbound.text, ctx), ctx):
        return settle(turn, report, anew, ALL_ASKED)  # the whole line once more, now with its split
    if reading.status != "whole" or set(reading.values) - set(told):
        return None
    if told["new_women"] is None and told["new_men"] is None:
        form.kind_of(form_).need(turn, association, report.values)
        replies = form.receipts(turn, form_, report.number, report.values, association, report)
        return Outcome(state.close(turn), replies, understood="the split is not known")
    women = told["new_women"] if told["new_women"] is not None else total - int(told["new_men"] or 0)
    men = told["new_men"] if told["new_men"] is not None else total - women
    if min(women, men) < 0 or women + men != total:
        tries = question.get("tries", 0) + 1
        if tries >= form.TRIES:
            effect = state.task(turn, "call", f"the new people of No {report.number} do not add up")
            return Outcome(state.close(turn), (Reply("D6"),), (effect,), understood="the split does not add up")
        new = state.ask(turn, "split", **{**_plain(question), "tries": tries})
        return Outcome(new, (Reply("D2b", {"number": report.number, "new": total}),), understood="split too large")
    return settle(turn, report, {**report.values, "new_women": women, "new_men": men}, ALL_ASKED)


ALL_ASKED = ("D4", "D5", "D10")
"""A split changes nothing that these look at."""


def details(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """C6: four optional numbers; anything else is looked at by other conversations."""
    report, form_, _association, ctx = _report(turn, question)
    if said.plain in _NOTHING:
        return state.say(turn, "B7")
    names = ("youth", "displaced", "returnee", "host")
    reading = form_.read_optional(turn.inbound.text, ctx, names, report.values)
    if reading.status != "whole" or not reading.values:
        return None
    return _added(turn, report, form_, {**report.values, **reading.values}, ctx)


def _added(turn: Turn, report: Report, form_: Form, values: Mapping[str, Any], ctx: Context) -> Outcome:
    """More about a stored report: kept, and said back (C5d)."""
    if report.state == "withdrawn":
        return removed(turn, report)
    change, problem = added(report, form_, values, ctx)
    if problem:
        new = state.ask(turn, "check", number=report.number, **problem.details(ALL_ASKED))
        return Outcome(new, (problem.reply,), (change,), understood="details asked")
    said = form.kind_of(form_).details(form_, change.values or {})
    if said is None:
        return state.say(turn, "B6", change)
    return state.say(turn, "C5d", change, number=report.number, details=said)


def added(report: Report, form_: Form, values: Mapping[str, Any], ctx: Context) -> tuple[ChangeReport, Check | None]:
    """The change that keeps more about a stored report, and what then cannot stand together, which is asked."""
    values = form_.record(form_.compute(values, ctx))
    problem = next(form.kind_of(form_).constraints(form_, values, ctx), None)
    if problem:
        return ChangeReport(report.number, "details added", values, "doubtful", problem.key), problem
    return ChangeReport(report.number, "details added", values), None


def place(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """C7: the colline; never invented, only one that the association is known in."""
    report, form_, association, ctx = _report(turn, question)
    if said.plain in _NOTHING:
        return state.say(turn, "B7")
    names = question["choices"]
    chosen = picked(said.digit or said.text, [(name,) for name in names], IT_IS)
    if chosen or said.plain[:1].isdigit():
        found = names[chosen[0] - 1] if len(chosen) == 1 else None
    else:
        reading = form_.read_optional(turn.inbound.text, ctx, ("place",), report.values)
        found = reading.values.get("place") if reading.status == "whole" else None
    if not found:
        return None
    return _added(turn, report, form_, {**report.values, "place": found}, ctx)


def remark(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """C8 and G8: a sentence about the report; an officer reads it, G8's need is kept with the report too."""
    report, form_, association, ctx = _report(turn, question)
    nothing = said.plain.rstrip(".! ") in NOTHING_OF_IT or is_acknowledged(said.text) or yes_no(said.text) is False
    if said.plain in _NOTHING or nothing:
        return state.say(turn, "B7")
    if not own_words(said) or looks_like_report(turn):
        return None
    read = state.task(turn, "read", f"{question.get('field', 'remark')} on No {report.number}")
    if "field" not in question:
        return state.say(turn, "B6", read)
    reading = form_.read_answer(form_.step_of(question["field"]), turn.inbound.text, ctx, report.values)
    if reading.status != "whole":
        return None
    values = form_.record(form_.compute({**report.values, **reading.values}, ctx))
    return state.say(turn, "B6", read, ChangeReport(report.number, "details added", values))
