"""What happened and what was said, of an association, a commune or the programme: one page that can be defended."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.chosen import Chosen, chosen, rules_of
from bot.console.page import Page
from bot.console.tables import XLSX
from bot.programme.exports.gather import Wanted, gather
from bot.programme.exports.tables import pages
from bot.programme.summary import Asked, Say, Summary, summary
from bot.programme.summary.caption import caption
from bot.programme.summary.figure_tables import Table
from bot.programme.summary.page import page
from bot.programme.summary.picture import picture
from bot.programme.summary.sections import sections, title
from bot.render.book import xlsx
from bot.render.picture import svg
from bot.render.report import pdf

KIND = "donor"


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


async def drawing(ask: Ask) -> Response:
    """Its picture with two charts, as it is forwarded."""
    _about, found = await _summary(ask)
    return ask.picture(svg(picture(found, _say(ask))))


async def printed(ask: Ask) -> Response:
    """One page as PDF."""
    about, found = await ask.read(_gathered, ask)
    content = await run_in_threadpool(pdf, page(found, _say(ask)))
    await ask.write(_nothing_else, of=_what(about), period=about.period.name)
    return _file(content, "application/pdf", f"summary-{_what(about)}-{about.period.name}.pdf")


async def tables(ask: Ask) -> Response:
    """The tables behind it as an Excel file, people under their pseudonyms."""
    about = await ask.read(_about, ask)
    details = {"kind": KIND, "of": _what(about), "period": about.period.name, "user": ask.who}
    allowed = await ask.act("export", details)
    wanted = Wanted(_asked(ask, about), ask.me.name, allowed["key"])
    found = await ask.read(gather, wanted, ask.words.language)
    content = await run_in_threadpool(xlsx, pages(found, KIND, _say(ask)))
    return _file(content, XLSX, f"summary-{_what(about)}-{about.period.name}.xlsx")


async def _nothing_else(_tx: AsyncConnection) -> None:
    """The row in the audit is all that is written."""


def _file(content: bytes, kind: str, name: str) -> Response:
    plain = name.replace(" ", "-").encode("ascii", "ignore").decode()
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{plain}"'})


def _say(ask: Ask) -> Say:
    return Say(ask.words.language, ask.parts.settings.zone)


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
    about = await _about(tx, ask)
    return about, await summary(tx, _asked(ask, about))


async def _about(tx: AsyncConnection, ask: Ask) -> Chosen:
    return await chosen(ask, tx, str(ask.request.path_params["what"]))


def _asked(ask: Ask, about: Chosen) -> Asked:
    return Asked(about.scope, about.period, rules_of(ask), ask.parts.settings.zone, ask.now)


PAGES = (
    Page("/summary/{what}", show, reads="summary"),
    Page("/summary/{what}/picture", drawing, reads="summary"),
    Page("/summary/{what}/pdf", printed, writes="summary printed"),
    Page("/summary/{what}/xlsx", tables, writes="export"),
)
