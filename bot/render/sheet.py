"""A table as an Excel file, in memory. Every text is written as text: a name that begins with = is no formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "dd/mm/yyyy",
}
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - not the hour at which it was made: the same table is the same file
_WIDEST = 60
_LINE, _MOST_LINES = 15, 20
"""Points of a line: programs that do not measure a text themselves would hide its second one."""
LONGEST_CELL = 32_767
"""Characters that Excel takes in a cell."""


Rows = Sequence[Sequence[str | int | float | date | None]]


def workbook(head: Sequence[str], rows: Rows) -> bytes:
    """The content of an .xlsx with one sheet; moments are given as local ones without a zone."""
    return workbook_of({"": (head, rows)})


def workbook_of(sheets: Mapping[str, tuple[Sequence[str], Rows]]) -> bytes:
    """The content of an .xlsx: a sheet's name (at most 31 letters) -> its head and rows."""
    import xlsxwriter  # noqa: PLC0415 - 2 MB that only who writes a workbook pays

    file = BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, (head, rows) in sheets.items():
            _sheet(book.add_worksheet(name or None), bold, wrapped, head, rows)
    return file.getvalue()


def _sheet(page: Any, bold: Any, wrapped: Any, head: Sequence[str], rows: Rows) -> None:
    for column, name in enumerate(head):
        page.write_string(0, column, name, bold)
    widths = [_width(name, [row[column] for row in rows]) for column, name in enumerate(head)]
    page.set_row(0, _LINE * max(map(_lines, head, widths), default=1))
    for number, row in enumerate(rows, 1):
        lines = max(map(_lines, row, widths), default=1)
        if lines > 1:
            page.set_row(number, _LINE * min(lines, _MOST_LINES))
        for column, cell in enumerate(row):
            _write(page, number, column, cell, wrapped if lines > 1 else None)
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(rows), len(head) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write(page: Any, row: int, column: int, cell: Any, wrapped: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, cell[:LONGEST_CELL], wrapped)
    else:
        page.write(row, column, cell)


def _width(name: str, cells: Sequence[Any]) -> int:
    """In letters. The title may take several lines, but no word of it: beside it stands the filter's button."""
    words = max(map(len, name.split()), default=0) + 2
    return min(_WIDEST, max([words, *(10 if isinstance(cell, date) else len(str(cell or "")) for cell in cells)]) + 2)


def _lines(cell: Any, width: int) -> int:
    """How many lines a text takes; a few letters of each are lost where it is broken."""
    return -(-len(cell) // max(width - 4, 1)) if isinstance(cell, str) and len(cell) > width - 2 else 1
