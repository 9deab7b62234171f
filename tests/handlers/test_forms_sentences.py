"""Reports and answers in whole sentences, as leaders of four languages write them; and what a sentence may deny."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.known_forms import read_line
from tests.handlers.forms_at_work import FORMS, context

TRAINING, BUSINESS = FORMS["training"], FORMS["business"]
BASE = {"held_on": "2026-11-12", "topics": ["processing"], "women": 12, "men": 7}
TODAY = {**BASE, "held_on": "2026-11-23"}
UNDATED = {name: value for name, value in BASE.items() if name != "held_on"}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("12/11 guhingura abakenyezi 12 n'abagabo 7 bashasha 8", {**BASE, "new_people": 8}),
        (
            "uyumusi twigishije abakenyezi 12 n'abagabo 7 ku bijanye no guhingura. abashasha ni 8",
            {**TODAY, "new_people": 8},
        ),
        ("12/11 guhingura haje abakenyezi 12 n'abagabo 7 nta bashasha", {**BASE, "new_people": 0}),
        (
            "leo tumefanya mafunzo ya usindikaji, akina mama 12 na akina baba 7, hakuna mpya",
            {**TODAY, "new_people": 0},
        ),
        ("Today we trained 12 women and 7 men on processing. 8 were new.", {**TODAY, "new_people": 8}),
        ("12/11 3 12 women 7 men no one new", {**BASE, "new_people": 0}),
        ("aujourd'hui formation transformation 12 dames 7 messieurs pas de nouveaux", {**TODAY, "new_people": 0}),
        ("12/11 à 14h transformation 12 femmes pas d'hommes", {**BASE, "men": 0}),
        ("Rapport de formation 12/11 3 12 7", BASE),
        ("12/11 transformation nous sommes 12 femmes et 7 hommes", BASE),
        ("Date 12/11, theme transformation, nombre de femmes 12, nombre d'hommes 7", BASE),
        ("12/11 usindikaji idadi ya wanawake 12 wanaume 7", BASE),
        # the day of a greeting is not the report's
        ("Habari za leo. Mafunzo ya usindikaji wanawake 12 wanaume 7", UNDATED),
        ("habari za jana? mafunzo ya usindikaji wanawake 12 wanaume 7", UNDATED),
        ("Habari za asubuhi, mafunzo ya usindikaji wanawake 12 wanaume 7", UNDATED),
        ("Mwaramutse neza, inyigisho guhingura abakenyezi 12 abagabo 7", UNDATED),
    ],
)
def test_sentences(line: str, values: dict[str, Any]) -> None:
    reading = TRAINING.read_line(line, context())
    assert (reading.status, reading.values) == ("whole", values)


@pytest.mark.parametrize(
    "line",
    [
        "nous n'avons pas fait la formation du 12/11 3 12 7",
        "ejo tuzogira inyigisho abakenyezi 12 abagabo 7 guhingura",  # we shall hold one
        "kesho tutafanya mafunzo wanawake 12 wanaume 7 usindikaji",
        "12/11 we will train 12 women and 7 men in processing",
        "12/11 transformation 12 femmes 7 hommes absents",
    ],
)
def test_what_denies_or_lies_ahead_is_asked_about(line: str) -> None:
    assert TRAINING.read_line(line, context()).status == "leftover"


@pytest.mark.parametrize(
    "text", ["rien", "no one", "aucun nouveau", "pas de nouveaux", "nta bashasha", "hakuna mpya"]
)
def test_nobody_is_new(text: str) -> None:
    reading = TRAINING.read_answer(TRAINING.step("new"), text, context(), BASE)
    assert (reading.status, reading.values) == ("whole", {"new_people": 0})


@pytest.mark.parametrize("text", ["pas de ventes", "rien", "hakuna", "nta na kimwe"])
def test_nothing_was_sold(text: str) -> None:
    known = {"business": "07A", "status": "working"}
    assert BUSINESS.read_answer(BUSINESS.step("sales"), text, context(), known).values == {"sales": 0}


@pytest.mark.parametrize("text", ["pas de problème", "no problem", "nta ngorane", "hakuna tatizo"])
def test_no_problem(text: str) -> None:
    known = {"business": "07A", "status": "working", "sales": 0}
    assert BUSINESS.read_answer(BUSINESS.step("problem"), text, context(), known).values == {"problem": "none"}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("12/11 transformation nous sommes 19 dont 12 femmes", {"men": 19}),  # hommes
        ("12/11 processing 12 women 7 men 5 hotel", {"host": 5}),
        ("12/11 transportation 12 women 7 men", {"topics": ["processing"]}),
        ("formation affaires pour vendre 12 femmes 7 hommes", {"held_on": "2026-11-20"}),  # vendredi
        ("12/11 3 dr 19 dont 12 femmes", {"returnee": 19}),
    ],
)
def test_a_word_of_its_own_is_no_misspelt_one(line: str, wrong: dict[str, Any]) -> None:
    reading = TRAINING.read_line(line, context())
    assert reading.status != "whole" or not wrong.items() & reading.values.items(), reading.values


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("biz working sales 450000 costs 210000 with lots of grain", {"kit": "lost", "problem": "weather"}),
        ("biz working rice sales 450000", {"problem": "price"}),
        ("biz marche 450000 210000 urgent", {"problem": "money"}),
        ("business in march sales 450000", {"status": "working"}),
    ],
)
def test_a_word_of_its_own_says_nothing_of_a_business(line: str, wrong: dict[str, Any]) -> None:
    values = BUSINESS.read_line(line, context()).values
    assert not any(values.get(name) == value for name, value in wrong.items()), values


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("12/11 transformation 12 femmes 7 hommes, colline Kivoga", {"place": "Kivoga"}),
        (
            "FORMATION DU 12 NOVEMBRE: TRANSFORMATION. FEMMES: 12. HOMMES: 7. NOUVELLES: 5. NOUVEAUX: 3",
            {"new_women": 5, "new_men": 3},
        ),
        ("12/11 transformation femmes 12 hommes 7 nouveaux: aucun", {"new_people": 0}),
        ("tarehe 12/11 usindikaji, waliohudhuria wanawake 12 wanaume 7, wapya hakuna", {"new_people": 0}),
        ("12/11 processing women 12, men none, new 8", {"men": 0, "new_people": 8}),
    ],
)
def test_a_list_in_words(line: str, more: dict[str, Any]) -> None:
    reading = read_line(TRAINING, line, context())
    assert (reading.status, reading.values) == ("whole", {**BASE, **more})
