"""Exports of the example: real dates and numbers, no formula, no name without the right, opened by LibreOffice."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.dom.minidom import parseString
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.render.book import Column, Page, csv_of, xlsx
from tests import october
from tests.bot.cli.test_summary_commands import AS_OF, audit, load
from tests.examples import examples
from tests.programme import Programme, command

SHEETS = ["README", "Progress", "Trainings", "Businesses", "Needs", "Questions", "Quality"]
OCTOBER = ("--month", "2026-10", *AS_OF)


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    """The example of the documents, in a folder."""
    found = Programme(tmp_path, {})
    asyncio.run(load(tmp_path))
    return found


def _rows(book: Any, name: str) -> list[dict[str, Any]]:
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_donors_files(programme: Programme, tmp_path: Path) -> None:
    words = ("export", "donor", *OCTOBER, "--format", "xlsx,csv,pdf", "--out", "made")
    made = programme.command(*words).splitlines()
    assert [Path(line).suffix for line in made] == [".xlsx", *[".csv"] * 7, ".pdf"]
    content = (tmp_path / "made" / "donor-2026-10.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == SHEETS
    assert all(not sheet.merged_cells.ranges for sheet in book)
    (abahuza, _) = _rows(book, "Progress")
    assert (abahuza["Attendances"], abahuza["New people"], abahuza["Reached since the start"]) == (33, 6, 13)
    assert (abahuza["New displaced"], abahuza["New returnees"], abahuza["New hosts"]) == ("<5", "<5", "<5")
    trainings = {row["Report"]: row for row in _rows(book, "Trainings")}
    assert list(trainings) == [3981, 4001, 4038, 4102]
    assert trainings[4038]["Date"] == datetime(2026, 10, 17)
    assert (trainings[4038]["Women"], trainings[4038]["Revision"], trainings[4038]["Sheet"]) == (8, 2, "seen")
    (husker,) = _rows(book, "Businesses")
    assert (husker["Sales BIF"], husker["Left BIF"], husker["Kit given on"]) == (
        385_000,
        157_000,
        datetime(2026, 5, 20),
    )
    asked = {row["Question"]: row for row in _rows(book, "Questions")}
    assert (asked[571]["Hours"], asked[598]["Answered"]) == (3, None)
    readme = " ".join(str(cell) for row in book["README"].iter_rows(values_only=True) for cell in row)
    assert "by the project itself (0)" not in readme
    for said in ("02/11/2026 08:15", "October 2026", "pseudonyms", "never added", "not said, which is never zero"):
        assert said in readme
    _valid(content)
    pdf = (tmp_path / "made" / "donor-2026-10.pdf").read_bytes()
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    everything = b"".join(path.read_bytes() for path in (tmp_path / "made").iterdir() if path.suffix == ".csv")
    for leader in (*october.LEADERS, "Ndayizeye", "79000"):
        assert leader.encode() not in everything
    programme.command(*words[:-1], "again")
    same = [
        (path.read_bytes(), (tmp_path / "again" / path.name).read_bytes()) for path in (tmp_path / "made").iterdir()
    ]
    assert len(same) == 9
    assert all(one == other for one, other in same), "the same data give the same bytes"


def _valid(content: bytes) -> None:
    """Every part is well-formed, and none has a formula or a link."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            parseString(parts.read(name))
            assert b"<f>" not in parts.read(name)
            assert b"<hyperlink " not in parts.read(name)


def test_french_hxl_and_semicolons(programme: Programme, tmp_path: Path) -> None:
    programme.command("export", "trainings", *OCTOBER, "--of", "abahuza", "--format", "csv,xlsx", "--lang", "fr",
                      "--hxl", "--semicolon", "--out", "made")  # fmt: skip
    content = (tmp_path / "made" / "trainings-07-2026-10-trainings.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    head, tags, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert (head[0], tags[0], head[5], tags[5]) == ("Rapport", "#activity+code", "Date", "#date")
    assert [row[0] for row in rows] == ["3981", "4038", "4102"]
    assert all(tag.startswith("#") for tag in tags)


def test_persons_only_by_right_with_a_reason_and_noted(programme: Programme, tmp_path: Path) -> None:
    words = ("export", "messages", *OCTOBER, "--out", "made")
    for more, said in (
        (("--persons", "--reason", "audit"), "administrators and supervisors"),
        (("--persons", "--as", "Eric", "--reason", "audit"), "administrators and supervisors"),
    ):
        done = command((*words, *more), programme.environment, tmp_path)
        assert done.returncode == 1
        assert said in " ".join(done.stderr.split())
    assert not (tmp_path / "made").exists()
    programme.command(*words)
    rows = _rows(openpyxl.load_workbook(tmp_path / "made" / "messages-2026-10.xlsx"), "Messages")
    assert len(rows) == 27
    assert {row["Words"] for row in rows} == {None}
    assert len({row["Person"] for row in rows}) == 3
    assert all(len(row["Person"]) == 12 for row in rows)
    details = [row.details for row in asyncio.run(audit(tmp_path)) if row.what == "export"]
    assert details == [{"kind": "messages", "of": "all", "period": "2026-10"}]


def test_an_administrator_with_a_reason_gets_names(programme: Programme, tmp_path: Path) -> None:
    programme.command("admin", "create", "Carine Iradukunda")
    words = ("export", "messages", *OCTOBER, "--out", "made", "--persons", "--as", "Carine")
    assert "with a reason" in " ".join(command(words, programme.environment, tmp_path).stderr.split())
    programme.command(*words, "--reason", "complaint 3")
    rows = _rows(openpyxl.load_workbook(tmp_path / "made" / "messages-2026-10.xlsx"), "Messages")
    assert {row["Person"] for row in rows} == {"Odette Ndayizeye", "Marie Ndayizeye", "Pascal Ndayizeye"}
    assert any("umukanda" in (row["Words"] or "") for row in rows)
    (noted,) = [row for row in asyncio.run(audit(tmp_path)) if row.what == "export of persons"]
    at = noted.at.astimezone(ZoneInfo("Africa/Bujumbura"))
    assert {row["Taken away by, when"] for row in rows} == {f"Carine, {at:%Y-%m-%d %H:%M}"}
    assert (noted.who, noted.details["reason"]) == ("Carine", "complaint 3")


def test_what_cannot_be_exported_says_what_can(programme: Programme, tmp_path: Path) -> None:
    for words, said in (
        (("export", "everything"), "donor, trainings"),
        (("export", "trainings", "--format", "pdf"), "xlsx or csv"),
        (("export", "donor", "--format", "doc"), "xlsx, csv, pdf"),
        (("export", "donor", "--of", "abahuzza"), "Did you mean ABAHUZA"),
    ):
        done = command(words, programme.environment, tmp_path)
        assert done.returncode == 1
        assert said in " ".join(done.stderr.split())


def test_libreoffice_opens_it_without_repair(programme: Programme, tmp_path: Path) -> None:
    """Where LibreOffice is; elsewhere openpyxl and the well-formed parts above stand for it."""
    if not shutil.which("soffice"):
        pytest.skip("soffice (LibreOffice) is not installed: its opening of the .xlsx is not tested here")
    programme.command("export", "donor", *OCTOBER, "--out", "made")
    done = subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", "seen", "made/donor-2026-10.xlsx"],
        cwd=tmp_path, capture_output=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0
    assert (tmp_path / "seen" / "donor-2026-10.pdf").read_bytes().startswith(b"%PDF")


@examples(25)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=40), min_size=1, max_size=5))
def test_no_text_becomes_a_formula(texts: list[str]) -> None:
    columns = (Column("=1+1"), Column("n", "number"), Column("d", "day"))
    frozen = Page("P", columns, tuple((text, 7, "2026-10-17") for text in texts)).plain()
    page = Page.of(json.loads(json.dumps(frozen)))
    _valid(xlsx([page]))
    head, *rows = openpyxl.load_workbook(io.BytesIO(xlsx([page])))["P"].iter_rows()
    assert head[0].data_type == "s"
    assert [(row[1].value, row[2].value.date()) for row in rows] == [(7, date(2026, 10, 17))] * len(texts)
    for line in csv.reader(io.StringIO(csv_of(page).decode("utf-8-sig"))):
        assert not line[0].startswith(("=", "+", "-", "@"))
