"""The forms that leaders fill: those in use, and a new one as XLSForm, tried in the simulator."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from starlette.responses import Response

from bot import added_forms
from bot import forms as files
from bot.console import roles
from bot.console.page import Ask, Page
from bot.console.words import _
from bot.errors import BotError, FormError
from bot.programme.roster.guard import WorkbookError, measured

_TOO_LARGE = (
    "the file cannot be read: it is damaged, or unpacks to far more than a form. "
    "Copy its sheets into a new workbook and save it as .xlsx"
)


async def show(ask: Ask) -> Response:
    """Every form with its keywords."""
    return await _shown(ask)


async def _shown(ask: Ask, problem: str = "", status: int = 200) -> Response:
    rows = [
        {"name": name, "version": form.version, "keywords": " ".join(form.keywords), "questions": len(form.questions)}
        for name, form in ask.app.turns.forms.items()
    ]
    simulator = ask.app.simulator is not None
    may = ask.me.role in roles.KEEPERS
    return ask.show("word_forms.html", status, rows=rows, problem=problem, simulator=simulator, may=may)


async def add(ask: Ask) -> Response:
    """Check the workbook; when nothing is wrong leaders can answer the form at once, by its keyword."""
    upload = ask.upload("form")
    if upload is None:
        return await _shown(ask, ask.words.say(_("Choose the file of a form.")), 422)
    name, content = Path(upload.filename or "form.xlsx").name[:80], await upload.read()
    try:
        sheets = await _sheets(content, Path(name).suffix.lower())
        added_forms.from_sheets(sheets, name)
    except BotError as error:
        return await _shown(ask, str(error), 422)
    added = await ask.act("form add", {"sheets": sheets, "source": name}, form=name)
    return ask.go("/words/forms", _("The form is there. Leaders start it with: %(word)s"), word=added["keywords"][0])


async def _sheets(content: bytes, ending: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"form{ending if ending in ('.xlsx', '.md') else '.xlsx'}"
        await asyncio.to_thread(file.write_bytes, content)
        if file.suffix == ".xlsx":
            await asyncio.to_thread(_measured, file)
        return await asyncio.to_thread(added_forms.sheets, file)


def _measured(file: Path) -> None:
    """A small file may unpack to gigabytes: it is measured before it is opened. Raises FormError."""
    try:
        measured(file)
    except WorkbookError:
        raise FormError([_TOO_LARGE]) from None


PAGES = (
    Page("/words/forms", show),
    Page("/words/forms/add", add, writes="form added", files=1, largest=files.LARGEST),
)
