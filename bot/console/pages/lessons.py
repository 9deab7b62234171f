"""Lessons for the Fair: what can be shown, in which language, who translated it; the posters as PDF."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.files import kept
from bot.console.page import Page, Wrong
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES
from bot.console.words import _
from bot.programme import posters
from bot.store import lessons
from handlers.understand.words import plain

PAGE = 100
LEVELS = {
    "name": _("with the association's name"),
    "anonymous": _("without a name"),
    "no": _("not to be shown"),
    "": _("not said"),
}
FILES = {"photo": _("photo"), "voice": _("voice note")}
TABLE = Table(
    "lessons",
    (
        Column("number", _("No"), link="/lessons/{number}"),
        Column("at", _("When"), "day"),
        Column("association", _("Association")),
        Column("told", _("Lesson")),
        Column("language", _("Language"), "words", LANGUAGES),
        Column("translation", _("Translation")),
        Column("by", _("Translator")),
        Column("show", _("May be shown"), "words", LEVELS),
        Column("file_kind", _("Picture"), "words", FILES),
    ),
)


async def show(ask: Ask) -> Response:
    """The lessons of her area; `to` is the language whose translations are shown, `show` the level of consent."""
    found = await ask.read(lessons.seen, ask.viewer)
    words, to, level = ask.query.get("q", "")[:100], _language(ask), ask.query.get("show", "all")
    if words:
        found = [row for row in found if posters.has(row, plain(words).split())]
    if level in LEVELS:
        found = [row for row in found if row["show"] == level]
    if (before := ask.asked_number("before")) is not None and not ask.ending:
        found = [row for row in found if row["number"] < before]
    rows = [_row(row, to) for row in (found if ask.ending else found[:PAGE])]
    ask.saw(lessons=[row["number"] for row in rows] if len(rows) <= 20 else len(rows), searched=bool(words))
    older = rows[-1]["number"] if rows and len(found) > len(rows) else None
    chosen: dict[str, Any] = {"words": words, "to": to, "level": level}
    return TABLE.answer(
        ask, "lessons.html", rows, languages=LANGUAGES, levels=LEVELS, older=older, count=len(found), **chosen
    )


def _language(ask: Ask) -> str:
    to = ask.query.get("to", "")
    return to if to in LANGUAGES else ask.words.language


def _row(row: dict[str, Any], to: str) -> dict[str, Any]:
    there = (row["translations"] or {}).get(to) or {}
    place = f"{row['association']} {row['sms_name']}" if row["association"] else ""
    told = {"told": row["text"], "translation": there.get("text", ""), "by": there.get("by", "")}
    return {**row, **told, "association": place}


async def _chosen(ask: Ask) -> dict[str, Any]:
    found = await ask.read(lessons.one, ask.viewer, ask.number("lesson"))
    if found is None:
        ask.missing()
    return found


async def one(ask: Ask) -> Response:
    """One lesson in all its languages, as a poster would say it, and the form for a translation."""
    lesson = await _chosen(ask)
    names = await ask.read(lessons.names)
    printed = posters.posters([lesson], names, None)
    ask.saw(lessons=[lesson["number"]])
    return ask.show(
        "lesson.html", lesson=lesson, printed=printed, languages=LANGUAGES, levels=LEVELS, name=ask.me.name
    )


async def translate(ask: Ask) -> Response:
    """A translation with its translator's name; in the lesson's own language, what a voice note said."""
    lesson = await _chosen(ask)
    text, by = (" ".join(ask.form.get(name, "").split()) for name in ("text", "by"))
    if not text or not by:
        raise Wrong(_("A translation needs its text and the name of who translated it."))
    details = {"number": lesson["number"], "to": ask.form.get("to", ""), "text": text, "by": by, "user": ask.who}
    await ask.act("lesson translate", details)
    return ask.go(f"/lessons/{lesson['number']}", _("The translation is kept."))


async def hide(ask: Ask) -> Response:
    """She has changed her mind: it is shown without her association's name, or not any more."""
    lesson = await _chosen(ask)
    to = ask.form.get("show", "")
    if to not in ("anonymous", "no"):
        ask.missing()
    await ask.act("lesson hide", {"number": lesson["number"], "show": to, "user": ask.who})
    return ask.go(f"/lessons/{lesson['number']}", _("It is done. What was printed before is taken down by hand."))


async def file(ask: Ask) -> Response:
    """The photo or voice note that came with it."""
    lesson = await _chosen(ask)
    ask.saw(lessons=[lesson["number"]], file=True)
    return await kept(ask, lesson["file"])


async def print_posters(ask: Ask) -> Response:
    """One lesson a page: only what may be shown, nobody's name, no number."""
    found, names = await ask.read(lessons.seen, ask.viewer), await ask.read(lessons.names)
    pages = posters.posters(found[::-1], names, _language(ask) if ask.query.get("to") else None)
    if not pages:
        raise Wrong(_("No lesson may be shown yet. Leaders say so when they answer the question after their lesson."))
    ask.saw(lessons=[one.number for one in pages][:100], posters=len(pages))
    made = await asyncio.to_thread(posters.pdf, pages, ask.parts.settings.project.name)
    there = {"content-disposition": 'attachment; filename="lessons-posters.pdf"'}
    return Response(made, media_type="application/pdf", headers=there)


PAGES = (
    Page("/lessons", show, reads="lessons", title=_("Lessons"), table=True),
    Page("/lessons/posters", print_posters, reads="lessons"),
    Page("/lessons/{lesson}", one, reads="lessons"),
    Page("/lessons/{lesson}/file", file, reads="lessons"),
    Page("/lessons/{lesson}/translation", translate, writes="lesson translated"),
    Page("/lessons/{lesson}/hidden", hide, writes="lesson hidden"),
)
