"""What the pages that take a file need for the walker: a workbook, a file that was shown already."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from openpyxl import load_workbook
from sqlalchemy import select

from bot import demo, forms, word_files
from bot.app import App
from bot.programme import invented, roster
from bot.render import Words
from bot.store import tables as t
from tests.console.canaries import INSIDE
from tests.console.site import person, rows
from tests.play_service import TODAY


@cache
def workbook() -> bytes:
    """The roster of the invented programme, as it is in the database of these tests."""
    there, _reports = invented.invent(Random(demo.SEED), TODAY)
    with TemporaryDirectory() as folder:
        roster.write(Path(folder) / "roster.xlsx", there)
        return (Path(folder) / "roster.xlsx").read_bytes()


async def _shown(_app: App) -> dict[str, Any]:
    return {"file": workbook()}


async def _kept(app: App) -> dict[str, Any]:
    """A workbook that was shown to the administrator of these tests."""
    digest, _place = await app.console.uploads.keep("roster", await person(app, "admin"), workbook())
    return {"digest": digest}


async def _other(app: App) -> dict[str, Any]:
    """Another row of the canary's association: as if it were hers."""
    there = select(t.people.c.id).join(t.associations).where(t.associations.c.no == "07", t.people.c.name != INSIDE)
    return {"other": (await rows(app, there.where(t.people.c.left_at.is_(None)).order_by(t.people.c.id)))[0][0]}


async def _kept_words(app: App) -> dict[str, Any]:
    """A workbook with a changed text that was shown to the administrator of these tests."""
    digest, _place = await app.console.uploads.keep("words", await person(app, "admin"), corrected(app))
    return {"digest": digest}


async def _words(app: App) -> dict[str, Any]:
    return {"file": corrected(app)}


def corrected(app: App, key: str = "A4", text: str = "{sender}: Ni vyiza cane. START") -> bytes:
    """The exported words with a Kirundi text that is another than now."""
    return _exported(key, text if app.words.texts["rn"][key].text != text else f"{text} Ego.")


@cache
def _exported(key: str, text: str) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "words.xlsx"
        word_files.export(Words.load(), file)
        book = load_workbook(file)
        sheet = book.worksheets[0]
        column = [cell.value for cell in sheet[1]].index("RN") + 1
        row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == key)
        sheet.cell(row, column).value = text
        book.save(file)
        return file.read_bytes()


async def a_form(app: App) -> dict[str, Any]:
    """An XLSForm: tests/conversations/seed.md as a workbook."""
    out, found = BytesIO(), forms.sheets(Path(__file__).parents[1] / "conversations" / "seed.md")
    book = xlsxwriter.Workbook(out)
    for name, lines in found.items():
        columns = list(dict.fromkeys(column for line in lines for column in line))
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, columns)
        for place, line in enumerate(lines, 1):
            sheet.write_row(place, 0, [line.get(column, "") for column in columns])
    book.close()
    return {"form": out.getvalue()}


async def _kept_form(app: App) -> dict[str, Any]:
    digest, _place = await app.console.uploads.keep("form", await person(app, "admin"), (await a_form(app))["form"])
    return {"digest": digest}


FORMS: dict[str, Any] = {
    "/people/{person}/merged": _other,
    "/people/import/check": _shown,
    "/people/import/now": _kept,
    "/exports/{request}": {"yes": "yes"},
    "/words/import/check": _words,
    "/words/import/now": _kept_words,
    "/words/keywords/{command}": {"words": "fix, corr, corriger, kosoa, gukosora, rectifier", "sure": "yes"},
    "/words/forms/check": a_form,
    "/words/forms/add": _kept_form,
}
"""As in walking.py; bytes are sent as a file."""
