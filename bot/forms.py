"""Forms from disk: an .xlsx that staff wrote, read by pyxform, or a Markdown table, as ours are.

pyxform only reads the sheets; what a form may be is decided in `handlers/forms`. It is loaded by whoever brings an
.xlsx: with what it needs it takes 12 MB and a third of a second, which a start does not have to pay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Final

from bot.errors import FormError
from bot.render.french import together
from bot.render.sentences import mistaken
from handlers.forms import BadForm, Form, Mistake, build

LARGEST: Final = 2_000_000
"""Bytes of the largest form file that is opened."""
_SHEETS: Final = ("survey", "choices", "settings")
_CELL_ENDS: Final = re.compile(r"(?<!\\)\|")
_FRENCH: Final = re.compile(r"::.*\bfr\b")
_Rows = list[dict[str, str]]
Sheets = Mapping[str, _Rows]
"""The three sheets of a form, each with its rows of column to text."""


def load(path: Path | str) -> Form:
    """The form in this .xlsx or .md file.

    Raises FormError with every mistake: file, sheet, row, what was found, what to do.
    """
    path = Path(path)
    return built(sheets(path), path.name)


def sheets(path: Path) -> Sheets:
    """The sheets of a form file as plain rows. Raises FormError."""
    try:
        return _sheets(path)
    except BadForm as error:
        raise _refused(path.name, error) from None


def built(found: Sheets, source: str, *, kept: bool = False) -> Form:
    """A form from its sheets; `source` is named in its mistakes. Raises FormError with every one.

    `kept`: it is in use already, so what is refused since it was added is not.
    """
    try:
        return build({sheet: [_set(row) for row in rows] for sheet, rows in found.items()}, kept=kept)
    except BadForm as error:
        raise _refused(source, error) from None


def _set(row: Mapping[str, str]) -> dict[str, str]:
    """A row whose French is set as French is; what leaves by SMS has plain spaces again."""
    return {column: together(text) if _FRENCH.search(column) else text for column, text in row.items()}


def _refused(source: str, error: BadForm) -> FormError:
    return FormError([mistaken(source, problem) for problem in error.problems])


def load_shipped() -> dict[str, Form]:
    """The forms that come with the program, by name. Raises FormError."""
    return dict(_shipped())


@cache
def _shipped() -> Mapping[str, Form]:
    """Read once in a process."""
    forms: dict[str, Form] = {}
    for entry in sorted(files("templates").joinpath("forms").iterdir(), key=lambda found: found.name):
        if entry.name.endswith(".md"):
            with as_file(entry) as path:
                form = load(path)
            forms[form.name] = form
    return forms


def check(path: Path | str) -> Sequence[str]:
    """What is wrong with a form file, in words; an empty list when it may be used."""
    try:
        load(path)
    except FormError as error:
        return error.problems
    return []


def _sheets(path: Path) -> Sheets:
    """The three sheets as rows of column to text. Raises BadForm when the file cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            most = LARGEST // 1_000_000
            raise BadForm([Mistake("the file is larger than {most} MB; a form is far smaller", most=most)])
        if path.suffix.lower() == ".md":
            found = _tables(path.read_text(encoding="utf-8"))
        elif path.suffix.lower() == ".xlsx":
            found = _workbook(path)
        else:
            kind = path.suffix or Mistake("file without a suffix")
            raise BadForm([Mistake("the file is a {kind}; save the form as .xlsx", kind=kind)])
    except UnicodeDecodeError as error:
        raise _unreadable(error) from None
    except OSError as error:
        closed = Mistake("the file cannot be opened ({said}); check its path", said=error.strerror)
        raise BadForm([closed]) from None
    return {sheet: found.get(sheet, []) for sheet in _SHEETS}


def _unreadable(error: Exception) -> BadForm:
    return BadForm(
        [Mistake("the file cannot be read ({said}); open it in a spreadsheet and save it as .xlsx", said=error)]
    )


def _workbook(path: Path) -> Sheets:
    from pyxform.errors import PyXFormError  # noqa: PLC0415 - see above
    from pyxform.xls2json_backends import xlsx_to_dict  # noqa: PLC0415

    try:
        found = xlsx_to_dict(str(path))
        if any(name != name.strip() for name in found["sheet_names"]):
            found = xlsx_to_dict(_trimmed(path))
    except (PyXFormError, IndexError) as error:
        raise _unreadable(error) from None
    return {
        sheet: [{str(k): str(v) for k, v in row.items() if v is not None} for row in found.get(sheet, [])]
        for sheet in _SHEETS
    }


def _trimmed(path: Path) -> bytes:
    """The workbook without the spaces before and behind the names of its sheets, which nobody sees."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - pyxform brings it

    book, trimmed = load_workbook(path, data_only=True), BytesIO()
    for sheet in book.worksheets:
        sheet.title = sheet.title.strip()
    book.save(trimmed)
    return trimmed.getvalue()


def _tables(text: str) -> Sheets:
    """Markdown as pyxform defines it for XLSForms: a table for each sheet, whose name is the first heading."""
    found: dict[str, _Rows] = {}
    head: list[str] = []
    rows: _Rows = []
    for written in text.splitlines():
        line = written[: written.rfind("|") + 1].strip()
        if not line.startswith("|") or not line.strip(" |-:"):
            continue
        name, *cells = (cell.replace("\\|", "|").strip() for cell in _CELL_ENDS.split(line)[1:-1])
        if name:
            head = cells
            rows = found.setdefault(name.lower(), [])
        else:
            rows.append({column: cell for column, cell in zip(head, cells, strict=False) if cell})
    return found
