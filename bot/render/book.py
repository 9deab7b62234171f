"""Tables with real dates and numbers, as an Excel file of several sheets or as CSV.

What is written is plain data, so that it can be kept with a text of the outbox and written when that is sent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from bot.render.sheet import workbook_of

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: cells of `day` and `moment` are ISO texts of the programme's place. `tag`: of HXL, the standard for
    humanitarian data (hxlstandard.org), e.g. #adm2+name."""

    title: str
    kind: Literal["text", "number", "day", "moment"] = "text"
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet, or a CSV file of this name. A text in a column of numbers stays a text: <5."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def plain(self) -> dict[str, Any]:
        """For the outbox."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Page:
        """What `plain` gave, also after it has been JSON."""
        columns = tuple(Column(**column) for column in plain["columns"])
        return cls(plain["name"], columns, tuple(tuple(row) for row in plain["rows"]))

    def table(self, hxl: bool) -> tuple[list[str], list[list[Any]]]:
        """Head and rows; with `hxl` the first row holds the tags."""
        rows = [
            [_value(cell, column.kind) for cell, column in zip(row, self.columns, strict=True)] for row in self.rows
        ]
        tags: list[list[Any]] = [[column.tag for column in self.columns]] if hxl else []
        return [column.title for column in self.columns], tags + rows


def _value(cell: Cell, kind: str) -> Any:
    if isinstance(cell, str) and cell and kind in ("day", "moment"):
        return date.fromisoformat(cell) if kind == "day" else datetime.fromisoformat(cell)
    return cell


def xlsx(pages: Sequence[Page], *, hxl: bool = False) -> bytes:
    """One header row, no merged cells, no formula. The same data give the same bytes."""
    return workbook_of({page.name: page.table(hxl) for page in pages})


def csv_of(page: Page, *, delimiter: str = ",", hxl: bool = False) -> bytes:
    """UTF-8 with its mark, as Excel wants it; French Excel wants `;` between cells."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=delimiter)
    head, table = page.table(hxl)
    for row in (head, *table):
        rows.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
