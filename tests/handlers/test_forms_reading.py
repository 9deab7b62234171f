"""An answer of nothing but digits is read without a search; a minus is no separator; questions in their languages."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.forms import Form, Reading, Step
from handlers.forms import reading as reader
from tests.handlers.forms_at_work import FORMS, context

STEPS = [(form, step) for form in FORMS.values() for step in form.all_steps]
DIGITS = st.one_of(st.integers(0, 99).map(str), st.from_regex(r"[0-9]{1,10}", fullmatch=True))


@given(place=st.sampled_from(STEPS), text=DIGITS, owned=st.sampled_from([("07A",), ("07A", "7"), ("3",), ()]))
def test_digits_are_read_as_the_search_reads_them(
    place: tuple[Form, Step], text: str, owned: tuple[str, ...]
) -> None:
    form, step = place
    ctx = context(businesses=owned)
    for known in ({}, {"business": "07A", "quarterly": "1", "status": "working", "women": 3}):
        quick = form.read_answer(step, text, ctx, known)
        with patch.object(reader, "_one_number", lambda *_: reader.NOTHING):
            assert form.read_answer(step, text, ctx, known) == quick


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_question_is_put_together_in_the_languages_that_it_has(name: str) -> None:
    form = FORMS[name]
    for step in form.steps:
        prompt = form.prompt(step, {}, context())
        assert {"en", "fr"} <= set(prompt.texts) <= set(form.languages)
        assert all(prompt.texts.values())
        assert len(prompt.texts) == len(dict(prompt.texts))
        assert prompt.text("sw") == prompt.texts.get("sw", prompt.texts["fr"])


@pytest.mark.parametrize(
    "line", ["BIZ 1 -5", "BIZ 1 V-150k -5", "BIZ 1 V=-5", "BIZ 1 \u22125", "BIZ 1 -450 000", "BIZ 1\n-5"]
)
def test_an_amount_below_zero_is_not_read_without_its_minus(line: str) -> None:
    business = FORMS["business"]
    assert business.read_line(line, context()).status != "whole"
    assert business.read_answer(business.step("sales"), "-5", context(), {}).status == "nothing"


@pytest.mark.parametrize("line", ["12/11 3 12 -7 5 3", "12/11 agri f12 m -7", "12/11 agri -12f 7m"])
def test_people_below_zero_are_not_read(line: str) -> None:
    assert FORMS["training"].read_line(line, context()).status != "whole"


@pytest.mark.parametrize(
    "line", ["-12/11\n-agri\n-12 femmes\n-7 hommes", "12/11 - agri - 12f - 7m", "- 12/11 agri f-12 m-7"]
)
def test_a_dash_that_separates_or_begins_a_line_is_no_minus(line: str) -> None:
    reading = FORMS["training"].read_line(line, context())
    assert (reading.status, reading.values["women"], reading.values["men"]) == ("whole", 12, 7)


def test_what_is_asked_of_a_report_is_not_taken_from_the_line_of_another() -> None:
    def read(text: str) -> Reading:
        told = {"held_on": "2026-11-12", "women": 12, "youth": 2}
        return FORMS["training"].read_optional(text, context(), ("youth", "displaced"), told)

    assert read("12/11 F12 J6").values["youth"] == 6
    for other in ("13/11 F12 J6", "12/11 F11 J6", "13/11 AGRI F5 M5 N0", "12/11 F12"):
        assert read(other).status != "whole", other
