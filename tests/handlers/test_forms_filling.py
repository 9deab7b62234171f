"""What a form asks next, works out, checks, keeps; and how it says its values."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.forms import load_shipped
from handlers.forms import Choice, Context, Form
from handlers.turn import Label

FORMS = load_shipped()
CTX = Context(
    date(2026, 11, 23),
    "en",
    date(2026, 4, 1),
    {"businesses": [Choice("07A", Label({"en": "07A (rice husker)"}))], "collines": []},
)
FULL = {
    "held_on": "2026-11-12",
    "topics": ["processing"],
    "women": 12,
    "men": 7,
    "new_women": 5,
    "new_men": 3,
}


@pytest.fixture
def training() -> Form:
    return FORMS["training"]


@pytest.fixture
def business() -> Form:
    return FORMS["business"]


def asked(form: Form, values: dict[str, Any], *steps: str) -> str | None:
    step = form.next_step(values, frozenset(steps), CTX)
    return step.name if step else None


def test_training_is_asked_in_four_steps(training: Form) -> None:
    assert [step.name for step in training.steps] == ["held_on", "topics", "people", "new"]
    values: dict[str, Any] = {}
    for name, answer in (
        ("held_on", {"held_on": "2026-11-12"}),
        ("topics", {"topics": ["processing"]}),
        ("people", {"women": 12, "men": 7}),
        ("new", {"new_women": 5, "new_men": 3}),
    ):
        assert asked(training, values) == name
        values |= answer
    assert asked(training, values) is None


def test_a_total_of_new_people_answers_the_step(training: Form) -> None:
    values = {**FULL, "new_people": 8}
    del values["new_women"], values["new_men"]
    assert asked(training, values) is None


def test_not_known_is_an_answer_where_it_is_not_required(training: Form) -> None:
    assert asked(training, {**FULL, "new_women": None, "new_men": None}) is None
    assert asked(training, {**FULL, "men": None}) == "people"


def test_a_step_is_asked_again_only_for_what_is_required(training: Form) -> None:
    half = {"held_on": "2026-11-12", "topics": ["processing"], "women": 12}
    assert asked(training, half, "held_on", "topics", "people") == "people"
    whole = {**half, "men": 7}
    assert asked(training, whole) == "new"
    assert asked(training, whole, "new") is None


def test_progress(training: Form, business: Form) -> None:
    assert [training.progress(step, {}, CTX) for step in training.steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    monthly = {"quarterly": "0", "business": "07A"}
    assert business.progress(business.step("problem"), monthly, CTX) == (4, 4)


def test_business_asks_three_questions_a_month_and_six_a_quarter(business: Form) -> None:
    for quarterly, steps in (
        ("0", ["status", "sales", "problem"]),
        ("1", ["status", "sales", "costs", "kit", "problem", "workers"]),
    ):
        values: dict[str, Any] = {"business": "07A", "quarterly": quarterly}
        seen: list[str] = []
        while (name := asked(business, values, *seen)) is not None:
            seen.append(name)
            values |= {q.name: "x" for q in business.step(name).questions}
        assert seen == steps


def test_sales_are_not_asked_of_a_business_that_stopped(business: Form) -> None:
    values = {"business": "07A", "quarterly": "0", "status": "stopped"}
    assert asked(business, values) == "problem"
    assert "sales" not in business.compute({**values, "sales": 1000}, CTX)


def test_what_she_says_beyond_the_month_is_kept(business: Form) -> None:
    values = {**business.read_line("BIZ 1 450000 210000 2 5", CTX).values, "business": "07A", "quarterly": "0"}
    assert business.compute(values, CTX) == values


def test_a_need_goes_with_its_problem(business: Form) -> None:
    values = {"business": "07A", "status": "working", "problem": "machine", "need": "a belt"}
    assert business.compute(values, CTX) == values
    for problem in ({"problem": "none"}, {"problem": None}):
        assert "need" not in business.compute({**values, **problem}, CTX)


def test_new_people_are_the_sum_when_both_are_known(training: Form) -> None:
    assert training.compute(FULL, CTX)["new_people"] == 8
    assert training.compute({**FULL, "new_people": 9}, CTX)["new_people"] == 8
    assert training.compute({**FULL, "new_men": None, "new_people": 9}, CTX)["new_people"] == 9
    without = {key: value for key, value in FULL.items() if not key.startswith("new")}
    assert training.compute(without, CTX) == without
    assert training.compute({**without, "new_women": None, "new_people": None}, CTX)["new_people"] is None


@pytest.mark.parametrize(
    ("changed", "question", "step", "said"),
    [
        (
            {"new_women": 15},
            "new_women",
            "new",
            "Women 12, men 7, but new women 15. New women cannot be more than 12."
            " How many new women and men? Example 5 3",
        ),
        (
            {"new_men": 9},
            "new_men",
            "new",
            "Women 12, men 7, but new men 9. New men cannot be more than 7. How many new women and men? Example 5 3",
        ),
        (
            {"new_women": None, "new_men": None, "new_people": 25},
            "new_people",
            "new",
            "People 19, but new people 25. New people cannot be more than 19."
            " How many new women and men? Example 5 3",
        ),
        (
            {"displaced": 4, "returnee": 6, "host": 8},
            "host",
            "details",
            "People 19, but displaced 4, returnees 6 and host 8 are not 19."
            " How many youth, displaced, returnees, host? Example 6 4 6 9",
        ),
    ],
)
def test_constraints(training: Form, changed: dict[str, Any], question: str, step: str, said: str) -> None:
    problem, *more = training.check(training.compute({**FULL, **changed}, CTX), CTX)
    assert not more
    assert (problem.question, problem.step, problem.message.text("en")) == (question, step, said)
    assert training.step(step)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"new_women": 12, "new_men": 7},
        {"displaced": 4, "returnee": 6, "host": 9},
        {"displaced": 4, "host": 9},
        {"women": None, "men": None},
        {"new_women": None},
    ],
)
def test_constraints_that_hold_or_cannot_be_checked(training: Form, changed: dict[str, Any]) -> None:
    assert training.check(training.compute({**FULL, **changed}, CTX), CTX) == ()


def test_constraint_messages_are_said_in_each_language(training: Form) -> None:
    one = {"women": 1, "men": 0, "new_women": 3, "new_men": 0}
    problem = training.check(training.compute({**FULL, **one}, CTX), CTX)[0]
    assert problem.message.text("en").startswith("Women 1, men 0, but new women 3. New women cannot be more than 1.")
    assert problem.message.text("fr") == (
        "Femmes 1, hommes 0, mais nouvelles femmes 3. Pas plus de 1."
        " Combien de nouvelles femmes et nouveaux hommes? Exemple 5 3"
    )
    assert problem.message.text("sw") == (
        "Wanawake 1, wanaume 0, lakini wanawake wapya 3. Hawawezi kuzidi 1."
        " Wanawake wapya na wanaume wapya wangapi? Mfano 5 3"
    )
    assert problem.message.text("rn") == (
        "Abakenyezi 1, abagabo 0, ariko abakenyezi bashasha 3. Ntibarenga 1."
        " Abakenyezi n'abagabo bashasha bangahe? Akarorero 5 3"
    )


def test_missing(training: Form) -> None:
    assert [q.name for q in training.missing({}, CTX)] == ["held_on", "topics", "women", "men"]
    assert training.missing(FULL, CTX) == ()
    assert training.missing({}, CTX) == training.missing({"youth": 3}, CTX)


def test_the_record_holds_every_stored_field(training: Form, business: Form) -> None:
    record = training.record(training.compute(FULL, CTX))
    assert record == {
        **FULL,
        "new_people": 8,
        "youth": None,
        "displaced": None,
        "returnee": None,
        "host": None,
        "place": None,
    }
    assert json.loads(json.dumps(record)) == record
    assert list(business.record({"quarterly": "1"})) == [
        "business",
        "status",
        "sales",
        "costs",
        "kit",
        "problem",
        "workers_women",
        "workers_men",
        "stock",
        "need",
    ]


def test_shown(training: Form, business: Form) -> None:
    assert training.shown("topics", ["business", "processing"]).text("en") == "business, processing"
    assert training.shown("topics", ["processing"]).text("rn") == "guhingura"
    assert training.shown("held_on", "2026-11-02").text("fr") == "2/11"
    assert training.shown("women", 12).text("sw") == "12"
    assert training.shown("new_women", None).text("en") == "?"
    assert business.shown("business", "07A", CTX).text("en") == "07A (rice husker)"
    assert business.shown("business", "99Z").text("en") == "99Z"
    assert business.shown("kit", "lost").text("fr") == "perdu ou volé"


def test_parts_are_found_by_name(training: Form) -> None:
    assert training.step_of("new_men").name == "new"
    assert training.step_of("new_people").name == "new"
    assert training.step_of("host").name == "details"
    assert training.question("women").required
    assert training.step("people").short.text("rn") == "abantu"
    with pytest.raises(KeyError):
        training.step("nothing")
