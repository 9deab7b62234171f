"""Lists of what waits: each message, call and photo as a message of its own, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handlers.said import Said
from handlers.team import sheets
from handlers.team.tasks import shown
from handlers.team.viewing import viewer, whole_team_before
from handlers.team.waiting import NUMBERS, TO_CALL, messages_of
from handlers.turn import (
    Audit,
    Button,
    OpenQuestion,
    Outcome,
    QuestionsOpen,
    Reply,
    Task,
    TasksOpen,
    Turn,
)

PAGE = 5
"""Messages at once; the last one offers the next ones."""
LINES = 30
"""Questions in one message: well below 4,096 characters."""

_KINDS: Mapping[str, Callable[[Sequence[Task]], list[Task]]] = {
    "messages": messages_of,
    "calls": lambda tasks: [task for task in tasks if task.kind in TO_CALL],
    "photos": lambda tasks: [task for task in tasks if task.kind == "photo"],
    "numbers": lambda tasks: [task for task in tasks if task.kind in NUMBERS],
}


def inbox(turn: Turn, said: Said) -> Outcome:
    """/inbox: every message that nobody has answered; Telegram's reply answers it."""
    return _page(turn, "messages", 0)


def pressed_show(turn: Turn, said: Said) -> Outcome | None:
    """A list of /today, or its next page: `show:+:calls` or `show:+:calls:17`, after task 17."""
    _, kind, after = (said.rest.split(":") + ["", ""])[:3]
    if kind == "questions":
        return _questions(turn)
    return _page(turn, kind, int(after) if after.isdecimal() else 0) if kind in _KINDS else None


def _page(turn: Turn, kind: str, after: int) -> Outcome:
    tasks: tuple[Task, ...] = turn.known(TasksOpen(viewer(turn), whole_team_before(turn)))
    there = sorted((task for task in _KINDS[kind](tasks) if task.id > after), key=lambda task: task.id)
    if not there:
        return Outcome(dict(turn.state), (Reply("O.list.nothing"),), understood="nothing waits")
    page, rest = there[:PAGE], len(there) - PAGE
    sheets.need(turn, page)
    replies = [shown(turn, task) for task in page]
    if rest > 0:
        more = (Button("b.nextpage", f"show:+:{kind}:{page[-1].id}"),)
        replies.append(Reply("O.list.more", {"count": rest}, (more,)))
    audit = (Audit("tasks shown", {"tasks": [task.id for task in page]}),)
    return Outcome(dict(turn.state), tuple(replies), audit, understood=f"{kind}: {len(page)} of {len(there)}")


def _questions(turn: Turn) -> Outcome:
    questions: tuple[OpenQuestion, ...] = turn.known(QuestionsOpen(viewer(turn)))
    if not questions:
        return Outcome(dict(turn.state), (Reply("O.list.nothing"),), understood="no questions wait")
    lines = tuple(
        Reply(
            "O.list.question" if one.mentor else "O.list.question.nobody",
            {
                "number": one.number,
                "association": one.association.sms_name if one.association else "?",
                "days": (turn.now - one.asked_at).days,
                **({"mentor": one.mentor} if one.mentor else {}),
            },
        )
        for one in questions[:LINES]
    )
    values = {"count": len(questions), "lines": lines}
    return Outcome(dict(turn.state), (Reply("O.list.questions", values),), understood="questions that wait")
