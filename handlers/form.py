"""Fills any form: in one line, step by step, or half of it now and the rest in two days.

A complete report is stored at once and receipted; a check that fails asks afterwards (D2 to D5) and
the report counts as doubtful until the answer. What a form does beyond that (its own checks, its
receipt, what is asked after it) stands in `handlers/training.py` and `handlers/business.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import card, state
from handlers.business import Business
from handlers.forms import Choice, Context, Form, Reading, Step
from handlers.kinds import Check, Kind
from handlers.said import Said
from handlers.training import Training
from handlers.turn import Association, KeepDraft, Label, Outcome, Reply, Report, ReportsOn, SaveReport, Turn

KINDS: dict[str, Kind] = {"training": Training(), "business": Business()}
"""The forms that do more than ask; every other form is just `Kind`."""
_ANY = Kind()

TRIES = 2
"""So many answers that are not understood, then a person calls (finding 1)."""


def context(turn: Turn, association: Association | None) -> Context:
    """What a form may look at: the day, the language, this association's places and businesses."""
    places = association.collines if association else ()
    businesses = association.businesses if association else ()
    return Context(
        today=turn.today,
        language=turn.language,
        start=turn.programme.start,
        lists={
            "collines": tuple(Choice(name, Label({"en": name})) for name in places),
            "businesses": tuple(Choice(b.no, Label({"en": f"{b.no} ({b.type})"})) for b in businesses),
        },
    )


def kind_of(form: Form) -> Kind:
    """What this form does beyond asking."""
    return KINDS.get(form.name, _ANY)


def same_day(report: Report) -> ReportsOn:
    """The fact: what else its association reported for that day."""
    return ReportsOn(report.association_id or 0, report.form, str(report.values.get("held_on")))


def form_of(turn: Turn, name: str) -> Form:
    """The form by name; a form that was removed while a report was half made is an error of ours."""
    return turn.forms[name]


def from_line(turn: Turn, said: Said, association: Association) -> Outcome | None:
    """A report in one line from cold, by keyword or by its shape; None when it is no report."""
    for form in turn.forms.values():
        ctx = context(turn, association)
        reading = form.read_line(turn.inbound.text, ctx)
        if reading.status != "nothing":
            return take_line(turn, form, reading, association)
    return None


def looks_like_report(turn: Turn) -> bool:
    """Whether a message is a report in one line, whichever association it is for."""
    associations = [person.association for person in turn.people if person.association]
    ctx = context(turn, associations[0] if associations else None)
    return any(form.read_line(turn.inbound.text, ctx).status != "nothing" for form in turn.forms.values())


def take_line(turn: Turn, form: Form, reading: Reading, association: Association) -> Outcome:
    """Act on the reading of a line."""
    if reading.status == "ambiguous":
        return _which_reading(turn, form, reading, association)
    if reading.status == "leftover":
        return _leftover(turn, form, reading, association)
    values = {**kind_of(form).preset(turn, association), **reading.values}
    return go_on(turn, form, values, _draft(turn, form, association), first_line=bool(reading.values))


def start(turn: Turn, name: str, association: Association) -> Outcome:
    """The first question of a form."""
    form = form_of(turn, name)
    values = kind_of(form).preset(turn, association)
    if name == "business" and not association.businesses:
        return state.say(turn, "G10", association=association.sms_name)
    return go_on(turn, form, values, _draft(turn, form, association))


def _draft(turn: Turn, form: Form, association: Association) -> dict[str, Any]:
    return {"form": form.name, "association": association.id, "asked": [], "card": turn.inbound.id}


def association_of(turn: Turn, draft: Mapping[str, Any]) -> Association | None:
    """The association a half-made report belongs to."""
    people = (p.association for p in turn.people if p.association)
    return next((a for a in people if a.id == draft.get("association")), None)


def go_on(
    turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any], *, first_line: bool = False
) -> Outcome:
    """Ask what is missing, or store the report when nothing is."""
    association = association_of(turn, draft) or turn.association
    ctx = context(turn, association)
    values = form.compute(dict(values), ctx)
    step = form.next_step(values, frozenset(draft["asked"]), ctx)
    if step is None:
        if turn.address.rich and not draft.get("reviewed"):
            return card.review(turn, form, values, draft, ctx)
        return complete(turn, form, values, draft)
    fresh = first_line and form.missing(values, ctx) != form.missing({}, ctx)
    return question(turn, form, step, values, draft, noted=fresh)


def question(
    turn: Turn,
    form: Form,
    step: Step,
    values: Mapping[str, Any],
    draft: Mapping[str, Any],
    *,
    noted: bool = False,
    tries: int = 0,
) -> Outcome:
    """Ask one step, and keep what is there."""
    ctx = context(turn, association_of(turn, draft) or turn.association)
    kept = {**draft, "values": dict(values), "step": step.name, "tries": tries}
    new = state.ask(turn, "form", **{key: value for key, value in kept.items() if key not in ("kind", "at")})
    started = "step" not in draft
    timers = (state.nudge(turn),) if started else ()
    if turn.address.rich:
        return card.ask(turn, form, step, values, new, ctx).but(timers=timers)
    prompt = form.prompt(step, values, ctx)
    reply = Reply(prompt)
    if noted and (missing := kind_of(form).missing(form, step, values, ctx)):
        reply = missing
    return Outcome(new, (reply,), (), timers, understood=f"{form.name}: asks {step.name}")


def answer(turn: Turn, said: Said, question_: Mapping[str, Any]) -> Outcome | None:
    """An answer to the open step; None when it is none and another conversation may look."""
    form = form_of(turn, question_["form"])
    association = association_of(turn, question_) or turn.association
    ctx = context(turn, association)
    values = dict(question_["values"])
    step = form.step(question_["step"])
    reading = form.read_answer(step, turn.inbound.text, ctx, values)
    if reading.status != "whole":
        line = form.read_line(turn.inbound.text, ctx)
        if line.status == "whole" and association:
            return take_line(turn, form, line, association)
        return _again(turn, form, step, values, question_)
    asked = sorted({*question_["asked"], step.name})
    values |= reading.values
    failed = [p for p in form.check(form.compute(values, ctx), ctx) if p.step == step.name]
    if failed and form.next_step(form.compute(values, ctx), frozenset(asked), ctx) is not None:
        return _refused(turn, form, step, values, question_, failed[0].message)
    return go_on(turn, form, values, {**_kept(question_), "asked": asked})


def _kept(question_: Mapping[str, Any]) -> dict[str, Any]:
    return {key: question_[key] for key in ("form", "association", "asked", "card", "step") if key in question_}


def _refused(
    turn: Turn, form: Form, step: Step, values: Mapping[str, Any], question_: Mapping[str, Any], message: Label
) -> Outcome:
    """A figure that cannot be, in the middle of a form: say why and ask this step again."""
    tries = question_["tries"] + 1
    if tries >= TRIES:
        return give_up(turn, question_)
    left = {key: value for key, value in values.items() if key not in {q.name for q in step.questions}}
    again = question(turn, form, step, left, _kept(question_), tries=tries)
    return again.but(replies=(Reply("D2", {"message": message}),))


def _again(
    turn: Turn, form: Form, step: Step, values: Mapping[str, Any], question_: Mapping[str, Any]
) -> Outcome | None:
    tries = question_["tries"] + 1
    if tries >= TRIES:
        return give_up(turn, question_)
    return question(turn, form, step, values, _kept(question_), tries=tries)


def give_up(turn: Turn, question_: Mapping[str, Any]) -> Outcome:
    """Stop asking; a person calls; what was sent is kept (D6)."""
    keep = draft_of(question_)
    effects = (keep, state.task(turn, "call", f"a {question_['form']} report was not understood"))
    return Outcome(state.close(turn), (Reply("D6"),), effects, understood="not understood twice: a call")


def draft_of(question_: Mapping[str, Any]) -> KeepDraft:
    """The half-made report as staff see it."""
    return KeepDraft(question_["form"], question_.get("association"), None, question_["values"])


def put_aside(turn: Turn, question_: Mapping[str, Any]) -> dict[str, Any]:
    """The state with the open report moved to the drafts (at most three are kept here)."""
    kept = {key: question_[key] for key in ("form", "association", "asked", "values", "step", "card")}
    drafts = [*turn.state.get("drafts", []), {**kept, "at": question_["at"]}][-3:]
    return {**state.close(turn), "drafts": drafts}


def complete(turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any]) -> Outcome:
    """Store the report, receipt it or ask what its checks ask."""
    association = association_of(turn, draft) or turn.association
    kind = kind_of(form)
    ctx = context(turn, association)
    kind.need(turn, association, values)
    number = turn.number
    check = kind.check(turn, form, values, association, ctx)
    save = SaveReport(
        number=number,
        form=form.name,
        version=form.version,
        association_id=association.id if association else None,
        person_id=turn.person.id if turn.person else None,
        values=form.record(values),
        state=check.state if check else "reported",
        practice=turn.programme.practice or any(p.practice for p in turn.people),
        source="chat" if turn.address.rich else "sms",
        inbox_ids=(turn.inbound.id,),
        doubt=check.key if check else "",
        card=draft["card"] if turn.address.rich else None,
    )
    return receipt(turn, form, save, association, check, ctx)


def receipt(
    turn: Turn, form: Form, save: SaveReport, association: Association | None, check: Check | None, ctx: Context
) -> Outcome:
    """What is said when a report was stored."""
    kind = kind_of(form)
    if check:
        new = state.ask(turn, "check", number=save.number, **check.details())
        return Outcome(new, check.replies(save.number), (save,), understood=f"No {save.number} asks {check.key}")
    counted = kind.after(turn, association, None, save.values) if not save.practice else None
    reply = kind.receipt(turn, form, save.number, save.values, association, counted, ctx)
    follow = kind.follow_up(turn, form, save, association)
    replies = (*([reply] if follow is None or not follow.instead else []), *(follow.replies if follow else ()))
    new = state.ask(turn, follow.kind, number=save.number, **follow.details) if follow else state.close(turn)
    if turn.address.rich:
        replies = card.receipt(turn, save, replies)
    return Outcome(new, replies, (save,), understood=f"{form.name} No {save.number} stored")


def _leftover(turn: Turn, form: Form, reading: Reading, association: Association) -> Outcome:
    """Something in the line is not clear: say how it was read without it, and let her say yes or no."""
    ctx = context(turn, association)
    values = form.compute({**kind_of(form).preset(turn, association), **reading.values}, ctx)
    new = state.ask(turn, "reading", form=form.name, association=association.id, readings=[values])
    left = " ".join(reading.leftover)[:20]
    shown = {"line_words": kind_of(form).words(form, values, ctx), "line": form.line(values, ctx), "leftover": left}
    return Outcome(new, (Reply("D7", shown),), understood=f"not clear: {len(left)} letters")


def _which_reading(turn: Turn, form: Form, reading: Reading, association: Association) -> Outcome:
    """Two whole readings: she says which."""
    ctx = context(turn, association)
    preset = kind_of(form).preset(turn, association)
    readings = [form.compute({**preset, **values}, ctx) for values in reading.alternatives[:2]]
    first, second = (kind_of(form).words(form, values, ctx) for values in readings)
    new = state.ask(turn, "reading", form=form.name, association=association.id, readings=readings)
    return Outcome(new, (Reply("D8", {"first_reading": first, "second_reading": second}),), understood="two readings")


def chosen(turn: Turn, said: Said, question_: Mapping[str, Any]) -> Outcome | None:
    """The answer to D7 (1 right as read, 2 no) or D8 (1, 2, 3 neither)."""
    readings = question_["readings"]
    if said.digit and 1 <= int(said.digit) <= len(readings):
        form = form_of(turn, question_["form"])
        draft = {**question_, "asked": [], "card": turn.inbound.id}
        values = readings[int(said.digit) - 1]
        return go_on(turn, form, values, {key: draft[key] for key in ("form", "association", "asked", "card")})
    if said.digit:
        return state.say(turn, "D12")
    return None
