"""What goes along with a text: tables as Excel files in which no text is a formula, and files that we kept."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bot.attachments import attached
from bot.render.sheet import workbook

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=("Cs", "Cc")), max_size=40)


def read(content: bytes) -> list[list[Any]]:
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        return book.get_sheet_by_index(0).to_python()


def parts(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as file:
        return "".join(file.read(name).decode() for name in file.namelist() if name.endswith((".xml", ".rels")))


def test_numbers_and_days_are_numbers_and_days() -> None:
    rows = [
        ["11", "TWIYUNGE", 24, 3.5, date(2026, 11, 14), None],
        ["19", "", 0, 1, datetime(2026, 11, 23, 8, 5), "x"],
    ]
    content = workbook(["No", "Name", "Days", "Share", "Since", "Note"], rows)
    assert read(content)[1:] == [
        ["11", "TWIYUNGE", 24, 3.5, date(2026, 11, 14), ""],
        ["19", "", 0, 1, datetime(2026, 11, 23, 8, 5), "x"],
    ]
    assert content == workbook(["No", "Name", "Days", "Share", "Since", "Note"], rows), "frozen: nothing of the hour"


@pytest.mark.fault("D7")
@pytest.mark.parametrize("text", ["=1+1", "+257", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x.org", "{=1}"])
def test_no_text_is_a_formula_a_number_or_a_link(text: str) -> None:
    content = workbook([text], [[text]])
    assert read(content) == [[text], [text]]
    assert (
        "<f>" not in parts(content)
        and "<hyperlink " not in parts(content)
        and "relationships/hyperlink" not in parts(content)
    )


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**9), 10**9)), max_size=5))
def test_what_is_written_is_read(rows: list[tuple[str, int]]) -> None:
    content = workbook(["Text", "Number"], rows)
    assert "<f>" not in parts(content)
    assert read(content)[1 : 1 + len(rows)] == [[text, number] for text, number in rows]


def test_a_kept_photo_a_voice_note_and_a_table(tmp_path: Path) -> None:
    (tmp_path / "2026-11").mkdir()
    for name in ("a.jpg", "b.ogg"):
        (tmp_path / "2026-11" / name).write_bytes(name.encode())
    photo = attached({"kind": "photo", "kept": "2026-11/a.jpg"}, tmp_path)
    voice = attached({"kind": "voice", "kept": "2026-11/b.ogg"}, tmp_path)
    table = attached({"kind": "document", "name": "late.xlsx", "content": b64encode(b"PK").decode()}, tmp_path)
    found = [(file.kind, file.name, file.content) for file in (photo, voice, table) if file]
    assert found == [("photo", "a.jpg", b"a.jpg"), ("voice", "b.ogg", b"b.ogg"), ("document", "late.xlsx", b"PK")]


def test_what_was_erased_since_goes_along_no_more(tmp_path: Path) -> None:
    assert attached({"kind": "photo", "kept": "2026-11/a.jpg"}, tmp_path) is None
