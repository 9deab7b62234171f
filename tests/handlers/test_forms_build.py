"""A form that cannot be used says why: sheet, row, what was found, what to do, all mistakes at once."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.forms import BadForm, Context, Form, build
from tests.cases import cases

Row = dict[str, str]
EN, FR = "label::English (en)", "label::French (fr)"


def row(kind: str, name: str = "", label: str = "", **cells: str) -> Row:
    texts = {EN: label or name, FR: label or name} if name else {}
    return {"type": kind, **({"name": name} if name else {}), **texts, **cells}


def form(*survey: Row, choices: tuple[Row, ...] = (), **settings: str) -> Form:
    return build({"survey": survey, "choices": choices, "settings": [{"form_id": "x", **settings}]})


def choice(list_name: str, name: str, **cells: str) -> Row:
    return {"list_name": list_name, "name": name, EN: name, FR: name, **cells}


def problems(*survey: Row, choices: tuple[Row, ...] = (), **settings: str) -> list[str]:
    with pytest.raises(BadForm) as error:
        form(*survey, choices=choices, **settings)
    return [str(problem) for problem in error.value.problems]


OK = row("integer", "women")

CASES: dict[str, tuple[tuple[Row, ...], str]] = {
    "type": ((row("range", "a"),), "survey, row 2: the type 'range' is not supported; there are: text, integer,"),
    "no type": ((OK, {"name": "a"}), "survey, row 3: there is no type"),
    "repeat": ((OK, row("begin repeat", "a")), "survey, row 3: repeats are not supported; make a form of its own"),
    "twice": ((OK, row("integer", "women")), "survey, row 3: the name 'women' is used in row 2 too"),
    "name": ((row("integer", "how many"),), "survey, row 2: the name 'how many' cannot be used"),
    "list": ((row("select_one topics", "a"),), "survey, row 2: the list 'topics' is not on the choices sheet"),
    "reference": (
        (row("integer", "a", relevant="${b} > 1"),),
        "survey, row 2: relevant looks at ${b}, but there is no such question",
    ),
    "text reference": ((row("integer", "a", "How many of ${b}?"),), "survey, row 2: a text says ${b}, but"),
    "or other": (
        (row("select_one topics or_other", "a"),),
        "survey, row 2: or_other is not supported; add the choice other, and a text question for it",
    ),
    "one colon": (
        ({**OK, "hint:English (en)": "x"},),
        "survey, row 1: column 'hint:English (en)': write two colons, as label::English (en)",
    ),
    "picture": (
        (row("integer", "a", **{"media::image": "a.png"}),),
        "survey, row 1: column 'media::image': no picture or sound is sent with a question; say in the label",
    ),
    "trigger": ((OK, row("calculate", "a", trigger="${women}")), "survey, row 1: column 'trigger' is not supported"),
    "place": ((row("integer", "a", "How many {women}?"),), "survey, row 2: a text says {women}; a"),
    "expression": ((row("integer", "a", relevant="${a} >"),), "survey, row 2: relevant '${a} >': it cannot be read"),
    "function": (
        (row("integer", "a", calculation="pulldata('x', 'y')"),),
        "survey, row 2: calculation \"pulldata('x', 'y')\": the function pulldata() is not supported",
    ),
    "message": (
        (row("integer", "a", constraint=". > 1"),),
        "survey, row 2: constraint_message of the question 'a' has no text in language 'en'",
    ),
    "language": (
        ({"type": "integer", "name": "a", EN: "How many?"}, OK),
        "survey, row 2: the question 'a' has no text in language 'fr'",
    ),
    "unknown language": (
        ({**OK, "label::Klingon": "x"},),
        "survey, row 1: column 'label::Klingon': write the language as English (en)",
    ),
    "column": ((row("integer", "a", constrain="1"),), "survey, row 1: column 'constrain' is not known; did you mean"),
    "flag": ((row("integer", "a", required="maybe"),), "survey, row 2: required is 'maybe'; write yes, or no"),
    "open group": ((row("begin group", "g"), OK), "survey, row 2: the group 'g' is not closed"),
    "end group": ((OK, row("end group")), "survey, row 3: 'end group' without a group; delete the row"),
    "nested": (
        (row("begin group", "g", appearance="field-list"), row("begin group", "h"), OK),
        "survey, row 3: a group inside a field-list group is not supported",
    ),
    "empty group": (
        (OK, row("begin group", "g", appearance="field-list"), row("end group")),
        "survey, row 3: the group 'g' asks nothing",
    ),
    "later": (
        (
            OK,
            row("calculate", "a", calculation="${b} + 1"),
            row("calculate", "b", calculation="${women} * 2"),
        ),
        "survey, row 3: calculation looks at ${b}, which comes later",
    ),
    "itself": ((OK, row("calculate", "a", calculation="${a} + 1")), "survey, row 3: calculation looks at itself"),
    "circle": (
        (row("integer", "a", relevant="${b} > 1"), OK, row("integer", "b", relevant="${women} > 0 and ${a} > 1")),
        "survey, row 2: relevant waits for ${b} (row 4) -> ${a} (row 2): none of them is ever asked; correct one",
    ),
    "circle by way of a sum": (
        (OK, row("integer", "a", relevant="${sum} > 1"), row("calculate", "sum", calculation="${a} + ${women}")),
        "survey, row 3: relevant waits for ${sum} (row 4) -> ${a} (row 3): none of them is ever asked; correct one",
    ),
    "circle of one": (
        (OK, row("integer", "a", relevant="${a} > 1")),
        "survey, row 3: relevant waits for ${a} (row 3): none of them is ever asked; correct one",
    ),
    "alias": (
        (row("integer", "a", sms_alias="F W"), row("integer", "b", sms_alias="M f")),
        "survey, row 3: the label 'f' belongs to 'a' (row 2) too",
    ),
    "alias of a text": ((OK, row("text", "a", sms_alias="T")), "survey, row 3: a text cannot be read from one line"),
    "position": ((row("integer", "a", sms_position="first"),), "survey, row 2: sms_position is 'first'; write"),
    "position twice": (
        (row("integer", "a", sms_position="1"), row("integer", "b", sms_position="1")),
        "survey, row 3: sms_position 1 is taken by 'a' (row 2)",
    ),
    "gap": (
        (row("integer", "a", sms_position="1"), row("integer", "b", sms_position="3")),
        "survey, row 3: sms_position 2 is missing",
    ),
    "stands for": (
        (OK, row("integer", "a", sms_position="1", sms_stands_for="b")),
        "survey, row 3: sms_stands_for names 'b', which is no question",
    ),
    "nothing asked": ((row("integer", "a", ask="never"),), "survey: no question is asked"),
    "pattern": (
        (row("text", "a", relevant="regex(${a}, '[')"),),
        "survey, row 2: relevant \"regex(${a}, '[')\": the pattern '[' cannot be read",
    ),
}


@cases("case", CASES)
def test_a_mistake_is_named_with_its_place(case: str) -> None:
    survey, said = CASES[case]
    found = problems(*survey)
    assert any(problem.startswith(said) for problem in found), found


def test_mistakes_on_the_choices_sheet() -> None:
    select = row("select_one topics", "a")
    assert problems(select, choices=(choice("topics", "b"), choice("topics", "b"))) == [
        "choices, row 3: the choice 'b' is twice in the list 'topics'; rename one"
    ]
    assert problems(select, choices=(choice("topics", "b"), {"list_name": "topics", EN: "c", FR: "c"})) == [
        "choices, row 3: a choice needs list_name and name, both without spaces"
    ]
    assert problems(select, choices=(choice("topics", "b", sms_alias="X"), choice("topics", "c", sms_alias="x"))) == [
        "choices: 'x' means both 'b' and 'c' in the list 'topics'; keep it in one sms_alias"
    ]
    assert problems(select, choices=({"list_name": "topics", "name": "b", EN: "b"},)) == [
        "choices, row 2: the choice 'b' has no text in language 'fr';"
        " fill its column, or name 'fr' in draft_languages on the settings sheet"
    ]


def test_all_mistakes_come_at_once() -> None:
    found = problems(row("range", "a"), row("integer", "b", relevant="${c}"), row("select_one d", "e"))
    assert [problem.split(":")[0] for problem in found] == ["survey, row 2", "survey, row 4", "survey, row 3"]


def test_a_sheet_or_a_name_may_be_missing_altogether() -> None:
    with pytest.raises(BadForm, match="a form needs a sheet named survey"):
        build({})
    with pytest.raises(BadForm, match="settings, row 2: form_id is missing"):
        build({"survey": [OK]})


def test_a_draft_language_may_have_gaps() -> None:
    assert form({"type": "integer", "name": "a", EN: "How many?"}, OK, draft_languages="fr").languages == ("en", "fr")


def test_rows_and_columns_of_their_own_do_no_harm() -> None:
    made = form({}, row("integer", "a", colour="blue"), {}, row("note", "b"))
    assert [q.name for q in made.questions] == ["a", "b"]


@pytest.mark.parametrize("own", ["note", "notes", "page", "unit", "date", "level", "theme", "no"])
def test_a_column_of_the_staffs_own_is_no_slip_of_ours(own: str) -> None:
    made = form(row("integer", "a", **{own: "ask the shop"}))
    assert [q.name for q in made.questions] == ["a"]


CHOICE, REST = "select_one yn", ("yes", "no")


@pytest.mark.parametrize(
    ("kinds", "steps"),
    [
        (("text", CHOICE), ["q0", "q1"]),  # as Kobo's form builder groups who fills it, and where
        (("text", "text"), ["q0", "q1"]),
        (("integer", "image"), ["q0", "q1"]),
        (("geopoint", "integer"), ["q0", "q1"]),
        (("text",), ["q0"]),  # else only the heading of the group would be asked
        (("note", CHOICE), ["q1"]),
        (("integer", CHOICE, "text"), ["g"]),
        (("integer", "note", "integer"), ["g"]),
    ],
)
def test_a_group_that_one_sms_cannot_answer_is_asked_one_by_one(kinds: tuple[str, ...], steps: list[str]) -> None:
    rows = [row(kind, f"q{place}", f"Say {place}!") for place, kind in enumerate(kinds)]
    group = row("begin group", "g", "About you", appearance="field-list")
    made = form(group, *rows, row("end group"), choices=tuple(choice("yn", one) for one in REST))
    assert [step.name for step in made.steps] == steps
    asked = [
        made.prompt(step, {}, Context(date(2026, 11, 23), "en", date(2026, 4, 1))).text("en") for step in made.steps
    ]
    assert all(any(f"Say {place}!" in text for text in asked) for place in range(len(kinds))), asked


def test_a_group_may_have_no_words_of_its_own_or_only_notes() -> None:
    """As the form builder makes them: what is said before the questions, and a block without a heading."""
    intro = ({"type": "begin group", "name": "g", "appearance": "field-list"}, row("note", "n", "Hello!"))
    block = ({"type": "begin group", "name": "h", "appearance": "field-list"}, OK, row("integer", "men"))
    made = form(*intro, row("end group"), *block, row("end group"))
    assert [step.name for step in made.steps] == ["women", "men"]
    ctx = Context(date(2026, 11, 23), "en", date(2026, 4, 1))
    assert made.prompt(made.steps[0], {}, ctx).text("en") == "Hello! x 1/2. women"


def test_headers_may_be_written_with_spaces() -> None:
    sheets = {
        "survey": [
            {"Type": "integer", "Name": "a", EN: "a", "constraint": ". < 9", "Constraint Message::English (en)": "No"}
        ],
        "settings": [{"Form ID": "x", "form title": "Crop"}],
    }
    made = build(sheets)
    assert (made.name, made.title.text("en")) == ("x", "Crop")
    assert made.questions[0].constraint_message.text("en") == "No"


def test_one_language_needs_no_name() -> None:
    made = build({"survey": [{"type": "integer", "name": "a", "label": "Combien?"}], "settings": [
        {"form_id": "x", "default_language": "French (fr)"}]})  # fmt: skip
    assert made.languages == ("fr",)
    ctx = Context(date(2026, 11, 23), "fr", date(2026, 4, 1))
    assert made.prompt(made.steps[0], {}, ctx).text("fr") == "x 1/1. Combien?"


def test_what_an_app_notes_and_what_is_switched_off_is_left_out() -> None:
    noted = [{"type": kind, "name": kind} for kind in ("start", "end", "today", "deviceid", "audit")]
    made = form(*noted, OK, row("integer", "men", disabled="yes"))
    assert [question.name for question in made.questions] == ["women"]
    with pytest.raises(BadForm, match=r"survey, row 3: relevant looks at \$\{today\}"):
        form({"type": "today", "name": "today"}, row("integer", "women", relevant="${today} > 1"))


@pytest.mark.parametrize(
    "kind", ["select_one yn", "select one yn", "select1 yn", "select_multiple yn", "Select Multiple yn"]
)
def test_older_spellings_of_a_choice(kind: str) -> None:
    made = form(row(kind, "a"), choices=(choice("yn", "yes"), choice("yn", "no")))
    assert made.questions[0].type == ("select_multiple" if "ultiple" in kind else "select_one")
    assert [one.name for one in made.questions[0].choices] == ["yes", "no"]


def test_a_label_is_what_is_read_not_how_it_looks() -> None:
    label = '# <span style="color:red">How **many kg**</span> <b>now</b>, 3 < 5? ____ 2 * 3'
    assert form(row("integer", "a", label)).questions[0].label.texts["en"] == "How many kg now, 3 < 5? ____ 2 * 3"


def test_a_form_in_use_is_not_refused_for_what_is_refused_since() -> None:
    circle = row("integer", "b", relevant="${b} > 1")
    sheets = {"survey": [row("integer", "a", image="a.png", trigger="${a}"), circle], "settings": [{"form_id": "x"}]}
    with pytest.raises(BadForm):
        build(sheets)
    assert build(sheets, kept=True).questions[0].name == "a"
