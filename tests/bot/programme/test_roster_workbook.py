"""The workbook itself: empty, round trips, formulas, bombs."""

from __future__ import annotations

import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.roster import (
    Association,
    Business,
    Leader,
    Place,
    Roster,
    Staff,
    WorkbookError,
    check,
    read,
    write,
    write_empty,
)
from bot.programme.roster.columns import SHEETS
from tests.examples import examples


def test_the_empty_workbook_says_only_that_it_is_empty(tmp_path: Path) -> None:
    write_empty(tmp_path / "roster-empty.xlsx")
    checked = check(read(tmp_path / "roster-empty.xlsx"), associations_expected=24, people_per_association=5)
    assert [message.text for message in checked.messages] == [
        "Associations: 0 rows, the project has 24. Missing numbers: "
        "01, 02, 03, 04, 05, 06, 07, 08, 09, 10 and 14 more.",
        "Leaders: 0 people, 5 per association expected.",
    ]
    assert checked.roster == Roster()
    assert checked.ok


def test_the_empty_workbook_opens_elsewhere_with_lists_and_an_example(tmp_path: Path) -> None:
    write_empty(tmp_path / "roster-empty.xlsx")
    opened = openpyxl.load_workbook(tmp_path / "roster-empty.xlsx")
    assert opened.sheetnames == ["Associations", "Leaders", "Businesses", "Staff", "Places", "Partners"]
    for sheet in SHEETS:
        page = opened[sheet.name]
        assert [cell.value for cell in page[1]] == [column.name for column in sheet.columns]
        assert str(page["A2"].value).startswith("# ")
        assert str(page["A3"].value).startswith("EXAMPLE")
        lists = [one for one in page.data_validations.dataValidation if one.type == "list"]
        assert len(lists) == sum(bool(column.choices) for column in sheet.columns)
    assert len(opened["Leaders"].data_validations.dataValidation) > 5


def test_the_example_would_be_a_good_roster(tmp_path: Path) -> None:
    """What people copy must be right: the example rows, without the mark, have no message."""
    write_empty(tmp_path / "roster-empty.xlsx")
    opened = openpyxl.load_workbook(tmp_path / "roster-empty.xlsx")
    for page in opened:
        page["A3"].value = str(page["A3"].value).removeprefix("EXAMPLE ")
    opened.save(tmp_path / "filled.xlsx")
    checked = check(read(tmp_path / "filled.xlsx"), associations_expected=1, people_per_association=1, demo=True)
    assert [message.text for message in checked.messages if message.level != "warning"] == []
    assert checked.roster is not None
    assert len(checked.roster.leaders) == 1


def letters(most: int) -> st.SearchStrategy[str]:
    return st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=most)


def as_kept(text: str) -> bool:
    """Text that a cell keeps as it is: composed, printable, no mark of a row to ignore."""
    return unicodedata.is_normalized("NFC", text) and text.isprintable() and not text.startswith("#")


TEXT = st.one_of(
    letters(12).map(str.title),
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40).filter(lambda t: as_kept(t)),
    st.sampled_from(["=1+1", '=HYPERLINK("http://x")', "+257", "@SUM(A1)", "-1", "{=A1}", "http://x.y", "007"]),
)


def optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    count = draw(st.integers(1, 4))
    numbers = [f"{n:02d}" for n in range(1, count + 1)]
    names = draw(st.lists(letters(11), min_size=count, max_size=count, unique=True))
    small = optional(st.integers(0, 500))
    day = optional(st.dates(date(2020, 1, 1), date(2026, 11, 1)))
    associations = tuple(
        Association(
            no,
            f"X{draw(TEXT)}",
            name,
            draw(st.sampled_from(["Rutana", "Giharo", "Mpinga-Kayove"])),
            draw(st.sampled_from(["Rutana", "Musongati"])),
            f"X{draw(TEXT)}",
            *(draw(one) for one in (optional(TEXT.map(lambda text: f"X{text}")), small, small, small)),
            officer=draw(st.sampled_from([None, "Eric"])),
        )
        for no, name in zip(numbers, names, strict=True)
    )
    people = tuple(draw(leaders(no, place)) for place, no in enumerate(numbers * 2))
    return Roster(
        associations,
        people,
        tuple(
            Business(f"{no}A", no, f"X{draw(TEXT)}", kit_date=draw(day), workers_men=draw(small)) for no in numbers
        ),
        (Staff("Eric", "officer", telegram=draw(st.sampled_from([None, "123456"]))),),
        (Place("Rutana", "Rutana", f"X{draw(TEXT)}"),),
    )


@st.composite
def leaders(draw: st.DrawFn, no: str, place: int) -> Leader:
    consent = draw(st.sampled_from(["yes", "no", "none"]))
    yes = consent == "yes"
    return Leader(
        no,
        f"{draw(TEXT)} {place}",
        draw(letters(12)).title(),
        draw(st.sampled_from("FM")),
        f"+2577{draw(st.sampled_from('1259'))}0000{place:02d}",
        draw(st.sampled_from(["rn", "fr", "sw", "en"])),
        consent,
        date(2026, 8, 1) if yes else None,
        "spoken" if yes else None,
        phone_is=draw(st.sampled_from(["own", "relative", None])),
        youth=draw(st.sampled_from([None, True, False])),
        practice=draw(st.sampled_from([None, True, False])),
    )


@examples(60)
@given(rosters())
def test_write_read_check_gives_the_same_roster(roster: Roster) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write(path, roster)
        checked = check(
            read(path), associations_expected=len(roster.associations), people_per_association=2, demo=True
        )
        formulas = [cell for page in openpyxl.load_workbook(path) for row in page for cell in row if is_formula(cell)]
    assert [message.text for message in checked.messages if message.level == "error"] == []
    assert checked.roster == roster
    assert formulas == []


def is_formula(cell: object) -> bool:
    return getattr(cell, "data_type", "") == "f"


def test_a_formula_of_others_is_read_as_its_saved_value(tmp_path: Path) -> None:
    opened = openpyxl.Workbook()
    page = opened.active
    assert page is not None
    page.title = "Staff"
    page.append(["name", "role"])
    page.append(['=WEBSERVICE("http://127.0.0.1/")', "officer"])
    opened.save(tmp_path / "formula.xlsx")
    rows = read(tmp_path / "formula.xlsx").sheets["Staff"]
    assert rows[1] == (2, ("", "officer")), "openpyxl saves no value, and nobody computes one"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("roster.csv", b"no;name\n07;Abahuza\n", "save it as .xlsx"),
        ("roster.xlsx", b"", "not an Excel workbook"),
        ("roster.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password"),
        ("roster.xlsx", b"PK\x03\x04 nothing", "not an Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WorkbookError, match=says):
        read(tmp_path / name)


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="Check the name"):
        read(tmp_path / "nowhere.xlsx")


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as out:
        out.writestr("hello.txt", "hello")
    with pytest.raises(WorkbookError, match="not an Excel workbook"):
        read(tmp_path / "a.xlsx")


def bomb(path: Path, sheet: bytes) -> Path:
    """The empty workbook with another first sheet."""
    write_empty(path.parent / "good.xlsx")
    with zipfile.ZipFile(path.parent / "good.xlsx") as good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in good.infolist():
            first = entry.filename == "xl/worksheets/sheet1.xml"
            out.writestr(entry.filename, sheet if first else good.read(entry))
    return path


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@pytest.mark.fault("D11")
@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (b" " * 60_000_000, "unpacks to more"),
        (
            HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "rows",
        ),
        (HEAD + b'<row><c r="XFD1"><v>1</v></c></row>', "columns"),
        (HEAD + b"<row><c><v>1</v></c></row>" * 30_000, "rows"),
        (HEAD + b"<row>" + b"<c><v>1</v></c>" * 30_000 + b"</row>", "columns"),
        (HEAD + b"<x:row r='99999999999'/>", "rows"),
        ((HEAD + b"<row/>").decode().encode("utf-16"), "unusual"),
    ],
)
def test_bombs_are_refused_before_they_are_opened(tmp_path: Path, sheet: bytes, says: str) -> None:
    with pytest.raises(WorkbookError, match=says):
        read(bomb(tmp_path / "bomb.xlsx", sheet))


@pytest.mark.fault("D11")
def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    sheet = (
        b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM "file://%s">]>' % str(secret).encode()
        + HEAD
        + b'<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>'
    )
    try:
        found = str(read(bomb(tmp_path / "xxe.xlsx", sheet)).sheets)
    except WorkbookError as error:
        found = str(error)
    assert "the secret" not in found


def test_the_document_explains_every_column() -> None:
    text = (Path(__file__).parents[3] / "docs" / "roster.md").read_text(encoding="utf-8")
    rows = {line for line in text.splitlines() if line.startswith("| ")}
    wanted = [
        f"| {mark}`{column.name}`{mark} | {column.fr} | {column.en} | {column.example} |"
        for sheet in SHEETS
        for column in sheet.columns
        for mark in ["**" if column.required else ""]
    ]
    assert len(wanted) > 40
    assert [line for line in wanted if line not in rows] == []
