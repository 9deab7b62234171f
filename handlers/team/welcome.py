"""What a person of the team is told about the bot: language, welcome, /help."""

from __future__ import annotations

from typing import Any

from handlers import enrol
from handlers.said import Said
from handlers.team.today import morning_timer
from handlers.team.viewing import WITH_OFFICERS
from handlers.turn import Outcome, Reply, Timer, Turn


def _role(turn: Turn) -> str:
    return turn.person.role if turn.person else ""


def help_(turn: Turn, said: Said) -> Outcome:
    """What this role can do here."""
    keys = {"mentor": "O.help.mentor", "safeguarding": "S.help"}
    key = "O.help" if _role(turn) in WITH_OFFICERS else keys.get(_role(turn), "O.help.staff")
    return Outcome(dict(turn.state), (Reply(key),), understood="help for the team")


def greeting(turn: Turn, language: Any = None) -> Reply:
    """Welcome; from now on the chat shows the commands of this role in this language."""
    key = "O.welcome" if _role(turn) in WITH_OFFICERS else "O.welcome.staff"
    values = {"name": turn.person.sms_name if turn.person else ""}
    return Reply(key, values, keyboard="remove", language=language, commands=_role(turn))


def start(turn: Turn, said: Said) -> Outcome:
    """/start once more."""
    return Outcome(dict(turn.state), (greeting(turn),), (), _mornings(turn), understood="start")


def _mornings(turn: Turn) -> tuple[Timer, ...]:
    """From now on /today comes by itself, to who works with it."""
    return (morning_timer(turn),) if _role(turn) in WITH_OFFICERS else ()


def language(turn: Turn, said: Said, question: dict[str, Any] | None = None) -> Outcome | None:
    """The language was chosen, by button or by word."""
    outcome = enrol.language_answer(turn, said, question or {})
    if outcome is None:
        return None
    greeted = greeting(turn, outcome.replies[0].language)
    return outcome.but(replies=(greeted,), timers=(*outcome.timers, *_mornings(turn)))
