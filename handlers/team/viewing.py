"""Who looks, since when a task is everybody's, and how people, moments and languages are said to the team."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.enrol import TO_THE_TEAM
from handlers.turn import Association, Reply, Task, TaskNumbered, Turn, Viewer

LANGUAGE_NAMES = TO_THE_TEAM
WITH_OFFICERS = frozenset(("officer", "supervisor", "admin"))
"""Who works with the officers' commands."""
ABSENT_AFTER = timedelta(hours=24)
"""Nobody has come to a task for so long: it shows to the whole team (conversations 1.6, an officer on leave)."""


def viewer(turn: Turn) -> Viewer:
    """Who looks at something now."""
    person = turn.person
    assert person is not None
    return Viewer(person.id, person.role == "admin", person.area)


def whole_team_before(turn: Turn) -> datetime:
    """Tasks made before this moment show to everybody."""
    return turn.now - ABSENT_AFTER


def numbered(turn: Turn, task_id: int) -> TaskNumbered:
    """A task that somebody presses or replies to: only one that she may see."""
    return TaskNumbered(task_id, viewer(turn), whole_team_before(turn))


def question_of(task: Task) -> int | None:
    """The number of the question to a mentor that the task is about; None for any other task."""
    number = task.about.removeprefix("No ")
    return int(number) if task.kind == "question" and number.isdecimal() else None


def clock(turn: Turn, moment: datetime) -> str:
    """10:12 when it was today, else 22/11 10:12."""
    local = moment + turn.utc_offset
    day = "" if local.date() == turn.today else f"{local.day}/{local.month} "
    return f"{day}{local:%H:%M}"


def who(task: Task) -> Reply | str:
    """Odette, ABAHUZA; or what else is known of who wrote."""
    return named(task.name, task.association, task.ends_in)


def named(name: str, association: Association | None, ends_in: str = "") -> Reply | str:
    """A person as the team calls her; one of the team, who has no association, by the name alone."""
    if name and association:
        return Reply("O.who", {"name": name, "association": association.sms_name})
    if association:
        return Reply("O.who.association", {"association": association.sms_name})
    if name:
        return name
    return Reply("O.who.unknown", {"ends_in": ends_in}) if ends_in else Reply("O.who.service")


def pressed(turn: Turn) -> str:
    """The message whose button was pressed, for the answer to stand in its place; '' when none was."""
    return str(turn.inbound.data.get("message") or "") if turn.inbound.kind == "button" else ""
