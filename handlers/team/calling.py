"""I called: with which result; a note. Both are kept with who wrote them; a call that failed is due again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from handlers import reminders, state
from handlers.said import Said
from handlers.team.reasons import result_named
from handlers.team.reporting import ask
from handlers.team.tasks import closed
from handlers.team.viewing import numbered, pressed, viewer, whole_team_before
from handlers.team.waiting import TO_CALL
from handlers.turn import (
    Association,
    Audit,
    Button,
    CloseTask,
    Effect,
    OpenTask,
    Outcome,
    PageOf,
    Reply,
    SaveVisit,
    Task,
    TasksOpen,
    Timer,
    Turn,
)
from handlers.turn.effects import HERE
from handlers.understand import dates
from handlers.understand.tokens import tokens

CODES: Mapping[str, str] = {"r": "reported", "n": "no answer", "w": "wrong number", "t": "talked"}
"""A button -> the result that is stored."""
AHEAD = (1, 3, 7)
"""Days that are offered for "will report on"; any other one is typed."""
FARTHEST = timedelta(days=60)


def asked(turn: Turn, said: Said) -> Outcome | None:
    """ "I called", under a task or on an association's page: with which result?"""
    there = _there(turn, said.rest.partition(":")[0])
    if there is None:
        return None
    if first := _closed_by_another(turn, said.rest.partition(":")[2]):
        return first
    number = said.rest
    rows = (
        (Button("b.reported", f"result:{number}:r"), Button("b.noanswer", f"result:{number}:n")),
        (Button("b.wrongnumber", f"result:{number}:w"), Button("b.talked", f"result:{number}:t")),
        (Button("b.willreport", f"result:{number}:d"),),
    )
    reply = Reply("O.call.result", {"association": there.sms_name}, rows)
    return Outcome(dict(turn.state), (reply,), understood="called: with which result?")


def _there(turn: Turn, number: str) -> Association | None:
    """The association of a button, if she may see it."""
    page = turn.known(PageOf(viewer(turn), int(number))) if number.isdecimal() else None
    return page.association if page else None


def called(turn: Turn, said: Said) -> Outcome | None:
    """The result was pressed: `result:7:12:n`, association, task or 0, code; with a day, `result:7:12:d:3`."""
    number, task, code, days = (said.rest.split(":") + ["", "", ""])[:4]
    there = _there(turn, number)
    if there is None:
        return None
    if first := _closed_by_another(turn, task):
        return first
    if code == "d" and not days:
        return _which_day(turn, there, task)
    if code == "d" and days.isdecimal():
        return _closed(turn, there, task, turn.today + timedelta(days=int(days)))
    return _closed(turn, there, task, CODES[code]) if code in CODES else None


def _closed_by_another(turn: Turn, number: str) -> Outcome | None:
    """The call of this task was made meanwhile: she reads by whom, and with which result."""
    task: Task | None = turn.known(numbered(turn, int(number))) if number.isdecimal() and int(number) else None
    if task is None or task.state == "open":
        return None
    return Outcome(dict(turn.state), (closed(turn, task),), understood="called before")


def _which_day(turn: Turn, there: Association, task: str) -> Outcome:
    buttons = tuple(
        Button("b.ondate", f"result:{there.id}:{task}:d:{ahead}", {"date": day, "weekday": day})
        for ahead in AHEAD
        if (day := turn.today + timedelta(days=ahead))
    )
    new = state.ask(turn, "willreport", association=there.id, task=task)
    reply = Reply("O.call.day", {"association": there.sms_name}, (buttons,), edits=pressed(turn))
    return Outcome(new, (reply,), understood="will report: on which day?")


def day_typed(turn: Turn, said: Said, question: dict[str, Any]) -> Outcome | None:
    """Another day than the offered ones."""
    words = tokens(turn.inbound.text)
    read = dates.date(words, turn.today, earliest=turn.today)
    there = _there(turn, str(question["association"]))
    whole = read is not None and read.consumed == len(words)
    if there is None or not (whole or said.text[:1].isdigit()):
        return None
    if not whole or read is None or not turn.today < read.day <= turn.today + FARTHEST:
        return Outcome(dict(turn.state), (Reply("O.call.dayahead"),), understood="not a day ahead")
    closed = turn.with_state(state.close(turn))
    return _closed(closed, there, str(question["task"]), read.day)


def _closed(turn: Turn, there: Association, number: str, with_result: str | date) -> Outcome:
    """Close the task, or all calls to this association; what follows from the result follows now."""
    day = with_result if isinstance(with_result, date) else None
    stored = f"will report on {day.day}/{day.month}" if day else str(with_result)
    tasks: tuple[Task, ...] = turn.known(TasksOpen(viewer(turn), whole_team_before(turn), there.id))
    calls = [task for task in tasks if task.kind in TO_CALL and number in ("0", str(task.id))]
    # whom nobody reached today is called again tomorrow already
    mine = [task for task in calls if stored != "no answer" or task.about != _again(task.about, turn.today)]
    effects: list[Effect] = [CloseTask(task.id, stored) for task in mine]
    effects.append(SaveVisit("call", there.id, None, turn.today, stored))
    effects += _then(turn, there, mine, stored) if mine or not calls else ()
    effects.append(Audit("called", {"association": there.id, "tasks": [task.id for task in mine]}))
    timers = (_later(turn, there, day),) if day else ()
    values = {"association": there.sms_name, "result": result_named(stored)}
    shown = Reply("O.call.done", values, edits=pressed(turn))
    new = {key: value for key, value in turn.state.items() if key != "open" or value["kind"] != "willreport"}
    outcome = Outcome(new, (shown,), tuple(effects), timers, f"called: {stored}")
    if stored == "reported":
        return outcome.but(replies=(shown, *ask(turn, there).replies))
    return outcome


def _again(about: str, today: date) -> str:
    """What a call that nobody answered is about from now on; behind it, what the first one was about."""
    before, colon, _ = about.partition(": no")
    first = about.rpartition("; ")[2]
    said = f"{before + ': ' if colon else ''}no answer on {today.day}/{today.month}"
    return f"{said}; {first}" if first and "no answer on" not in first else said


def failed(task: Task, stored: str, today: date, due: datetime) -> OpenTask | None:
    """What a call with this result leaves to do. No answer: call again. A wrong number: somebody finds hers."""
    there = task.association.id if task.association else None
    whom: Any = {"person_id": task.person_id, "association_id": there, "address_id": task.address_id}
    if task.kind not in TO_CALL or stored not in (CODES["n"], CODES["w"]):
        return None
    if stored == CODES["w"]:
        return OpenTask("check_number", due, **whom, about="wrong number, says the officer", tell=False)
    about, behind = _again(task.about, today), task.inbox_id or HERE
    return OpenTask("call", due, **whom, about=about, tell=False, inbox_id=behind)


def _then(turn: Turn, there: Association, tasks: list[Task], stored: str) -> Iterable[OpenTask]:
    """For each who waited for the call, and by tomorrow; for the association where nobody did."""
    nobody = Task(0, "call", "open", "", there, "", turn.now, turn.now)
    due = state.tomorrow_evening(turn)
    found = (failed(task, stored, turn.today, due) for task in tasks or (nobody,))
    return dict.fromkeys(one for one in found if one)


def _later(turn: Turn, there: Association, day: date) -> Timer:
    """Not late until then; the reminder comes that day."""
    at = reminders.rules(turn).hour(there, day)
    return reminders.timer("training", there.id, at, later=day.isoformat())


def given_up(turn: Turn, said: Said, question: dict[str, Any]) -> Outcome:
    """The day, or the note, is written down by nobody."""
    return state.say(turn, "M6undone")


# --- notes ---


def note(turn: Turn, said: Said) -> Outcome | None:
    """The next text is the note."""
    there = _there(turn, said.rest)
    if there is None:
        return None
    new = state.ask(turn, "note", association=there.id)
    return Outcome(new, (Reply("O.note", {"association": there.sms_name}),), understood="a note?")


def noted(turn: Turn, said: Said, question: dict[str, Any]) -> Outcome | None:
    """Kept with who wrote it and when."""
    there = _there(turn, str(question["association"]))
    if there is None or not said.text:
        return None
    effects = (
        SaveVisit("note", there.id, None, turn.today, said.text),
        Audit("noted", {"association": there.id}),
    )
    reply = Reply("O.noted", {"association": there.sms_name})
    return Outcome(state.close(turn), (reply,), effects, understood="noted")
