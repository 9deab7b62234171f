"""From the cells of a sheet to rows by column name, and from a cell to a value, saying what was wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz

from bot.programme.roster.columns import Column, Sheet
from bot.programme.roster.nouns import Cell, Level, Message, Workbook
from bot.programme.roster.workbook import shown
from bot.render.sentences import Sentence
from handlers.understand.words import plain

LARGEST = 100_000
_NEAR = 80
_TABLE = 3
"""So many required columns: in a sheet with fewer one cell may be a whole row."""
_HEADER_WITHIN = 20
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(36_526, 73_051)
"""Of 2000 to 2099: a date cell that lost its format."""
_YEARS = range(2000, 2100)
_SHORT_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d\d)", re.ASCII)


@dataclass(slots=True)
class Says:
    """Collects messages in the order of the sheets."""

    messages: list[Message] = field(default_factory=list)

    def say(self, level: Level, sheet: str, row: int | None, text: Sentence) -> None:
        """One message; the text begins with the place."""
        self.messages.append(Message(level, sheet, row, text))


@dataclass(slots=True)
class Row:
    """One row while it is read. `bad` once it cannot be imported: it has an error, or it waits for another."""

    sheet: Sheet
    number: int
    cells: dict[str, Cell]
    says: Says
    bad: bool = False
    waits: Sentence | str = ""
    """The row that it waits for, when nothing is wrong with itself."""

    def say(self, level: Level, column: str, what: Sentence) -> None:
        """Leaders row 14, phone "7912345": what is wrong. What to do."""
        self.bad = self.bad or level == "error"
        text = Sentence('{sheet} row {row}, {column} "{value}": {what}', **self._place(column), what=what)
        self.says.say(level, self.sheet.name, self.number, text)

    def read_as(self, column: str, read: str, *, sure: bool = True) -> None:
        """Leaders row 14, language "kirundi" read as rn. Somebody is to look when it is not sure."""
        text = (
            '{sheet} row {row}, {column} "{value}" read as {read}.'
            if sure
            else '{sheet} row {row}, {column} "{value}" read as {read}. Please check.'
        )
        said = Sentence(text, **self._place(column), read=read)
        self.says.say("note" if sure else "warning", self.sheet.name, self.number, said)

    def _place(self, column: str) -> dict[str, object]:
        value = shown(self.cells.get(column, ""))
        return {"sheet": self.sheet.name, "row": self.number, "column": column, "value": value}

    def empty(self, name: str) -> None:
        """A required cell holds nothing; where the whole column is missing, that was said already."""
        self.bad = True
        if name not in self.cells:
            return
        text = Sentence(
            "{sheet} row {row}, {column} is empty. Write it.", sheet=self.sheet.name, row=self.number, column=name
        )
        self.says.say("error", self.sheet.name, self.number, text)

    def text(self, name: str) -> str:
        """The cell as one line of text; '' when empty, which is an error where it is required."""
        text = shown(self.cells.get(name, ""), longest=None)
        if not text and self.sheet.column(name).required:
            self.empty(name)
        longest = self.sheet.column(name).longest
        if len(text) > longest:
            what = Sentence("{letters} letters, at most {most}. Shorten it.", letters=len(text), most=longest)
            self.say("error", name, what)
            return ""
        return text

    def choice(self, name: str) -> str:
        """One of the column's choices; other words for one are read and said."""
        column = self.sheet.column(name)
        text = self.text(name)
        if not text:
            return ""
        asked = plain(text)
        for choice in column.choices:
            if asked == plain(choice):
                return choice
        if asked in column.read_as:
            self.read_as(name, column.read_as[asked])
            return column.read_as[asked]
        self.say("error", name, Sentence("not known. Write one of {choices}.", choices=column.choices))
        return ""

    def yes(self, name: str) -> bool | None:
        """Yes, no, or None when empty."""
        answer = self.choice(name)
        return None if not answer else answer.startswith("y")

    def number_of(self, name: str) -> int | None:
        """A whole number, or None when empty."""
        text = self.text(name)
        if not text:
            return None
        if text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= LARGEST:
            return int(text)
        what = Sentence("not a whole number up to {largest}. Write digits only.", largest=LARGEST)
        self.say("error", name, what)
        return None

    def day(self, name: str) -> date | None:
        """A date cell, or 12/11/2026, or 2026-11-12, from 2000 to 2099; None when empty."""
        day = self._day(name, self.cells.get(name, ""))
        if day and day.year not in _YEARS:
            self.say("error", name, Sentence("not a day from 2000 to 2099. Correct it."))
            return None
        return day

    def _day(self, name: str, value: Cell) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = self.text(name)
        if not text:
            return None
        if text.isascii() and text.isdecimal() and len(text) == 5 and int(text) in _EXCEL_DAYS:
            read = _EXCEL_EPOCH + timedelta(days=int(text))
            self.read_as(name, read.isoformat(), sure=False)
            return read
        if found := _SHORT_YEAR.fullmatch(text):
            text = f"{found[1]}/{found[2]}/20{found[3]}"
        for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"):
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self.say("error", name, Sentence("not a date. Write day/month/year, example 12/11/2026."))
        return None


def _remark(row: Row) -> bool:
    """Whether it is words below a table, as "Fait à Rutana, le 1/8/2026": one cell alone is nobody."""
    said = [text for cell in row.cells.values() if (text := shown(cell))]
    required = [column.name for column in row.sheet.columns if column.required and column.name in row.cells]
    if len(said) > 1 or len(required) < _TABLE or not any(one.isalpha() for one in said[0]):
        return False
    text = Sentence(
        '{sheet} row {row}: only "{said}" stands there; it is left out.',
        sheet=row.sheet.name,
        row=row.number,
        said=said[0],
    )
    row.says.say("warning", row.sheet.name, row.number, text)
    return True


class Incomplete(list[Row]):
    """Rows of a sheet where a required column is missing: still read for messages, never imported."""


def rows_of(workbook: Workbook, sheet: Sheet, says: Says) -> list[Row] | None:
    """The sheet's rows with something in them; None when the sheet or a required column is missing."""
    found = _sheet_named(workbook, sheet.name)
    if found is None and sheet.optional:
        return []
    if found is None:
        level: Level = "error" if sheet.required else "warning"
        others = _quoted(workbook.sheets) or Sentence("nothing")
        text = Sentence("sheet {sheet} not found; found {others}. Rename or add it.", sheet=sheet.name, others=others)
        says.say(level, sheet.name, None, text)
        return None if sheet.required else []
    rows = [(number, cells) for number, cells in found if not _ignored(cells)]
    header = _header(rows, sheet)
    if header is None:
        text = Sentence(
            "{sheet}: no row with the names of the columns. Copy it from roster-empty.xlsx.", sheet=sheet.name
        )
        says.say("error", sheet.name, None, text)
        return None
    places, complete = _columns(rows[header][1], sheet, says)
    read = [
        Row(sheet, number, {name: cells[place] for name, place in places.items()}, says)
        for number, cells in rows[header + 1 :]
    ]
    full = [row for row in read if any(shown(cell) for cell in row.cells.values()) and not _remark(row)]
    for row in full:
        row.bad = not complete
    return full if complete else Incomplete(full)


def _sheet_named(workbook: Workbook, name: str) -> Sequence[tuple[int, Sequence[Cell]]] | None:
    alike = [given for given in workbook.sheets if plain(given).strip() == plain(name)]
    return workbook.sheets[name if name in alike else alike[0]] if alike else None


def _ignored(cells: Sequence[Cell]) -> bool:
    """Explanations and the example (rulings, 6); wholly empty rows too."""
    if not any(shown(cell) for cell in cells):
        return True
    first = shown(cells[0])
    return first.startswith("#") or first.upper().startswith(("EXAMPLE", "EXEMPLE"))


def _header(rows: Sequence[tuple[int, Sequence[Cell]]], sheet: Sheet) -> int | None:
    """The row with most column names among the first ones; a title above it does not matter."""
    names = {_key(column.name) for column in sheet.columns}
    counts = [len({_key(shown(cell)) for cell in cells} & names) for _, cells in rows[:_HEADER_WITHIN]]
    return counts.index(max(counts)) if counts and max(counts) > 0 else None


def _key(name: str) -> str:
    return " ".join(plain(name).replace("_", " ").replace("-", " ").split())


def _columns(header: Sequence[Cell], sheet: Sheet, says: Says) -> tuple[dict[str, int], bool]:
    """Which column stands where. A required one that is missing takes its near miss, to go on checking."""
    places: dict[str, int] = {}
    names = {_key(column.name): column.name for column in sheet.columns}
    others: dict[str, int] = {}
    complete = True
    for place, cell in enumerate(header):
        title = shown(cell)
        name = names.get(_key(title))
        if name in places:
            text = Sentence('{sheet}: column "{name}" is there twice. Remove one.', sheet=sheet.name, name=name)
            says.say("error", sheet.name, None, text)
            complete = False
        elif name:
            places[name] = place
        elif title:
            others[title] = place
    for column in sheet.columns:
        if column.name not in places and column.required:
            complete = False
            _missing(column, places, others, sheet, says)
    for title in others:
        if others[title] not in places.values():
            _unused(title, sheet, says)
    return places, complete


def _missing(column: Column, places: dict[str, int], others: dict[str, int], sheet: Sheet, says: Says) -> None:
    near = [title for title in others if others[title] not in places.values() and _near(title, column)]
    there: dict[str, object] = {"sheet": sheet.name, "name": column.name}
    if near:
        best = max(near, key=lambda title: _nearness(title, column))
        places[column.name] = others[best]
        text = Sentence(
            '{sheet}: column "{name}" not found; found "{best}". Rename it to {name}.', **there, best=best
        )
    elif free := _quoted(title for title in others if others[title] not in places.values()):
        text = Sentence('{sheet}: column "{name}" not found; found {others}. Rename or add it.', **there, others=free)
    else:
        text = Sentence('{sheet}: column "{name}" not found. Add it.', **there)
    says.say("error", sheet.name, None, text)


def _unused(title: str, sheet: Sheet, says: Says) -> None:
    near = [column.name for column in sheet.columns if _near(title, column)]
    text = Sentence('{sheet}: column "{title}" is not read.', sheet=sheet.name, title=title)
    if near:
        text = Sentence("{before} Did you mean {name}? Then rename it.", before=text, name=near[0])
    says.say("note", sheet.name, None, text)


def _quoted(names: Iterable[str]) -> tuple[Sentence, ...]:
    return tuple(Sentence('"{name}"', name=name) for name in names)


def _near(title: str, column: Column) -> bool:
    return _nearness(title, column) >= _NEAR


def _nearness(title: str, column: Column) -> float:
    key = _key(title)
    return max(
        max(fuzz.ratio(key, _key(name)), fuzz.token_set_ratio(key, _key(name)) - 1)
        for name in (column.name, *column.also)
    )
