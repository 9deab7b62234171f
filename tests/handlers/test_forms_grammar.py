"""One line of SMS: the table of conversations 1.3, its trap, and generated spellings of random reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.forms import Form, Reading
from tests.handlers.forms_at_work import FORMS, context


@pytest.fixture(scope="module")
def training() -> Form:
    return FORMS["training"]


@pytest.fixture(scope="module")
def business() -> Form:
    return FORMS["business"]


BASE = {"held_on": "2026-11-12", "topics": ["processing"], "women": 12, "men": 7}
SPLIT = {**BASE, "new_women": 5, "new_men": 3}
TOTAL = {**BASE, "new_people": 8}

TABLE: list[tuple[str, dict[str, Any]]] = [
    ("12 11 3 12 7 5 3", SPLIT),
    ("12/11 3 12 7 5 3", SPLIT),
    ("12 11 3 12 7 8", TOTAL),
    ("FORM 12/11 AGRI F12 M7 NF5 NM3", SPLIT),
    ("form12/11agri f12m7nf5nm3", SPLIT),
    ("Form 12.11. Agri. F 12, M 7. N 8", TOTAL),
    ("12/11 transformation 12 femmes et 7 hommes 8 nouveaux", TOTAL),
    ("inyigisho 12 munyonyo guhingura abakenyezi 12 abagabo 7 bashasha 8", TOTAL),
    ("mafunzo jana usindikaji wanawake 12 wanaume 7 wapya 8", {**TOTAL, "held_on": "2026-11-22"}),
    ("12/11 3 1O 7 5 3", {**SPLIT, "women": 10}),
    ("12/11 3 l2 7 5 3", SPLIT),
    ("FORM 12/11 T13 W12 M7", {**BASE, "topics": ["business", "processing"]}),
    ("FORM 12/11 AGRI", {"held_on": "2026-11-12", "topics": ["processing"]}),
    ("FORM 25/12 AGRI F12 M7", {**BASE, "held_on": "2026-12-25"}),
    ("12/11 3 12 7 5 3 J6 D4 R6 C9", {**SPLIT, "youth": 6, "displaced": 4, "returnee": 6, "host": 9}),
    ("12/11 3 12 7 5 3 KIVOGA", {**SPLIT, "place": "Kivoga"}),
]


@pytest.mark.parametrize(("line", "values"), TABLE, ids=[line for line, _ in TABLE])
def test_the_table_of_lines_that_must_be_read(training: Form, line: str, values: dict[str, Any]) -> None:
    reading = training.read_line(line, context())
    assert (reading.status, reading.values) == ("whole", values)


SIGNED = replace(context(), names=frozenset(("abahuza", "odette", "kivoga")))


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("12 11 03 12 07 05 03", SPLIT),
        ("12 11 26 3 12 7 5 3", SPLIT),
        ("12 11 25 3 12 7 5 3", {**SPLIT, "held_on": "2025-11-12"}),
        ("12 11 3 12 7 O o", {**SPLIT, "new_women": 0, "new_men": 0}),
        ("12/11 3 F O M 7 N O", {**BASE, "women": 0, "new_people": 0}),
        ("12 et 11 et 3 et 12 et 7 et O et o", {**SPLIT, "new_women": 0, "new_men": 0}),
        ("Amahoro. 12 11 3 12 7 5 3. Murakoze cane", SPLIT),
        ("Bonjour OIM, 12/11 transformation avec 12 femmes et 7 hommes dont 8 nouveaux, merci bien", TOTAL),
        ("inyigisho zo ku wa 12 munyonyo guhingura abakenyezi 12 abagabo 7", BASE),
        ("ABAHUZA 12 11 3 12 7 5 3 Odette", SPLIT),
        ("odette: 12/11 3 12 7 5 3 kivoga", {**SPLIT, "place": "Kivoga"}),
        ("Bonjour, formation 12/11 agri f12 m7", BASE),
        ("le douze novembre agri f12 m7", BASE),
        ("inyigisho igenekerezo rya cumi na kabiri munyonyo guhingura abakenyezi 12 abagabo 7", BASE),
        ("mafunzo tarehe kumi na mbili novemba usindikaji wanawake 12 wanaume 7", BASE),
        ("Monday the twelfth of november agri f12 m7", BASE),
        ("lundi vingt et un septembre 3 12 7 5 3", {**SPLIT, "held_on": "2026-09-21"}),
        ("premier mai 2026 agri douze femmes sept hommes", {**BASE, "held_on": "2026-05-01"}),
    ],
)
def test_zeros_years_and_courtesies(training: Form, line: str, values: dict[str, Any]) -> None:
    reading = training.read_line(line, SIGNED)
    assert (reading.status, reading.values) == ("whole", values)


@pytest.mark.parametrize("line", ["Amahoro 12 7", "Odette 12 7 3", "12 et 7 et 3", "merci 12 11", "12/11 merci"])
def test_a_courtesy_makes_no_report_of_numbers(training: Form, line: str) -> None:
    assert training.read_line(line, SIGNED).status == "nothing"


@pytest.mark.parametrize("answer", ["merci", "Odette", "et"])
def test_a_courtesy_alone_is_no_answer(training: Form, answer: str) -> None:
    assert training.read_answer(training.step("people"), answer, SIGNED, {}).status == "nothing"


def test_two_numbers_from_cold_are_never_guessed(training: Form) -> None:
    assert training.read_line("12 7", context()).status == "nothing"
    assert training.read_line("FORM 12 7", context()) == Reading("nothing", keyword=True)


def test_a_labelled_line_without_new_people_asks_only_for_them(training: Form) -> None:
    values = training.read_line("FORM 12/11 T13 W12 M7", context()).values
    step = training.next_step(values, frozenset(), context())
    assert step is not None
    assert step.name == "new"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("form12/11agri f12m7n8", TOTAL),
        ("form12/11agri 12f7m8n", TOTAL),
        ("form 12/11 agri 12f7m", BASE),
        ("form 12/11 agri f12 m7", BASE),
        ("12/11 agri 13 femmes 8 hommes nf4 nm3", {**BASE, "women": 13, "men": 8, "new_women": 4, "new_men": 3}),
        ("12/11 agri 18F 7M 5NF 3NM", {**SPLIT, "women": 18}),
        ("12/11 3 F 12 M 7", BASE),
        ("12/11 agri douze femmes, sept hommes, 5 nouvelles femmes, 3 nouveaux hommes", SPLIT),
        ("12/11 3 12 7 8 mpinga kayove", {**TOTAL, "place": "Mpinga-Kayove"}),
        ("12/11 1+3 12 7 8", {**TOTAL, "topics": ["business", "processing"]}),
        ("12/11 biz vc 12 7 8", {**TOTAL, "topics": ["business", "value_chain"]}),
        ("12/11 value chain 12 7 8", {**TOTAL, "topics": ["value_chain"]}),
        ("12 11 2026 3 12 7 5 3", SPLIT),
        ("12 7 5 3 12/11 agri", SPLIT),
        ("hier transformation", {"held_on": "2026-11-22", "topics": ["processing"]}),
        ("12/11 transformation 12 femes 7 homes 8 nouveaux", TOTAL),
    ],
)
def test_more_lines_with_one_reading(training: Form, line: str, values: dict[str, Any]) -> None:
    reading = training.read_line(line, context())
    assert (reading.status, reading.values) == ("whole", values)


@pytest.mark.parametrize(
    "line",
    [
        "12/11 agri 12 femmes 7 hommes 8",  # slides by one: (12) femmes 7, hommes 8
        "12/11 agri 12 f7 m",
        "12/11 agri 5 f12 m7",
        "12/11 agri f12 f13 m7",
        "12/11 agri 12 7 n8 nf5 nm2",  # the total is not the total of its parts
        "12/11 3 12 7 5 3 14/11",
        "12/11 4 12 7 5 3",
        "31/2 3 12 7 5 3",
        "12/11 3 12 7 5 3 9",
        "12/11 3 12",  # half of a pair
        "FORM 12/11 AGRI F12 M",
        "we meet on 12/11 at 3 in the office, please bring 12 chairs and 7 tables",
        "BIZ 1 450000 210000 2 5",
        "12 7 3",
        "merci beaucoup",
        "",
        "🙂",
    ],
)
def test_what_is_not_certain_is_not_whole(training: Form, line: str) -> None:
    assert training.read_line(line, context()).status != "whole"


@pytest.mark.parametrize("line", ["12/11 1 et 3 12 7 8", "12/11 3 agri 12 7"])
def test_two_whole_readings_are_asked_about(training: Form, line: str) -> None:
    reading = training.read_line(line, context())
    assert reading.status == "ambiguous"
    assert len(reading.alternatives) == 2


def test_what_is_left_over_is_said_and_the_rest_kept(training: Form) -> None:
    reading = training.read_line("12/11 transformation 12 femmes 7 hommes 8 nouveaux patate", context())
    assert (reading.status, reading.values, reading.leftover) == ("leftover", TOTAL, ("patate",))


@pytest.mark.parametrize(
    "line",
    [
        *("12/11 f12 m7 3 n8", "FORM 12/11 AGRI F12 M7 8", "12 f7 m 12/11", "12/11 3 12 F7 5"),
        *("12/11 2 agri f12 m7 n8", "tenth 8 november 3 f12 m7"),
    ],
)
def test_without_a_figure_or_a_label_no_reading_is_offered(training: Form, line: str) -> None:
    reading = training.read_line(line, context())
    assert (reading.status, reading.values) == ("leftover", {})


def test_the_keyword_alone_starts_the_form(training: Form) -> None:
    assert training.read_line("Inyigisho", context()) == Reading("whole", keyword=True)
    assert training.read_line("Formation quand?", context()).status == "nothing"


def test_a_colline_is_never_invented(training: Form) -> None:
    assert training.read_line("12/11 3 12 7 5 3 RUTANA", context()).status != "whole"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("BIZ 1 450000 210000 2 5", {"sales": 450000, "costs": 210000}),
        ("BIZ 1 450 000 210 000 2 5", {"sales": 450000, "costs": 210000}),
        ("biz 1 450.000 210,000 2 5", {"sales": 450000, "costs": 210000}),
        ("biz 1 150k 150 mille 2 5", {"sales": 150000, "costs": 150000}),
        ("biz 1 x 210000 2 5", {"sales": None, "costs": 210000}),
        ("BIZ 07A 1 450000 210000 2 5", {"business": "07A", "sales": 450000, "costs": 210000}),
        ("biz marche ventes 450000 depenses 210000 kit 2 machine", {"sales": 450000, "costs": 210000}),
    ],
)
def test_the_business_line(business: Form, line: str, values: dict[str, Any]) -> None:
    reading = business.read_line(line, context())
    assert reading.status == "whole"
    assert reading.values == {"status": "working", "kit": "repair", "problem": "machine", **values}


def test_a_business_has_to_be_named_where_there_are_several(business: Form) -> None:
    two = context(businesses=("07A", "07B"))
    assert business.read_line("BIZ 1 450000 210000 2 5", two).status != "whole"
    reading = business.read_line("BIZ 07B 1 450000 210000 2 5", two)
    assert (reading.status, reading.values["business"]) == ("whole", "07B")


# --- answers to an open step ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "text", "known", "values"),
    [
        ("held_on", "1", {}, {"held_on": "2026-11-23"}),
        ("held_on", "2", {}, {"held_on": "2026-11-22"}),
        ("held_on", "12 11", {}, {"held_on": "2026-11-12"}),
        ("held_on", "lundi", {}, {"held_on": "2026-11-16"}),
        ("topics", "13", {}, {"topics": ["business", "processing"]}),
        ("topics", "1 et 3", {}, {"topics": ["business", "processing"]}),
        ("topics", "1,3", {}, {"topics": ["business", "processing"]}),
        ("topics", "1+2+3", {}, {"topics": ["business", "value_chain", "processing"]}),
        ("held_on", "premier novembre", {}, {"held_on": "2026-11-01"}),
        ("topics", "guhingura", {}, {"topics": ["processing"]}),
        ("people", "12 7", {}, {"women": 12, "men": 7}),
        ("people", "7 hommes 12 femmes", {}, {"women": 12, "men": 7}),
        ("people", "7", {"women": 12}, {"men": 7}),
        ("people", "12 9", BASE, {"women": 12, "men": 9}),
        ("people", "M9", BASE, {"men": 9}),
        ("new", "5 3", BASE, {"new_women": 5, "new_men": 3}),
        ("new", "8", BASE, {"new_people": 8}),
        ("new", "5 femmes 3 hommes", BASE, {"new_women": 5, "new_men": 3}),
        ("new", "0 0", BASE, {"new_women": 0, "new_men": 0}),
        ("new", "X", BASE, {"new_women": None, "new_men": None}),
        ("new", "5 ?", BASE, {"new_women": 5, "new_men": None}),
        ("new", "5", {**BASE, "new_people": 8}, {"new_women": 5}),
        ("new", "5 4", {**SPLIT, "new_people": 8}, {"new_women": 5, "new_men": 4}),
        ("held_on", "F12 M7", {}, {"women": 12, "men": 7}),
        ("topics", "F12 M7", {"held_on": "2026-11-12"}, {"women": 12, "men": 7}),
    ],
)
def test_answers(training: Form, step: str, text: str, known: dict[str, Any], values: dict[str, Any]) -> None:
    reading = training.read_answer(training.step(step), text, context(), known)
    assert (reading.status, reading.values) == ("whole", values)


@pytest.mark.parametrize(
    ("step", "text", "known"),
    [
        ("held_on", "12", {}),
        ("held_on", "X", {}),
        ("topics", "4", {}),
        ("topics", "12 7", {}),
        ("people", "12", {}),
        ("people", "12 7 5", {}),
        ("people", "merci", {}),
        ("new", "F12 M7", BASE),  # the last answer once more, or all of them new?
        ("topics", "F13", BASE),
        ("people", "douze ou treize 7", {}),
    ],
)
def test_no_answers(training: Form, step: str, text: str, known: dict[str, Any]) -> None:
    assert training.read_answer(training.step(step), text, context(), known).status != "whole"


def test_a_text_takes_what_stands_behind_the_numbers(business: Form) -> None:
    step = business.step("workers")
    reading = business.read_answer(step, "1 2  6 sacs de riz", context(), {})
    assert reading.values == {"workers_women": 1, "workers_men": 2, "stock": "6 sacs de riz"}
    assert business.read_answer(step, "1 2", context(), {}).values == {"workers_women": 1, "workers_men": 2}
    assert business.read_answer(step, "1 2 x", context(), {}).values["stock"] is None
    reading = business.read_answer(business.step("need"), "Une courroie, svp", context(), {})
    assert reading.values == {"need": "Une courroie, svp"}


def test_optional_questions_take_as_many_numbers_as_there_are(training: Form) -> None:
    names = ("youth", "displaced", "returnee", "host")
    assert training.read_optional("6 4 6 9", context(), names).values == dict(zip(names, (6, 4, 6, 9), strict=True))
    assert training.read_optional("6 X 6 9", context(), names).values["displaced"] is None
    assert training.read_optional("6 4", context(), names).status != "whole"
    assert training.read_optional("gihofi", context(), ("place",)).values == {"place": "Gihofi"}


def test_the_line_is_the_one_on_the_receipt(training: Form, business: Form) -> None:
    assert training.line(training.compute(SPLIT, context()), context()) == "12/11 3 12 7 5 3"
    assert training.line(TOTAL, context()) == "12/11 3 12 7 8"
    values = {"business": "07A", "status": "working", "sales": 450000, "costs": 210000, "kit": "repair"}
    assert business.line({**values, "problem": "machine"}, context()) == "BIZ 1 450000 210000 2 5"
    line = business.line({"status": "stopped", "sales": None, "problem": "machine"}, context())
    assert business.read_line(line, context()).values == {"status": "stopped", "problem": "machine"}
