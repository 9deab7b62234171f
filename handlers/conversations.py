"""Which conversation takes a turn. The order is the rule: read it from top to bottom.

A global word always works, in any language and any state. Then the open question, then a report in
one line, then the menu's digits; what is left is for a person to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import account, card, checks, correct, draft, enrol, form, menu, state
from handlers.said import MENU, Said, read
from handlers.turn import Inbound, Outcome, Reply, Turn, UnlinkAddress
from handlers.understand.words import language_of

Answer = Callable[[Turn, Said, dict[str, Any]], Outcome | None]

ANSWERS: Mapping[str, Answer] = {
    "form": form.answer,
    "reading": form.chosen,
    "check": checks.answer,
    "split": checks.split,
    "details": checks.details,
    "place": checks.place,
    "remark": checks.remark,
    "fix": correct.answer,
    "consent": enrol.consent_answer,
    "language": enrol.language_answer,
    "move": enrol.move_answer,
    "call": menu.call_answer,
    "data": account.data_answer,
    "delete": account.delete_answer,
    "problem": account.problem_answer,
    "sealed": account.sealed_answer,
    "draft": draft.answer,
    "switch": draft.switch_answer,
    "question": menu.question_answer,
}
"""The open question's kind -> who reads the answer; None when the message is something else."""

WORDS: Mapping[str, Callable[[Turn, Said], Outcome]] = {
    "start": lambda turn, said: account.start(turn),
    "help": menu.help_,
    "settings": lambda turn, said: enrol.ask_language(turn),
    "language": lambda turn, said: enrol.ask_language(turn),
    "privacy": menu.privacy,
    "fix": correct.fix,
    "back": draft.back,
    "call": menu.call,
    "data": lambda turn, said: account.data(turn),
    "delete": lambda turn, said: account.delete(turn),
    "problem": lambda turn, said: account.problem(turn),
    "sensitive": lambda turn, said: account.sealed(turn),
    "cancel": draft.cancel,
    "totals": menu.totals,
    "training": lambda turn, said: menu.start_form(turn, "training"),
    "business": lambda turn, said: menu.start_form(turn, "business"),
    "mentor": menu.ask_mentor,
    "lesson": menu.lesson,
}
"""Words that always work and do not destroy what is half made."""
_QUIET = ("sealed", "delete")
"""After these nothing more is said, not even that a report is still open."""
_ALWAYS = (MENU["problem"], MENU["call"])
"""Digits that work like words wherever they are no answer."""
_DIGITS = {digit: command for command, digit in MENU.items()}
BRAKE = 30
"""Automatic answers an hour to one address; a valid report is always answered (ruling 3)."""


def step(turn: Turn) -> Outcome:
    """One turn: what to answer, to store, to be woken for."""
    outcome = _step(turn)
    if "held" in outcome.state and "open" not in outcome.state:
        return _held(turn, outcome)
    return _braked(turn, outcome)


def _step(turn: Turn) -> Outcome:
    kind = turn.inbound.kind
    if kind == "timer":
        return _timer(turn)
    if kind == "group":
        return Outcome(dict(turn.state), (Reply("V3"),), understood="group chat")
    if kind == "blocked":
        return _blocked(turn)
    said = read(turn)
    if not turn.people:
        return _silent(turn) if turn.state.get("silent") and said.command != "help" else enrol.stranger(turn, said)
    if said.command == "stop":
        return account.stop(turn)
    if enrol.stopped(turn):
        return _stopped(turn, said)
    if not enrol.consenting(turn):
        return _before_consent(turn, said)
    return _conversation(turn, said)


def _silent(turn: Turn) -> Outcome:
    return Outcome(dict(turn.state), understood="kept, not answered")


def _blocked(turn: Turn) -> Outcome:
    return Outcome(state.close(turn), (), (UnlinkAddress(turn.address.id, "blocked the bot"),))


def _stopped(turn: Turn, said: Said) -> Outcome:
    """After STOP only START and DELETE are answered; what else arrives is kept, and a report counts."""
    if said.command == "start" or turn.inbound.kind == "start":
        return account.start(turn)
    question = state.opened(turn)
    if said.command == "delete" or (question and question["kind"] in ("delete", "who")):
        return _answered(turn, said) or account.delete(turn)
    association = turn.association
    report = form.from_line(turn, said, association) if association and turn.inbound.kind == "text" else None
    if report is None or not report.effects:
        return Outcome(dict(turn.state), (), (state.task(turn, "read", "wrote after STOP"),), understood="kept")
    return report.but(replies=(), state=dict(turn.state), timers=())


def _before_consent(turn: Turn, said: Said) -> Outcome:
    """Nothing but A0 to A5 until somebody here has agreed."""
    question = state.opened(turn)
    if question and question["kind"] in ("consent", "language", "who"):
        answer = _answered(turn, said)
        if answer is not None:
            return answer
    if said.command == "start" and not turn.address.rich:
        return account.start(turn)
    if turn.person and turn.person.language is None and "language" not in turn.state:
        return enrol.ask_language(replace(turn, state={**turn.state, "held": turn.inbound.text}))
    return enrol.ask_consent(turn)


def _conversation(turn: Turn, said: Said) -> Outcome:
    kind = turn.inbound.kind
    if kind in ("photo", "voice", "mms"):
        return menu.media(turn)
    if kind == "missed_call":
        return menu.call(turn, said)
    if kind == "sticker":
        return Outcome(dict(turn.state), understood="a sticker: fine")
    if kind == "edited":
        return draft.edited(turn)
    if said.command.startswith("button "):
        return card.pressed(turn, said) or _answered(turn, said) or menu.help_(turn, said)
    if not said.text and kind == "text":
        return menu.help_(turn, said)
    if kind == "start":
        return account.start(turn)
    if said.command in WORDS and not _means_an_answer(turn, said):
        return _word(turn, said, said.command)
    return _again(turn) or _answered(turn, said) or _fresh(turn, said)


def _word(turn: Turn, said: Said, command: str) -> Outcome:
    """A word that always works; a half-made report that it interrupts waits."""
    return form.interrupted(turn, WORDS[command](turn, said))


def _means_an_answer(turn: Turn, said: Said) -> bool:
    """Some words are an answer too: "business" to "which topic?", "problem" in a list of choices."""
    question = state.opened(turn)
    if not question or question["kind"] not in ("form", "fix", "check") or turn.address.rich:
        return False
    return said.command in ("training", "business", "mentor", "lesson", "problem", "language") or bool(
        said.rest and said.command in ("data", "call")
    )


def _again(turn: Turn) -> Outcome | None:
    """The same digit sent twice because the network is slow: it is the same answer."""
    question = state.opened(turn)
    if question is None or turn.inbound.sent_at is None or turn.inbound.kind != "text":
        return None
    if turn.inbound.sent_at < state.asked_at(question) - timedelta(seconds=1) and turn.inbound.text == turn.state.get(
        "heard"
    ):
        return Outcome(dict(turn.state), understood="sent twice: taken once")
    return None


def _answered(turn: Turn, said: Said) -> Outcome | None:
    question = state.opened(turn)
    if question is None:
        return None
    if question["kind"] == "who":
        return _who(turn, said, question)
    if question["kind"] == "which":
        return _which(turn, said, question)
    outcome = ANSWERS[question["kind"]](turn, said, question)
    return form.reopened(turn, outcome) if outcome and question["kind"] not in _QUIET else outcome


def _fresh(turn: Turn, said: Said) -> Outcome:
    """Nothing open, or something else than its answer."""
    associations = menu.associations(turn)
    if turn.association is None and len(associations) > 1 and form.looks_like_report(turn):
        return menu.which(turn, turn.inbound.text)
    if turn.association and (report := form.from_line(turn, said, turn.association)):
        return _foreign(turn, report)
    if (late := draft.late(turn, said)) is not None:
        return late
    if said.command in WORDS:
        return _word(turn, said, said.command)
    if said.digit in _DIGITS and (said.digit in _ALWAYS or not _waits_for_more(turn)):
        return _word(turn, said, _DIGITS[said.digit])
    return _foreign(turn, menu.free(turn))


def _waits_for_more(turn: Turn) -> bool:
    question = state.opened(turn)
    return bool(question and question["kind"] in ("form", "check"))


def _who(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    person = enrol.who_answer(turn, said, question)
    if person is None:
        if said.digit:
            effect = state.task(turn, "check_number", "somebody else writes from this phone")
            return state.say(turn, "B3", effect)
        return None
    new = {**state.close(turn), "who": person.id}
    again = replace(turn, person=person, state=new)
    then = question["then"]
    if then == "consent":
        return enrol.ask_consent(replace(again, state={**new, "held": question.get("held", "")}))
    return account.data(again) if then == "data" else account.delete(again)


def _which(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    ids = question["ids"]
    if not said.digit or not 1 <= int(said.digit) <= len(ids):
        return None
    people = tuple(p for p in turn.people if p.association and p.association.id == ids[int(said.digit) - 1])
    then = question["then"]
    narrowed = replace(turn, people=people, person=people[0] if len(people) == 1 else None, state=state.close(turn))
    if then.startswith("menu "):
        return menu.start_form(narrowed, then.removeprefix("menu "))
    return _again_with(narrowed, then)


def _again_with(turn: Turn, text: str) -> Outcome:
    """Take an earlier message now."""
    inbound: Inbound = replace(turn.inbound, text=text, kind="text", data={})
    later = replace(turn, inbound=inbound)
    return _conversation(later, read(later))


def _held(turn: Turn, outcome: Outcome) -> Outcome:
    """She agreed: what she sent before is taken now, in the same turn."""
    new = dict(outcome.state)
    held = new.pop("held")
    people = tuple(replace(p, consent="yes") if p.consent in ("asked", "none") else p for p in turn.people)
    then = _again_with(
        replace(turn, people=people, person=people[0] if len(people) == 1 else turn.person, state=new), held
    )
    if not then.effects or then.replies[:1] == (Reply("B3"),):
        return outcome.but(state=new)  # a greeting needs no second text
    return Outcome(
        then.state,
        (*outcome.replies, *then.replies),
        (*outcome.effects, *then.effects),
        (*outcome.timers, *then.timers),
        f"{outcome.understood}; {then.understood}",
    )


def _timer(turn: Turn) -> Outcome:
    """A timer fired: decided here, at sending time."""
    if enrol.stopped(turn):
        return Outcome(dict(turn.state), understood="nothing: said stop")
    which = turn.inbound.data.get("timer")
    if which == "consent":
        return enrol.no_choice(turn)
    if which == "form":
        return draft.unfinished(turn)
    if which == "wake" and turn.inbound.data.get("what") == "move":
        return enrol.moving(turn)
    return Outcome(dict(turn.state), understood=f"timer {which}: nothing to do")


def _foreign(turn: Turn, outcome: Outcome) -> Outcome:
    """K7: after two messages in a row in another language, offer to switch."""
    language = language_of(turn.inbound.text)
    if language is None or language == turn.language or turn.person is None:
        new = {key: value for key, value in outcome.state.items() if key != "foreign"}
        return outcome.but(state=new)
    before = turn.state.get("foreign")
    if before != language:
        return outcome.but(state={**outcome.state, "foreign": language})
    if "open" in outcome.state:
        return outcome
    asking = {**outcome.state, "open": {"kind": "switch", "at": turn.now.isoformat(), "language": language}}
    asking.pop("foreign", None)
    return outcome.but(state=asking, replies=(*outcome.replies, Reply("K7", language=language)))  # type: ignore[arg-type]


def _braked(turn: Turn, outcome: Outcome) -> Outcome:
    """An echo or a flood is stored, answered so many times an hour, then only stored."""
    new = dict(outcome.state)
    if turn.inbound.kind == "text" and "open" in new:
        new["heard"] = turn.inbound.text[:40]
    else:
        new.pop("heard", None)
    saved = any(
        type(effect).__name__ in ("SaveReport", "ChangeReport", "RecordConsent") for effect in outcome.effects
    )
    hour = turn.now.strftime("%d%H")
    before = turn.state.get("brake", [hour, 0])
    count = (before[1] if before[0] == hour else 0) + (0 if saved else len(outcome.replies))
    if count:
        new["brake"] = [hour, count]
    if count > BRAKE and not saved:
        return Outcome(new, (), outcome.effects, outcome.timers, "kept; too many answers this hour")
    return outcome.but(state=new)
