"""The table that people who do not program work with: out as a workbook, back as checked changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from bot import keywords
from bot import words as table
from bot.console.words import _catalogue
from bot.render import Words, WordsError
from bot.render.sentences import french
from bot.word_files import export as export_words
from bot.word_files import load
from handlers.said import meaning
from handlers.understand.words import SHIPPED

WORDS = Words.load()
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@cache
def _exported_once() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "words.xlsx"
        assert export_words(WORDS, file) == len(WORDS.rules)
        return file.read_bytes()


@cache
def _sheets() -> Mapping[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(_exported_once()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def export(folder: Path, edit: Mapping[tuple[str, str], str] = MappingProxyType({})) -> Path:
    """The file with other cells, as (key, column) -> text."""
    file, names = folder / "words.xlsx", next(iter(_sheets().values()))[0]
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in _sheets().items():
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, [edit.get((cells[0], names[n]), cell) for n, cell in enumerate(cells)])
    return file


def test_an_export_comes_back_unchanged_also_when_another_program_has_saved_it(tmp_path: Path) -> None:
    (tmp_path / "ours.xlsx").write_bytes(_exported_once())
    openpyxl.load_workbook(tmp_path / "ours.xlsx").save(tmp_path / "saved.xlsx")
    for file in (tmp_path / "ours.xlsx", tmp_path / "saved.xlsx", export(tmp_path)):
        proposal = table.propose(WORDS, load(file))
        assert (proposal.changes, proposal.problems) == ([], []), file.name


def test_a_corrected_and_signed_text_is_used(tmp_path: Path) -> None:
    edit = {("A4", "RN"): "{sender}: Ni vyiza cane. START", ("A4", "state RN"): "signée : Anna N."}
    proposal = table.propose(WORDS, load(export(tmp_path, edit)))
    assert proposal.problems == []
    [change] = proposal.changes
    assert "old: '{sender}: Ni vyiza, nta" in change.show() and "(draft)" in change.show()
    assert "new: '{sender}: Ni vyiza cane. START' (signed: Anna N.)" in change.show()
    [file] = table.save(proposal, WORDS, tmp_path / "own", AT)
    assert file.name == "rn.po"
    after = Words.load(tmp_path / "own")
    assert after.text("A4", "rn", drafts=False).text == "OIM: Ni vyiza cane. START"
    assert "A4" not in after.drafts["rn"]
    assert table.state(after.texts["rn"]["A4"]) == "signed: Anna N."
    assert table.propose(after, load(_exported(after, tmp_path))).changes == []
    unsigned = {("A4", "RN"): "{sender}: Ni vyiza cane. START"}
    assert table.propose(after, load(export(tmp_path, unsigned))).changes == [], "a file takes no signature away"
    assert table.propose_one(after, "A4", "rn", "{sender}: Ni vyiza cane. START").changes[0].new.draft, "a page does"


def test_a_file_takes_nothing_back_that_came_after_it(tmp_path: Path) -> None:
    """Two people have a file each, one corrects Kirundi and the other Swahili: each holds the other's old column."""
    hers, his = "{sender}: Ni vyiza cane. START", "{sender}: Sawa kabisa."
    edit = {
        ("A4", "RN"): hers,
        ("A4", "state RN"): "signed: Anna",
        ("A3", "RN"): "{sender} {name} {association} 1 FASHA STOP",
    }
    table.save(table.propose(WORDS, load(export(tmp_path, edit))), WORDS, tmp_path / "own", AT)
    after = Words.load(tmp_path / "own")
    proposal = table.propose(after, load(export(tmp_path, {("A4", "SW"): his, ("A4", "state SW"): "signed: Juma"})))
    assert [(one.key, one.language, one.new.text) for one in proposal.changes] == [("A4", "sw", his)]
    assert proposal.notes == ["corrected or signed since this file was made, so they stay: A3 rn, A4 rn"]
    emptied = {("A4", "RN"): hers, ("A4", "state RN"): "", ("A3", "RN"): edit["A3", "RN"]}
    assert table.propose(after, load(export(tmp_path, emptied))).changes == [], "an emptied state takes none away"
    signed = {("A4", "state RN"): "signed: Juma", ("A3", "RN"): "{sender} {name}: {association} 1 FASHA STOP"}
    changed = table.propose(after, load(export(tmp_path, signed))).changes
    assert {one.key for one in changed} == {"A3", "A4"}, "what was signed or corrected in it counts"


def _exported(words: Words, folder: Path) -> Path:
    export_words(words, folder / "again.xlsx")
    return folder / "again.xlsx"


@pytest.mark.parametrize(
    "said", ["Signed: Anna N.", "SIGNÉE : Anna N.", "signe: Anna N.", "Signé par Anna N.", "signed by Anna N."]
)
def test_a_signature_is_one_as_a_spreadsheet_or_a_hand_writes_it(tmp_path: Path, said: str) -> None:
    proposal = table.propose(WORDS, load(export(tmp_path, {("A4", "state RN"): said})))
    assert [table.state(change.new) for change in proposal.changes] == ["signed: Anna N."]


def test_saving_again_keeps_the_old_file_and_the_other_texts(tmp_path: Path) -> None:
    own = tmp_path / "own"
    for key in ("A4", "B3"):
        edit = {(key, "RN"): "{sender}: Ego 1 9 START.", (key, "state RN"): "signed: Anna"}
        table.save(table.propose(WORDS, load(export(tmp_path, edit))), WORDS, own, AT)
    after = Words.load(own)
    assert "A4" not in after.drafts["rn"] and "B3" not in after.drafts["rn"]
    assert [file.name for file in (own / "history").iterdir()] == ["rn-20261123T120000000000.po"]


def test_a_changed_text_without_a_name_is_a_draft(tmp_path: Path) -> None:
    for said in ("draft", "Brouillon", "shipped", "", "missing"):
        edit = {("S.told", "SW"): "{sender}: Sawa.", ("S.told", "state SW"): said}
        [change] = table.propose(WORDS, load(export(tmp_path, edit))).changes
        assert change.new.draft and change.old is None


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        ({("A3", "FR"): "{sender}: Merci {nom} {association} 1"}, r"A3 fr: \{nom\} is not known; you can use"),
        ({("A3", "FR"): "{sender}: Merci {name} 1"}, r"A3 fr: \{association\} is missing"),
        ({("F3", "EN"): "{sender} {association} {since} 1 a 2 b 3 c 4 d 5 e"}, "F3 en: 5 in the text, this question"),
        ({("F3", "EN"): "{sender} {association} {since} 1 a 2 b 3 c"}, "F3 en: answer 4 is not in the text"),
        ({("A4", "EN"): "x" * 161}, "A4 en: 2 SMS with the longest names"),
        ({("A3", "EN"): "{name} {association} 1 " + "x" * 137}, "A3 en: 2 SMS"),
        ({("A4", "RN"): "{sender}: Ni vyiza. TANGURA"}, "A4 rn: START is missing, which leaders are to send"),
        ({("A3", "RN"): "{sender} {name} {association} 1 FASHA"}, "A3 rn: STOP is missing, which leaders"),
        ({("A4", "RN"): "Ni vyiza. START"}, r"A4 rn: \{sender\} is missing"),
        ({("A4", "EN"): "{sender}: Invalid."}, "A4 en: leaders never read"),
        *(
            ({("A4", "state RN"): said}, f"A4 rn: '{said}' signs nothing")
            for said in ("signed:", "Anna N.", "signé Anna", "ok")
        ),
        ({("A4", "key"): "A44"}, "'A44' is no key of ours"),
        ({("A4", "key"): "A3"}, "'A3' is there twice"),
        ({("kb.totals", "FR"): "🛑 Stop"}, "kb.totals fr: '🛑 Stop' would be taken for stop; write another label"),
        ({("kb.totals", "FR"): "❓ Mentor"}, "kb.totals fr: '❓ Mentor' would be taken for kb.mentor"),
        ({("kb.totals", "EN"): "Help"}, "kb.totals en: 'Help' would be taken for help"),
        ({("kb.totals", "EN"): "1"}, "kb.totals en: '1' would be taken for an answer"),
        ({("kb.totals", "EN"): "Oui"}, "kb.totals en: 'Oui' would be taken for an answer"),
    ],
)
def test_an_import_refuses(tmp_path: Path, edit: dict[tuple[str, str], str], problem: str) -> None:
    proposal = table.propose(WORDS, load(export(tmp_path, edit)))
    assert any(re.search(problem, said) for said in proposal.problems), proposal.problems
    with pytest.raises(WordsError):
        table.save(proposal, WORDS, tmp_path / "own", AT)
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("label", ["📋 Nos rencontres", "Rencontres", "📋 Training"])
def test_a_corrected_label_of_the_keyboard_is_understood_when_it_is_tapped(tmp_path: Path, label: str) -> None:
    proposal = table.propose(WORDS, load(export(tmp_path, {("kb.training", "FR"): label})))
    table.save(proposal, WORDS, tmp_path / "own", AT)
    own = Words.load(tmp_path / "own")
    said = own.text("kb.training", "fr", rich=True).text
    assert said == label
    assert meaning(said, own.keywords) == meaning("📋 Formation", own.keywords) == "training"
    assert meaning("stop", own.keywords) == "stop"


def test_no_keyword_takes_a_label_of_the_keyboard_away(tmp_path: Path) -> None:
    proposal = table.propose(WORDS, load(export(tmp_path, {("kb.training", "FR"): "📋 Rencontres"})))
    table.save(proposal, WORDS, tmp_path / "own", AT)
    (problem,) = keywords.faults(Words.load(tmp_path / "own"), (), {"stop": (*SHIPPED.of["stop"], "rencontres")})
    assert problem == "kb.training fr: '📋 Rencontres' would be taken for stop; write another label."


def test_replaced_characters_are_shown(tmp_path: Path) -> None:
    proposal = table.propose(WORDS, load(export(tmp_path, {("A4", "FR"): "{sender}: Ça reçu START"})))
    assert proposal.problems == []
    assert any("A4 fr: ç will be replaced" in note for note in proposal.notes)


def test_a_file_that_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match="column 'RN' not found"):
        table.propose(WORDS, load(_without_rn(tmp_path)))
    (tmp_path / "no.xlsx").write_bytes(b"no")
    with pytest.raises(WordsError, match="not an Excel workbook"):
        table.propose(WORDS, load(tmp_path / "no.xlsx"))


def test_the_sheet_of_texts_is_found_and_a_copy_beside_it_is_refused(tmp_path: Path) -> None:
    """Who copied the sheet and corrected the copy was told that nothing differs."""
    file = export(tmp_path, {("A4", "state RN"): "signed: Anna"})
    book = openpyxl.load_workbook(file)
    book.move_sheet("words", 1)
    book.create_sheet("Notes", 0)["A1"] = "to ask"
    book.save(file)
    assert [change.key for change in table.propose(WORDS, load(file)).changes] == ["A4"]
    book.copy_worksheet(book["words"])
    book.save(file)
    with pytest.raises(WordsError, match=r"several sheets: words, words Copy"):
        load(file)


def _without_rn(folder: Path) -> Path:
    file = export(folder)
    book = openpyxl.load_workbook(file)
    sheet = book.active
    assert sheet is not None
    for cell in sheet[1]:
        if cell.value == "RN":
            cell.value = "Kirundi"
    book.save(file)
    return file


def test_the_french_page_for_those_who_correct_says_what_the_pages_say() -> None:
    page = (Path(__file__).parents[2] / "docs/corriger.md").read_text("utf-8")
    labels = {
        one.replace("\u00a0", " ")
        for text in _catalogue("fr").values()
        for one in ((text,) if isinstance(text, str) else text)
    }
    bold = {one.rstrip(",") for one in re.findall(r"\*\*(.+?)\*\*", page)}
    assert len(bold) > 6
    assert {one for one in bold if not any(label.startswith(one) for label in labels)} == set()
    refused = re.findall(r"^\| (.+?) \| ", page, re.MULTILINE)[1:]
    said = [
        re.sub(r"\\{\w+\\}", ".+", re.escape(text.replace("\u00a0", " ")))
        for text in french().values()
        if len(re.sub(r"{\w+}", "", text)) > 6
    ]
    assert len(refused) == 8
    assert [one for one in refused if not any(re.fullmatch(text, one) for text in said)] == []


def test_a_corrected_file_that_does_not_fit_this_version_is_named(tmp_path: Path) -> None:
    """After an update: a text that is gone, a field that is another."""
    head = 'msgid ""\nmsgstr ""\n"Language: rn\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "rn.po").write_text(f'{head}msgid "A4old"\nmsgstr "Ego."\n\nmsgid "A3"\nmsgstr "{{name}}"\n', "utf-8")
    with pytest.raises(WordsError) as refused:
        Words.load(tmp_path)
    assert refused.value.problems == [
        f"{tmp_path / 'rn.po'}: A3: {{association}} is missing",
        f"{tmp_path / 'rn.po'}: A4old: no such text in this version; take it out",
    ]
