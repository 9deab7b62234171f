"""Tables: declared once, shown as a page, and the same rows as .json, .csv and .xlsx at the same address.

Text stays text: no cell that somebody wrote becomes a formula, in no program.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import orjson
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.words import _

Kind = Literal["text", "number", "day", "moment", "month", "words"]
_LOOKS = {"number": "number", "day": "when", "moment": "when", "month": "when"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class InWords(str):
    """A value in the reader's words; `data` is what a program reads, the same in every language."""

    __slots__ = ("data",)
    data: str | None

    def __new__(cls, text: str, data: str | None) -> InWords:
        """Made with both."""
        made = super().__new__(cls, text)
        made.data = data
        return made


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` in the rows, and its title, marked with _()."""

    key: str
    title: str
    kind: Kind = "text"
    """`month`: the value is one in words. `words`: it is a marked text of the console, or a key of `said`."""
    said: Mapping[str, str] | None = None
    """Value -> marked text."""
    link: str = ""
    """Where the page's cell leads: "/people/{id}", filled from the row."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the page shows. `look`: "number" stands to the right, "when" stays on one line."""

    text: str
    link: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a page's main table. `name` is the file's."""

    name: str
    columns: tuple[Column, ...]

    def answer(self, ask: Ask, template: str, rows: Sequence[Mapping[str, Any]], **values: Any) -> Response:
        """The page, with `table` for its template; or the file, as the address ends."""
        if ask.ending:
            ask.exported = len(rows)
            taken = self._marked(ask) if ask.page.persons else self
            rows = [{**row, "taken": _taken(ask)} for row in rows] if ask.page.persons else rows
            return {"json": taken._json, "csv": taken._csv, "xlsx": taken._xlsx}[ask.ending](ask, rows)
        return ask.show(template, table=self.shown(ask, rows), **values)

    def _marked(self, ask: Ask) -> Table:
        """A list of persons says in each row who took it away and when, wherever the row is copied to."""
        return replace(self, columns=(*self.columns, Column("taken", _("Taken away by, when"))))

    def shown(self, ask: Ask, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """For the macro `table` of _parts.html: also for a second table of a page, which has no files."""
        titles = [(ask.words.gettext(column.title), column.kind == "number") for column in self.columns]
        return {"titles": titles, "rows": [[self._cell(ask, c, row) for c in self.columns] for row in rows]}

    def _cell(self, ask: Ask, column: Column, row: Mapping[str, Any]) -> Cell:
        value = row.get(column.key)
        show = {"number": ask.words.number, "day": ask.words.day, "moment": ask.words.moment}
        text = show[column.kind](value) if column.kind in show else str(self._value(ask, column, row) or "")
        return Cell(text, column.link.format(**row) if column.link else "", _LOOKS.get(column.kind, ""))

    def _value(self, ask: Ask, column: Column, row: Mapping[str, Any]) -> Any:
        value = row.get(column.key)
        if column.kind == "words" and value is not None:
            return ask.words.gettext((column.said or {}).get(str(value), str(value)))
        if column.kind == "moment" and isinstance(value, datetime):
            return value.astimezone(ask.words.zone)
        return value

    def _titles(self, ask: Ask) -> list[str]:
        return [ask.words.gettext(column.title) for column in self.columns]

    def _json(self, ask: Ask, rows: Sequence[Mapping[str, Any]]) -> Response:
        """Plain values under the columns' keys, times with their zone, in nobody's language."""
        plain = [{column.key: _plain(row.get(column.key)) for column in self.columns} for row in rows]
        return self._file(orjson.dumps(plain, default=str), "application/json", "json")

    def _csv(self, ask: Ask, rows: Sequence[Mapping[str, Any]]) -> Response:
        """UTF-8 with its mark, so that Excel sees it; `?sep=;` for an Excel that wants semicolons."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";" if ask.query.get("sep") == ";" else ",")
        writer.writerow(self._titles(ask))
        for row in rows:
            writer.writerow([_harmless(self._value(ask, column, row)) for column in self.columns])
        return self._file(
            b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace"), "text/csv; charset=utf-8", "csv"
        )

    def _xlsx(self, ask: Ask, rows: Sequence[Mapping[str, Any]]) -> Response:
        import xlsxwriter  # noqa: PLC0415 - 2 MB that only who writes a workbook pays

        out = io.BytesIO()
        keep = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True, **keep})
        sheet, bold = book.add_worksheet(self.name[:31]), book.add_format({"bold": True})
        looks = {"day": book.add_format({"num_format": "yyyy-mm-dd"})}
        looks["moment"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for place, title in enumerate(self._titles(ask)):
            sheet.write_string(0, place, title, bold)
            sheet.set_column(place, place, max(12, min(40, len(title) + 2)))
        for line, row in enumerate(rows, 1):
            for place, column in enumerate(self.columns):
                _put(sheet, line, place, self._value(ask, column, row), looks.get(column.kind))
        sheet.freeze_panes(1, 0)
        book.close()
        return self._file(out.getvalue(), XLSX, "xlsx")

    def _file(self, content: bytes, kind: str, ending: str) -> Response:
        there = {"content-disposition": f'attachment; filename="{self.name}.{ending}"'}
        return Response(content, media_type=kind, headers=there)


def _plain(value: Any) -> Any:
    return value.data if isinstance(value, InWords) else value


def _taken(ask: Ask) -> str:
    return f"{ask.me.name}, {ask.now.astimezone(ask.words.zone):%Y-%m-%d %H:%M}"


def _harmless(value: Any) -> Any:
    """As spreadsheets read it: a text that begins like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _put(sheet: Any, line: int, place: int, value: Any, look: Any) -> None:
    if value is None:
        return
    if isinstance(value, datetime | date):
        sheet.write_datetime(line, place, value, look)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value)[:32_000])
