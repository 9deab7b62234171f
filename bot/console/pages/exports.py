"""Exports of many persons wait here for a second person's yes; what was agreed to lasts for a day."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.words import _
from bot.programme import exporting
from bot.store import export_requests


async def show(ask: Ask) -> Response:
    """What waits, and what was decided, with who may decide what."""
    found = await ask.read(export_requests.listed, ask.now)
    mine = ask.me.person_id
    rows = [one for one in found if one.asked_by == mine or exporting.may_decide(ask.me, one)]
    ask.saw(requests=[one.id for one in rows])
    return ask.show("exports.html", rows=rows, mine=mine, most=exporting.MOST)


async def decide(ask: Ask) -> Response:
    """Agree, or do not."""
    number, yes = ask.number("request"), ask.form.get("yes") == "yes"
    await ask.act("export decide", {"request": number, "by": ask.me.person_id, "yes": yes})
    text = _("Agreed: the list can be taken for a day.") if yes else _("Not agreed: the list stays here.")
    return ask.go("/exports", text)


PAGES = (
    Page("/exports", show, reads="export requests"),
    Page("/exports/{request}", decide, writes="export agreed to", confirm=True),
)
