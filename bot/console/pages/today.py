"""What must be done? Calls, messages without an answer, photos, the gateway, promises that are overdue."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.words import _
from bot.programme import desk
from bot.workers import channel_states
from handlers.turn import Task
from handlers.turn.lateness import Lateness

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
MOST = 100
"""Lines of one list on the page; the rest is counted."""


async def show(ask: Ask) -> Response:
    """Everything that waits for her, oldest first."""
    day = await ask.read(desk.waiting, ask.viewer, ask.parts.settings, ask.now, MOST)
    parts = (
        (_("To call"), day.calls),
        (_("Without an answer"), day.messages),
        (_("Photos to check"), day.photos),
        (_("Numbers to check"), day.numbers),
    )
    tasks = [task.id for _title, there in parts for task in there]
    ask.saw(tasks=tasks[:MOST], more=len(tasks[MOST:]), questions=[one.number for one in day.questions][:MOST])
    return ask.show(
        "today.html",
        parts=[(title, len(there), [_row(ask, task) for task in there[:MOST]]) for title, there in parts],
        questions=day.questions[:MOST],
        asked_in_all=len(day.questions),
        late=[_late(one) for one in day.late.rows],
        late_in_all=day.late.late,
        waiting=day.texts,
        overdue=len(day.overdue),
        uncertain=len(day.uncertain),
        channels=channel_states.states(ask.parts.channels, ask.parts.outbox),
        kinds=KINDS,
    )


def _row(ask: Ask, task: Task) -> dict[str, Any]:
    return {
        "kind": task.kind,
        "who": task.name or (f"…{task.ends_in}" if task.ends_in else ""),
        "association": task.association,
        "text": task.text[:160],
        "conversation": task.address_id,
        "days": (ask.now - task.made_at).days,
        "late": task.due_at < ask.now,
    }


def _late(one: Lateness) -> dict[str, Any]:
    return {"association": one.association, "commune": one.commune, "days": one.days, "reminders": one.reminders}


PAGES = (Page("/today", show, reads="tasks", title=_("Today")),)
