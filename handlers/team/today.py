"""/today: what an officer must do today. Sent at 08:00 on working days too, and never at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from handlers.said import Said
from handlers.team import lateness
from handlers.team.reasons import why
from handlers.team.viewing import clock, viewer, who
from handlers.team.waiting import STUCK, Asked, Day, counted
from handlers.turn import (
    Association,
    Audit,
    Button,
    ChannelsNow,
    ChannelState,
    LateList,
    OpenQuestion,
    Outcome,
    Reply,
    Task,
    Timer,
    Turn,
    Waiting,
)
from handlers.working_days import is_working

HOUR = 8
LATEST_HOUR = 12
"""After this hour the morning's message says nothing new."""
_NOT_NOW = "not the morning of a working day"
NAMED = 3
"""So many are named in a line; the rest is counted."""


def today(turn: Turn, said: Said) -> Outcome:
    """What waits for her, in one message, once it is read who is late."""
    return lateness.asks(turn, "today").but(timers=(morning_timer(turn),))


def morning(turn: Turn) -> Outcome:
    """The timer fired: said only on the morning of a working day, however late the service came back."""
    again = morning_timer(turn)
    if not _is_morning(turn):
        return Outcome(dict(turn.state), (), (), (again,), _NOT_NOW)
    return lateness.asks(turn, "morning").but(timers=(again,))


def _is_morning(turn: Turn) -> bool:
    hour = (turn.now + turn.utc_offset).hour
    return is_working(turn.today, turn.programme.holidays) and HOUR - 1 <= hour < LATEST_HOUR


def morning_timer(turn: Turn) -> Timer:
    """For the next working day at 08:00, no weekend and no holiday; one for each chat."""
    local = turn.now + turn.utc_offset
    at = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    while at <= local or not is_working(at.date(), turn.programme.holidays):
        at += timedelta(days=1)
    return Timer("today", str(turn.address.id), at - turn.utc_offset)


def shown(turn: Turn, late: LateList) -> Outcome:
    """Everything is known. What nobody asked for may have been read at night, by a service that was off."""
    if late.face == "morning" and not _is_morning(turn):
        return Outcome(dict(turn.state), understood=_NOT_NOW)
    asked = Asked.of(viewer(turn), turn.now)
    turn.need(*asked.facts, ChannelsNow())
    day = counted(asked, turn.facts, late, turn.now)
    lines = (*(_lines(turn, day) or (Reply("O.today.nothing"),)), *channels(turn, day))
    values = {
        "name": turn.person.sms_name if turn.person else "",
        "weekday": turn.today,
        "date": turn.today,
        "lines": lines,
    }
    audit = (Audit("today", {"tasks": len(turn.known(asked.tasks))}),)
    reply = Reply(_greeting((turn.now + turn.utc_offset).hour), values, _buttons(day))
    return Outcome(dict(turn.state), (reply,), audit, understood="today")


def _greeting(hour: int) -> str:
    """Good morning until noon, then good afternoon, from 18:00 good evening."""
    if 4 <= hour < 12:
        return "O.today"
    return "O.today.afternoon" if 12 <= hour < 18 else "O.today.evening"


def _lines(turn: Turn, day: Day) -> tuple[Reply, ...]:
    free = turn.today in turn.programme.holidays
    return (
        *((Reply("O.today.holiday"),) if free else ()),
        *_line("O.today.calls", day.calls, [_item(task) for task in day.calls]),
        *_line("O.today.messages", day.messages, [_waits(turn, task) for task in day.messages]),
        *_line("O.today.questions", day.questions, [_question(turn, one) for one in day.questions]),
        *_line("O.today.photos", day.photos, [_item(task) for task in day.photos]),
        *_line("O.today.numbers", day.numbers, ()),
        *_line("O.today.overdue", day.overdue, ()),
        *((Reply("O.today.late", {"count": day.late.late}),) if day.late.late else ()),
        *_line("O.today.uncertain", day.uncertain, ()),
    )


def channels(turn: Turn, day: Day) -> tuple[Reply, ...]:
    """What is wrong with the clock, then with a channel; of a gateway that speaks, when it did last."""
    states: tuple[ChannelState, ...] = turn.known(ChannelsNow())
    said = (reply for state in states for reply in (_channel(turn, state), _rest(state)) if reply)
    ahead = (_ahead(turn, day.ahead),) if day.ahead else ()
    return (*ahead, *(_stuck(turn, one) for one in day.texts), *said)


def _ahead(turn: Turn, by: timedelta) -> Reply:
    return Reply("O.today.clock", {"time": clock(turn, turn.now), "moment": clock(turn, turn.now - by)})


def _channel(turn: Turn, state: ChannelState) -> Reply | None:
    if state.broken:
        return Reply("O.today.broken", {"channel": state.name})
    if state.full:
        return Reply("O.today.full", {"channel": state.name})
    if state.heard_at is None:
        return None
    silent = turn.now - state.heard_at > STUCK
    values = {"channel": state.name, "time": clock(turn, state.heard_at)}
    return Reply("O.today.silent" if silent else "O.today.heard", values)


def _rest(state: ChannelState) -> Reply | None:
    """What is left of the day's SMS, where a limit is set and something may leave at all."""
    if state.broken or not state.rest:
        return None
    return Reply("O.today.rest", {"channel": state.name, "count": state.rest})


def _buttons(day: Day) -> tuple[tuple[Button, ...], ...]:
    """Reading a list changes nothing, so each may be pressed again."""
    return (
        (Button("b.calls", "show:+:calls"), Button("b.messages", "show:+:messages")),
        (Button("b.questions", "show:+:questions"), Button("b.photos", "show:+:photos")),
        (Button("b.late", "late:+:0"), *((Button("b.uncertain", "unsure:+:0"),) if day.uncertain else ())),
    )


def _line(key: str, there: Sequence[Any], items: Sequence[Reply | str]) -> tuple[Reply, ...]:
    if not there:
        return ()
    named = tuple(items[:NAMED]) + ((Reply("O.today.more"),) if len(items) > NAMED else ())
    return (Reply(key, {"count": len(there), "items": named} if items else {"count": len(there)}),)


def _item(task: Task) -> Reply:
    return Reply("O.today.call", {"who": _place(task.association) or who(task), "why": why(task)})


def _place(association: Association | None) -> Reply | None:
    return Reply("O.who.association", {"association": association.sms_name}) if association else None


def _waits(turn: Turn, task: Task) -> Reply | str:
    return _since(turn, who(task), (turn.now - task.made_at).days)


def _question(turn: Turn, question: OpenQuestion) -> Reply | str:
    return _since(turn, Reply("O.number", {"number": question.number}), (turn.now - question.asked_at).days)


def _since(turn: Turn, what: Reply | str, days: int) -> Reply | str:
    return Reply("O.today.days", {"who": what, "days": days}) if days else what


def _stuck(turn: Turn, waiting: Waiting) -> Reply:
    values = {"channel": waiting.channel, "count": waiting.texts, "time": clock(turn, waiting.since)}
    return Reply("O.today.turn" if waiting.unasked else "O.today.channel", values)
