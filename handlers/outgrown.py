"""Half-made reports whose form staff have replaced: they go on in the new one, at a question that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.forms import Form
from handlers.known_forms import association_of, context
from handlers.turn import Turn


def has(form: Form, step: str, question: str = "") -> bool:
    """Whether a form still asks this step, and this question of it."""
    try:
        form.step(step)
        return not question or form.question(question) is not None
    except KeyError:
        return False


def fitted(turn: Turn) -> Turn:
    """The turn with what is half made in the forms of today; one whose form is gone is no more.

    Where the open question is gone the next one is noted, and `again`: what she writes answers the former, so it is
    asked before anything is read.
    """
    there = turn.state
    if open_ := _fitted(turn, there.get("open"), kind="form"):
        there = {**there, "open": open_}
    if drafts := there.get("drafts"):
        known = [draft for draft in drafts if draft["form"] in turn.forms]
        there = {**there, "drafts": [_fitted(turn, draft) or draft for draft in known]}
    if thrown := _fitted(turn, there.get("thrown")):
        there = {**there, "thrown": thrown}
    return turn if there is turn.state else turn.with_state(there)


def _fitted(turn: Turn, made: Mapping[str, Any] | None, kind: str = "") -> dict[str, Any] | None:
    """What is half made, at the question that comes next in its form; None when it fits as it is."""
    if made is None or (kind and made["kind"] != kind) or made.get("form") not in turn.forms:
        return None
    form = turn.forms[made["form"]]
    if has(form, made["step"], made.get("question", "")):
        return None
    names = {question.name for question in form.questions}
    values = {name: value for name, value in made["values"].items() if name in names}
    step = form.next_step(values, frozenset(made["asked"]), context(turn, association_of(turn, made)))
    at = step or form.steps[-1]
    return {**made, "values": values, "step": at.name, "question": "", "chosen": [], "reviewed": False, "again": True}
