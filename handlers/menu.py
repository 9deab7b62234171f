"""The menu (B1), the totals (B4), "call me" (B2) and what is left: free text for a person (B3)."""

from __future__ import annotations

import re
from typing import Any

from handlers import asking, correct, door, form, lessons, mentor_questions, receipted, state
from handlers.known_forms import line_of, looks_like_report
from handlers.said import MENU, Said, read
from handlers.training import reached
from handlers.turn import Association, Figures, FiguresOf, KeepMedia, Outcome, Reply, TakeBackCall, Turn
from handlers.understand.courtesies import is_acknowledged, is_greeting
from handlers.understand.words import begins, is_now, is_question, plain, tokens

_DIGITS_MEANT = {*state.PASSING, "show"} - {"call", "later"}
"""Questions whose answers look like the menu's; 0 takes a call back, later is a day, and unsaid is not shown."""

_DIGIT_AND_WORDS = re.compile(r"\s*([34])[\s.,:;!)=-]+([^\W\d_].*)", re.DOTALL)
_WORD_AND_WORDS = re.compile(r"\s*([^\W\d_]+)[\s.,:;!-]+([^\W\d_].*)", re.DOTALL)
_A_STORY = 3
"""Words behind the menu's digit or word; fewer are its label."""


def help_(turn: Turn, said: Said) -> Outcome:
    """HELP, an empty message, the menu. A digit behind it is the menu's: what needed no answer is asked no more."""
    question = state.opened(turn)
    passed = question and question["kind"] in _DIGITS_MEANT and not turn.address.rich
    new = state.close(turn) if passed else _keep_open(turn)
    reply = Reply("B1", {"association": _name(turn)}, keyboard="main", asks=True)
    return Outcome(new, (reply,), understood="menu")


def _keep_open(turn: Turn) -> dict[str, Any]:
    """A global word does not destroy what is open."""
    return dict(turn.state)


def _name(turn: Turn) -> str:
    names = dict.fromkeys(p.association.sms_name if p.association else p.sms_name for p in turn.people)
    return " ".join(names)[:23]


def totals(turn: Turn, said: Said) -> Outcome:
    """5: our totals, and those of all associations."""
    association = turn.association
    if association is None:
        return which(turn, MENU["totals"])
    return Outcome(_keep_open(turn), (Reply("B4", totals_of(turn, association)),), understood="totals")


def totals_of(turn: Turn, association: Association) -> dict[str, Any]:
    """What B4 says. Raises Unknown."""
    turn.need(FiguresOf(association.id), FiguresOf(None))
    ours: Figures = turn.known(FiguresOf(association.id))
    everybody: Figures = turn.known(FiguresOf(None))
    including = turn.programme.includes_representatives
    return {
        "association": association.sms_name,
        "reached": reached(association, ours, turn),
        "target": association.target,
        "women": ours.new_women + (association.women if including else 0),
        "men": ours.new_men + (association.representatives - association.women if including else 0),
        "trainings": ours.trainings,
        "associations": turn.programme.associations,
        "programme_reached": everybody.new_people + (turn.programme.representatives if including else 0),
        "programme_target": turn.programme.target_people,
    }


def call(turn: Turn, said: Said) -> Outcome:
    """9: a person calls; "0" afterwards takes it back. Asked again, it is one call until somebody has made it."""
    question = state.opened(turn)
    effect = state.task(turn, "call", state.ASKED_TO_BE_CALLED)
    if question and question["kind"] == "call":
        noted = Reply("B2b", {"officer": state.officer(turn)})
        return Outcome(dict(turn.state), (noted,), (effect,), understood="call again")
    new = state.ask(turn, "call")
    if question and question["kind"] == "form":
        new = {**form.put_aside(turn, question, waits=True), "open": new["open"]}
    return Outcome(new, (Reply("B2", {"officer": state.officer(turn)}),), (effect,), understood="call me")


def call_answer(turn: Turn, said: Said, question: dict[str, Any]) -> Outcome | None:
    """0: not needed any more."""
    if said.digit != "0":
        return None
    return state.say(turn, "B2c", TakeBackCall(state.ASKED_TO_BE_CALLED))


def start_form(turn: Turn, name: str) -> Outcome:
    """1 or 2: begin a report, for the right association (K2 when the phone serves two)."""
    association = turn.association
    if association is None:
        return which(turn, f"menu {name}")
    return form.start(turn, name, association)


def associations(turn: Turn) -> list[Association]:
    """The associations that the people of this phone belong to."""
    found = {p.association.id: p.association for p in turn.people if p.association}
    return list(found.values())


def which(turn: Turn, then: str) -> Outcome:
    """K2: a phone that serves two associations; what she sent is kept and done afterwards."""
    names = associations(turn)
    if not names:
        return free(turn)
    new = state.ask(turn, "which", then=then, ids=[a.id for a in names])
    if len(names) == 2:
        reply = Reply("K2", {"first": names[0].sms_name, "second": names[1].sms_name})
    else:
        reply = Reply("K2n", {"choices": " ".join(f"{n} {a.sms_name}" for n, a in enumerate(names, 1))})
    asked = Outcome(new, (reply,), understood="which association")
    line = line_of(turn, names[0]) if then == turn.inbound.text else None
    return asking.until_heard(turn, line[0].name, asked) if line else asked


def free(turn: Turn) -> Outcome:
    """Anything not understood: stored, thanked, and a person reads it (never the word 'invalid').

    A greeting alone brings the menu, thanks or an OK alone an OK (conversations 1.6): there is nothing in it for a
    person to read.
    """
    if read(turn).digit == "0":
        return Outcome(dict(turn.state), (Reply("B7"),), understood="nothing, no, later")
    if turn.inbound.kind == "text" and is_greeting(turn.inbound.text, turn.programme.sender):
        return help_(turn, read(turn))
    if is_now(turn.inbound.text) or begins(turn.inbound.text):
        return help_(turn, read(turn))
    if turn.inbound.kind == "text" and is_acknowledged(turn.inbound.text):
        return Outcome(dict(turn.state), (Reply("B7"),), understood="thanks, or an OK")
    if shown := correct.its_receipt(turn):
        return shown
    officer = plain(turn.association.officer) if turn.association else ""
    named = any(token.text == officer for token in tokens(turn.inbound.text))
    if told := _at_once(turn):
        return told
    if is_question(turn.inbound.text) and not named:  # "when does Eric come?" is for Eric
        return mentor_questions.take(turn)
    effect = state.task(turn, "read")
    return Outcome(dict(turn.state), (Reply("B3"),), (effect,), understood="for a person to read")


def _at_once(turn: Turn) -> Outcome | None:
    """ "4 we dry it longer", "KUBAZA imashini irashuha cane": the menu's digit or word and what it asks for.

    Not "mentor ...": it may be about the mentor.
    """
    said = _DIGIT_AND_WORDS.match(turn.inbound.text) or _WORD_AND_WORDS.match(turn.inbound.text)
    if said is None or turn.inbound.kind != "text" or looks_like_report(turn) or state.opened(turn):
        return None  # where something is asked the digit is one of its choices
    head, words = plain(said[1]), said[2].split()
    if len(words) < _A_STORY or (head.isdecimal() and door.counts(plain(said[2]).split())):
        return None
    if head in (MENU["mentor"], "kubaza"):
        return mentor_questions.take(turn)
    lesson = head == MENU["lesson"] or turn.programme.keywords.command_of.get(head) == "lesson"
    return lessons.at_once(turn, said[2]) if lesson else None


def media(turn: Turn) -> Outcome:
    """A photo or a voice note: kept with the report it was asked for, or the last; looked at by the officer."""
    if turn.inbound.kind == "mms":
        effect = state.task(turn, "read", "a picture by MMS")
        return Outcome(dict(turn.state), (Reply("K8", {"officer": state.officer(turn)}),), (effect,))
    most = turn.programme.photo_megabytes
    if int(turn.inbound.data.get("size") or 0) > most * 1_000_000:
        return Outcome(dict(turn.state), (Reply("V6", {"megabytes": most}),), understood="a file that is too large")
    number = receipted.number_of_media(turn)
    keep = KeepMedia(number)
    if turn.inbound.kind == "voice":
        effect = state.task(turn, "listen", f"voice note, No {number}" if number else "voice note", tell=False)
        new = receipted.after_voice(turn)
        return Outcome(new, (Reply("V1"),), (keep, effect), understood="voice note kept")
    effect = state.task(turn, "photo", f"photo for No {number}" if number else "photo", tell=False)
    if number is None:
        reply = Reply("V4", {"officer": state.officer(turn)})
        return Outcome(dict(turn.state), (reply,), (keep, effect), understood="photo kept")
    reply = Reply("T9", {"number": number, "officer": state.officer(turn)}, card=turn.inbound.id)
    new = receipted.after_photo(turn, number)
    return Outcome(new, (reply,), (keep, effect), understood=f"photo kept for No {number}")


def privacy(turn: Turn, said: Said) -> Outcome:
    """/privacy: what is kept and why."""
    return Outcome(dict(turn.state), (Reply("T17"),), understood="privacy")
