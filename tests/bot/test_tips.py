"""Files of tips: those that are shipped fit one SMS in every language; every mistake is said with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from bot.render import Words
from bot.tips import TipsError, Written, check, export, load, of_row, read, shipped
from bot.tips.check import SUBJECT, TEXT
from bot.tips.files import COLUMNS, from_markdown
from tests.cases import cases

WORDS = Words.load()
GOOD = """
## dry-it
- topic: processing
- value chain: rice riz
- seasons: b A
- source: advice
- en: rice: dry it well.
- fr: riz: séchez-le bien.
- sw (draft): mpunga: kausha vizuri.
"""


def mistakes(change: str = "", instead: str = "") -> list[str]:
    assert change in GOOD
    tips, problems = from_markdown(GOOD.replace(change, instead, 1))
    return problems + check(tips).errors


def test_what_is_shipped_is_enough_and_without_a_mistake() -> None:
    tips = shipped()
    assert len({tip.name for tip in tips}) >= 40
    assert {tip.topic for tip in tips} == {"business", "value_chain", "processing", "savings"}
    assert check(tips).errors == []
    assert all(tip.source for tip in tips)
    for language in ("rn", "sw"):
        assert [tip.name for tip in tips if language not in tip.texts or language not in tip.drafts] == []


def test_every_shipped_tip_is_one_sms_with_the_words_around_it() -> None:
    seen = 0
    for tip in shipped():
        for language, text in tip.texts.items():
            subject, _, said = text.partition(": ")
            sms = WORDS.text("H6", language, {"subject": subject, "tip": said})
            assert sms.language == language
            assert (sms.parts, sms.encoding) == (1, "gsm7"), (tip.name, language, len(sms.text))
            seen += 1
    assert seen > 140


@cases("language", ["en", "fr", "rn", "sw"])
def test_the_longest_tip_that_is_let_through_is_one_sms(language: str) -> None:
    sms = WORDS.text("H6", language, {"subject": "x" * SUBJECT, "tip": "x" * TEXT})
    assert (sms.parts, sms.language) == (1, language)


def test_a_good_file() -> None:
    tips, problems = from_markdown(GOOD)
    assert problems == [] and check(tips).errors == []
    (tip,) = tips
    assert (tip.variant, tip.seasons, tip.drafts, tip.value_chain) == ("a", "A B", ("sw",), "rice riz")


@cases(
    "change instead said",
    [
        ("processing", "farming", "line 2: dry-it: topic 'farming' is not known. It is one of business, value_chain"),
        ("b A", "A D", "line 2: dry-it: season D is not known. Write A, B or C"),
        ("- fr: riz: séchez-le bien.\n", "", "line 2: dry-it: fr is missing. English and French have every tip."),
        ("dry it well.", "dry {name} well.", "line 2: dry-it: en: a tip has no fields"),
        ("dry it well.", "x" * 113, "en: 113 places after the subject, 112 fit into one SMS. Leave 1 out."),
        ("dry it well.", "[]" * 30, "en: 120 places after the subject"),
        ("rice: dry", "rice dry", "en: begin with the subject and a colon, as in"),
        ("rice: dry", "ricericericer: dry", "en: the subject 'ricericericer' takes 13 places, 12 fit."),
        ("dry it well.", "dry it well \U000f0000.", "en: an SMS cannot say"),
        ("dry it well.", "see www.rice.bi", "en: no links"),
        ("dry it well.", "your code is dry", "en: leaders do not know the word 'code'"),
        ("## dry-it", "## Dry it", "a name has small letters, digits and hyphens"),
        ("## dry-it", "## dry-it, variant B!", "variant 'B!' is not known"),
        ("- fr: riz", "- fr (draft): riz", "drafts: fr is always sent"),
        ("- source: advice", "- sorce: advice", "line 6: 'sorce' is not known. Fields are topic, value chain"),
        ("- source: advice", "- topic: savings", "line 6: topic is there twice in dry-it; keep one."),
        ("- source: advice", "and so on", "line 6: 'and so on' is no field."),
    ],
)
def test_every_mistake_says_where_and_what_to_do(change: str, instead: str, said: str) -> None:
    found = mistakes(change, instead)
    assert len(found) == 1 and said in found[0], found


def test_the_same_tip_twice_is_named_with_both_places() -> None:
    tips, _ = from_markdown(GOOD + GOOD)
    assert check(tips).errors == ["line 11: dry-it: variant a is at line 2 already; keep one, or call it b."]
    tips, _ = from_markdown(GOOD + GOOD.replace("## dry-it", "## dry-it, variant b"))
    assert check(tips).errors == []


def test_what_an_sms_says_otherwise_is_a_note() -> None:
    tips, _ = from_markdown(GOOD.replace("séchez-le", "être sûr d’un garçon, cœur"))
    checked = check(tips)
    assert checked.errors == []
    assert checked.notes == ["line 2: dry-it: fr: by SMS ê as e, û as u, ’ as ', ç as c, œ as oe."]


def test_excel_there_and_back(tmp_path: Path) -> None:
    file = tmp_path / "tips.xlsx"
    risky = replace(shipped()[0], name="formula", source="=1+1", value_chain="http://x")
    assert export([*shipped(), risky], file) == len(shipped()) + 1
    tips, problems = read(file)
    assert problems == []
    assert [tip.row() for tip in tips] == [tip.row() for tip in (*shipped(), risky)]
    assert [of_row(tip.row()) for tip in tips] == [replace(tip, where="") for tip in tips]


def test_a_row_of_excel_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tips.xlsx"
    export(shipped()[:3], file)
    book = openpyxl.load_workbook(file)
    book.active.cell(3, 3).value = "farming"  # type: ignore[union-attr]
    book.save(file)
    assert load(file).errors == [
        f"row 3: {shipped()[1].name}: topic 'farming' is not known. It is one of business, value_chain, processing, "
        "savings."
    ]
    book.active.delete_cols(4)  # type: ignore[union-attr]
    book.save(file)
    with pytest.raises(TipsError, match="row 1: no column value chain"):
        load(file)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.docx", b"", "give a .md file, or the .xlsx"),
        ("x.xlsx", b"no zip", "cannot be read"),
        ("x.md", b"\xff\xfe", "not UTF-8"),
    ],
)
def test_what_is_no_file_of_tips(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TipsError, match=said):
        load(tmp_path / name)


def test_files_that_are_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(TipsError, match="cannot be opened"):
        load(tmp_path / "none.md")
    (tmp_path / "empty.md").write_text("# Nothing here\n")
    assert load(tmp_path / "empty.md").errors == [
        "empty.md: holds no tip. A tip begins with a line `## NAME`, or is a row."
    ]


def test_columns_are_what_a_tip_is_made_of() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) and "value chain" in dict(COLUMNS)
    assert isinstance(shipped()[0], Written)


@cases("heading", ["##dry-it", "##", "### dry-it", "## dry-it, b", "## dry-it, variante b", "# dry-it", "dry-it"])
def test_no_tip_is_lost_by_its_heading(heading: str) -> None:
    """The file is the whole list: a tip that nobody read would be switched off."""
    tips, problems = from_markdown(GOOD.replace("## dry-it", heading, 1) + "\n## sell-it\n- topic: business\n")
    assert [tip.name for tip in tips] == ["sell-it"]
    (said,) = problems
    assert said.startswith("line 2: " if heading.startswith("##") else "line 3: ") and "Write `## NAME`" in said
