"""Lessons for the Fair: what worked well (H4), and whether it may be shown (H5, H7). Shown only as she said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import enrol, state
from handlers.forms.tables import NOTHING_OF_IT, UNKNOWN
from handlers.known_forms import looks_like_report
from handlers.said import Said, own_words
from handlers.turn import Effect, KeepMedia, NextLesson, Outcome, Reply, SaveLesson, ShowLesson, Turn
from handlers.turn.mentoring import Show
from handlers.understand.choices import picked
from handlers.understand.courtesies import is_courtesy, says_nothing
from handlers.understand.words import language_of, plain, yes_no

SHOWS: Mapping[str, Show] = {"1": "name", "2": "anonymous", "3": "no"}
_SHOWN = (
    ("avec nom", "avec le nom", "with name", "with the name", "n'izina", "na izina", "kwa jina", "na jina"),
    ("sans nom", "sans le nom", "without name", "without the name", "ata zina", "bila jina"),
    ("non", "no", "oya", "hapana", "siyo"),
)
"""H5's choices in words. Kirundi and Swahili are drafts."""
_AROUND = frozenset(("oui", "yes", "ego", "ndiyo", "mais", "but", "d"))


def ask(turn: Turn, said: Said) -> Outcome:
    """4: what worked well? On a shared phone she says first who she is: her words are hers when she is erased."""
    if turn.person is None and len(turn.people) > 1:
        return enrol.ask_who(turn, "lesson")
    reply = Reply("H4", {"association": turn.association.sms_name if turn.association else ""})
    return Outcome(state.ask(turn, "lesson"), (reply,), understood="asks H4")


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """The one message that H4 asked for."""
    if not own_words(said) or looks_like_report(turn):
        return None
    if said.plain.rstrip(".! ") in NOTHING_OF_IT | UNKNOWN or yes_no(said.text) is False:
        return state.say(turn, "B7")
    greets = is_courtesy(said.text) or says_nothing(said.text, turn.programme.sender)
    return None if greets or said.text.rstrip().endswith("?") else _kept(turn, said.text)


def at_once(turn: Turn, text: str) -> Outcome | None:
    """ "LESSON we dry it longer": told in one message. None on a shared phone, where she says first who she is."""
    return None if turn.person is None and len(turn.people) > 1 else _kept(turn, text)


def voice(turn: Turn) -> Outcome | None:
    """A lesson that is spoken: kept, and somebody listens and writes it down. None when no lesson was asked for."""
    question = state.opened(turn)
    too_large = int(turn.inbound.data.get("size") or 0) > turn.programme.photo_megabytes * 1_000_000
    if question is None or question["kind"] != "lesson" or too_large:
        return None
    listen = state.task(turn, "listen", f"lesson No {turn.known(NextLesson())}", tell=False)
    return _kept(turn, "", KeepMedia(None), listen)


def _kept(turn: Turn, text: str, *more: Effect) -> Outcome:
    """Keep it and ask whether it may be shown."""
    number, association = int(turn.known(NextLesson())), turn.association
    saved = SaveLesson(
        number,
        turn.inbound.id,
        turn.person.id if turn.person else None,
        association.id if association else None,
        text,
        language_of(text) or turn.language,
    )
    new = state.ask(turn, "show", number=number)
    reply = Reply("H5", {"association": association.sms_name if association else ""})
    return Outcome(new, (reply,), (saved, *more), understood=f"lesson No {number}")


def show(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """H5's 1, 2 or 3, or their words; a plain no is a no, a plain yes does not say whether with the name."""
    name = turn.association.sms_name if turn.association else ""
    found = picked(said.digit or said.text, _SHOWN, _AROUND | {plain(name)}, near=False)
    if len(found) == 1:
        return state.say(turn, "H7", ShowLesson(int(question["number"]), SHOWS[str(found[0])]))
    if yes_no(said.text):
        return Outcome(dict(turn.state), (Reply("H5", {"association": name}),), understood="yes, but how?")
    return None
