"""What must be done? Calls, messages without an answer, photos, the gateway, promises that are overdue."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.page import Ask, Page
from bot.console.words import _
from bot.programme import desk
from handlers.team.listing import NUMBERS, TO_CALL, messages_of
from handlers.team.today import STUCK
from handlers.team.viewing import ABSENT_AFTER
from handlers.turn import QuestionsOpen, Task, TasksOpen, TextsWaiting

KINDS = {
    "call": _("asked to be called"),
    "help": _("report unclear"),
    "read": _("wrote"),
    "listen": _("voice note"),
    "photo": _("photo"),
    "question": _("question"),
    "check_number": _("number to check"),
    "wrong_number": _("wrong number"),
    "my_data": _("asked for her data"),
}


async def show(ask: Ask) -> Response:
    """Everything that waits for her, oldest first."""
    tasks, questions, waiting = await ask.read(_waiting, ask)
    ask.saw(tasks=[task.id for task in tasks][:100], questions=[one.number for one in questions][:100])
    parts = (
        (_("To call"), [task for task in tasks if task.kind in TO_CALL]),
        (_("Without an answer"), messages_of(tasks)),
        (_("Photos to check"), [task for task in tasks if task.kind == "photo"]),
        (_("Numbers to check"), [task for task in tasks if task.kind in NUMBERS]),
    )
    return ask.show(
        "today.html",
        parts=[(title, [_row(ask, task) for task in there]) for title, there in parts],
        questions=questions,
        waiting=waiting,
        overdue=sum(task.due_at < ask.now for task in tasks),
        kinds=KINDS,
    )


async def _waiting(tx: AsyncConnection, ask: Ask) -> Any:
    asked = (
        TasksOpen(ask.viewer, ask.now - ABSENT_AFTER),
        QuestionsOpen(ask.viewer),
        TextsWaiting(ask.now - STUCK),
    )
    found = await desk.loaded(tx, *asked)
    return tuple(list(found[fact]) for fact in asked)


def _row(ask: Ask, task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": task.kind,
        "who": task.name or (f"…{task.ends_in}" if task.ends_in else ""),
        "association": task.association,
        "text": task.text[:160],
        "about": task.about,
        "days": (ask.now - task.made_at).days,
        "late": task.due_at < ask.now,
    }


PAGES = (Page("/today", show, reads="tasks", title=_("Today")),)
