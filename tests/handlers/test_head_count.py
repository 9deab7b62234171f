"""Totals beside women and men, new people by sex, and days in other words, on Monday 23/11/2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from handlers.known_forms import read_answer, read_line
from tests.cases import cases
from tests.handlers.forms_at_work import FORMS, context

FORM, CTX = FORMS["training"], context()
CAME = {"women": 12, "men": 7}
NEW = {"new_women": 5, "new_men": 3}
DAY: dict[str, Any] = {"held_on": "2026-11-12", "topics": ["processing"]}


@cases(
    "line, told",
    [
        ("12/11 agri 19 personnes: 12 femmes 7 hommes", CAME),
        ("12/11 agri 12 femmes 7 hommes total 19", CAME),
        ("12/11 agri total 19 personnes, 12 femmes et 7 hommes", CAME),
        ("12/11 agri abantu 19 abakenyezi 12 abagabo 7", CAME),
        ("12/11 3 19 personnes 12 7", CAME),
        ("12/11 3 12+7=19", CAME),
        ("12/11 agri 12 femmes 7 hommes nouveaux 5 femmes 3 hommes", CAME | NEW),
        ("12/11 agri 12 femmes 7 hommes bashasha abakenyezi 5 abagabo 3", CAME | NEW),
        ("12/11 agri 12 femmes dont 5 nouvelles, 7 hommes dont 3 nouveaux", CAME | NEW),
        ("12/11 agri nouveaux 5 femmes 3 hommes", NEW),
        ("12/11 agri 12 femmes 7 hommes 5 nouvelles, 3 nouveaux", CAME | NEW),
        ("12/11 agri 12 femmes 7 hommes, 3 nouveaux et 5 nouvelles", CAME | NEW),
        ("12/11 agri 12 femmes 7 hommes nouvelles 5 nouveaux 3", CAME | NEW),
        ("oui 12/11 agri 12 femmes 7 hommes, bonne journee", CAME),
        ("12/11 agri 19 personnes soit 12 femmes et 7 hommes", CAME),
        ("12/11 agri femmes: 12 hommes: 7 total: 19 nouveaux: 8", CAME | {"new_people": 8}),
        ("12/11 agri 12 femmes 7 hommes tous nouveaux", CAME | {"new_women": 12, "new_men": 7}),
        ("12/11 au matin agri 12 female 7 male", CAME),
        ("tarehe 12 mwezi wa 11 usindikaji wanawake 12 wanaume 7", CAME),
        ("november 12 processing 12 women 7 men", CAME),
    ],
)
def test_read_whole(line: str, told: dict[str, int]) -> None:
    reading = read_line(FORM, line, CTX)
    assert (reading.status, reading.values) == ("whole", DAY | told)


@cases(
    "line",
    [
        "12/11 agri 19 personnes: 12 femmes 8 hommes",
        "12/11 agri 19 personnes dont 12 femmes",
        "12/11 agri 12 femmes 7 hommes total 20",
    ],
)
def test_what_does_not_add_up_is_asked_about_and_nothing_is_offered(line: str) -> None:
    reading = read_line(FORM, line, CTX)
    assert (reading.status, reading.values) == ("leftover", {})


def test_a_total_is_no_two_topics() -> None:
    assert "topics" not in read_line(FORM, "12/11 12 personnes: 5 femmes 7 hommes", CTX).values


def test_an_hour_behind_the_day_is_no_men_in_silence() -> None:
    reading = read_line(FORM, "hier 14h transformation 12 femmes", CTX)
    assert (reading.status, reading.leftover) == ("leftover", ("heure",))
    assert read_line(FORM, "12/11 12f 7h agri", CTX).values == DAY | CAME


@cases(
    "text, day",
    [
        ("hier 12h", "2026-11-22"),
        ("hier soir", "2026-11-22"),
        ("ce soir", "2026-11-23"),
        ("lundi a 14h30", "2026-11-16"),
        ("samedi 14", "2026-11-14"),
        ("lundi 9", "2026-11-09"),
        ("November 12", "2026-11-12"),
        ("nov 12th", "2026-11-12"),
        ("tarehe 12 mwezi wa 11", "2026-11-12"),
        ("itariki 12 z'ukwezi kwa 11", "2026-11-12"),
        ("le 12 du mois 11", "2026-11-12"),
        ("hier apres-midi", "2026-11-22"),
        ("ejo mu gitondo", "2026-11-22"),
        ("cet apres-midi", "2026-11-23"),
        ("le 12", "2026-11-12"),
        ("Le 23.", "2026-11-23"),
        ("the 30th", "2026-10-30"),
        ("tarehe 31", "2026-10-31"),
    ],
)
def test_days_in_other_words(text: str, day: str) -> None:
    reading = read_answer(FORM, FORM.step("held_on"), text, CTX, {})
    assert (reading.status, reading.values) == ("whole", {"held_on": day})


@cases("text", ["12h", "14h30", "samedi 15", "hier 12h 7f"])
def test_no_day(text: str) -> None:
    assert read_answer(FORM, FORM.step("held_on"), text, CTX, {}).status != "whole"


def test_a_digit_behind_its_label_and_another_topic_beside_it_are_asked_about() -> None:
    line = "12/11 theme {} transformation 12 femmes 7 hommes"
    assert read_line(FORM, line.format("2"), CTX).status == "leftover"
    assert read_line(FORM, line.format("3"), CTX).values == DAY | CAME
    assert read_line(FORM, line.format("2 et"), CTX).values["topics"] == ["value_chain", "processing"]


@cases("text, new", [("12 7 5 3", NEW), ("12, 7, 5, 3", NEW), ("12 7 8", {"new_people": 8})])
def test_the_new_people_may_follow_the_people(text: str, new: dict[str, int]) -> None:
    reading = read_answer(FORM, FORM.step("people"), text, CTX, DAY)
    assert (reading.status, reading.values) == ("whole", CAME | new)


def test_more_figures_are_asked_about() -> None:
    assert read_answer(FORM, FORM.step("people"), "12 7 5 3 9", CTX, DAY).status != "whole"


def test_labels_still_answer_out_of_order() -> None:
    assert read_answer(FORM, FORM.step("held_on"), "12f 7h", CTX, {}).values == CAME


@cases("line", ["vendredi 13 12 7 5 3", "lundi 9 transformation 12 7"])
def test_a_figure_behind_a_weekday_that_may_be_two_things_is_asked_about(line: str) -> None:
    assert read_line(FORM, line, CTX).status == "ambiguous"


def test_a_figure_behind_a_weekday_that_can_only_be_women() -> None:
    reading = read_line(FORM, "lundi 9 femmes 7 hommes agri", CTX)
    assert (reading.status, reading.values["held_on"], reading.values["women"]) == ("whole", "2026-11-16", 9)


@cases("text", ["5 nouvelles, 3 nouveaux", "3 nouveaux et 5 nouvelles", "nouvelles: 5, nouveaux: 3"])
def test_new_members_of_two_sexes_are_an_answer(text: str) -> None:
    reading = read_answer(FORM, FORM.step("new"), text, CTX, CAME)
    assert (reading.status, reading.values) == ("whole", NEW)


@cases("text", ["12", "le 12 5 f", "le 32", "le 0", "12 ou le 13", "avant le 12"])
def test_a_day_of_the_month_is_one_only_where_nothing_else_stands_beside_it(text: str) -> None:
    assert read_answer(FORM, FORM.step("held_on"), text, CTX, {}).values.get("held_on") is None


def test_a_day_of_the_month_before_the_programme_is_asked_again() -> None:
    begun = replace(CTX, start=date(2026, 11, 20))
    assert read_answer(FORM, FORM.step("held_on"), "le 12", begun, {}).status == "nothing"


@cases(
    "when",
    [
        *(
            "hier matin",
            "hier après-midi,",
            "hier au soir",
            "hier le soir",
            "hier 14 heures",
            "hier 2pm",
            "hier midi",
        ),
        *("ejo mu gitondo", "ejo gitondo", "ejo ku mugoroba", "ejo nimugoroba", "ejo isaha 8", "last night"),
        *("jana usiku", "jana asubuhi", "jana saa 8", "yesterday noon", "yesterday in the afternoon", "22/11 mchana"),
    ],
)
def test_a_part_of_the_day_behind_a_day_says_no_more_than_the_day(when: str) -> None:
    reading = read_line(FORM, f"{when} 12 femmes transformation", CTX)
    expected = {"held_on": "2026-11-22", "women": 12, "topics": ["processing"]}
    assert (reading.status, reading.values) == ("whole", expected)


def test_no_day_is_offered_without_its_tens() -> None:
    """The second of July was offered for the twentieth."""
    reading = read_line(FORM, "mirongo muyinga ibiri juillet biashara 0 wanaume wanawake 0", CTX)
    assert (reading.status, reading.values) == ("leftover", {})
