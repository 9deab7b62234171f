"""What may not have arrived? Texts whose try was cut off; who asks the leader says what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Missing, Page, Wrong
from bot.console.words import _
from bot.store import uncertain
from handlers.turn.uncertain import Choice

PAGE = 200
KINDS: Mapping[str, str] = {
    "reply": _("an answer"),
    "reminder": _("a reminder"),
    "tip": _("a tip"),
    "totals": _("the month's totals"),
    "notice": _("a text of ours"),
    "broadcast": _("a broadcast"),
}
SAID: Mapping[str, str] = {
    "again": _("It leaves once more."),
    "arrived": _("Noted: it arrived."),
    "left": _("It is left as it is."),
}
assert set(SAID) == set(get_args(Choice))


async def show(ask: Ask) -> Response:
    """Oldest first, with who it is for and never its words."""
    rows = await ask.read(uncertain.listed, ask.viewer)
    ask.saw(texts=[row.id for row in rows[:PAGE]])
    return ask.show("uncertain.html", rows=rows[:PAGE], count=len(rows), kinds=KINDS)


async def decide(ask: Ask) -> Response:
    """Send again, it arrived, leave it."""
    number, choice = ask.number("text"), cast(Choice, ask.form.get("choice", ""))
    if choice not in SAID:
        raise Wrong(_("Choose what becomes of it."))

    async def work(tx: AsyncConnection) -> None:
        if not await uncertain.decide(tx, number, choice, ask.viewer, ask.now):
            raise Missing

    await ask.write(work, texts=[number], choice=choice)
    return ask.go("/uncertain", SAID[choice])


PAGES = (
    Page("/uncertain", show, reads="uncertain texts", title=_("Uncertain")),
    Page("/uncertain/{text}", decide, writes="uncertain text decided"),
)
