"""Measures a workbook before anything reads it: zip bombs and endless sheets stop here (faults, D11)."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from bot.errors import BotError
from bot.render.sentences import Sentence

MOST_BYTES = 10_000_000
"""Of the file, as it lies on the disk."""
MOST_UNPACKED = 40_000_000
MOST_ENTRIES = 300
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_LAST_COLUMN = "GR"
"""The name of column 200."""

_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c\b")
_PLACE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]*)(\d*)\s*[\"']")


class WorkbookError(BotError):
    """This file cannot be read as a workbook; the sentence says why and what to do. Nothing was read."""

    def __init__(self, name: str, why: Sentence) -> None:
        super().__init__(Sentence("{file}: {why}", file=name, why=why))


def measured(path: Path, name: str = "") -> BytesIO:
    """The workbook packed anew from what was measured here, so that nothing else reaches the reader.

    `name`: as its reader knows it, when that is not the file's own.

    A zip may say one size and hold another; the reader below allocates a sheet as one dense block from
    its first to its last cell, so one cell in XFD1048576 costs gigabytes. Raises WorkbookError.
    """
    name = name or path.name
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WorkbookError(
                name, Sentence("larger than {mb} MB. Keep only its sheets.", mb=MOST_BYTES // 1_000_000)
            )
        with zipfile.ZipFile(path) as packed:
            return _repacked(packed, name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise WorkbookError(name, _no_workbook(name)) from error
    except OSError as error:
        reason = error.strerror or Sentence("cannot be read")
        raise WorkbookError(name, Sentence("{reason}. Check the name and the folder.", reason=reason)) from error


def _no_workbook(name: str) -> Sentence:
    if not name.lower().endswith(".xlsx"):
        return Sentence("not an Excel workbook. Open it in Excel or LibreOffice and save it as .xlsx.")
    return Sentence(
        "not an Excel workbook. The file is damaged or has a password. Save it again as .xlsx, without a password."
    )


def _repacked(packed: zipfile.ZipFile, name: str) -> BytesIO:
    entries = packed.infolist()
    if len(entries) > MOST_ENTRIES:
        what = Sentence("more than {most} parts inside. Copy the sheets to a new workbook.", most=MOST_ENTRIES)
        raise WorkbookError(name, what)
    if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
        raise WorkbookError(name, Sentence("not an Excel workbook. Save it as .xlsx, not as another format."))
    left = MOST_UNPACKED
    fresh = BytesIO()
    with zipfile.ZipFile(fresh, "w") as out:
        for entry in {entry.filename: entry for entry in entries}.values():
            with packed.open(entry) as part:
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                raise WorkbookError(
                    name, Sentence("unpacks to more than {mb} MB. Not opened.", mb=MOST_UNPACKED // 1_000_000)
                )
            if entry.filename.lower().startswith("xl/worksheets/"):
                _measure(content, name)
            out.writestr(entry.filename, content)
    fresh.seek(0)
    return fresh


def _measure(sheet: bytes, name: str) -> None:
    """Raise when a sheet is larger than a roster can be, by what it says and by what it holds."""
    what = Sentence(
        "a sheet has more than {rows} rows or {columns} columns, perhaps only empty cells with a format. "
        "Copy the rows with names into a new roster-empty.xlsx.",
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
    )
    if b"\0" in sheet:
        unusual = Sentence("written in an unusual way. Save it again with Excel or LibreOffice.")
        raise WorkbookError(name, unusual)
    rows = _ROW.split(sheet)
    if len(rows) - 1 > MOST_ROWS or any(len(_CELL.findall(row)) > MOST_COLUMNS for row in rows):
        raise WorkbookError(name, what)
    for match in _PLACE.finditer(sheet):
        letters, digits = match.group(1).decode().upper(), match.group(2)
        beyond = (len(letters), letters) > (len(_LAST_COLUMN), _LAST_COLUMN)
        if beyond or len(digits) > 7 or (digits and int(digits) > MOST_ROWS):
            raise WorkbookError(name, what)
