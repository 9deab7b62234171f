"""Tips from a file and into one: Markdown sections, as shipped, or an Excel table, as `tips export` writes it.

Markdown: a heading `## NAME` or `## NAME, variant b` begins a tip, its lines are `- FIELD: VALUE`, with a language's
letters for a text (`- fr: ...`, a draft `- rn (draft): ...`). Everything else is a remark for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from bot.errors import BotError

LANGUAGES: Final = ("en", "fr", "rn", "sw")
FIELDS: Final = ("topic", "value chain", "seasons", "source")
COLUMNS: Final = (
    ("name", 22),
    ("variant", 8),
    ("topic", 13),
    ("value chain", 22),
    ("seasons", 9),
    *((language, 60) for language in LANGUAGES),
    ("drafts", 9),
    ("source", 40),
)
LARGEST: Final = 4_000_000
"""Bytes of the largest file that is opened."""
_HEADING = re.compile(r"##\s+(?P<name>[^,#]+?)\s*(?:,\s*variant\s+(?P<variant>\S+))?\s*")
_LINE = re.compile(r"[-*]\s+(?P<field>[A-Za-z ]+?)\s*(?P<draft>\(draft\))?\s*:\s*(?P<value>.*)")


class TipsError(BotError):
    """A file of tips cannot be used; `problems` say where, what, and what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Written:
    """One tip in one variant, as it stands in a file. Nothing of it is checked yet."""

    where: str
    """Row of the table or line of the Markdown file, for messages."""
    name: str
    variant: str
    topic: str
    value_chain: str
    seasons: str
    texts: Mapping[str, str]
    drafts: tuple[str, ...]
    source: str

    def row(self) -> dict[str, Any]:
        """As plain values, for the database."""
        return {
            "name": self.name,
            "variant": self.variant,
            "topic": self.topic,
            "value_chain": self.value_chain or None,
            "seasons": self.seasons,
            "texts": dict(self.texts),
            "drafts": list(self.drafts),
            "source": self.source,
        }


def of_row(row: Mapping[str, Any]) -> Written:
    """A tip as it is kept in the database, for a file."""
    return Written(
        where="",
        name=row["name"],
        variant=row["variant"],
        topic=row["topic"],
        value_chain=row["value_chain"] or "",
        seasons=row["seasons"],
        texts=row["texts"],
        drafts=tuple(row["drafts"]),
        source=row["source"],
    )


def read(file: Path) -> tuple[list[Written], list[str]]:
    """The tips of a file, and what in it could not be read. Raises TipsError when it is no such file at all."""
    try:
        if file.stat().st_size > LARGEST:
            raise TipsError([f"{file.name}: larger than {LARGEST // 1_000_000} MB; a file of tips is far smaller."])
        if file.suffix.lower() == ".md":
            return from_markdown(file.read_text(encoding="utf-8-sig"))
        if file.suffix.lower() == ".xlsx":
            return list(_rows(file)), []
    except UnicodeDecodeError as error:
        raise TipsError([f"{file.name}: not UTF-8 (byte {error.start}). Save it as UTF-8."]) from None
    except OSError as error:
        raise TipsError([f"{file}: cannot be opened ({error.strerror}). Check its path."]) from None
    raise TipsError([f"{file}: give a .md file, or the .xlsx that `tips export` writes."])


def from_markdown(source: str) -> tuple[list[Written], list[str]]:
    """The sections of a Markdown file, and its lines that are no field of a tip."""
    found: list[Written] = []
    problems: list[str] = []
    part: dict[str, str] = {}
    told = False  # what is wrong above says it of all these lines

    def end() -> None:
        if part:
            found.append(_written(part))
            part.clear()

    for number, line in enumerate(source.splitlines(), 1):
        where, match = f"line {number}", _LINE.fullmatch(line.strip())
        if heading := _HEADING.fullmatch(line.strip()):
            end()
            part.update(where=where, name=heading["name"], variant=heading["variant"] or "a")
        elif line.startswith("#"):
            end()
            if told := line.startswith("##"):
                problems.append(
                    f"{where}: {line.strip()[:40]!r} begins no tip. Write `## NAME` or `## NAME, variant b`."
                )
        elif part and match:
            problems += _field(part, where, match["field"].lower(), match["value"].strip(), bool(match["draft"]))
        elif part and line.strip():
            problems.append(f"{where}: {line.strip()[:40]!r} is no field. Write `- en: ...` on one line.")
        elif match and not told and match["field"].lower() in (*FIELDS, *LANGUAGES):
            told = True
            problems.append(f"{where}: {line.strip()[:40]!r} belongs to no tip. Write `## NAME` above it.")
    end()
    return found, problems


def _field(part: dict[str, str], where: str, name: str, value: str, draft: bool) -> list[str]:
    if name not in (*FIELDS, *LANGUAGES):
        return [f"{where}: {name!r} is not known. Fields are {', '.join((*FIELDS, *LANGUAGES))}."]
    if name in part:
        return [f"{where}: {name} is there twice in {part['name']}; keep one."]
    part[name] = value
    if draft:
        part["drafts"] = f"{part.get('drafts', '')} {name}".strip()
    return []


def _rows(file: Path) -> Iterator[Written]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - 1 MB that only who reads one pays

    try:
        sheet: list[list[Any]] = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise TipsError([f"{file.name}: cannot be read: {error}. Give the file that `tips export` wrote."]) from error
    names = [str(name).strip().lower() for name in sheet[0]] if sheet else []
    if lacking := [name for name, _ in COLUMNS if name not in names]:
        columns = ", ".join(lacking)
        raise TipsError([f"{file.name}: row 1: no column {columns}. Begin with the file that `tips export` writes."])
    for place, cells in enumerate(sheet[1:], 2):
        row = {name: " ".join(str(cell).split()) for name, cell in zip(names, cells, strict=False)}
        if any(row.values()):
            yield _written({**row, "where": f"row {place}"})


def _written(part: Mapping[str, str]) -> Written:
    return Written(
        where=part["where"],
        name=part.get("name", ""),
        variant=part.get("variant", "") or "a",
        topic=part.get("topic", "").lower().replace(" ", "_"),
        value_chain=part.get("value chain", "").lower(),
        seasons=" ".join(sorted(set(part.get("seasons", "").upper().replace(",", " ").split()))),
        texts={language: text for language in LANGUAGES if (text := part.get(language, ""))},
        drafts=tuple(sorted(set(part.get("drafts", "").lower().replace(",", " ").split()))),
        source=part.get("source", ""),
    )


def export(tips: Iterable[Written], file: Path) -> int:
    """Write an Excel table of tips; returns how many. Formulas and links are written as text. Raises OSError."""
    import xlsxwriter  # noqa: PLC0415 - 2 MB that only who writes a workbook pays

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("tips")
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, cell)
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 1)
    row = 0
    for row, tip in enumerate(tips, 1):
        texts = (tip.texts.get(language, "") for language in LANGUAGES)
        cells = (tip.name, tip.variant, tip.topic, tip.value_chain, tip.seasons, *texts, " ".join(tip.drafts))
        for column, value in enumerate((*cells, tip.source)):
            sheet.write_string(row, column, value, cell)
    book.close()
    file.write_bytes(made.getvalue())
    return row
