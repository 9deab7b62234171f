"""The team in a chat: officers, mentors, staff. Their turns come before all conversations of leaders.

The order is the rule: a command, a button, Telegram's own reply to a message of ours, the answer to the open
question. What may be used by whom stands in `lists.py` and is looked at for every message: a command that is
not shown can still be typed. None means that it is nothing of the team's: language, privacy, stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from handlers import mentor, state
from handlers.said import Said, read
from handlers.team import answering, lists, welcome
from handlers.team.broadcast_draft import waits
from handlers.team.reporting import marked
from handlers.turn import Outcome, Replied, RepliedTo, Reply, Turn

__all__ = ("back", "line", "marked", "replies", "step", "writes")

T = TypeVar("T")
_BARE = 2
"""Words of a command without its slash: more of them are a sentence."""
_SAID_ANYWAY = frozenset(("start", "help", "aide", "call", "appel", "visit", "visite", "answer", "repondre"))
"""Commands that are taken without a slash elsewhere, or are words that begin a line."""


def writes(turn: Turn) -> bool:
    """Whether this is the chat of one of the team; by SMS the team is answered as everybody is."""
    return turn.address.rich and turn.person is not None and turn.person.kind == "staff" and len(turn.people) == 1


def step(turn: Turn, said: Said) -> Outcome | None:
    """The turn of one of the team; None when the conversations of everybody go on with it."""
    kind = turn.inbound.kind
    if said.command == "cancel" and not said.rest and kind == "text" and (left := _given_up(turn, said)):
        return left
    if said.text.startswith("/") and kind == "text":
        return (_bare(turn, said) if said.text.startswith("/ ") else None) or _command(turn, said)
    if kind == "button":
        return _pressed(turn, said)
    if kind == "edited" and (outcome := mentor.edited(turn) or answering.edited(turn, said)):
        return outcome
    if (answers := turn.inbound.data.get("reply_to")) and (outcome := _reply(turn, said, str(answers))):
        return outcome
    question = state.opened(turn) or waits(turn)
    if question and (answer := lists.ANSWERS.get(question["kind"])) and (outcome := answer(turn, said, question)):
        return outcome
    if outcome := line(turn, said):
        return outcome
    reports = (question or {}).get("kind") in lists.ABOUT_A_REPORT  # "today" is a day there
    if not reports and (bare := _bare(turn, said)):
        return bare
    if kind == "start" or said.command in ("start", "help"):
        return lists.COMMANDS[said.command or "start"][1](turn, said)
    if said.command in lists.EVERYBODYS or kind in ("sticker", "edited"):
        return None
    if reports:
        return None
    return Outcome(dict(turn.state), (Reply("O.free"),), understood="for nobody")


def line(turn: Turn, said: Said) -> Outcome | None:
    """A line that one of the team may write without a slash, in a chat or by SMS."""
    if turn.person is None or turn.person.kind != "staff" or turn.inbound.kind != "text":
        return None
    theirs = (do(turn, said) for roles, do in lists.LINES if turn.person.role in roles)
    return next(filter(None, theirs), None)


def replies(turn: Turn) -> bool:
    """Whether one of the team answers something: "Stop the motor" is an answer then, and no STOP.

    With Telegram's reply, or where we asked for a text and more than the bare word came. Nor is "/stop 31", which
    wants to stop something else.
    """
    if not writes(turn):
        return False
    if turn.inbound.text.startswith("/"):
        return len(turn.inbound.text.split()) > 1
    question = state.opened(turn) or waits(turn) or {}
    asked = question.get("kind") in lists.TAKES_WORDS and len(turn.inbound.text.split()) > 1
    return asked or bool(turn.inbound.data.get("reply_to"))


def back(turn: Turn, started: Outcome) -> Outcome:
    """START after STOP: she is greeted as one of the team, and her mornings begin anew."""
    if turn.person is None or turn.person.kind != "staff":
        return started
    greeted = welcome.start(turn, read(turn))
    mornings = greeted.timers if writes(turn) else ()
    return started.but(replies=greeted.replies, timers=(*started.timers, *mornings))


def _hers(turn: Turn, entries: Mapping[str, tuple[lists.Roles, T]], name: str) -> T | None:
    """What a list has under this name, when it is for the role of who writes."""
    roles, do = entries.get(name, (frozenset(), None))
    return do if turn.person and turn.person.role in roles else None


def _command(turn: Turn, said: Said) -> Outcome | None:
    """A typed command; one that is not for this role is answered as one that nobody knows."""
    typed, _, rest = said.text[1:].partition(" ")
    word = typed.partition("@")[0].lower()
    if do := _hers(turn, lists.COMMANDS, word):
        return do(turn, replace(said, command=word, rest=rest.strip()))
    everybodys = said.command in lists.EVERYBODYS and said.command != "stop"  # with something behind it
    if everybodys and word not in lists.COMMANDS:  # "/find" with a word of the door is neither
        return None
    return Outcome(dict(turn.state), (Reply("T19"),), understood="a command that is not known or not hers")


def _bare(turn: Turn, said: Said) -> Outcome | None:
    """ "today", "remind 11", "/ late": the slash was forgotten, or a telephone put a space behind it."""
    words = said.text.removeprefix("/").split()
    if turn.inbound.kind != "text" or not words or len(words) > _BARE or words[0].lower() in _SAID_ANYWAY:
        return None
    known = _hers(turn, lists.COMMANDS, words[0].lower())
    return _command(turn, replace(said, text="/" + " ".join(words))) if known else None


def _given_up(turn: Turn, said: Said) -> Outcome | None:
    """CANCEL, ANNULER, /cancel: what she was asked for is asked no more; None where it is everybody's."""
    question = state.opened(turn)
    leave = lists.GIVEN_UP.get(question["kind"] if question else "broadcast")
    return leave(turn, said, question or {}) if leave else None


def _pressed(turn: Turn, said: Said) -> Outcome | None:
    head = said.command.removeprefix("button ")
    if head in lists.CARDS:
        return None
    do = _hers(turn, lists.BUTTONS, head)
    old = Outcome(dict(turn.state), (Reply("O.gone"),), understood="a button of an old message, or not hers")
    return (do(turn, said) if do else None) or old


def _reply(turn: Turn, said: Said, message: str) -> Outcome | None:
    """Telegram's own reply: what woke the turn that wrote the message says whose answer it is, else its task."""
    replied: Replied | None = turn.known(RepliedTo(turn.address.id, message))
    if replied is None:
        return None
    what = str(replied.woken.get("what"))
    do = _hers(turn, lists.REPLIES, what if what in lists.REPLIES else "task")
    return do(turn, said, replied) if do else None
