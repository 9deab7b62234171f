"""Tasks in the officer's chat: told at once, shown with what the leader wrote, closed only with a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.said import Said
from handlers.team import flood, sheets
from handlers.team.reasons import first, result, why
from handlers.team.viewing import (
    ABSENT_AFTER,
    clock,
    numbered,
    pressed,
    question_of,
    viewer,
    who,
    whole_team_before,
)
from handlers.turn import (
    Audit,
    Button,
    CheckReport,
    CloseTask,
    Effect,
    Label,
    Outcome,
    Reply,
    Report,
    Task,
    TaskNumbered,
    TasksOfRow,
    TasksOpen,
    TellTeam,
    Timer,
    Turn,
)
from handlers.turn.mentoring import LeaveQuestion

_KEYS: Mapping[str, str] = {
    "read": "O.task.read",
    "question": "O.task.question",
    "help": "O.task.read",
    "listen": "O.task.listen",
    "call": "O.task.call",
    "my_data": "O.task.call",
    "photo": "O.task.photo",
    "check_number": "O.task.number",
    "wrong_number": "O.task.number",
}
_SAYS_NOTHING = ("O.why.message", "O.why.unknown")
"""Reasons that who wrote, and the words, say already."""
_NOTHING = (("b.nothingtoanswer", "nothing"),)
_ACTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "call": (),
    "my_data": (),
    "question": (("b.talked", "talked"), *_NOTHING),
    "photo": (("b.fine", "checked"), ("b.notright", "wrong")),
    "check_number": (("b.fine", "checked"), ("b.notright", "wrong")),
    "wrong_number": (("b.fine", "checked"),),
}
"""A kind of task -> its buttons; of all others there may be nothing to answer."""
_CALL_ME = 3
"""Words of who asks to be called; more of them say why."""
MOST_WORDS = 3_500
"""Characters of what she wrote: with the rest one message, since only one can be replied to."""
CLOSING = {"nothing": "nothing to answer", "checked": "checked", "wrong": "not right", "talked": "talked"}
"""A button -> the result that it closes the task with."""


def told(turn: Turn) -> Outcome:
    """Woken by what opened a task: show it, and see in a day whether anybody has come to it."""
    data = turn.inbound.data
    mine = [task for task in _opened(turn, data) if task.state == "open"]
    new, now, timers = flood.told_now(turn, mine, _event(data))
    sheets.need(turn, now)
    replies = tuple(shown(turn, task, late=_old(turn, task)) for task in now)
    if "inbox" in data:
        due = turn.now + ABSENT_AFTER
        young = [task for task in mine if not _old(turn, task)]
        timers += [Timer("task", str(task.id), due, {"task": task.id, **_event(data)}) for task in young]
    effects = (Audit("task told", {"tasks": [task.id for task in now]}),) if now else ()
    return Outcome(new, replies, effects, tuple(timers), understood=f"tells of {len(now)} tasks")


def more(turn: Turn) -> Outcome:
    """The others that the same phone opened meanwhile, as one message with the last of them."""
    data = turn.inbound.data
    new, count = flood.waiting(turn, str(data["key"]))
    last = _opened(turn, data)[-1:] if count else []
    replies = tuple(
        replace(shown(turn, task), key="O.task.more", values={"count": count, "lines": (face(task),)})
        for task in last
    )
    effects = (Audit("task told", {"tasks": [task.id for task in last]}),) if last else ()
    return Outcome(new, replies, effects, understood=f"tells of {count} more")


def _opened(turn: Turn, data: Mapping[str, Any]) -> list[Task]:
    """What an inbox row's turn opened; or, without a turn, what was opened for an association at that moment."""
    there: tuple[Task, ...]
    if "inbox" in data:
        there = turn.known(TasksOfRow(int(data["inbox"]), viewer(turn), whole_team_before(turn)))
    else:
        there = turn.known(TasksOpen(viewer(turn), whole_team_before(turn), int(data["association"])))
        there = tuple(task for task in there if task.made_at.isoformat() == data["made"])
    return [task for task in there if task.kind == data["kind"]]


def _old(turn: Turn, task: Task) -> bool:
    return turn.now - task.made_at >= ABSENT_AFTER


def _event(data: Mapping[str, Any]) -> dict[str, Any]:
    """What finds the task again."""
    return {name: data[name] for name in ("inbox", "kind", "association", "made") if name in data}


def still_open(turn: Turn) -> Outcome:
    """A day later: whoever of the team can, shall come to it."""
    data = turn.inbound.data
    task: Task | None = turn.known(TaskNumbered(int(data["task"])))
    if task is None or task.state != "open":
        return Outcome(dict(turn.state), understood="the task is closed")
    effect = TellTeam(int(data["inbox"]), str(data["kind"]))
    return Outcome(dict(turn.state), (), (effect,), understood="tells the whole team")


def shown(turn: Turn, task: Task, *, late: bool = False) -> Reply:
    """A task as one message, with its photo or voice note; Telegram's reply to it answers the leader."""
    text, report = face(task), sheets.report_of(turn, task)
    if report is not None:
        text = Reply("O.lines", {"lines": (text, sheets.says(turn, task, report))})
    if task.not_kept:
        text = Reply("O.lines", {"lines": (text, Reply("O.task.notkept", {"why": task.not_kept}))})
    if late:
        text = Reply("O.task.late", {"lines": (text,)})
    buttons = _buttons(task, report.revision if report else None)
    return replace(text, buttons=buttons, task=task.id, file=task.file)


def face(task: Task) -> Reply:
    """What the task says, without buttons."""
    key = _KEYS.get(task.kind, "O.task.other")
    values: dict[str, Any] = {"who": who(task), "why": why(task)}
    if key == "O.task.read" and task.address_id is None and not task.text:  # nobody wrote: there is nobody to answer
        return Reply("O.task.other", values)
    if key == "O.task.read":
        return Reply(key, {"who": values["who"], "words": _words(task)})
    if (number := question_of(task)) is not None:
        return Reply(key, {"who": values["who"], "number": number, "words": task.text[:MOST_WORDS] or "-"})
    words = (task.text[:MOST_WORDS],) if task.kind == "call" and len(task.text.split()) > _CALL_ME else ()
    below = (*first(task), *words)
    return Reply("O.lines", {"lines": (Reply(key, values), *below)}) if below else Reply(key, values)


def _words(task: Task) -> Reply | str:
    """What she wrote, below why there is a task where that says more; a need is no text of hers but a digit."""
    reason, text = why(task), task.text[:MOST_WORDS]
    if not text or task.kind == "help":
        return reason
    return text if reason.key in _SAYS_NOTHING else Reply("O.lines", {"lines": (reason, text)})


def _buttons(task: Task, revision: int | None = None) -> tuple[tuple[Button, ...], ...]:
    seen = "" if revision is None else f":{revision}"
    actions = [Button(label, f"task:{task.id}:{action}{seen}") for label, action in _ACTIONS.get(task.kind, _NOTHING)]
    if task.association is None:
        return (tuple(actions or [Button("b.talked", f"task:{task.id}:talked")]),)
    if not actions:
        actions = [Button("b.icalled", f"called:{task.association.id}:{task.id}")]
    about: tuple[Button, ...] = (Button(Label({"en": task.association.sms_name}), f"assoc:{task.association.id}"),)
    if (number := question_of(task)) is not None:
        about = (Button("b.passon", f"give:{number}"), *about)
    if is_for_a_mentor(task):
        about = (Button("b.tomentor", f"mentor:{task.id}"), *about)
    if task.kind == "listen":  # what was said, in a few words
        about = (Button("b.note", f"note:{task.association.id}"), *about)
    return (tuple(actions), about)


def is_for_a_mentor(task: Task) -> bool:
    """Whether it is what somebody wrote who can be answered: a mentor may know more of it."""
    return task.kind == "read" and task.arrived == "text" and bool(task.text) and not task.refused


def pressed_task(turn: Turn, said: Said) -> Outcome | None:
    """A button under a task: the message says what became of it."""
    number, action, seen = (said.rest.split(":") + ["", ""])[:3]
    task: Task | None = turn.known(numbered(turn, int(number))) if number.isdecimal() else None
    if task is None or action not in CLOSING:
        return None
    if task.state != "open":
        return Outcome(dict(turn.state), (closed(turn, task),), understood="closed before")
    if (asked := question_of(task)) is not None:  # answered by phone, or needs no answer: it waits for none any more
        return close(turn, task, CLOSING[action], LeaveQuestion(asked))
    report = sheets.report_of(turn, task) if action in sheets.VERDICTS else None
    if report is None:
        return close(turn, task, CLOSING[action])
    if seen != str(report.revision):
        return _once_more(turn, task, report)
    return close(turn, task, CLOSING[action], sheets.verdict(turn, report, action))


def _once_more(turn: Turn, task: Task, report: Report) -> Outcome:
    """The report says something else than what she compared with the photo: now with that."""
    lines = (face(task), sheets.says(turn, task, report, "O.task.corrected"))
    buttons = _buttons(task, report.revision)
    reply = Reply("O.lines", {"lines": lines}, buttons, edits=pressed(turn), task=task.id)
    audit = Audit("task told", {"tasks": [task.id]})
    return Outcome(dict(turn.state), (reply,), (audit,), understood="the report was corrected since")


def close(turn: Turn, task: Task, with_result: str, *also: CheckReport | LeaveQuestion) -> Outcome:
    """Close it; the pressed message shows the result in its place."""
    mine = turn.person.sms_name if turn.person else ""
    then = replace(task, state="closed", result=with_result, closed_by=mine, closed_at=turn.now)
    effects: tuple[Effect, ...] = (CloseTask(task.id, with_result), Audit("task closed", {"task": task.id}), *also)
    reply = Reply("O.task.done", {"lines": (face(task),), "result": result(then)}, edits=pressed(turn), task=task.id)
    return Outcome(dict(turn.state), (reply,), effects, understood=f"task closed: {with_result}")


def closed(turn: Turn, task: Task) -> Reply:
    """Who was first, and when."""
    at = clock(turn, task.closed_at) if task.closed_at else ""
    if task.result == "answered":
        return Reply("O.answered", {"officer": task.closed_by or turn.programme.sender, "time": at})
    values = {"officer": task.closed_by or turn.programme.sender, "time": at, "result": result(task)}
    return Reply("O.closed", values)
