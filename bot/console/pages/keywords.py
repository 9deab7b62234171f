"""The words by which leaders command, and those that start a form: a word means one thing; changed with checks."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from bot import keywords as rules
from bot import words as tables
from bot.console import roles
from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.pages.words import keep
from bot.console.words import _
from handlers.understand.words import SHIPPED, plain

COMMANDS = {
    "stop": _("no more messages"),
    "start": _("messages again"),
    "help": _("the menu"),
    "fix": _("correct a report"),
    "back": _("bring a report back"),
    "language": _("choose the language"),
    "call": _("call me"),
    "data": _("what is kept of me"),
    "delete": _("erase me"),
    "problem": _("a problem or a complaint"),
    "cancel": _("leave what was begun"),
    "mentor": _("ask a mentor"),
    "lesson": _("tell what worked well"),
    "totals": _("our figures"),
    "road": _("choose how reminders and tips come"),
}
"""A command -> what it does."""


async def show(ask: Ask) -> Response:
    """Both kinds of keywords, and those that mean two things."""
    rows = [(name, COMMANDS.get(name, name), words) for name, words in ask.parts.words.keywords.of.items()]
    forms = [(name, form.keywords) for name, form in ask.parts.turns.forms.items()]
    means: dict[str, int] = {}
    for there in [*(words for _name, _does, words in rows), *(words for _name, words in forms)]:
        for word in {plain(word) for word in there}:
            means[word] = means.get(word, 0) + 1
    twice = sorted(word for word, number in means.items() if number > 1)
    may = ask.me.role in roles.KEEPERS
    return ask.show("keywords.html", rows=rows, forms=forms, twice=twice, own=_own(ask), may=may)


def _own(ask: Ask) -> set[str]:
    return {name for name, words in ask.parts.words.keywords.of.items() if words != SHIPPED.of[name]}


def _command(ask: Ask) -> str:
    command = str(ask.request.path_params["command"])
    if command not in COMMANDS:
        ask.missing()
    return command


async def edit(ask: Ask) -> Response:
    """The words of one command, with its earlier lists."""
    command = _command(ask)
    return await _edited(ask, command, ask.parts.words.keywords.of[command])


async def _edited(ask: Ask, command: str, words: tuple[str, ...], status: int = 200, **more: Any) -> Response:
    folder = ask.parts.settings.path(ask.parts.settings.words.folder)
    values: dict[str, Any] = {"problems": [], "same": False, "shown": False, **more}
    return ask.show(
        "keyword_edit.html",
        status,
        command=command,
        does=COMMANDS[command],
        now=ask.parts.words.keywords.of[command],
        words=words,
        shipped=SHIPPED.of[command],
        earlier=await asyncio.to_thread(rules.earlier, folder, command),
        **values,
    )


async def change(ask: Ask) -> Response:
    """Old and new are shown first; then leaders are understood so at once."""
    command, words = _command(ask), rules.read_list(ask.form.get("words", "")[:1000])
    lists = rules.changed(ask.parts.words, {command: words})
    if not lists:
        return await _edited(ask, command, words, 422, same=True)
    if problems := rules.faults(ask.parts.words, ask.parts.turns.forms.values(), lists):
        return await _edited(ask, command, words, 422, problems=problems)
    if ask.form.get("sure") != "yes":
        return await _edited(ask, command, words, shown=True)
    await keep(ask, tables.Proposal(keywords=lists), command=command)
    return ask.go("/words/keywords", _("The keywords are saved; leaders are understood so from now on."))


_EDIT = "/words/keywords/{command}"
PAGES = (
    Page("/words/keywords", show),
    Page(_EDIT, edit),
    Page(_EDIT, change, writes="keywords changed"),
)
