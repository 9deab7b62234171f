"""Fills any form: in one line, step by step, or half of it now and the rest in two days.

A complete report is stored at once and receipted; a check that fails asks afterwards (D2 to D5) and
the report counts as doubtful until the answer. What a form does beyond that (its own checks, its
receipt, what is asked after it) stands in `handlers/training.py` and `handlers/business.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers import asking, state
from handlers.asking import TRIES, draft_of, give_up, put_aside, question
from handlers.card_shown import receipt as card_receipt
from handlers.card_shown import review
from handlers.forms import Context, Form, Reading, Step
from handlers.kinds import Check
from handlers.known_forms import (
    association_of,
    context,
    figures_after,
    form_of,
    kind_of,
    line_of,
    meant_as_line,
    read_answer,
)
from handlers.said import Said
from handlers.turn import Association, Outcome, Reply, SaveReport, Turn
from handlers.understand.words import yes_no

__all__ = (
    "TRIES",
    "answer",
    "association_of",
    "chosen",
    "complete",
    "context",
    "draft_of",
    "form_of",
    "from_line",
    "give_up",
    "go_on",
    "interrupted",
    "kind_of",
    "put_aside",
    "question",
    "read_answer",
    "reopened",
    "resume",
    "start",
    "take_line",
)

RESUMED_WITHIN = timedelta(days=7)
"""A half-made report is gone on with by 1 or 2 so long; later that begins a new one."""


def from_line(turn: Turn, said: Said, association: Association) -> Outcome | None:
    """A report in one line from cold, by keyword or by its shape; None when it is no report."""
    found = line_of(turn, association)
    if found is not None:
        return take_line(turn, *found, association)
    form = meant_as_line(turn)
    return asking.line_again(turn, form) if form else None


def take_line(turn: Turn, form: Form, reading: Reading, association: Association) -> Outcome:
    """Act on the reading of a line."""
    if reading.status == "ambiguous":
        return asking.which_reading(turn, form, reading, association)
    if reading.status == "leftover":
        return asking.leftover(turn, form, reading, association)
    values = {**kind_of(form).preset(turn, association), **reading.values}
    return go_on(turn, form, values, _draft(turn, form, association), first_line=bool(reading.values))


def start(turn: Turn, name: str, association: Association) -> Outcome:
    """The first question of a form; or the one at which a report was left some days ago."""
    form = form_of(turn, name)
    if name == "business" and not association.businesses:
        return state.say(turn, "G10", association=association.sms_name)
    for draft in reversed(turn.state.get("drafts", [])):
        fresh = turn.now - datetime.fromisoformat(draft["at"]) <= RESUMED_WITHIN
        if fresh and draft["form"] == name and draft["association"] == association.id and asking.noted(turn, draft):
            return resume(turn, draft, "X4")
    return go_on(turn, form, kind_of(form).preset(turn, association), _draft(turn, form, association))


def _draft(turn: Turn, form: Form, association: Association) -> dict[str, Any]:
    return {"form": form.name, "association": association.id, "asked": [], "card": turn.inbound.id}


def resume(turn: Turn, draft: Mapping[str, Any], key: str) -> Outcome:
    """Go on with a half-made report; `key` says so before its question (X4, X5, X7)."""
    form = form_of(turn, draft["form"])
    drafts = [other for other in turn.state.get("drafts", []) if other != draft]
    there = turn.with_state({**turn.state, "drafts": drafts})
    outcome = go_on(there, form, draft["values"], asking.kept(draft))
    open_ = outcome.state.get("open", {})
    if turn.address.rich or open_.get("kind") != "form":
        return outcome
    ctx = context(turn, association_of(turn, draft))
    noted = kind_of(form).words(form, draft["values"], ctx)
    prompt = form.prompt(form.step(open_["step"]), draft["values"], ctx)
    reply = Reply(prompt) if draft.get("next") else Reply(key, {"noted": noted, "prompt": prompt})
    return outcome.but(replies=(reply,), timers=(state.nudge(turn),))


def interrupted(turn: Turn, outcome: Outcome) -> Outcome:
    """A word that always works was taken while a report was open: the report waits, it is not lost."""
    question_ = state.opened(turn)
    if not question_ or question_["kind"] != "form" or turn.address.rich:
        return outcome
    new = outcome.state
    changed = any(new.get(key) != turn.state.get(key) for key in ("drafts", "after", "thrown"))
    if changed or new.get("open", {}).get("kind") == "form":
        return outcome
    aside = put_aside(turn.with_state(new), question_, waits=True)
    if "open" in new:
        return outcome.but(state={**aside, "open": new["open"]})
    return reopened(turn, outcome.but(state=aside))


def reopened(turn: Turn, outcome: Outcome) -> Outcome:
    """What interrupted a half-made report is done: its question comes again (X7)."""
    drafts = outcome.state.get("drafts", [])
    if "open" in outcome.state or turn.address.rich or not asking.waits(turn, drafts):
        return outcome
    then = resume(turn.with_state(outcome.state), drafts[-1], "X7")
    return outcome.but(state=then.state, replies=(*outcome.replies, *then.replies), timers=then.timers)


def go_on(
    turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any], *, first_line: bool = False
) -> Outcome:
    """Ask what is missing, or store the report when nothing is."""
    ctx = context(turn, association_of(turn, draft) or turn.association)
    computed = form.compute(dict(values), ctx)
    step = form.next_step(computed, frozenset(draft["asked"]), ctx)
    if step is None:
        return _filled(turn, form, computed, draft, ctx)
    if early := kind_of(form).early(turn, form, computed):
        fresh_question = {**draft, "values": computed, "tries": 0, "at": turn.now.isoformat()}
        return asking.refused(turn, form, form.step(early.step), computed, fresh_question, early.reply)
    noted = first_line and form.missing(computed, ctx) != form.missing({}, ctx)
    return question(turn, form, step, computed, draft, ctx, noted=noted)


def _filled(turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any], ctx: Context) -> Outcome:
    """Nothing is missing: on a card it is looked at before it is sent."""
    if turn.address.rich and not draft.get("reviewed"):
        return review(turn, form, values, draft, ctx)
    return complete(turn, form, values, draft)


def answer(turn: Turn, said: Said, question_: Mapping[str, Any]) -> Outcome | None:
    """An answer to the open step; None when it is none and another conversation may look."""
    form = form_of(turn, question_["form"])
    association = association_of(turn, question_) or turn.association
    ctx = context(turn, association)
    step = form.step(question_["step"])
    reading = read_answer(form, step, turn.inbound.text, ctx, question_["values"])
    if reading.status != "whole":
        return _no_answer(turn, said, form, step, question_, association)
    known = question_["values"]
    values = asking.with_answer(known, reading.values)
    names = {q.name for one in step.questions for q in (one, *form.stand_ins(one.name))}
    half = not names & known.keys() and asking.half_said(form, step, reading.values)
    asked = sorted({*question_["asked"], *([step.name] if names & reading.values.keys() and not half else [])})
    computed = form.compute(values, ctx)
    following = form.next_step(computed, frozenset(asked), ctx)
    draft = {**asking.kept(question_), "asked": asked}
    if following is None:
        return _filled(turn, form, computed, draft, ctx)
    if early := kind_of(form).early(turn, form, values):
        return asking.refused(turn, form, form.step(early.step), values, question_, early.reply)
    for problem in form.check(computed, ctx):
        if problem.step == step.name:
            return asking.refused(turn, form, step, values, question_, Reply("D2", {"message": problem.message}))
    return question(turn, form, following, computed, draft, ctx)


def _no_answer(
    turn: Turn,
    said: Said,
    form: Form,
    step: Step,
    question_: Mapping[str, Any],
    association: Association | None,
) -> Outcome | None:
    """Later, another report in one line, a word that always works, or something that is not clear."""
    if said.digit == "0" and not asking.noted(turn, question_):
        return state.say(turn, "B7")
    if association and (other := _line_instead(turn, form, step, question_, association)):
        return other
    if said.command or said.digit in ("7", "9"):
        return None
    return asking.again(turn, form, step, question_["values"], question_)


def _line_instead(
    turn: Turn, form: Form, step: Step, question_: Mapping[str, Any], association: Association
) -> Outcome | None:
    """A report in one line while another one is open: it is taken, and the open one is kept."""
    found = line_of(turn, association)
    if found is None:
        return None
    other, reading = found
    if reading.status == "whole" and not reading.values and other is form:
        return question(turn, form, step, question_["values"], asking.kept(question_))
    same = reading.status == "whole" and asking.agrees(question_, other.name, reading.values)
    left = state.close(turn) if same else put_aside(turn, question_)
    outcome = take_line(turn.with_state(left), other, reading, association)
    return outcome if same else outcome.but(effects=(*outcome.effects, draft_of(question_)))


def complete(turn: Turn, form: Form, values: Mapping[str, Any], draft: Mapping[str, Any]) -> Outcome:
    """Store the report, receipt it or ask what its checks ask."""
    association = association_of(turn, draft) or turn.association
    kind = kind_of(form)
    ctx = context(turn, association)
    kind.need(turn, association, values)
    check = kind.check(turn, form, values, association, ctx)
    save = SaveReport(
        number=turn.number,
        form=form.name,
        version=form.version,
        association_id=association.id if association else None,
        person_id=turn.person.id if turn.person else None,
        values=form.record(values),
        state=check.state if check else "reported",
        practice=turn.programme.practice or any(p.practice for p in turn.people),
        source=turn.source,
        inbox_ids=(turn.inbound.id,),
        doubt=check.key if check else "",
        card=draft["card"] if turn.address.rich else None,
    )
    there = turn.with_state(asking.settled(turn, form.name, save.values))
    return receipt(there, form, save, association, check, ctx)


def receipt(
    turn: Turn, form: Form, save: SaveReport, association: Association | None, check: Check | None, ctx: Context
) -> Outcome:
    """What is said when a report was stored."""
    kind = kind_of(form)
    if check:
        new = state.ask(turn, "check", number=save.number, **check.details())
        return Outcome(new, (check.reply,), (save,), understood=f"No {save.number} asks {check.key}")
    follow = kind.follow_up(turn, form, save, association)
    replies: tuple[Reply, ...] = (follow.reply,) if follow else ()
    if follow is None or not follow.instead:
        replies = (*receipts(turn, form, save.number, save.values, association), *replies)
    new = state.ask(turn, follow.kind, number=save.number, **follow.details) if follow else state.close(turn)
    if turn.address.rich and save.card is not None:
        if follow and not follow.instead:  # it stands below the receipt, on a card of its own
            replies = (*replies[:-1], replace(replies[-1], card=turn.inbound.id))
            new["open"]["card"] = turn.inbound.id
        asks = follow is not None and follow.instead
        replies = (replace(replies[0], card=save.card),) if asks else card_receipt(save.number, save.card, replies)
    return Outcome(new, replies, (save,), understood=f"{form.name} No {save.number} stored")


def receipts(
    turn: Turn,
    form: Form,
    number: int,
    values: Mapping[str, Any],
    association: Association | None,
    old: Any = None,
) -> tuple[Reply, ...]:
    """The receipt in one text, and a second one with the details that it has no place for (C5, C5d)."""
    kind = kind_of(form)
    figures = figures_after(turn, form, association, old, values)
    first = kind.receipt(turn, form, number, values, association, figures, context(turn, association))
    details = kind.details(form, values)
    return (first, Reply("C5d", {"number": number, "details": details})) if details else (first,)


def chosen(turn: Turn, said: Said, question_: Mapping[str, Any]) -> Outcome | None:
    """The answer to D7 (1 right as read, 2 no) or D8 (1, 2, 3 neither); None when the line shall come again."""
    readings = question_["readings"]
    if not readings:
        return None
    digit = said.digit
    if len(readings) == 1 and (agreed := yes_no(turn.inbound.text)) is not None:
        digit = "1" if agreed else "2"
    if not digit or int(digit) > len(readings) + 1:
        return None
    form = form_of(turn, question_["form"])
    if digit == "0" or int(digit) > len(readings):
        reply = kind_of(form).once_more(association_of(turn, question_) or turn.association)
        return Outcome(state.close(turn), (reply,), understood="not right as read: the line again")
    draft = {"form": form.name, "association": question_["association"], "asked": [], "card": turn.inbound.id}
    return go_on(turn, form, readings[int(digit) - 1], draft, first_line=True)
