"""Forms from disk: an .xlsx that staff wrote, or a Markdown table of ours, through pyxform's readers.

pyxform only reads the sheets; what a form may be is decided in `handlers/forms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import md_to_dict, xlsx_to_dict

from bot.errors import FormError
from handlers.forms import BadForm, Form, build

LARGEST: Final = 2_000_000
"""Bytes of the largest form file that is opened."""
_SHEETS: Final = ("survey", "choices", "settings")


def load(path: Path | str) -> Form:
    """The form in this .xlsx or .md file.

    Raises FormError with every mistake: file, sheet, row, what was found, what to do.
    """
    path = Path(path)
    try:
        return build(_sheets(path))
    except BadForm as error:
        raise FormError([f"{path.name}: {problem}" for problem in error.problems]) from None


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


def check(path: Path | str) -> list[str]:
    """What is wrong with a form file, in words; an empty list when it may be used."""
    try:
        load(path)
    except FormError as error:
        return error.problems
    return []


def _sheets(path: Path) -> Mapping[str, list[dict[str, str]]]:
    """The three sheets as rows of column to text. Raises BadForm when the file cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadForm([f"the file is larger than {LARGEST // 1_000_000} MB; a form is far smaller"])
        if path.suffix.lower() == ".md":
            found: dict[str, Any] = md_to_dict(path.read_text(encoding="utf-8"))
        elif path.suffix.lower() == ".xlsx":
            found = xlsx_to_dict(str(path))
        else:
            raise BadForm([f"the file is a {path.suffix or 'file without a suffix'}; save the form as .xlsx"])
    except (PyXFormError, UnicodeDecodeError, IndexError) as error:
        raise BadForm([f"the file cannot be read ({error}); open it in a spreadsheet and save it as .xlsx"]) from None
    except OSError as error:
        raise BadForm([f"the file cannot be opened ({error.strerror}); check its path"]) from None
    return {
        sheet: [{str(k): str(v) for k, v in row.items() if v is not None} for row in found.get(sheet, [])]
        for sheet in _SHEETS
    }
