"""A table as an Excel file, in memory. Every text is written as text: a name that begins with = is no formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "dd/mm/yyyy",
}
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - not the hour at which it was made: the same table is the same file
_WIDEST = 60
LONGEST_CELL = 32_767
"""Characters that Excel takes in a cell."""


Rows = Sequence[Sequence[str | int | float | date | None]]


def workbook(head: Sequence[str], rows: Rows) -> bytes:
    """The content of an .xlsx with one sheet; moments are given as local ones without a zone."""
    return workbook_of({"": (head, rows)})


def workbook_of(sheets: Mapping[str, tuple[Sequence[str], Rows]]) -> bytes:
    """The content of an .xlsx: a sheet's name (at most 31 letters) -> its head and rows."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
        for name, (head, rows) in sheets.items():
            _sheet(book.add_worksheet(name or None), bold, head, rows)
    return file.getvalue()


def _sheet(page: Any, bold: Any, head: Sequence[str], rows: Rows) -> None:
    for column, name in enumerate(head):
        page.write_string(0, column, name, bold)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(page, number, column, cell)
    for column in range(len(head)):
        page.set_column(column, column, _width(head[column], [row[column] for row in rows]))
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(rows), len(head) - 1)


def _write(page: Any, row: int, column: int, cell: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, cell[:LONGEST_CELL])
    else:
        page.write(row, column, cell)


def _width(name: str, cells: Sequence[Any]) -> int:
    return min(
        _WIDEST, max([len(name), *(10 if isinstance(cell, date) else len(str(cell or "")) for cell in cells)]) + 2
    )
