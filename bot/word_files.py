"""Files that bring words: the workbook with two sheets, as `words export` writes it; a PO file of one language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.keywords import read_list
from bot.programme.roster.guard import WorkbookError, measured
from bot.render import Rule, Words, WordsError
from bot.render.catalogue import entries, read
from bot.render.sentences import Sentence, at
from bot.words import SHEET_LANGUAGES, Brought, state

COLUMNS = (
    ("key", 9),
    ("when", 34),
    ("quand", 34),
    ("fields", 34),
    ("champs", 34),
    ("max parts", 9),
    *((language.upper(), 48) for language in SHEET_LANGUAGES),
    *((f"state {language.upper()}", 18) for language in SHEET_LANGUAGES),
)
READ = tuple(name for name, _ in COLUMNS if name == "key" or name.split()[-1].lower() in SHEET_LANGUAGES)
"""What an import needs; the other columns are for people."""
LEGEND = (
    "draft = nobody has signed it. To sign: write  signed: YOUR NAME  into the state. Empty = missing.\n"
    "draft = brouillon que personne n’a signé. Pour signer : écrivez ici  signed: VOTRE NOM. Vide = il manque."
)
KEYWORDS = "keywords"
"""The second sheet: what leaders can say at any time, a line for each command."""


def export(words: Words, file: Path) -> int:
    """Write every text and every keyword into an Excel file; returns how many texts. Raises OSError."""
    import xlsxwriter  # noqa: PLC0415 - 2 MB that only who writes a workbook pays

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("words")
    _sheet(sheet, COLUMNS, [list(_cells(words, rule)) for rule in words.rules.values()], head, cell)
    sheet.write_comment(0, len(COLUMNS) - 1, LEGEND)
    lists = [[command, ", ".join(there)] for command, there in words.keywords.of.items()]
    _sheet(book.add_worksheet(KEYWORDS), (("command", 12), ("words", 80)), lists, head, cell)
    book.close()
    file.write_bytes(made.getvalue())
    return len(words.rules)


def _sheet(sheet: Any, columns: Sequence[tuple[str, int]], rows: Sequence[list[str]], head: Any, cell: Any) -> None:
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width, cell)
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 1)
    for place, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write_string(place, column, value, cell)


def _cells(words: Words, rule: Rule) -> Iterator[str]:
    yield rule.key
    for told in (rule.when, rule.meanings):
        yield told["en"]
        yield told["fr"]
    yield "-" if rule.chat else "1"
    found = [words.texts[language].get(rule.key) for language in SHEET_LANGUAGES]
    yield from (entry.text if entry else "" for entry in found)
    yield from (state(entry) for entry in found)


def load(file: Path) -> Brought:
    """What an .xlsx or a .po brings. Raises WordsError when it is no such file."""
    return _po(file) if file.suffix.lower() == ".po" else _workbook(file)


def _po(file: Path) -> Brought:
    """Its language stands in its head (Language: rn), else in its name (rn.po, words.rn.po)."""
    try:
        source = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WordsError([at(file.name, Sentence("cannot be read: {why}. Save it as UTF-8.", why=error))]) from error
    there = [read(source, language, file.name) for language in SHEET_LANGUAGES if _is_of(source, language, file)]
    if not there:
        raise WordsError(
            [at(file.name, Sentence("of which language? Write it into its head: Language: rn (fr, sw, en)."))]
        )
    language = str(there[0].locale)
    rows = [
        (
            place,
            {
                "key": key,
                language.upper(): one.text,
                f"state {language.upper()}": "draft" if one.draft else state(one),
            },
        )
        for place, (key, one) in enumerate(entries(there[0]).items(), 1)
    ]
    return Brought(rows, {})


def _is_of(source: str, language: str, file: Path) -> bool:
    head = source.partition("\n\n")[0]
    if '"Language:' in head:
        return f'"Language: {language}\\n"' in head
    return language in re.split(r"[.-]", file.stem.lower())


def _workbook(file: Path) -> Brought:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - 1 MB that only who reads one pays

    try:
        book = CalamineWorkbook.from_filelike(measured(file))
        sheets: dict[str, list[list[Any]]] = {
            name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names
        }
    except WorkbookError as error:
        raise WordsError([error.args[0]]) from error
    except (CalamineError, OSError) as error:
        raise WordsError(
            [at(str(file), Sentence("cannot be read: {why}. Give the file that `words export` wrote.", why=error))]
        ) from error
    second = sheets.pop(KEYWORDS, [])
    texts = [name for name, rows in sheets.items() if rows and "key" in {str(cell).strip() for cell in rows[0]}]
    if len(texts) > 1:
        said = Sentence(
            "texts stand on several sheets: {names}. Keep the one that was corrected.", names=tuple(texts)
        )
        raise WordsError([at(file.name, said)])
    first = sheets[texts[0]] if texts else next(iter(sheets.values()), [])
    return Brought(list(_rows(first, file)), dict(_lists(second)))


def _rows(sheet: list[list[Any]], file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    names = [str(name).strip() for name in sheet[0]] if sheet else []
    lacking = [name for name in READ if name not in names]
    if lacking:
        raise WordsError(
            [
                at(str(file), Sentence("column '{name}' not found; found {names}.", name=name, names=tuple(names)))
                for name in lacking
            ]
        )
    for place, cells in enumerate(sheet[1:], 2):
        row = {name: str(cell).replace("\r\n", "\n") for name, cell in zip(names, cells, strict=False)}
        row["key"] = row["key"].strip()
        if row["key"]:
            yield place, row


def _lists(sheet: list[list[Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for cells in sheet[1:]:
        command, words = (str(cell).strip() for cell in (*cells, "", "")[:2])
        if command:
            yield command, read_list(words)
