"""The late list as a chat is told it: a page of it, all of it as an Excel file, or how many there are.

Read beside the turns by bot/workers/figures.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.render import Words
from bot.render.book import Column, Page
from bot.settings import Settings
from bot.store import lateness
from handlers.team.lateness import NAMED, PAGE, STATES
from handlers.team.opening import SENT
from handlers.turn import LateList, Lateness, LateOf, MadeFile

_EVERYBODY, _NOBODY = slice(None), slice(0)
_HEAD = (
    *map(Column, ("O.sheet.number", "O.sheet.association", "O.sheet.commune", "O.sheet.state")),
    *(Column(title, "number") for title in ("O.sheet.days", "O.sheet.reminders")),
    *(Column(title, "day") for title in ("O.sheet.until", "O.sheet.half")),
    Column("O.sheet.text"),
)


async def read(tx: AsyncConnection, question: LateOf, settings: Settings, words: Words) -> LateList:
    """What is asked for. Only reads."""
    period = (settings.zone, settings.project.start, settings.reminders.training_every_days)
    if question.face == "file":
        found = await lateness.listed(tx, question, period, _EVERYBODY, None)
        return replace(found, rows=(), quiet=(), file=_file(found, question, settings, words))
    page = slice(question.start, question.start + PAGE) if question.face == "page" else _NOBODY
    return await lateness.listed(tx, question, period, page, NAMED + 1 if question.face == "page" else 0)


def _file(found: LateList, question: LateOf, settings: Settings, words: Words) -> MadeFile:
    """All of them, also who is not late, with what is known of each; written when it is sent."""
    today = question.now.astimezone(settings.zone).date()

    def say(key: str, **values: Any) -> str:
        return words.text(key, question.language, values, rich=True).text

    def cells(late: Lateness) -> Sequence[Any]:
        own = late.association
        half = _day(late.half_since.astimezone(settings.zone).date() if late.half_since else None)
        text = SENT.get(late.sent)
        last = (
            say(text, time=f"{late.sent_at.astimezone(settings.zone):%d/%m %H:%M}") if text and late.sent_at else ""
        )
        state = say(STATES[late.state])
        return own.no, own.name, late.commune, state, late.days, late.reminders, _day(late.later), half, last

    columns = tuple(replace(column, title=say(column.title)) for column in _HEAD)
    rows = tuple(tuple(cells(one)) for one in (*found.rows, *found.quiet))
    page = Page("", columns, rows)
    return MadeFile("xlsx", f"late-{today.isoformat()}.xlsx", {"pages": [page.plain()]})


def _day(day: date | datetime | None) -> str | None:
    return day.isoformat() if day else None
