"""Roster workbooks: read one as it stands, write the empty one, write a roster back into one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bot.programme.roster.columns import SHEETS, Column, Sheet
from bot.programme.roster.guard import MOST_ROWS, WorkbookError, measured
from bot.programme.roster.nouns import Cell, Roster, Workbook
from bot.render.sentences import Sentence

__all__ = ["EXAMPLE", "WorkbookError", "read", "shown", "write", "write_empty"]

EXAMPLE = "EXAMPLE"
_SHOWN = 40
_LIST_ROWS = 2000
"""Down to this row there are drop-down lists."""
_MERGED_ROWS = 100
"""Merged over more rows than this, a cell is a mistake, or there to keep us busy."""
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
"""A name that begins with = + - @ stays text (faults, D7)."""


def read(path: Path, name: str = "") -> Workbook:
    """All sheets with Excel's row numbers; formulas give the value that was saved with them, never more.

    `name`: as its reader knows it, when that is not the file's own.
    Raises WorkbookError with what to do: no workbook, damaged, with a password, far too large.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - 1 MB that only who reads one pays

    name = name or path.name
    packed = measured(path, name)
    try:
        with CalamineWorkbook.from_filelike(packed) as workbook:
            sheets = {}
            for title in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(title)
                rows = sheet.to_python(skip_empty_area=False)
                _unmerge(rows, sheet.merged_cell_ranges or ())
                sheets[title] = tuple((number, tuple(row)) for number, row in enumerate(rows, 1))
    except CalamineError as error:
        what = Sentence(
            "damaged ({why}). Open it in Excel or LibreOffice and save it again as .xlsx.", why=str(error)[:80]
        )
        raise WorkbookError(name, what) from error
    return Workbook(name, sheets)


def _unmerge(rows: list[list[Any]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """What stands once beside several rows, as the number of an association beside its people, is said of each."""
    for (top, column), (bottom, _) in islice(ranges, MOST_ROWS):
        for row in rows[top + 1 : min(bottom, top + _MERGED_ROWS) + 1]:
            if column < len(row) and any(row):
                row[column] = rows[top][column]


def write_empty(path: Path) -> None:
    """The workbook to fill in: names, explanations, drop-down lists, one invented example per sheet."""
    import xlsxwriter  # noqa: PLC0415 - 2 MB that only who writes a workbook pays

    with xlsxwriter.Workbook(str(path), _OPTIONS) as out:
        formats = _Formats(out)
        for sheet in SHEETS:
            page = _page(out, sheet, formats)
            for number, column in enumerate(sheet.columns):
                text = f"{EXAMPLE} {column.example}" if number == 0 else column.example
                page.write_string(2, number, text, formats.grey)


def write(path: Path, roster: Roster) -> None:
    """A roster in the form it is read from; `check` reads the same roster back."""
    import xlsxwriter  # noqa: PLC0415 - 2 MB that only who writes a workbook pays

    tables: dict[str, Sequence[Any]] = {
        "Associations": roster.associations,
        "Leaders": roster.leaders,
        "Businesses": roster.businesses,
        "Staff": roster.staff,
        "Places": roster.places,
        "Partners": roster.partners,
    }
    with xlsxwriter.Workbook(str(path), _OPTIONS) as out:
        formats = _Formats(out)
        for sheet in SHEETS:
            page = _page(out, sheet, formats)
            _fill(page, sheet.columns, tables[sheet.name], formats)


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, out: Any) -> None:
        self.required = out.add_format({"bold": True, "bg_color": "#D9E8F5", "num_format": "@"})
        self.optional = out.add_format({"bg_color": "#EEEEEE", "num_format": "@"})
        self.explained = out.add_format({"italic": True, "text_wrap": True, "valign": "top", "num_format": "@"})
        self.grey = out.add_format({"font_color": "#888888", "num_format": "@"})
        self.text = out.add_format({"num_format": "@"})
        self.date = out.add_format({"num_format": "yyyy-mm-dd"})
        self.number = out.add_format({"num_format": "0"})

    def of(self, column: Column) -> Any:
        """Numbers and phones that are text keep their zeros; dates are real dates."""
        return {"text": self.text, "date": self.date, "number": self.number}[column.kind]


def _page(out: Any, sheet: Sheet, formats: _Formats) -> Any:
    """A sheet with its two first rows, its formats and lists."""
    page = out.add_worksheet(sheet.name)
    page.freeze_panes(2, 0)
    page.set_row(1, 60)
    for number, column in enumerate(sheet.columns):
        width = max(12, min(28, len(column.fr) // 2))
        page.set_column(number, number, width, formats.of(column))
        page.write_string(0, number, column.name, formats.required if column.required else formats.optional)
        mark = "# " if number == 0 else ""
        page.write_string(1, number, f"{mark}{column.fr} / {column.en}", formats.explained)
        if column.choices:
            allowed = {"validate": "list", "source": list(column.choices), "ignore_blank": True}
            page.data_validation(2, number, _LIST_ROWS, number, allowed | {"error_type": "warning"})
    return page


def _fill(page: Any, columns: Sequence[Column], items: Iterable[Any], formats: _Formats) -> None:
    for row, item in enumerate(items, 2):
        for number, column in enumerate(columns):
            value = _cell(column, getattr(item, column.name))
            if isinstance(value, date):
                page.write_datetime(row, number, value, formats.date)
            elif isinstance(value, int):
                page.write_number(row, number, value, formats.number)
            elif value:
                page.write_string(row, number, value, formats.text)


def _cell(column: Column, value: Any) -> str | int | date | None:
    """A value as the column writes it."""
    if isinstance(value, bool):
        yes, no = ("y", "n") if "y" in column.choices else ("yes", "no")
        return yes if value else no
    if column.name == "consent" and value == "none":
        return "not asked"
    return value  # type: ignore[no-any-return]


def shown(value: Cell, longest: int | None = _SHOWN) -> str:
    """A cell as one line of text: 7.0 is 7, spaces and control characters are single spaces."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        value = value.date()
    text = value if isinstance(value, str) else str(value)
    text = unicodedata.normalize("NFC", text)
    visible = "".join(_visible(one) for one in text)
    line = " ".join(visible.split())
    return line if longest is None or len(line) <= longest else f"{line[:longest]}..."


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    return "" if category in ("Cf", "Cs", "Co", "Cn") else character
