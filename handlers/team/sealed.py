"""/sealed: who asked to talk, for the named focal points only (conversations J).

A notice says nothing but that somebody asked. Names and words are shown when a case is opened, and the outbox forgets
them once they have left. An officer who types /sealed is answered as if there were no such command.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.said import Said
from handlers.turn import (
    Button,
    Case,
    CloseSealed,
    Label,
    Outcome,
    ReadSealed,
    Reply,
    SealedCase,
    SealedCases,
    Timer,
    Turn,
)
from handlers.turn.sealed import RESULTS, STAYS

UNOPENED_FOR = timedelta(hours=24)
"""Then every focal point is told again."""
TOLD_AGAIN_AFTER = timedelta(hours=1)
"""One conversation opens several tasks: she is not told of each."""
_SEALED = "safeguarding"
_WISHES: Mapping[str, Label] = {
    "a woman calls": Label({"en": "a woman shall call", "fr": "une femme doit appeler"}),
    "a man calls": Label({"en": "a man shall call", "fr": "un homme doit appeler"}),
    "today": Label({"en": "today", "fr": "aujourd'hui"}),
    "tomorrow morning": Label({"en": "tomorrow morning", "fr": "demain matin"}),
    "tomorrow evening": Label({"en": "tomorrow evening", "fr": "demain soir"}),
}


def queue(turn: Turn, said: Said) -> Outcome:
    """The open cases, or the one whose number stands behind the command."""
    number = said.rest.split()[0] if said.rest.split() else ""
    if number:
        return _open(turn, number)
    cases: tuple[Case, ...] = turn.known(SealedCases())
    if not cases:
        return Outcome(_looked(turn), (Reply("S.none"),), understood="sealed: nothing")
    lines = tuple(_line(turn, case) for case in cases)
    buttons = tuple((Button(str(case.number), f"case:{case.number}"),) for case in cases[:20])
    read = ReadSealed(tuple(number for case in cases for number in case.tasks), opened=False)
    reply = Reply("S.list", {"lines": lines}, buttons=buttons)
    return Outcome(_looked(turn), (reply,), (read,), understood="sealed: list")


def by_sms(turn: Turn, said: Said) -> Outcome | None:
    """The command sent by SMS: nothing of a case is said there, and no officer is shown that she asked."""
    if turn.address.rich or said.plain.lstrip("/ ").split()[:1] != ["sealed"]:
        return None
    reply = Reply("S.told" if turn.known(SealedCases()) else "S.none")
    return Outcome(_looked(turn), (reply,), understood="sealed: asked by SMS")


def _looked(turn: Turn) -> dict[str, Any]:
    return {key: value for key, value in turn.state.items() if key != "sealed_told"}


def _line(turn: Turn, case: Case) -> Reply:
    key = "S.line.opened" if case.seen else "S.line"
    return Reply(key, {"number": case.number, "moment": _moment(turn, case.since)})


def _moment(turn: Turn, moment: datetime) -> str:
    local = moment + turn.utc_offset
    return f"{local.day}/{local.month} {local:%H:%M}"


def pressed(turn: Turn, said: Said) -> Outcome | None:
    """A case's number opens it, a result behind it closes it, unless nobody was reached."""
    number, _, result = said.rest.partition(":")
    return _close(turn, number, result) if result else _open(turn, number)


def _case(turn: Turn, number: str) -> Case | None:
    found: Case | None = turn.known(SealedCase(int(number))) if number.isascii() and number.isdecimal() else None
    return found


def _open(turn: Turn, number: str) -> Outcome:
    case = _case(turn, number)
    if case is None:
        return Outcome(_looked(turn), (Reply("S.unknown"),), understood="sealed: no such case")
    wishes = tuple(_WISHES[wish] for wish in case.wishes if wish in _WISHES) or ("-",)
    values = {
        "number": case.number,
        "moment": _moment(turn, case.since),
        "names": case.names or ("?",),
        "association": case.association or "?",
        "phone": case.phone or "?",
        "wishes": wishes,
        "lines": case.words or ("-",),
    }
    buttons = tuple((Button(f"b.case.{result}", f"case:{case.number}:{result}"),) for result in RESULTS)
    reply = Reply("S.case", values, buttons=buttons)
    return Outcome(_looked(turn), (reply,), (ReadSealed(case.tasks, opened=True),), understood="sealed: opened")


def _close(turn: Turn, number: str, result: str) -> Outcome | None:
    case = _case(turn, number)
    if case is None or result not in RESULTS:
        return Outcome(_looked(turn), (Reply("S.unknown"),), understood="sealed: no such case")
    if not case.seen:
        return _open(turn, number)  # she wrote again: it is read before it is closed
    stays = result == STAYS
    reply = Reply("S.stays" if stays else "S.closed", {"number": case.number})
    said = "sealed: not reached" if stays else "sealed: closed"
    return Outcome(_looked(turn), (reply,), (CloseSealed(case.tasks, result),), understood=said)


# --- notices ---


def told(turn: Turn) -> Outcome:
    """A sealed task was opened: she is told that, and nothing of it."""
    unopened = _unopened(turn)
    if not unopened:
        return Outcome(dict(turn.state), understood="sealed: nothing that waits")
    before = turn.state.get("sealed_told")
    if before and turn.now - datetime.fromisoformat(before) < TOLD_AGAIN_AFTER:
        return Outcome(dict(turn.state), (), (), (_again(turn, unopened),), "sealed: told already")
    new = {**turn.state, "sealed_told": turn.now.isoformat()}
    return Outcome(new, (Reply("S.told"),), (), (_again(turn, unopened),), "sealed: told")


def late(turn: Turn) -> Outcome:
    """Nobody has opened a case for a day: every focal point is told again, each day until somebody has."""
    unopened = _unopened(turn)
    if not unopened:
        return Outcome(dict(turn.state), understood="sealed: opened in time")
    if turn.now - unopened[0].since < UNOPENED_FOR:
        return Outcome(dict(turn.state), (), (), (_again(turn, unopened),), "sealed: not a day yet")
    again = Timer("sealed", str(turn.address.id), turn.now + UNOPENED_FOR)
    return Outcome(dict(turn.state), (Reply("S.late"),), (), (again,), "sealed: told again")


def _unopened(turn: Turn) -> tuple[Case, ...]:
    if turn.person is None or turn.person.role != _SEALED:
        return ()
    cases: tuple[Case, ...] = turn.known(SealedCases())
    return tuple(case for case in cases if not case.seen)


def _again(turn: Turn, unopened: tuple[Case, ...]) -> Timer:
    return Timer("sealed", str(turn.address.id), max(turn.now, unopened[0].since + UNOPENED_FOR))
