"""Who of the team may do what: the written lists. One line each; roles are looked at for every message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handlers import mentor, mentor_log
from handlers.said import Said
from handlers.team import (
    answering,
    broadcast,
    calling,
    console,
    figures,
    finding,
    lateness,
    listing,
    opening,
    passing_on,
    reminding,
    reporting,
    sealed,
    tasks,
    today,
    uncertain,
    welcome,
)
from handlers.turn import Outcome, Replied, Turn

Roles = frozenset[str]
Do = Callable[[Turn, Said], Outcome]

OFFICERS: Roles = frozenset(("officer", "supervisor", "admin"))
MENTORS: Roles = frozenset(("mentor", "admin"))
FOCAL: Roles = frozenset(("safeguarding",))
"""The named people of the sealed queue: nobody else, not even the administrator."""
TEAM: Roles = frozenset(("officer", "supervisor", "mentor", "staff", "safeguarding", "admin", "auditor"))

FIGURES: Roles = OFFICERS | {"staff"}
"""Who sees figures: officers those of their area."""

COMMANDS: Mapping[str, tuple[Roles, Do]] = {
    "help": (TEAM, welcome.help_),
    **dict.fromkeys(("answer", "repondre"), (OFFICERS | MENTORS, mentor.command)),
    **dict.fromkeys(("visit", "visite", "call", "appel"), (OFFICERS | MENTORS, mentor_log.command)),
    "aide": (TEAM, welcome.help_),
    "start": (TEAM, welcome.start),
    "console": (TEAM, console.console),
    "report_for": (OFFICERS, reporting.report_for),
    "today": (OFFICERS, today.today),
    "late": (OFFICERS, lateness.late),
    "remind": (OFFICERS, reminding.remind),
    "inbox": (OFFICERS, listing.inbox),
    "find": (FIGURES, finding.find),
    "association": (OFFICERS, opening.association),
    "broadcast": (OFFICERS, broadcast.begin),
    "summary": (FIGURES, figures.summary),
    "progress": (FIGURES, figures.progress),
    "export": (FIGURES, figures.export),
    "sealed": (FOCAL, sealed.queue),
}
"""What is typed behind the slash -> who may, and who answers. `said.rest` is what stood behind it, as written."""

BUTTONS: Mapping[str, tuple[Roles, Callable[[Turn, Said], Outcome | None]]] = {
    "lang": (TEAM, welcome.language),
    "task": (OFFICERS, tasks.pressed_task),
    "answer": (OFFICERS, answering.decided),
    "for": (OFFICERS, reporting.begin),
    "show": (OFFICERS, listing.pressed_show),
    "late": (OFFICERS, lateness.pressed_late),
    "remind": (OFFICERS, reminding.pressed_remind),
    "zero": (OFFICERS, reminding.no_training),
    "find": (FIGURES, finding.pressed_find),
    "assoc": (OFFICERS, opening.pressed_association),
    "files": (OFFICERS, opening.pressed_files),
    "called": (OFFICERS, calling.asked),
    "result": (OFFICERS, calling.called),
    "note": (OFFICERS, calling.note),
    "bc": (OFFICERS, broadcast.pressed),
    "unsure": (OFFICERS, uncertain.decided),
    "sum": (FIGURES, figures.pressed),
    "case": (FOCAL, sealed.pressed),
    "give": (OFFICERS | MENTORS, passing_on.give),
    "mentor": (OFFICERS, passing_on.to_mentor),
}
"""What a button's data begins with -> who may, and who answers. `said.rest` is what stood behind the colon."""

REPLIES: Mapping[str, tuple[Roles, Callable[[Turn, Said, Replied], Outcome | None]]] = {
    **dict.fromkeys(("question", "question due"), (OFFICERS | MENTORS, mentor.reply)),
    "task": (OFFICERS, answering.reply),
}
"""What had woken the chat when the message was written that is replied to -> who may, and who takes the answer."""

ANSWERS: Mapping[str, Callable[[Turn, Said, dict[str, Any]], Outcome | None]] = {
    "reply": mentor.decided,
    "logged": mentor_log.undone,
    "language": welcome.language,
    "willreport": calling.day_typed,
    "note": calling.noted,
    "broadcast": broadcast.typed,
}
"""The open question's kind -> who reads the answer; None when the message is something else."""

TAKES_WORDS = frozenset(("reply", "note", "broadcast"))
"""Open questions that any words may answer."""

GIVEN_UP: Mapping[str, Callable[[Turn, Said, dict[str, Any]], Outcome | None]] = {
    "reply": mentor.decided,
    "willreport": calling.given_up,
    "note": calling.given_up,
    "broadcast": lambda turn, said, question: broadcast.given_up(turn),
}
"""The open question's kind -> what CANCEL does; without one it is the broadcast's that is half made."""

LINES: tuple[tuple[Roles, Callable[[Turn, Said], Outcome | None]], ...] = (
    (OFFICERS | MENTORS, mentor.line),
    (OFFICERS | MENTORS, mentor_log.line),
    (MENTORS, mentor.lost),
    (FOCAL, sealed.by_sms),
)
"""Lines that need no slash, also by SMS -> who may, and who reads them; None when it is none of hers."""

EVERYBODYS = frozenset(("language", "settings", "privacy", "stop", "cancel", "sensitive", "fix", "back"))
"""Words and commands of everybody's that are answered to the team too."""
ABOUT_A_REPORT = frozenset(
    ["form", "reading", "check", "split", "details", "place", "remark", "fix", "edited", "draft"]
)
"""Open questions about a report that she takes by phone: asked and answered as a leader's."""
CARDS = frozenset(("form", "fix", "back", "say"))
"""Their buttons."""
