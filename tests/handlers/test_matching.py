"""Which mentor gets a question, and for which day the answer is promised: properties over invented mentors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import working_days
from handlers.matching import covers, match
from handlers.turn import Association, Business, Mentor
from handlers.understand.subjects import CHAINS, TOPICS, keys, subjects

ABAHUZA = Association(
    7, "07", "Abahuza", "ABAHUZA", 25, 31, "Eric", activity="rice husking", communes=("Rutana", "Rutana")
)
GIHARO = replace(ABAHUZA, id=2, no="02", communes=("Giharo", "Musongati"), businesses=(Business(1, "02A", "soap"),))
SUBJECTS = ("", *TOPICS, *CHAINS, "processing, business", "transformation riz", "beekeeping nets")
AREAS = ((), ("Rutana",), ("rutana", "Giharo"), ("07",), ("2",), ("Bukemba",))
QUESTIONS = (
    "rice husker stops when hot, what to do?",
    "la décortiqueuse s'arrete, que faire?",
    "imashini y'umuceri irahagarara, dukore iki?",
    "how do we save in a bank",
    "wapi kuuza sabuni?",
    "where do we buy beekeeping nets",
    "when do you come?",
    "",
)
mentor = st.builds(
    Mentor,
    id=st.integers(1, 10_000),
    name=st.just("Jean"),
    languages=st.lists(st.sampled_from(("rn", "fr", "sw", "en"))).map(tuple),
    subjects=st.sampled_from(SUBJECTS),
    area=st.sampled_from(AREAS),
    open=st.integers(0, 5),
)
mentors = st.lists(mentor, max_size=8, unique_by=lambda one: one.id)
asked = st.tuples(
    st.sampled_from(QUESTIONS), st.sampled_from(("rn", "fr", "sw", "en", None)), st.sampled_from((ABAHUZA, GIHARO))
)


@given(mentors, asked, st.randoms(use_true_random=False))
def test_the_order_of_the_mentors_has_no_say(some: list[Mentor], question: tuple, chance) -> None:  # type: ignore[type-arg,no-untyped-def]
    shuffled = some[:]
    chance.shuffle(shuffled)
    assert match(*question, some) == match(*question, shuffled)


@given(mentors, asked)
def test_whoever_gets_it_looks_after_the_association_and_knows_the_topic(some: list[Mentor], question: tuple) -> None:  # type: ignore[type-arg]
    text, _, association = question
    topics = subjects(text) & TOPICS.keys()

    def fits(one: Mentor) -> bool:
        knows = not topics or not one.subjects or bool(topics & subjects(one.subjects))
        return covers(one.area, association) and knows

    found = match(*question, some).mentor
    assert (found is None) == (not any(map(fits, some)))
    assert found is None or fits(found)


@given(mentor, asked, st.integers(1, 9))
def test_of_equals_the_one_with_less_to_do_gets_it(one: Mentor, question: tuple, more: int) -> None:  # type: ignore[type-arg]
    busy = replace(one, id=one.id + 1, open=one.open + more)
    found = match(*question, [busy, one]).mentor
    assert found in (None, one)
    assert match(*question, [replace(busy, id=0), replace(one, id=1)]).mentor in (None, replace(one, id=1))


@given(mentors, asked)
def test_knowledge_is_before_language_and_language_before_load(some: list[Mentor], question: tuple) -> None:  # type: ignore[type-arg]
    text, language, association = question
    found = match(*question, some).mentor
    if found is None:
        return
    known = len(keys(text) & keys(found.subjects))
    for other in some:
        if match(*question, [other]).mentor is None:
            continue
        theirs = len(keys(text) & keys(other.subjects))
        assert theirs <= known
        if theirs == known and language in other.languages:
            assert language in found.languages


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rice husker stops when hot, what to do?", {"rice", "processing"}),
        ("imashini y'umuceri irahagarara", {"rice", "processing"}),
        ("mais la machine ne marche pas", {"processing"}),
        ("imbuto", {"seeds"}),
        ("value chain of soap", {"value_chain", "soap"}),
        ("when do you come?", set()),
    ],
)
def test_subjects_in_four_languages(text: str, found: set[str]) -> None:
    assert subjects(text) == found


def test_the_example_of_the_catalogue() -> None:
    jean = Mentor(3, "Jean", ("rn", "fr"), "processing, business")
    money = Mentor(4, "Alice", ("rn",), "savings")
    assert match(QUESTIONS[0], "rn", ABAHUZA, [jean, money]).mentor == jean
    assert match("how do we save in a bank", "rn", ABAHUZA, [jean]).mentor is None
    assert match("how do we save in a bank", "rn", ABAHUZA, [jean, money]).subject == "savings"


HOLIDAYS = st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=6)


@given(st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.integers(1, 5), HOLIDAYS)
def test_a_promise_is_the_nth_working_day(today: date, count: int, holidays: list[date]) -> None:
    day = working_days.after(today, count, holidays)
    between = [today + timedelta(days=n) for n in range(1, (day - today).days + 1)]
    assert working_days.is_working(day, holidays)
    assert sum(working_days.is_working(one, holidays) for one in between) == count


def test_monday_promises_thursday_and_christmas_is_passed_over() -> None:
    assert working_days.after(date(2026, 11, 23), 3) == date(2026, 11, 26)
    assert working_days.after(date(2026, 12, 23), 3, (date(2026, 12, 25),)) == date(2026, 12, 29)
