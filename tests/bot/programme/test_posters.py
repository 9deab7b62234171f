"""Posters: only what may be shown, nobody's name, no number, the translator's name, one page each."""

from __future__ import annotations

import csv
import importlib
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.programme import posters
from bot.programme.posters import LEFT_OUT, ReportsMissing, discreet

NAMES = ["Odette Ninahazwe", "Odette", "Grace Kabura"]


def _lesson(number: int, text: str, show: str = "name", **more: Any) -> dict[str, Any]:
    there = {"association_name": "Abahuza", "sms_name": "ABAHUZA", "language": "rn", "translations": {}}
    return {"number": number, "text": text, "show": show, **there, **more}


LESSONS = [
    _lesson(1, "twapimye umuceri", translations={"fr": {"text": "Nous pesons le riz", "by": "Anna N."}}),
    _lesson(2, "At Abahuza we dry it, call Odette on 79 12 34 56", "anonymous", language="en"),
    _lesson(3, "never shown", "no"),
    _lesson(4, "not said yet", ""),
    _lesson(5, "", "name"),
    _lesson(6, '#import "evil" $x$ *bold* = heading // comment\n@ref', "name", language="en"),
]


def test_what_she_did_not_allow_is_never_there() -> None:
    found = posters.posters(LESSONS, NAMES, None)
    assert [one.number for one in found] == [1, 2, 6]
    assert [one.association for one in found] == ["Abahuza", "", "Abahuza"]
    assert found[1].text == f"At {LEFT_OUT} we dry it, call {LEFT_OUT} on {LEFT_OUT}"


def test_a_translation_carries_its_translator_and_the_rest_stays_in_its_own_language() -> None:
    found = posters.posters(LESSONS, NAMES, "fr")
    assert (found[0].text, found[0].language, found[0].translator) == ("Nous pesons le riz", "fr", "Anna N.")
    assert (found[1].language, found[1].translator) == ("en", "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call +257 79-12-34-56 now", f"call {LEFT_OUT} now"),
        ("tel 79123456", f"tel {LEFT_OUT}"),
        ("sales of 12 000 000 francs", "sales of 12 000 000 francs"),
        ("on 12/11/2026 we sold 450000", "on 12/11/2026 we sold 450000"),
        ("Grace and ODETTE came, with grace", f"{LEFT_OUT} and {LEFT_OUT} came, with grace"),
        ("write to grace.k@example.org, or https://example.org/g", f"write to {LEFT_OUT}, or {LEFT_OUT}"),
        ("sold at 500 @ market.", "sold at 500 @ market."),
        ("Merci d'Odette", f"Merci d'{LEFT_OUT}"),
    ],
)
def test_names_and_numbers_are_left_out(text: str, kept: str) -> None:
    assert discreet(text, {"odette", "ninahazwe", "grace", "kabura"}, set()) == kept


def test_one_lesson_is_one_page_and_words_are_no_markup(tmp_path: Path) -> None:
    found = posters.posters(LESSONS, NAMES, None)
    posters.write_pdf(found, "Rutana", tmp_path / "p.pdf")
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF-")
    typst = importlib.import_module("typst")
    template = (files("templates") / "reports" / "posters.typ").read_bytes()
    pages = orjson.dumps([posters.asdict(one) for one in found]).decode()
    drawn = typst.compile(template, format="svg", sys_inputs={"title": "Rutana", "posters": pages})
    assert len(drawn) == len(found) == 3
    for very_long in ("x " * 700, "word " * 60):
        one = posters.Poster(1, very_long, "en", "Abahuza", "")
        pages = orjson.dumps([posters.asdict(one)]).decode()
        drawn = typst.compile(template, format="svg", sys_inputs={"title": "Rutana", "posters": pages})
        assert isinstance(drawn, bytes), "a longest lesson is one page too"


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ReportsMissing, match=re.escape('pip install "kurikirana[reports]"')):
        posters.write_pdf([], "Rutana", tmp_path / "p.pdf")
    assert not (tmp_path / "p.pdf").exists()


def test_the_list_opens_in_excel_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    one = posters.Poster(1, '=HYPERLINK("x")', "fr", "Abahuza", "é")
    posters.write_csv([one], tmp_path / "l.csv")
    assert (tmp_path / "l.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ["1", "Abahuza", "fr", '\'=HYPERLINK("x")', "é"]
