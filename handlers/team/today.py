"""/today: what an officer must do today. Sent at 08:00 on working days too, and never at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from handlers.said import Said
from handlers.team import lateness
from handlers.team.listing import NUMBERS, TO_CALL, messages_of
from handlers.team.reasons import why
from handlers.team.viewing import clock, viewer, who, whole_team_before
from handlers.turn import (
    Association,
    Audit,
    Button,
    OpenQuestion,
    Outcome,
    QuestionsOpen,
    Reply,
    Task,
    TasksOpen,
    TextsWaiting,
    Timer,
    Turn,
    Waiting,
)

HOUR = 8
LATEST_HOUR = 12
"""After this hour the morning's message says nothing new."""
NAMED = 3
"""So many are named in a line; the rest is counted."""
STUCK = timedelta(minutes=15)


def today(turn: Turn, said: Said) -> Outcome:
    """What waits for her, in one message."""
    return _shown(turn).but(timers=(morning_timer(turn),))


def morning(turn: Turn) -> Outcome:
    """The timer fired: said only on the morning of a working day, however late the service came back."""
    local = turn.now + turn.utc_offset
    again = morning_timer(turn)
    if local.weekday() > 4 or not HOUR - 1 <= local.hour < LATEST_HOUR:
        return Outcome(dict(turn.state), (), (), (again,), "not the morning of a working day")
    return _shown(turn).but(timers=(again,))


def morning_timer(turn: Turn) -> Timer:
    """For the next working day at 08:00; one for each chat."""
    local = turn.now + turn.utc_offset
    at = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    while at <= local or at.weekday() > 4:
        at += timedelta(days=1)
    return Timer("today", str(turn.address.id), at - turn.utc_offset)


def _shown(turn: Turn) -> Outcome:
    asked = (
        TasksOpen(viewer(turn), whole_team_before(turn)),
        QuestionsOpen(viewer(turn)),
        TextsWaiting(turn.now - STUCK),
        lateness.wanted(turn),
    )
    turn.need(*asked)
    tasks: tuple[Task, ...] = turn.known(asked[0])
    questions: tuple[OpenQuestion, ...] = turn.known(asked[1])
    calls = [task for task in tasks if task.kind in TO_CALL]
    photos = [task for task in tasks if task.kind == "photo"]
    messages = messages_of(tasks)
    lines = [
        *_line("O.today.calls", calls, [_item(task) for task in calls]),
        *_line("O.today.messages", messages, [_waits(turn, task) for task in messages]),
        *_line("O.today.questions", questions, [_question(turn, one) for one in questions]),
        *_line("O.today.photos", photos, [who(task) for task in photos]),
        *_line("O.today.numbers", [task for task in tasks if task.kind in NUMBERS], ()),
        *_line("O.today.overdue", [task for task in tasks if task.due_at < turn.now], ()),
        *_line("O.today.late", [one for one in turn.known(asked[3]).rows if one.state in lateness.LATE], ()),
        *(_stuck(turn, one) for one in turn.known(asked[2])),
    ]
    values = {
        "name": turn.person.sms_name if turn.person else "",
        "weekday": turn.today,
        "date": turn.today,
        "lines": tuple(lines) or (Reply("O.today.nothing"),),
    }
    audit = (Audit("today", {"tasks": len(tasks)}),)
    return Outcome(dict(turn.state), (Reply("O.today", values, _buttons()),), audit, understood="today")


def _buttons() -> tuple[tuple[Button, ...], ...]:
    """Reading a list changes nothing, so each may be pressed again."""
    return (
        (Button("b.calls", "show:+:calls"), Button("b.messages", "show:+:messages")),
        (Button("b.questions", "show:+:questions"), Button("b.photos", "show:+:photos")),
        (Button("b.late", "late:+:0"),),
    )


def _line(key: str, there: Sequence[Any], items: Sequence[Reply]) -> tuple[Reply, ...]:
    if not there:
        return ()
    named = tuple(items[:NAMED]) + ((Reply("O.today.more"),) if len(items) > NAMED else ())
    return (Reply(key, {"count": len(there), "items": named} if items else {"count": len(there)}),)


def _item(task: Task) -> Reply:
    return Reply("O.today.call", {"who": _place(task.association) or who(task), "why": why(task)})


def _place(association: Association | None) -> Reply | None:
    return Reply("O.who.association", {"association": association.sms_name}) if association else None


def _waits(turn: Turn, task: Task) -> Reply:
    return _since(turn, who(task), (turn.now - task.made_at).days)


def _question(turn: Turn, question: OpenQuestion) -> Reply:
    return _since(turn, Reply("O.number", {"number": question.number}), (turn.now - question.asked_at).days)


def _since(turn: Turn, what: Reply, days: int) -> Reply:
    return Reply("O.today.days", {"who": what, "days": days}) if days else what


def _stuck(turn: Turn, waiting: Waiting) -> Reply:
    values = {"channel": waiting.channel, "count": waiting.texts, "time": clock(turn, waiting.since)}
    return Reply("O.today.channel", values)
