"""Forms from disk; and a third form that no code of ours has heard of."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from pyxform.xls2json_backends import md_to_dict

from bot.errors import FormError
from bot.forms import LARGEST, _sheets, check, load, load_shipped
from bot.keywords import form_faults
from bot.render import Words
from bot.render.sentences import worded
from handlers.forms import Choice, Context, Form
from handlers.turn import Label

# ruff: noqa: E501
HARVEST = """
| survey  | type | name | label::English (en) | label::French (fr) | hint::English (en) | required | relevant | constraint | constraint_message::English (en) | constraint_message::French (fr) | calculation | choice_filter | appearance | default | sms_alias | sms_position | short::English (en) | short::French (fr) |
|---------|------|------|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
|         | note | why | About the harvest. | Sur la récolte. | | | | | | | | | | | | | | |
|         | select_one crops | crop | Which crop? | Quelle culture ? | | yes | | | | | | | | | CROP | 1 | crop | culture |
|         | select_one sorts | sort | Which sort? | Quelle variété ? | | | ${crop} != 'beans' | | | | | crop = ${crop} | | | SORT | 2 | sort | variété |
|         | decimal | bags | How many bags? | Combien de sacs ? | example 12.5 | yes | | . > 0 and . <= 500 | ${bags} bags? At most 500. | ${bags} sacs ? Pas plus de 500. | | | | | BAGS SACS | 3 | bags | sacs |
|         | integer | price | Price of a bag in BIF? | Prix du sac en BIF ? | | | | | | | | | thousands-sep | | PRICE PRIX | 4 | price | prix |
|         | calculate | income | | | | | | | | | round(${bags} * ${price}) | | | | | | | |
|         | begin group | last | Who and when? | Qui et quand ? | | | | | | | | | field-list | | | | | |
|         | integer | helpers | Helpers | Aides | | | | | | | | | | | AIDES | | helpers | aides |
|         | date | sold_on | Sold on | Vendu le | | | ${price} > 0 | . <= today() | Not yet? | Pas encore ? | | | | | SOLD | | sold | vendu |
|         | end group | | | | | | | | | | | | | | | | | |
|         | image | photo | A photo? | Une photo ? | | | | | | | | | | | | | | |
|         | hidden | season | | | | | | | | | | | | 2026 | | | | |

| choices | list_name | name | label::English (en) | label::French (fr) | crop | sms_alias |
|---------|-----------|------|---------------------|--------------------|------|-----------|
|         | crops | rice | rice | riz | | R |
|         | crops | maize | maize | maïs | | |
|         | crops | beans | beans | haricots | | |
|         | sorts | red | red rice | riz rouge | rice | |
|         | sorts | white | white rice | riz blanc | rice | |
|         | sorts | sweet | sweet maize | maïs doux | maize | |

| settings | form_id | form_title::English (en) | form_title::French (fr) | version | sms_keyword |
|----------|---------|--------------------------|-------------------------|---------|-------------|
|          | harvest | Harvest | Récolte | 3 | HARVEST RECOLTE |
"""
CTX = Context(date(2026, 11, 23), "en", date(2026, 4, 1))


def workbook(path: Path) -> Path:
    """The same form as staff would send it."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheets = md_to_dict(HARVEST)
    for name in ("survey", "choices", "settings"):
        sheet = book.create_sheet(name)
        headers = list(sheets[f"{name}_header"][0])
        sheet.append(headers)
        for row in sheets[name]:
            cells = [row.get(header) for header in headers]
            sheet.append([int(cell) if isinstance(cell, str) and cell.isdecimal() else cell for cell in cells])
    book.create_sheet("notes of ours").append(["anything"])
    book.save(path)
    return path


def test_the_names_of_its_sheets_may_be_written_otherwise(tmp_path: Path) -> None:
    path = workbook(tmp_path / "harvest.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        sheet.title = f" {sheet.title.upper()} "
    book.save(path)
    assert load(path).name == "harvest"


@pytest.fixture(params=["md", "xlsx"])
def harvest(request: pytest.FixtureRequest, tmp_path: Path) -> Form:
    path = tmp_path / f"harvest.{request.param}"
    if request.param == "xlsx":
        return load(workbook(path))
    path.write_text(HARVEST, encoding="utf-8")
    return load(path)


def test_a_form_of_staff_is_asked(harvest: Form) -> None:
    assert (harvest.name, harvest.version, harvest.title.text("fr")) == ("harvest", "3", "Récolte")
    values: dict[str, object] = {}
    asked = []
    for answer in ("1", "2", "12,5", "45 000", "3 12/11", "X"):
        step = harvest.next_step(values, frozenset(), CTX)
        assert step is not None
        asked.append(harvest.prompt(step, values, CTX).text("en"))
        if step.name == "photo":
            break
        reading = harvest.read_answer(step, answer, CTX, values)
        assert reading.status == "whole", (step.name, reading)
        values = harvest.compute({**values, **reading.values}, CTX)
    assert asked == [
        "About the harvest. Harvest 1/6. Which crop? 1 rice 2 maize 3 beans",
        "Harvest 2/6. Which sort? 1 red rice 2 white rice",
        "Harvest 3/6. How many bags? example 12.5",
        "Harvest 4/6. Price of a bag in BIF?",
        "Harvest 5/6. Who and when?",
        "Harvest 6/6. A photo?",
    ]
    assert harvest.record(values) == {
        "crop": "rice",
        "sort": "white",
        "bags": 12.5,
        "price": 45000,
        "income": 562500,
        "helpers": 3,
        "sold_on": "2026-11-12",
        "photo": None,
        "season": "2026",
    }


def test_a_form_of_staff_is_read_from_one_line(harvest: Form) -> None:
    whole = {"crop": "rice", "sort": "white", "bags": 12.5, "price": 45000}
    for line in (
        "HARVEST 1 2 12.5 45000",
        "recolte riz, riz blanc, sacs 12,5, prix 45000",
        "harvest R white 12.5 45 000",
        "récolte 1 2 12,5 45.000",
    ):
        reading = harvest.read_line(line, CTX)
        assert (reading.status, reading.values) == ("whole", whole), line
    assert harvest.read_line("1 2 12.5 45000", CTX).status == "nothing"
    line = harvest.line({**whole, "helpers": 3}, CTX)
    assert line == "HARVEST 1 2 12.5 45000 AIDES3"
    assert harvest.read_line(line, CTX).values == {**whole, "helpers": 3}


def test_a_form_of_staff_is_checked(harvest: Form) -> None:
    problem, later = harvest.check({"crop": "rice", "bags": 900.0, "price": 1, "sold_on": "2026-12-01"}, CTX)
    assert (problem.question, problem.step, problem.message.text("fr")) == (
        "bags",
        "bags",
        "900 sacs\u00a0? Pas plus de 500.",
    )
    assert (later.question, later.step) == ("sold_on", "last")
    assert harvest.check({"crop": "rice", "bags": 90.0, "price": 1, "sold_on": "2026-11-01"}, CTX) == ()


def test_what_is_no_longer_relevant_is_dropped(harvest: Form) -> None:
    values = harvest.compute({"crop": "beans", "sort": "red", "bags": 2.0, "price": 1000}, CTX)
    assert values == {"crop": "beans", "bags": 2.0, "price": 1000, "income": 2000, "season": "2026"}
    assert [choice.name for choice in harvest.choices("sort", CTX, {"crop": "maize"})] == ["sweet"]


def test_the_shipped_forms() -> None:
    forms = load_shipped()
    assert set(forms) == {"training", "business"}
    assert all(form.version == "1" and form.steps for form in forms.values())


@pytest.mark.parametrize("name", ["training", "business", "harvest"])
def test_a_markdown_form_is_read_as_pyxform_reads_it(name: str, tmp_path: Path) -> None:
    path = Path("templates/forms", f"{name}.md")
    if name == "harvest":
        path = tmp_path / "harvest.md"
        path.write_text(
            "# A note\n" + HARVEST.replace("|\n", "| # aside\n", 2).replace("Harvest", "a \\| b"), "utf-8"
        )
    found = md_to_dict(path.read_text(encoding="utf-8"))
    sheets = {sheet: [{k: v for k, v in row.items() if v} for row in found[sheet]] for sheet in _sheets(path)}
    assert _sheets(path) == sheets
    assert sheets["survey"] and sheets["choices"] and sheets["settings"]


def test_a_start_loads_nothing_that_few_need() -> None:
    """Each takes memory and time of every start, and is asked for by forms, workbooks or pictures only."""
    rare = "{'pyxform', 'xlsxwriter', 'python_calamine', 'resvg_py', 'pygal', 'alembic', 'zxcvbn', 'telegram'}"
    code = f"import sys, bot.app, bot.forms; bot.forms.load_shipped(); print(sorted({rare} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_wrong_file_says_what_to_do(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.md"
    wrong.write_text(HARVEST.replace("select_one crops", "select_one crop").replace("decimal", "number"), "utf-8")
    assert check(wrong) == [
        "wrong.md: survey, row 3: the list 'crop' is not on the choices sheet; add it there",
        "wrong.md: survey, row 5: the type 'number' is not supported; there are: text, integer, decimal, date,"
        " select_one, select_multiple, note, calculate, hidden, image, audio, geopoint, select_one_from_file X.csv,"
        " begin group, end group",
        "wrong.md: survey, row 7: calculation looks at ${bags}, but there is no such question; correct it",
        "wrong.md: survey, row 6: sms_position 3 is missing; count without gaps",
    ]
    with pytest.raises(FormError) as error:
        load(wrong)
    assert [worded(problem, "fr").replace("\u00a0", " ") for problem in error.value.problems] == [
        "wrong.md : survey, ligne 3 : la liste « crop » n'est pas dans la feuille choices ; ajoutez-la",
        "wrong.md : survey, ligne 5 : le type « number » n'est pas pris en charge ; il y a : text, integer, decimal,"
        " date, select_one, select_multiple, note, calculate, hidden, image, audio, geopoint,"
        " select_one_from_file X.csv, begin group, end group",
        "wrong.md : survey, ligne 7 : calculation regarde ${bags}, mais cette question n'existe pas ; corrigez",
        "wrong.md : survey, ligne 6 : sms_position 3 manque ; comptez sans trou",
    ]
    wrong.write_text(HARVEST.replace("= ${crop}", "= ${crop} or"), "utf-8")
    (problem,) = check(wrong)
    assert "it cannot be read (unexpected end of source); check" in problem
    assert "illisible («\u00a0s'arrête trop tôt\u00a0»)" in worded(problem, "fr")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("form.docx", b"x", "form.docx: the file is a .docx; save the form as .xlsx"),
        ("form", b"x", "form: the file is a file without a suffix; save the form as .xlsx"),
        ("form.xlsx", b"not a workbook", "form.xlsx: the file cannot be read"),
        ("form.md", b"\xff\xfe", "form.md: the file cannot be read"),
        ("form.md", b"no table", "form.md: "),
        ("form.md", b"x" * (LARGEST + 1), "form.md: the file is larger than 2 MB"),
    ],
)
def test_what_is_no_form_is_refused_in_words(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = check(path)
    assert len(found) == 1
    assert found[0].startswith(said)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert check(tmp_path / "gone.xlsx") == [
        "gone.xlsx: the file cannot be opened (No such file or directory); check its path"
    ]


def test_a_list_given_at_run_time_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "visit.md"
    path.write_text(
        "| survey | type | name | label | sms_position |\n"
        "| | select_one_from_file mentors.csv | mentor | Who? | 1 |\n"
        "| | integer | hours | Hours? | 2 |\n"
        "| settings | form_id | sms_keyword |\n"
        "| | visit | VISIT |\n",
        "utf-8",
    )
    form = load(path)
    mentors = [Choice("Jean Bosco", Label({"en": "Jean Bosco"})), Choice("Aline", Label({"en": "Aline"}))]
    ctx = Context(date(2026, 11, 23), "en", date(2026, 4, 1), {"mentors": mentors})
    assert form.read_line("visit jean bosco 3", ctx).values == {"mentor": "Jean Bosco", "hours": 3}
    assert form.read_line("visit 2 3", ctx).values == {"mentor": "Aline", "hours": 3}
    assert form.prompt(form.steps[0], {}, ctx).text("en") == "visit 1/2. Who? 1 Jean Bosco 2 Aline"


def test_a_new_version_of_ours_keeps_its_questions_in_order(tmp_path: Path) -> None:
    words, shipped = Words.load(), load_shipped()
    source = files("templates").joinpath("forms", "training.md").read_text("utf-8")

    def faults(text: str) -> list[str]:
        (tmp_path / "new.md").write_text(text, encoding="utf-8")
        return form_faults(words, load(tmp_path / "new.md"), shipped.values())

    assert faults(source) == []
    place = next(line for line in source.splitlines() if "select_one_from_file collines.csv" in line)
    more = place.replace("select_one_from_file collines.csv", "text").replace(" place ", " trainer ")
    assert faults(source.replace(place, f"{place}\n{more}")) == []
    first = next(line for line in source.splitlines() if "| date | held_on |" in line)
    (order,) = faults(source.replace(first, f"{more}\n{first}".replace("| optional |", "|  |")))
    assert "asks in another order" in order
    (mute,) = faults(re.sub(r"FORM FORMATION [A-Z ]+", " ", source))
    assert "nobody can start the form" in mute
    (figure,) = faults(re.sub(r"FORM FORMATION [A-Z ]+", "12 FORM ", source))
    assert "sms_keyword: '12' would be read as an answer; choose a word of letters." in figure
    (lacks,) = faults(source.replace(place, ""))
    assert "training is one of our own forms, and this one lacks place" in lacks


def test_a_form_without_our_columns_takes_bare_numbers_in_its_order() -> None:
    form = load(Path(__file__).parents[1] / "conversations" / "crop.md")
    assert [q.name for q in form.questions if q.position] == ["day", "commune", "hill", "crops", "kg", "bags"]
    assert all(any(q is own for own in form.questions) for step in form.all_steps for q in step.questions)
    read = form.read_line("CROP 12/11 2 1 13 50 4", CTX)
    assert (read.status, read.values["hill"], read.values["bags"]) == ("whole", "muzye", 4)
