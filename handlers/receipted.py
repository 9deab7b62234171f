"""What a receipt in a chat offers: a photo of the sheet, and details that are asked one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import card_shown, checks, correct, form, state
from handlers.card_face import NUMBERS, rows_of
from handlers.forms import Form
from handlers.forms.saying import filled
from handlers.said import Said
from handlers.turn import Button, ChangeReport, Label, LastReport, Outcome, Reply, Report, ReportNumbered, Turn

_DETAILS = ("youth", "displaced", "returnee", "host", "place")
_SKIP = "skip"
"""What the button Skip stands for: the details that are left are not asked."""


def _place(turn: Turn, question: Mapping[str, Any]) -> int:
    """The card to edit: that of a button which was pressed; below what she typed or sent, a new one."""
    pressed = "callback" in turn.inbound.data and "card" in question
    return int(question["card"]) if pressed else turn.inbound.id


def _report(turn: Turn, rest: str) -> Report | None:
    """The report of a receipt's button, when it is hers and was not removed."""
    report: Report | None = turn.known(ReportNumbered(int(rest))) if rest.isdecimal() and len(rest) < 10 else None
    return report if report and correct.is_theirs(turn, report) and report.state != "withdrawn" else None


# --- a photo of the sheet ---


def photo(turn: Turn, rest: str) -> Outcome:
    """📷: what to photograph, and whether the people on the sheet know of it (T8)."""
    report = _report(turn, rest)
    if report is None:
        return Outcome(dict(turn.state), (Reply("T14"),), understood="a button of an old message")
    return _ask_photo(turn, report.number, turn.inbound.id, Reply("T8"))


def _ask_photo(turn: Turn, number: int, place: int, reply: Reply) -> Outcome:
    new = state.ask(turn, "photo", number=number, card=place)
    return Outcome(new, (Reply(reply.key, reply.values, card=place),), understood=f"a photo for No {number}?")


def photo_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """Skip or Done (0), another page (1); the photo itself is taken by `menu.media`."""
    if said.digit == "1":
        return _ask_photo(turn, question["number"], _place(turn, question), Reply("T8"))
    return thanks(turn, question) if said.digit == "0" else None


def thanks(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """T11 in place of the question."""
    name = turn.person.sms_name if turn.person else ""
    reply = Reply("T11", {"name": name}) if name else Reply("B7")
    return Outcome(
        state.close(turn), (Reply(reply.key, reply.values, card=_place(turn, question)),), understood="done"
    )


def number_of_media(turn: Turn) -> int | None:
    """The report that a photo or a voice note is for: the one that asked for it, else the last."""
    question = state.opened(turn)
    if question and question["kind"] in ("photo", "remark"):
        return int(question["number"])
    people = tuple(person.id for person in turn.people)
    last: Report | None = turn.known(LastReport(people, turn.address.id)) if people else None
    return last.number if last else None


def after_voice(turn: Turn) -> dict[str, Any]:
    """A lesson that was asked for was told."""
    question = state.opened(turn)
    return state.close(turn) if question and question["kind"] == "remark" else dict(turn.state)


def after_photo(turn: Turn, number: int) -> dict[str, Any]:
    """Another page may follow, unless something else is open."""
    question = state.opened(turn)
    if question and question["kind"] != "photo":
        return dict(turn.state)
    return state.ask(turn, "photo", number=number, card=turn.inbound.id)


# --- details, one by one ---


def details(turn: Turn, rest: str) -> Outcome:
    """➕: what is not known yet of the people is asked, one number each; all of it when all is known."""
    report = _report(turn, rest)
    names = _names(turn, report) if report else []
    if report is None or not names:
        return Outcome(dict(turn.state), (Reply("T14"),), understood="a button of an old message")
    unknown = [name for name in names if report.values.get(name) is None]
    return _ask(turn, report, unknown or names, turn.inbound.id)


def _names(turn: Turn, report: Report) -> list[str]:
    form_ = form.form_of(turn, report.form)
    association = checks.association_of(turn, report)
    asked = {question.name for question in form_.questions}
    return [n for n in _DETAILS if n in asked and (n != "place" or (association and association.collines))]


def _ask(turn: Turn, report: Report, names: list[str], place: int, *effects: ChangeReport) -> Outcome:
    form_, association = form.form_of(turn, report.form), checks.association_of(turn, report)
    ctx = form.context(turn, association)
    prompt = filled(form_, form_.question(names[0]).label, report.values, ctx)
    new = state.ask(turn, "more", number=report.number, names=names, card=place)
    reply = Reply("T10one", {"number": report.number, "prompt": prompt}, _offered(turn, report, names[0]), card=place)
    return Outcome(new, (reply,), effects, understood=f"No {report.number}: asks {names[0]}")


def _offered(turn: Turn, report: Report, name: str) -> tuple[tuple[Button, ...], ...]:
    def say(label: str | Label, said: str) -> Button:
        return Button(label, f"say:{turn.inbound.id}:{said}")

    if name == "place":
        association = checks.association_of(turn, report)
        names = association.collines if association else ()
        offered = [say(Label({"en": one}), str(n)) for n, one in enumerate(names[:9], 1)]
    else:
        people = sum(int(report.values.get(each) or 0) for each in ("women", "men"))
        offered = [say(str(number), str(number)) for number in NUMBERS if number <= people]
    last = (say("b.unknown", "x"), say("b.skip", _SKIP))
    return (*rows_of(offered, 2 if name == "place" else 5), last)


def details_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """One number, a place, or "I do not know", which is stored as not known; None when it is something else."""
    report: Report = turn.known(ReportNumbered(question["number"]))
    form_, association = form.form_of(turn, report.form), checks.association_of(turn, report)
    place = _place(turn, question)
    if said.plain == _SKIP:
        return _finished(turn, form_, report, report.values, place)
    name, *left = question["names"]
    given = _read(turn, said, form_, report, name)
    if given is None:
        return None
    ctx = form.context(turn, association)
    change, problem = checks.added(report, form_, {**report.values, name: given.get(name)}, ctx)
    if problem:
        new = state.ask(turn, "check", number=report.number, card=place, **problem.details(checks.ALL_ASKED))
        reply = Reply(problem.reply.key, problem.reply.values, card=place)
        return Outcome(new, (reply,), (change,), understood="details asked")
    changes = () if change.values == report.values else (change,)
    if not left:
        return _finished(turn, form_, report, change.values or {}, place, *changes)
    return _ask(turn, report, left, place, *changes)


def _read(turn: Turn, said: Said, form_: Form, report: Report, name: str) -> dict[str, Any] | None:
    association = checks.association_of(turn, report)
    if name == "place" and said.digit and association and 1 <= int(said.digit) <= len(association.collines):
        return {name: association.collines[int(said.digit) - 1]}
    if said.command:
        return None
    reading = form_.read_optional(turn.inbound.text, form.context(turn, association), (name,), report.values)
    return reading.values if reading.status == "whole" else None


def _finished(
    turn: Turn, form_: Form, report: Report, values: Mapping[str, Any], place: int, *changes: ChangeReport
) -> Outcome:
    """The receipt once more, with what was added."""
    association = checks.association_of(turn, report)
    form.kind_of(form_).need(turn, association, values)
    replies = form.receipts(turn, form_, report.number, values, association, report)
    shown = card_shown.receipt(report.number, place, replies)
    return Outcome(state.close(turn), shown, changes, understood=f"No {report.number}: details done")
