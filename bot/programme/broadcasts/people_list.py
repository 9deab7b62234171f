"""The people of a list: a workbook or a CSV file with the columns association and name, or phone, as in a roster."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.programme.broadcasts.audience import AudienceError
from bot.programme.roster import read as read_workbook
from bot.programme.roster.phones import read_phone
from bot.render.sentences import Sentence, in_lines
from handlers.understand.words import plain

_NAMES = {"association": "association", "association no": "association", "association_no": "association"}
_NAMES |= {"no": "association", "name": "name", "nom": "name", "phone": "phone", "telephone": "phone"}
MOST_ROWS = 20_000
_SHOWN = 10


def rows(file: Path, name: str = "") -> list[tuple[int, dict[str, Any]]]:
    """(row number, its association, name and phone) of a list. Raises AudienceError, WorkbookError.

    `name`: as its writer knows it, when that is not the file's own.
    """
    name = name or file.name
    csv_file = file.suffix.lower() == ".csv"
    sheets = [_csv(file, name)] if csv_file else list(read_workbook(file, name).sheets.values())
    for sheet in sheets:
        for place, (_, cells) in enumerate(sheet[:20]):
            columns = {_NAMES.get(plain(str(cell)).strip()): number for number, cell in enumerate(cells)}
            if "phone" in columns or {"association", "name"} <= columns.keys():
                columns.pop(None, None)
                return _below(sheet[place + 1 :], columns)
    what = "{file}: no row with the names of the columns. Write phone, or association and name, above them."
    raise AudienceError(Sentence(what, file=name))


def _below(sheet: Sequence[tuple[int, Sequence[Any]]], columns: dict[Any, int]) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for number, cells in sheet:
        first = str(cells[0]).strip() if cells else ""
        row = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        empty = not any(str(value).strip() for value in row.values())
        if not empty and not first.startswith("#") and not first.upper().startswith("EXAMPLE"):
            found.append((number, row))
    return found


def _csv(file: Path, name: str) -> list[tuple[int, Sequence[Any]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            sample = text.read(4096)
            text.seek(0)
            separator = max(",;\t", key=sample.count)
            found: list[tuple[int, Sequence[Any]]] = []
            for number, row in enumerate(csv.reader(text, delimiter=separator), 1):
                if number > MOST_ROWS:
                    what = "{file}: more than {rows} rows. Use --to all or a commune."
                    raise AudienceError(Sentence(what, file=name, rows=MOST_ROWS))
                found.append((number, row))
            return found
    except OSError as error:
        reason = error.strerror or Sentence("cannot be read")
        why = Sentence("{reason}. Check the name and the folder.", reason=reason)
        raise AudienceError(Sentence("{file}: {why}", file=file, why=why)) from None
    except (UnicodeDecodeError, csv.Error) as error:
        what = "{file}: not a CSV file in UTF-8 ({kind}). Save it again."
        raise AudienceError(Sentence(what, file=name, kind=type(error).__name__)) from None


def found(wanted: Iterable[tuple[int, dict[str, Any]]], leaders: Iterable[Any], file: str) -> list[int]:
    """The ids of these people. Raises AudienceError with every row that names nobody, or two."""
    by_phone: dict[str, set[int]] = {}
    by_name: dict[tuple[str, str], set[int]] = {}
    for leader in leaders:
        by_phone.setdefault(leader.value or "", set()).add(leader.id)
        for where in (leader.no, leader.association, leader.association_sms):
            for name in (leader.name, leader.sms_name):
                by_name.setdefault((_no(where), _key(name)), set()).add(leader.id)
    ids, wrong = set(), []
    for number, row in wanted:
        phone = read_phone(row.get("phone", ""), demo=True).number
        people = by_phone.get(phone, set()) if phone else set()
        if not people:
            people = by_name.get((_no(row.get("association", "")), _key(row.get("name", ""))), set())
        if not people or (len(people) > 1 and not phone):
            what = "{file} row {row}: two of this name" if people else "{file} row {row}: nobody of the roster"
            wrong.append(Sentence(what, file=file, row=number))
        ids |= people
    if wrong:
        lines = [*wrong[:_SHOWN], Sentence("Correct these rows, or take them out.")]
        if len(wrong) > _SHOWN:
            lines.insert(_SHOWN, Sentence("... and {n} more", n=len(wrong) - _SHOWN))
        raise AudienceError(in_lines(lines))
    return sorted(ids)


def _key(name: Any) -> str:
    return " ".join(plain(str(name)).split())


def _no(value: Any) -> str:
    """7, 7.0 and "07" are the same association; it may be named too, as the file of a broadcast does."""
    text = str(value or "").strip()
    digits = text.removesuffix(".0")
    return str(int(digits)) if digits.isdecimal() else _key(text)
