"""The forms that leaders fill: those in use, and a new one as XLSForm: checked, shown, tried, then taken."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot import forms as files
from bot.console import roles
from bot.console.ask import Ask
from bot.console.page import Page, Wrong
from bot.console.words import _
from bot.errors import BotError, FormError
from bot.keywords import form_faults
from bot.programme.roster.guard import WorkbookError, measured
from bot.render.sentences import Sentence, at
from handlers.forms import Form, Question

_KIND = "form"
_TOO_LARGE = Sentence(
    "the file cannot be read: it is damaged, or unpacks to far more than a form. "
    "Copy its sheets into a new workbook and save it as .xlsx"
)
CHANGES = {"new": _("new"), "changed": _("changed"), "gone": _("is left out"), "same": _("as before")}


async def show(ask: Ask) -> Response:
    """Every form with its keywords."""
    return await _shown(ask)


async def _shown(ask: Ask, problem: str = "", status: int = 200, found: Any = None) -> Response:
    rows = [
        {"name": name, "version": form.version, "keywords": " ".join(form.keywords), "questions": len(form.questions)}
        for name, form in ask.parts.turns.forms.items()
    ]
    simulator = ask.parts.simulated
    may = ask.me.role in roles.KEEPERS
    values = {
        "rows": rows,
        "problem": problem,
        "simulator": simulator,
        "may": may,
        "found": found,
        "changes": CHANGES,
    }
    return ask.show("word_forms.html", status, **values)


async def check(ask: Ask) -> Response:
    """What is wrong and where; or what leaders would be asked, and what of it is new. Nothing is taken yet."""
    upload = ask.upload("form")
    if upload is None:
        return await _shown(ask, ask.words.say(_("Choose the file of a form.")), 422)
    name = Path(upload.filename or "form.xlsx").name[:80]
    ending = ".md" if name.lower().endswith(".md") else ".xlsx"
    uploads = ask.console.uploads
    digest, place = await uploads.keep(_KIND, ask.me.person_id, await upload.read(), ending)
    try:
        _there, form = await _form(ask, place)
    except BotError as error:
        await uploads.forget(place)
        return await _shown(ask, ask.words.why(error).replace(place.name, name), 422)
    await ask.write(_nothing, file=digest[:12], form=form.name)
    return await _shown(ask, found={"digest": digest, "form": form, **_compared(ask, form)})


async def _nothing(tx: AsyncConnection) -> None:
    """That somebody had a form checked is written down; nothing else is."""


def _compared(ask: Ask, form: Form) -> dict[str, Any]:
    """Its questions beside those of the form whose place it takes."""
    before, names = ask.parts.turns.forms.get(form.name), {one.name for one in form.questions}
    old = {one.name: one for one in before.questions} if before else {}
    lines = [_line(ask, one, _became(old.get(one.name), one)) for one in form.questions]
    return {"before": before, "lines": [*lines, *(_line(ask, old[name], "gone") for name in old.keys() - names)]}


def _became(old: Question | None, new: Question) -> str:
    if old is None:
        return "new"
    compared = (one.name for one in fields(Question) if one.name != "row")
    return "same" if all(getattr(old, name) == getattr(new, name) for name in compared) else "changed"


def _line(ask: Ask, one: Question, became: str) -> dict[str, Any]:
    language = ask.words.language
    choices = [choice.label.text(language) or choice.name for choice in one.choices[:20]]
    label = one.label.text(language) or one.short.text(language) or ""
    return {"name": one.name, "label": label, "type": one.type, "choices": ", ".join(choices), "became": became}


async def _brought(ask: Ask, digest: str) -> Path:
    """The file that was shown to her. Raises Wrong: it is there no more."""
    place = await ask.console.uploads.find(_KIND, ask.me.person_id, digest)
    if place is None:
        raise Wrong(_("This file is no longer here: an hour has passed, or another one was sent. Send it once more."))
    return place


async def brought(ask: Ask, digest: str) -> Form:
    """The form that was shown to her and is not taken yet, to be tried. Raises Wrong, FormError."""
    return (await _form(ask, await _brought(ask, digest)))[1]


async def add(ask: Ask) -> Response:
    """Take the form that was shown to her; leaders can answer it at once, by its keyword."""
    place = await _brought(ask, ask.form.get("digest", ""))
    sheets, form = await _form(ask, place)
    added = await ask.act("form add", {"sheets": sheets, "source": f"{form.name}{place.suffix}"}, form=form.name)
    await ask.console.uploads.forget(place)
    return ask.go("/words/forms", _("The form is there. Leaders start it with: %(word)s"), word=added["keywords"][0])


async def _form(ask: Ask, place: Path) -> tuple[files.Sheets, Form]:
    """The form of a file and its sheets. Raises FormError with everything that is wrong."""
    if place.suffix == ".xlsx":
        await asyncio.to_thread(_measured, place)
    sheets = await asyncio.to_thread(files.sheets, place)
    form = await asyncio.to_thread(files.built, sheets, place.name)
    if problems := form_faults(ask.parts.words, form, ask.parts.turns.forms.values()):
        raise FormError([at(place.name, problem) for problem in problems])
    return sheets, form


def _measured(file: Path) -> None:
    """A small file may unpack to gigabytes: it is measured before it is opened. Raises FormError."""
    try:
        measured(file)
    except WorkbookError:
        raise FormError([at(file.name, _TOO_LARGE)]) from None


PAGES = (
    Page("/words/forms", show),
    Page("/words/forms/check", check, writes="form checked", files=1, largest=files.LARGEST),
    Page("/words/forms/add", add, writes="form added"),
)
