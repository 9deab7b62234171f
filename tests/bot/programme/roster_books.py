"""Roster workbooks for the tests: rows as an office worker could have typed them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

ASSOCIATION = {
    "no": "07",
    "name": "Abahuza",
    "sms_name": "ABAHUZA",
    "commune_old": "Rutana",
    "commune_now": "Rutana",
    "colline": "Kivoga",
}
LEADER = {
    "association_no": "07",
    "name": "Odette Nininahazwe",
    "sms_name": "Odette",
    "sex": "F",
    "phone": "79 00 00 31",
    "phone_is": "own",
    "language": "rn",
    "consent": "yes",
    "consent_date": date(2026, 8, 1),
    "consent_how": "paper",
}
STAFF = {"name": "Eric", "role": "officer"}


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook of these rows, as an office worker could have typed them."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as out:
        day = out.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = out.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(number, place, cell, day)
                    elif isinstance(cell, int | float):
                        page.write_number(number, place, cell)
                    elif cell:
                        page.write_string(number, place, cell)
    return path


def table(rows: list[dict[str, Any]], names: list[str] | None = None) -> list[list[Any]]:
    """Rows by column name -> a header and its rows."""
    names = names or list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name, "") for name in names] for row in rows)]
