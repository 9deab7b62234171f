"""What happened and what was said, of an association, a commune or the programme: one page that can be defended."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.chosen import Chosen, chosen, rules_of
from bot.console.page import Ask, Page
from bot.programme.summary import Asked, Say, Summary, summary
from bot.programme.summary.caption import caption
from bot.programme.summary.figure_tables import Table
from bot.programme.summary.sections import sections, title


async def show(ask: Ask) -> Response:
    """The whole text, with links to the reports and messages behind it."""
    about, found = await _summary(ask)
    say = _say(ask)
    shown = [(one.title, [(isinstance(block, Table), block) for block in one.blocks]) for one in sections(found, say)]
    return ask.show(
        "summary.html",
        about=about,
        what=_what(about),
        heading=title(found, say),
        caption=caption(found, say),
        sections=shown,
        reports=sorted({source.number for source in found.sheet.this.sources or ()}),
    )


def _say(ask: Ask) -> Say:
    return Say(ask.words.language, ask.app.settings.zone)


def _what(about: Chosen) -> str:
    """As an address has it."""
    if about.scope.kind in ("programme", "area"):
        return "all"
    return about.scope.no or about.scope.name


async def _summary(ask: Ask) -> tuple[Chosen, Summary]:
    """It reads leaders' words: what of them is on the page is written down."""
    about, found = await ask.read(_gathered, ask)
    quoted = [one.message for point in found.said for one in point.quotations]
    ask.saw(of=_what(about), period=about.period.name, quoted=quoted, messages=found.talk.arrived.value)
    return about, found


async def _gathered(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Summary]:
    about = await chosen(ask, tx, str(ask.request.path_params["what"]))
    asked = Asked(about.scope, about.period, rules_of(ask), ask.app.settings.zone, ask.now)
    return about, await summary(tx, asked)


PAGES = (Page("/summary/{what}", show, reads="summary"),)
