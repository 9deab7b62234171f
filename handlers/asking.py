"""Asks the steps of a form, again when an answer is not clear, and puts a half-made report aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers import card_shown, state
from handlers.forms import Context, Form, Reading, Step
from handlers.known_forms import association_of, context, form_of, kind_of
from handlers.moments import iso
from handlers.turn import Association, KeepDraft, Outcome, Reply, Turn
from handlers.understand.courtesies import says_nothing
from handlers.understand.words import is_later

TRIES = 2
"""So many answers that are not understood, then a person calls (finding 1)."""
SHOWN = 20
"""Characters of what is not clear that are said back (D7, D11)."""
SENTENCE = 3
"""More words than this are no answer to a question of a form: a person reads them too."""
WRITTEN = "written while a report was open"
"""What the task for that person is about."""
_DRAFTS = 3


def question(
    turn: Turn,
    form: Form,
    step: Step,
    values: Mapping[str, Any],
    draft: Mapping[str, Any],
    ctx: Context | None = None,
    *,
    noted: bool = False,
    tries: int = 0,
) -> Outcome:
    """Ask one step, and keep what is there. `ctx`: what the form may look at, where that is known already."""
    ctx = ctx or context(turn, association_of(turn, draft) or turn.association)
    kept = {**draft, "values": dict(values), "step": step.name, "tries": tries}
    there = turn.with_state(heard(turn, form.name))
    new = state.ask(there, "form", **{key: value for key, value in kept.items() if key not in ("kind", "at")})
    timers = (state.nudge(turn),) if "step" not in draft else ()
    if turn.address.rich:
        return card_shown.ask(turn, form, step, values, new, ctx).but(timers=timers)
    missing = kind_of(form).missing(form, step, values, ctx) if noted else None
    reply = missing or Reply(form.prompt(step, values, ctx))
    return Outcome(new, (reply,), (), timers, understood=f"{form.name}: asks {step.name}")


def kept(question_: Mapping[str, Any]) -> dict[str, Any]:
    """What goes on with a half-made report from one question to the next."""
    return {key: question_[key] for key in ("form", "association", "asked", "card", "step") if key in question_}


def with_answer(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is known together with an answer; X forgets nothing that was said before."""
    return {**known, **{name: value for name, value in said.items() if value is not None or name not in known}}


def half_said(form: Form, step: Step, said: Mapping[str, Any]) -> bool:
    """Whether an answer holds some of a total's parts only: "NF5" of the new people. The rest is asked for, once."""
    parts = {q.name: form.stand_ins(q.name) for q in step.questions if form.stand_ins(q.name)}
    totals = {other.name for others in parts.values() for other in others}
    return 0 < len(parts.keys() & said.keys()) < len(parts) and not totals & said.keys()


def refused(
    turn: Turn, form: Form, step: Step, values: Mapping[str, Any], question_: Mapping[str, Any], why: Reply
) -> Outcome:
    """A figure that cannot be, in the middle of a form: say why and ask this step again."""
    tries = question_["tries"] + 1
    if tries >= TRIES:
        return give_up(turn, question_)
    names = {q.name for q in step.questions}
    left = {name: value for name, value in values.items() if name not in names}
    draft = {**kept(question_), "asked": [name for name in question_["asked"] if name != step.name]}
    again_ = question(turn, form, step, left, draft, tries=tries)
    return again_.but(replies=(why, *again_.replies) if turn.address.rich else (why,))


def again(turn: Turn, form: Form, step: Step, values: Mapping[str, Any], question_: Mapping[str, Any]) -> Outcome:
    """Not understood: say what is not clear and ask once more; then a person calls.

    A sentence is read by a person too; a greeting, thanks, "later" and what has no letter and no figure are no try.
    """
    text = " ".join(turn.inbound.text.split())
    if is_later(text):
        return Outcome(dict(turn.state), (Reply("B7"),), understood="later: it stays open")
    if not any(char.isalnum() for char in text) or says_nothing(text, turn.programme.sender):
        return question(turn, form, step, values, kept(question_), tries=question_["tries"])
    sentence = len(text.split()) > SENTENCE
    read = (state.task(turn, "read", WRITTEN),) if sentence else ()
    tries = question_["tries"] + 1
    if tries >= TRIES:
        gone = give_up(turn, question_)
        return gone.but(effects=(*gone.effects, *read))
    asked = question(turn, form, step, values, kept(question_), tries=tries).but(effects=read)
    if turn.address.rich:
        return asked
    ctx = context(turn, association_of(turn, question_) or turn.association)
    return asked.but(replies=(Reply("D11", {"leftover": _shown(turn), "prompt": form.prompt(step, values, ctx)}),))


def give_up(turn: Turn, question_: Mapping[str, Any]) -> Outcome:
    """Stop asking; a person calls; what was sent is kept (D6)."""
    effects = (draft_of(question_), state.task(turn, "call", f"a {question_['form']} report was not understood"))
    new = put_aside(turn, question_) if noted(turn, question_) else state.close(turn)
    return Outcome(new, (Reply("D6"),), effects, understood="not understood twice: a call")


def draft_of(question_: Mapping[str, Any]) -> KeepDraft:
    """The half-made report as staff see it."""
    return KeepDraft(question_["form"], question_.get("association"), None, question_["values"])


def put_aside(turn: Turn, question_: Mapping[str, Any], *, waits: bool = False) -> dict[str, Any]:
    """The state with the open report moved to the drafts (at most three are kept here).

    `waits`: it is asked again as soon as what interrupted it is done.
    """
    left = {**kept(question_), "values": question_["values"], "at": question_["at"], "waits": waits}
    drafts = [*turn.state.get("drafts", []), left][-_DRAFTS:]
    return {**state.close(turn), "drafts": drafts}


def waits(turn: Turn, drafts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the last half-made report is asked about as soon as nothing else is open.

    One that a reminder lined up behind another only as long as the reminder itself would have been open.
    """
    if not drafts or not drafts[-1].get("waits"):
        return False
    return not drafts[-1].get("next") or turn.now - datetime.fromisoformat(drafts[-1]["at"]) <= state.OPEN_FOR


def agrees(draft: Mapping[str, Any], form: str, values: Mapping[str, Any]) -> bool:
    """Whether a half-made report can be the one with these values: nothing in it says otherwise."""
    return draft["form"] == form and all(
        values.get(name) in (None, value) for name, value in draft["values"].items() if value is not None
    )


def noted(turn: Turn, draft: Mapping[str, Any]) -> bool:
    """Whether anything that she said is in a half-made report."""
    form = form_of(turn, draft["form"])
    ctx = context(turn, association_of(turn, draft))
    return any(kind_of(form).words(form, draft["values"], ctx).texts.values())


def leftover(turn: Turn, form: Form, reading: Reading, association: Association) -> Outcome:
    """D7: a word in the line is not clear: say how it was read without it, and let her say yes or no.

    Where a figure fits nowhere, nothing is offered: she sends the line again, and then a person calls. A sentence, or
    a command among the figures, is read by a person too.
    """
    commands = turn.programme.keywords.command_of.keys() & set(reading.leftover)
    told = (state.task(turn, "read"),) if len(reading.leftover) >= SENTENCE or commands else ()
    if "call" in {turn.programme.keywords.command_of[word] for word in commands}:
        told = (state.task(turn, "call", state.ASKED_TO_BE_CALLED),)
    if not reading.values:
        again_ = line_again(turn, form)
        return again_.but(effects=(*again_.effects, *told))
    ctx = context(turn, association)
    values = form.compute({**kind_of(form).preset(turn, association), **reading.values}, ctx)
    new = state.ask(turn, "reading", form=form.name, association=association.id, readings=[values])
    left = " ".join(reading.leftover)[:SHOWN]
    shown = {"line_words": kind_of(form).words(form, values, ctx), "line": form.line(values, ctx), "leftover": left}
    return until_heard(
        turn, form.name, Outcome(new, (Reply("D7", shown),), told, understood=f"not clear: {len(left)} letters")
    )


def line_again(turn: Turn, form: Form) -> Outcome:
    """D7again: a figure of the line fits nowhere; twice, and a person calls (D6)."""
    before = state.opened(turn) or {}
    tries = before.get("tries", 0) + 1 if before.get("kind") == "reading" else 1
    if tries >= TRIES:
        effect = state.task(turn, "call", f"a {form.name} report was not understood")
        there = turn.with_state(heard(turn, form.name))
        return Outcome(state.close(there), (Reply("D6"),), (effect,), understood="not understood twice: a call")
    new = state.ask(turn, "reading", form=form.name, readings=[], tries=tries)
    reply = kind_of(form).send_again(_shown(turn))
    return until_heard(turn, form.name, Outcome(new, (reply,), understood="not clear: the line again"))


def until_heard(turn: Turn, form: str, outcome: Outcome) -> Outcome:
    """A leader's line that waits for her answer: if none comes, a person calls (draft.unfinished)."""
    if turn.person and turn.person.kind == "staff":
        return outcome
    unread = {"form": form, "at": iso(turn.now)}
    return outcome.but(state={**outcome.state, "unread": unread}, timers=(*outcome.timers, state.nudge(turn)))


def heard(turn: Turn, form: str) -> dict[str, Any]:
    """The state in which no line of this form waits for her answer any more."""
    gone = turn.state.get("unread", {}).get("form") == form
    return {key: value for key, value in turn.state.items() if not gone or key != "unread"}


def settled(turn: Turn, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The state once a report is stored: neither its line waits, nor what was half made of it."""
    new = heard(turn, form)
    drafts = [draft for draft in new.get("drafts", []) if not agrees(draft, form, values)]
    return new if drafts == new.get("drafts", []) else {**new, "drafts": drafts}


def _shown(turn: Turn) -> str:
    """What she wrote, as much as a text can say back."""
    text = " ".join(turn.inbound.text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 3].rsplit(" ", 1)[0] + "..."


def which_reading(turn: Turn, form: Form, reading: Reading, association: Association) -> Outcome:
    """D8: two whole readings: she says which."""
    ctx = context(turn, association)
    preset = kind_of(form).preset(turn, association)
    readings = [form.compute({**preset, **values}, ctx) for values in reading.alternatives[:2]]
    first, second = (kind_of(form).words(form, values, ctx) for values in readings)
    new = state.ask(turn, "reading", form=form.name, association=association.id, readings=readings)
    reply = Reply("D8", {"first_reading": first, "second_reading": second})
    return until_heard(turn, form.name, Outcome(new, (reply,), understood="two readings"))
