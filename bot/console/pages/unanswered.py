"""What do we owe? What leaders wrote and asked and nobody has answered, oldest first; late after two working days."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.pages.today import KINDS
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.programme import desk
from handlers import working_days
from handlers.turn import OpenQuestion, Task

LATE = 2
"""Working days; more are late."""
PAGE = 200
TABLE = Table(
    "unanswered",
    (
        Column("at", _("Since"), "moment"),
        Column("days", _("Working days"), "number"),
        Column("no", _("No")),
        Column("association", _("Association")),
        Column("who", _("Who")),
        Column("kind", _("What"), "words", KINDS),
        Column("text", _("Words")),
        Column("mentor", _("Mentor")),
    ),
)


async def show(ask: Ask) -> Response:
    """Messages to the team and questions to mentors."""
    day = await ask.read(desk.waiting, ask.viewer, ask.parts.settings, ask.now)
    rows = [*(_task(ask, task) for task in day.messages), *(_question(ask, one) for one in day.questions)]
    rows.sort(key=lambda row: row["at"])
    ask.saw(tasks=[row["task"] for row in rows if row["task"]][:200], questions=len(day.questions))
    late = sum(row["days"] > LATE for row in rows)
    return TABLE.answer(
        ask, "unanswered.html", rows, oldest=rows[:PAGE], count=len(rows), late=late, most=LATE, kinds=KINDS
    )


def _days(ask: Ask, at: Any) -> int:
    zone, holidays = ask.parts.settings.zone, ask.parts.settings.hours.holidays
    return working_days.between(at.astimezone(zone).date(), ask.now.astimezone(zone).date(), holidays)


def _task(ask: Ask, task: Task) -> dict[str, Any]:
    place = task.association
    return {
        "task": task.id,
        "conversation": task.address_id,
        "at": task.made_at,
        "days": _days(ask, task.made_at),
        "no": place.no if place else "",
        "association": place.sms_name if place else "",
        "who": task.name or (f"…{task.ends_in}" if task.ends_in else ""),
        "kind": task.kind,
        "text": task.text[:160],
        "mentor": "",
    }


def _question(ask: Ask, one: OpenQuestion) -> dict[str, Any]:
    place = one.association
    return {
        "task": None,
        "conversation": None,
        "at": one.asked_at,
        "days": _days(ask, one.asked_at),
        "no": place.no if place else "",
        "association": place.sms_name if place else "",
        "who": "",
        "kind": "question",
        "text": f"No {one.number}",
        "mentor": one.mentor,
    }


PAGES = (Page("/unanswered", show, reads="tasks", title=_("Unanswered"), table=True, persons=True),)
