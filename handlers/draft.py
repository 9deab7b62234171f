"""Half-made reports: nudged after 24 h (F5), drafts after 48 h, finished later (F6), cancelled, brought back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from handlers import asking, correct, enrol, form, state
from handlers.forms import Reading
from handlers.said import Said
from handlers.turn import Outcome, Reply, SetLanguage, Turn
from handlers.understand.words import yes_no

ANSWERED_WITHIN = timedelta(hours=12)
"""What interrupted a report is given so long before the report is asked about again."""


def unfinished(turn: Turn) -> Outcome:
    """The timer of a half-made report, and of a line that waits for her answer: without one a person calls (D6)."""
    unread = turn.state.get("unread")
    if unread is None:
        return _half_made(turn)
    left = state.NUDGE_AFTER - (turn.now - state.asked_at(unread))
    if left > timedelta():
        outcome = _half_made(turn)
        return outcome.but(timers=outcome.timers or (state.nudge(turn, left),))
    effect = state.task(turn, "call", f"a {unread['form']} report was not understood")
    there = turn.with_state(asking.heard(turn, unread["form"]))
    if (question := state.opened(turn)) and question["kind"] == "reading":
        there = there.with_state(state.close(there))
    outcome = _half_made(there)
    replies, effects = (Reply("D6"), *outcome.replies), (effect, *outcome.effects)
    return outcome.but(replies=replies, effects=effects, understood="not sent again: a call")


def _half_made(turn: Turn) -> Outcome:
    """One nudge at 24 h, a draft at 48 h; nothing when it was finished."""
    question = turn.state.get("open")
    if (question is None or question["kind"] != "form") and (waiting := _left(turn)):
        if question and turn.now - state.asked_at(question) < ANSWERED_WITHIN:
            return Outcome(dict(turn.state), timers=(state.nudge(turn, ANSWERED_WITHIN),))
        new = {**turn.state, "drafts": [d for d in turn.state["drafts"] if d != waiting]}
        question = {"kind": "form", "tries": 0, **waiting}
        return _nudged(turn.with_state(new), question)
    if not question or question["kind"] != "form":
        return Outcome(dict(turn.state), understood="nothing unfinished")
    age = turn.now - datetime.fromisoformat(question["at"])
    if age >= state.OPEN_FOR or (question.get("nudged") and age >= state.NUDGE_AFTER):
        return Outcome(form.put_aside(turn, question), (), (form.draft_of(question),), understood="now a draft")
    if age < state.NUDGE_AFTER:
        return Outcome(dict(turn.state), timers=(state.nudge(turn, state.NUDGE_AFTER - age),))
    return _nudged(turn, question)


def _left(turn: Turn) -> dict[str, Any] | None:
    """A half-made report that something else interrupted and that nobody asked about again."""
    drafts = turn.state.get("drafts", [])
    return next((dict(draft) for draft in reversed(drafts) if draft.get("waits")), None)


def _nudged(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    new = {**turn.state, "open": {**question, "nudged": True, "waits": False, "again": False}}
    return Outcome(new, (_nudge(turn, question),), (), (state.nudge(turn),), understood="F5")


def _nudge(turn: Turn, question: Mapping[str, Any]) -> Reply:
    form_ = form.form_of(turn, question["form"])
    values = question["values"]
    step = form_.step(question["step"])
    held_on = values.get("held_on")
    if held_on and "new_women" in {q.name for q in step.questions}:
        people = int(values.get("women") or 0) + int(values.get("men") or 0)
        return Reply("F5", {"date": date.fromisoformat(held_on), "people": people})
    association = form.association_of(turn, question)
    return Reply("F5any", {"prompt": form_.prompt(step, values, form.context(turn, association))})


def _expired(turn: Turn) -> list[dict[str, Any]]:
    """Drafts, and an open report that is older than 48 h although no timer has put it aside yet."""
    drafts = list(turn.state.get("drafts", []))
    question = turn.state.get("open")
    if question and question["kind"] == "form" and state.opened(turn) is None:
        drafts.append(dict(question))
    return drafts


def late(turn: Turn, said: Said) -> Outcome | None:
    """An answer after the report was closed as a draft: asks which report it belongs to, never guesses."""
    drafts = _expired(turn)
    if not drafts or said.command or turn.inbound.kind != "text":
        return None
    last = drafts[-1]
    if last.get("again"):
        return None
    form_ = form.form_of(turn, last["form"])
    ctx = form.context(turn, form.association_of(turn, last))
    step = form_.step(last["step"])
    reading = form.read_answer(form_, step, turn.inbound.text, ctx, last["values"])
    if reading.status != "whole" or said.digit:
        return None
    new = {**state.ask(turn, "draft", text=turn.inbound.text), "drafts": drafts}
    return Outcome(new, (_belongs(turn, last, reading),), understood="to which report?")


def _belongs(turn: Turn, last: Mapping[str, Any], reading: Reading) -> Reply:
    said = turn.inbound.text[:30]
    held_on = last["values"].get("held_on")
    names = set(reading.values)
    if held_on and names <= {"women", "men"}:
        return Reply("F6", {"said": said, "date": date.fromisoformat(held_on)})
    if held_on and names <= {"new_women", "new_men", "new_people"}:
        return Reply("F6new", {"said": said, "date": date.fromisoformat(held_on)})
    return Reply("F6any", {"said": said, "title": form.form_of(turn, last["form"]).title})


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1: it belongs to that report; 2: it does not, a person reads it."""
    agreed = {"1": True, "2": False}.get(said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    drafts = list(turn.state.get("drafts", []))
    if agreed is None or not drafts:
        return None
    if not agreed:
        return state.say(turn, "B3", state.task(turn, "read", "numbers that belong to no report"))
    last = drafts.pop()
    new = {**state.close(turn), "drafts": drafts}
    return _resume(turn, new, last, question["text"])


def _resume(turn: Turn, new: dict[str, Any], last: Mapping[str, Any], text: str) -> Outcome:
    form_ = form.form_of(turn, last["form"])
    ctx = form.context(turn, form.association_of(turn, last))
    reading = form.read_answer(form_, form_.step(last["step"]), text, ctx, last["values"])
    asked = sorted({*last["asked"], last["step"]})
    values = {**last["values"], **reading.values}
    kept = {"form": last["form"], "association": last.get("association"), "asked": asked, "card": last["card"]}
    return form.go_on(turn.with_state(new), form_, values, kept)


def cancel(turn: Turn, said: Said) -> Outcome:
    """CANCEL, ANNULER, /cancel: throws the open report away, and says so; BACK brings it back."""
    question = state.opened(turn)
    if question and question["kind"] == "delete":
        return state.say(turn, "I4keep")
    if question and question["kind"] in ("question", "lesson", "partner", "remark"):
        return state.say(turn, "B7")
    if not question or question["kind"] != "form":
        if said.rest and not turn.address.rich:  # "annuler mon rapport": the last one, to be removed or corrected
            return correct.fix(turn, said)
        new = state.close(turn) if question else dict(turn.state)
        new.pop("unread", None)
        return Outcome(new, (Reply("X2"),), understood="nothing to cancel")
    form_ = form.form_of(turn, question["form"])
    ctx = form.context(turn, form.association_of(turn, question))
    noted = form.kind_of(form_).words(form_, question["values"], ctx)
    new = {key: value for key, value in state.close(turn).items() if key != "removed"} | {"thrown": question}
    key = "X1" if any(noted.texts.values()) else "X1b"
    return Outcome(new, (Reply(key, {"noted": noted}),), understood="cancelled")


def back(turn: Turn, said: Said) -> Outcome:
    """BACK 4127 brings a removed report back; BACK alone what was cancelled, removed or left last."""
    if said.rest or turn.state.get("removed") is not None:
        return correct.back(turn, said)
    opened = state.opened(turn)
    drafts = list(turn.state.get("drafts", []))
    question = turn.state.get("thrown") or (drafts[-1] if drafts else None)
    if (opened and opened["kind"] == "form") or not question:
        return Outcome(dict(turn.state), (Reply("X6"),), understood="nothing to bring back")
    new = {key: value for key, value in state.close(turn).items() if key != "thrown"}
    return form.resume(turn.with_state(new), question, "X5")


def switch_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """K7: 1 go on in that language."""
    agreed = {"1": True, "2": False}.get(said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    if agreed is None or turn.person is None:
        return None
    if not agreed:
        return state.say(turn, "B7")
    language = question["language"]
    reply = Reply("A6", {"language_name": enrol.LANGUAGE_NAMES[language]}, language=language)
    return Outcome(state.close(turn), (reply,), (SetLanguage(turn.person.id, language),), understood="switched")
