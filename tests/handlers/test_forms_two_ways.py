"""Lines and answers whose figures may be counted off in two ways: asked about, or not read; and what stays clear."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.forms_at_work import FORMS, context

TRAINING = FORMS["training"]
BASE = {"held_on": "2026-11-12", "topics": ["processing"], "women": 12, "men": 7}
SPLIT = {**BASE, "new_women": 5, "new_men": 3}


@pytest.mark.parametrize(
    "line",
    [
        *("12/11 3 12 7 agri", "12/11 agri 3 12 7"),  # the topic twice, or 3 women
        *("12/11 12 7 5 3", "12 11 12 7 5 3", "12/11 13 12 7 8", "12/11 12 7 5"),  # two topics, or none and 12 women
    ],
)
def test_two_ways_are_asked_about(line: str) -> None:
    reading = TRAINING.read_line(line, context())
    assert (reading.status, len(reading.alternatives)) == ("ambiguous", 2)


@pytest.mark.parametrize(
    "line",
    [
        "12/11 3 12(5) 7(3)",  # 5 of the 12 are new: no men
        "12/11 3 12 (5) 7 (3)",
        "12/11 3 12 dont 5, 7 dont 3",
        "12/11 3 12 including 5 7 including 3",
        "12/11 12 femmes 7 hommes 3",  # slides by one
        "12/11 3 12 femmes 7 hommes 5 nouvelles 5 nouveaux",  # ten new people, perhaps
        "12/11 3 12 7 affaires",  # a digit and a word that say different topics
        "12/11 1 12 7 5 transformation",
        "12 et 13/11 12 femmes 7 hommes",
        "12 13/11 3 12 7",
        "7 a 1 1 12 7 5",
    ],
)
def test_what_is_not_clear_is_not_read(line: str) -> None:
    assert TRAINING.read_line(line, context()).status != "whole"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("3 12/11 12 7 5 3", SPLIT),
        ("12/11 12 7 agri", BASE),
        ("12/11 3 12 7 dont 5 3", SPLIT),
        ("12/11 3 12 7 (5 3)", SPLIT),
        ("12/11 3 12 7 dont 8", {**BASE, "new_people": 8}),
        ("12/11 13 12 7 5 3", {**SPLIT, "topics": ["business", "processing"]}),
        ("12/11 15 7 5 3", {"held_on": "2026-11-12", "women": 15, "men": 7, "new_women": 5, "new_men": 3}),
    ],
)
def test_what_is_clear_is_read(line: str, values: dict[str, Any]) -> None:
    reading = TRAINING.read_line(line, context())
    assert (reading.status, reading.values) == ("whole", values)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        *(("held_on", "12 et 13 novembre"), ("held_on", "2 12/11")),
        *(("topics", "2 themes"), ("topics", "les 3"), ("topics", "les trois")),
        ("people", "12(5) 7(3)"),
    ],
)
def test_no_answers(step: str, text: str) -> None:
    known = BASE if step == "people" else {}
    assert TRAINING.read_answer(TRAINING.step(step), text, context(), known).status != "whole"


@pytest.mark.parametrize(
    "text", ["1 femme 2 hommes, 6 sacs", "2 hommes et 1 femme 6 sacs", "1 2 6 sacs", "f1 h2 6 sacs"]
)
def test_a_text_behind_numbers_takes_none_of_them(text: str) -> None:
    business = FORMS["business"]
    reading = business.read_answer(business.step("workers"), text, context(), {})
    assert reading.values == {"workers_women": 1, "workers_men": 2, "stock": "6 sacs"}


@pytest.mark.parametrize("text", ["3 6 sacs", "1 femme 6 sacs"])
def test_a_stock_without_its_figure_is_none(text: str) -> None:
    business = FORMS["business"]
    assert business.read_answer(business.step("workers"), text, context(), {}).status != "whole"
