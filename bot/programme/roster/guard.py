"""Measures a workbook before anything reads it: zip bombs and endless sheets stop here (faults, D11)."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from bot.errors import BotError

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
    """This file cannot be read as a workbook; the text says why and what to do. Nothing was read."""


def measured(path: Path) -> BytesIO:
    """The workbook packed anew from what was measured here, so that nothing else reaches the reader.

    A zip may say one size and hold another; the reader below allocates a sheet as one dense block from
    its first to its last cell, so one cell in XFD1048576 costs gigabytes. Raises WorkbookError.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WorkbookError(f"{path.name}: larger than {MOST_BYTES // 1_000_000} MB. Keep only its sheets.")
        with zipfile.ZipFile(path) as packed:
            return _repacked(packed, path.name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise WorkbookError(f"{path.name}: not an Excel workbook. {_advice(path)}") from error
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise WorkbookError(f"{path.name}: {reason}. Check the name and the folder.") from error


def _advice(path: Path) -> str:
    if path.suffix.lower() != ".xlsx":
        return "Open it in Excel or LibreOffice and save it as .xlsx."
    return "The file is damaged or has a password. Save it again as .xlsx, without a password."


def _repacked(packed: zipfile.ZipFile, name: str) -> BytesIO:
    entries = packed.infolist()
    if len(entries) > MOST_ENTRIES:
        raise WorkbookError(f"{name}: {len(entries)} parts inside. Copy the sheets to a new workbook.")
    if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
        raise WorkbookError(f"{name}: not an Excel workbook. Save it as .xlsx, not as another format.")
    left = MOST_UNPACKED
    fresh = BytesIO()
    with zipfile.ZipFile(fresh, "w") as out:
        for entry in {entry.filename: entry for entry in entries}.values():
            with packed.open(entry) as part:
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                raise WorkbookError(f"{name}: unpacks to more than {MOST_UNPACKED // 1_000_000} MB. Not opened.")
            if entry.filename.lower().startswith("xl/worksheets/"):
                _measure(content, name)
            out.writestr(entry.filename, content)
    fresh.seek(0)
    return fresh


def _measure(sheet: bytes, name: str) -> None:
    """Raise when a sheet is larger than a roster can be, by what it says and by what it holds."""
    too_large = WorkbookError(
        f"{name}: a sheet has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns, perhaps only empty cells "
        "with a format. Copy the rows with names into a new roster-empty.xlsx."
    )
    if b"\0" in sheet:
        raise WorkbookError(f"{name}: written in an unusual way. Save it again with Excel or LibreOffice.")
    rows = _ROW.split(sheet)
    if len(rows) - 1 > MOST_ROWS or any(len(_CELL.findall(row)) > MOST_COLUMNS for row in rows):
        raise too_large
    for match in _PLACE.finditer(sheet):
        letters, digits = match.group(1).decode().upper(), match.group(2)
        beyond = (len(letters), letters) > (len(_LAST_COLUMN), _LAST_COLUMN)
        if beyond or len(digits) > 7 or (digits and int(digits) > MOST_ROWS):
            raise too_large
