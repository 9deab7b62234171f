"""Which conversation takes a turn. The order is the rule: read it from top to bottom.

A global word always works, in any language and any state. Then the open question, then a report in
one line, then the menu's digits; what is left is for a person to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers import (
    account,
    blocked,
    broadcast_answer,
    chat,
    door,
    draft,
    elsewhere,
    enrol,
    form,
    lessons,
    limits,
    lines,
    menu,
    monthly,
    new_chats,
    newcomers,
    outgrown,
    reminded,
    reminders,
    session,
    shared,
    state,
    team,
    tips,
)
from handlers.answers import ANSWERS, TIMERS, WORDS
from handlers.known_forms import looks_like_report
from handlers.said import MENU, Said, copied, own_words, read
from handlers.turn import Inbound, OpenTask, Outcome, Reply, Timer, Turn

_QUIET = ("sealed", "delete")
"""After these nothing more is said, not even that a report is still open."""
_ALWAYS = (MENU["problem"], MENU["call"])
"""Digits that work like words wherever they are no answer."""
_SAID_BY_A3 = ("B1", "B3", "I2", "V5")
"""Answers to what she sent before she agreed that need no text of their own: A3 has said as much."""
_AFTER_STOP = ("delete", "who")
"""Questions that she may answer although she said stop."""
_FOR_ANOTHER: Mapping[str, Callable[[Turn], Timer]] = {
    reminders.KIND: lambda turn: reminders.again(turn, reminders.WAIT),
    monthly.KIND: monthly.again,
}
"""Timers of an association: another leader of it may be its contact when they fire again."""
_DIGITS = {digit: command for command, digit in MENU.items()}


def step(turn: Turn) -> Outcome:
    """One turn: what to answer, to store, to be woken for."""
    turn = outgrown.fitted(turn)
    return blocked.open_again(turn, _any_device(turn))


def _any_device(turn: Turn) -> Outcome:
    if turn.inbound.kind == "ussd":
        return session.step(turn, _taken)
    return chat.taken(turn, _taken) if turn.address.rich else _taken(turn)


def _taken(turn: Turn) -> Outcome:
    outcome = tips.settled(turn, _step(turn))
    if "held" in outcome.state and "open" not in outcome.state:
        return _held(turn, outcome)
    if "open" not in outcome.state and "who" in outcome.state:
        outcome = outcome.but(state={key: value for key, value in outcome.state.items() if key != "who"})
    return outcome if team.writes(turn) else limits.braked(turn, outcome)


def _step(turn: Turn) -> Outcome:
    kind = turn.inbound.kind
    if kind == "timer":
        return _timer(turn)
    if kind == "group":
        return Outcome(dict(turn.state), (Reply("V3"),), understood="group chat")
    if kind == "blocked":
        return blocked.closed(turn)
    said = read(turn)
    if not turn.people:
        return new_chats.stranger(turn, said) if turn.address.rich else newcomers.stranger(turn, said)
    if said.command == "stop" and not team.replies(turn) and account.means_stop(turn, said):
        return account.stop(turn)
    if enrol.stopped(turn):
        return _stopped(turn, said)
    if team.writes(turn):
        theirs = team.step(turn, said)
        return theirs if theirs is not None else team.marked(turn, _conversation(turn, said))
    if (theirs := team.line(turn, said)) is not None:
        return theirs
    if not enrol.consenting(turn):
        return _before_consent(turn, said)
    return limits.foreign(turn, _conversation(turn, said))


def _stopped(turn: Turn, said: Said) -> Outcome:
    """After STOP only START and DELETE are answered; what else arrives is kept, and a report counts."""
    if account.comes_back(turn, said):
        return _since_stop(team.back(turn, account.start(turn)))
    if said.command == "delete":
        return _since_stop(account.delete(turn))
    question = state.opened(turn)
    enrols = bool(question and question.get("enrols"))  # anew, in a chat that was linked after she said stop
    if question and (enrols or question["kind"] in _AFTER_STOP) and (answer := _answered(turn, said)):
        # at one of her numbers it may have been asked before she said stop at the other
        return _since_stop(answer) if enrols or question.get("since_stop") else answer.but(replies=())
    association = turn.association
    plainly = replace(turn, address=replace(turn.address, rich=False))  # nobody will press Send on a card
    report = form.from_line(plainly, said, association) if association and turn.inbound.kind == "text" else None
    if report is not None and report.effects:
        return report.but(replies=(), state=dict(turn.state), timers=())
    return Outcome(dict(turn.state), (), _for_a_person(turn, said), understood="kept")


def _since_stop(outcome: Outcome) -> Outcome:
    """What she asked for after STOP is answered to its end."""
    question = outcome.state.get("open")
    return outcome.but(state={**outcome.state, "open": {**question, "since_stop": True}}) if question else outcome


def _for_a_person(turn: Turn, said: Said) -> tuple[OpenTask, ...]:
    """What somebody who wants no texts still needs a person for."""
    opens = said.command in ("sensitive", "problem") or said.digit == MENU["problem"]
    if opens or door.behind_seven(turn, said) or door.more(turn, said):
        return (state.task(turn, "sealed", sealed=True),)
    if said.command == "call" or said.digit == MENU["call"] or turn.inbound.kind == "missed_call":
        return (state.task(turn, "call", "asked to be called after STOP"),)
    return (state.task(turn, "read", "wrote after STOP"),) if said.text else ()


def _before_consent(turn: Turn, said: Said) -> Outcome:
    """Nothing but A0 to A5 until somebody here has agreed; a call for help and DELETE are heard all the same."""
    question = state.opened(turn)
    for word in ("sensitive", "problem", "delete", "language"):
        if said.command == word or (word == "problem" and said.digit == MENU[word]):
            return WORDS[word](turn, said)
    if question and question["kind"] in ("consent", "language", "who", "problem", "sealed", "delete"):
        answer = _answered(turn, said)
        if answer is not None:
            return answer
    if turn.inbound.kind == "sticker":
        return Outcome(dict(turn.state), understood="a sticker: fine")
    if turn.address.rich and said.command in ("help", "privacy"):
        return chat.who_we_are(turn, said)
    if "language" not in turn.state and all(person.language is None for person in turn.people):
        return enrol.ask_language(turn)
    asked = enrol.ask_consent(turn)
    if turn.inbound.kind == "missed_call":
        return asked.but(effects=(*asked.effects, state.task(turn, "call", state.ASKED_TO_BE_CALLED)))
    return asked


def _conversation(turn: Turn, said: Said) -> Outcome:
    if line := copied(turn):
        return _again_with(turn, line)
    kind = turn.inbound.kind
    if turn.address.rich and (shown := chat.first(turn, said)):
        return shown
    if kind in ("photo", "voice", "mms"):
        at_the_door = door.media(turn) if kind != "mms" else None
        return at_the_door or (lessons.voice(turn) if kind == "voice" else None) or menu.media(turn)
    if kind == "missed_call":
        return menu.call(turn, said)
    if kind == "sticker":
        return Outcome(dict(turn.state), understood="a sticker: fine")
    if said.command.startswith("button "):
        return _answered(turn, said) or menu.help_(turn, said)
    if not said.text and kind == "text":
        return menu.help_(turn, said)
    if kind == "start":
        return elsewhere.offered(turn, "start") or account.start(turn)
    if behind := door.behind_seven(turn, said):
        return _word(turn, replace(said, command="problem", rest=behind), "problem")
    if said.command in WORDS and not _means_an_answer(turn, said):
        return _word(turn, said, said.command)
    return _again(turn) or broadcast_answer.answer(turn, said) or _answered(turn, said) or _fresh(turn, said)


def _word(turn: Turn, said: Said, command: str) -> Outcome:
    """A word that always works; a half-made report that it interrupts waits."""
    return elsewhere.offered(turn, command) or form.interrupted(turn, WORDS[command](turn, said))


def _means_an_answer(turn: Turn, said: Said) -> bool:
    """Some words are an answer too: "business" to "which topic?", "problem" in a list of choices."""
    question = state.opened(turn)
    if question and question["kind"] in ("problem", "sealed"):
        return bool(said.rest) and said.command != "sensitive"
    if question and question["kind"] in ("question", "lesson", "remark"):
        return own_words(said)
    if not question or question["kind"] not in ("form", "fix", "check", "need") or turn.address.rich:
        return False
    return said.command in ("training", "business", "mentor", "lesson", "problem", "language") or bool(
        said.rest and said.command in ("data", "call")
    )


def _again(turn: Turn) -> Outcome | None:
    """The same digit sent twice because the network is slow: it is the same answer."""
    question = state.opened(turn)
    if question is None or turn.inbound.sent_at is None or turn.inbound.kind != "text":
        return None
    same = limits.checksum(turn.inbound.text) == turn.state.get("heard")
    if same and turn.inbound.sent_at < state.asked_at(question) - timedelta(seconds=1):
        return Outcome(dict(turn.state), understood="sent twice: taken once")
    return None


def _answered(turn: Turn, said: Said) -> Outcome | None:
    question = state.opened(turn)
    if question and question["kind"] == "which":
        return _which(turn, said, question)
    if question is None or question["kind"] not in ANSWERS:  # what the team is asked is answered before this
        return None
    outcome = ANSWERS[question["kind"]](turn, said, question)
    if outcome and question["kind"] == "switch" and not outcome.effects:
        outcome = outcome.but(state={**outcome.state, "stays": question["language"]})
    return form.reopened(turn, outcome) if outcome and question["kind"] not in _QUIET else outcome


def _fresh(turn: Turn, said: Said) -> Outcome:
    """Nothing open, or something else than its answer."""
    if number := door.another_number(turn, said):
        return number
    if (named := shared.named(turn)) is not None:
        return _again_with(named, named.inbound.text)
    associations = menu.associations(turn)
    if turn.association is None and len(associations) > 1 and looks_like_report(turn):
        return menu.which(turn, turn.inbound.text)
    if (found := lines.taken(turn, said) or reminded.long_after(turn, said) or draft.late(turn, said)) is not None:
        return found
    if said.command in WORDS:
        return _word(turn, said, said.command)
    if said.digit in _DIGITS and (said.digit in _ALWAYS or not _waits_for_more(turn)):
        return _word(turn, said, _DIGITS[said.digit])
    return door.more(turn, said) or elsewhere.offered(turn, "") or menu.free(turn)


def _waits_for_more(turn: Turn) -> bool:
    question = state.opened(turn)
    return bool(question and question["kind"] in ("form", "check"))


def _which(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """K2's answer, and then what waited for it."""
    narrowed = shared.chosen(turn, said, question)
    if narrowed is None:
        return None
    then = question["then"]
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
    who = next((p for p in people if p.id == new.get("who") or len(people) == 1), None)
    then = _again_with(replace(turn, people=people, person=who, state=new), held)
    more = () if then.replies[:1] and then.replies[0].key in _SAID_BY_A3 else then.replies
    return Outcome(
        then.state,
        (*outcome.replies, *more),
        (*outcome.effects, *then.effects),
        (*outcome.timers, *then.timers),
        f"{outcome.understood}; {then.understood}",
    )


def _timer(turn: Turn) -> Outcome:
    """A timer fired, or another conversation woke this one: decided here, at sending time."""
    data = turn.inbound.data
    which = str(data.get("timer"))
    if enrol.stopped(turn):
        timers = tuple(again(turn) for kind, again in _FOR_ANOTHER.items() if kind == which)
        return Outcome(dict(turn.state), (), (), timers, understood="nothing: said stop")
    if which == "wake":
        which = f"wake {data.get('what')}"
    decide = TIMERS.get(which)
    return decide(turn) if decide else Outcome(dict(turn.state), understood=f"timer {which}: nothing to do")
