"""An answer of nothing but digits is read without a search; it must say what the search would say."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.forms import Form, Step
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
