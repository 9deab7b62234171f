"""XLSForm expressions: the closures say what elementpath says, and each function what its manual says."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from elementpath import XPathContext
from elementpath.xpath1 import XPath1Parser
from hypothesis import assume, given
from hypothesis import strategies as st

from handlers.forms.expressions import BadExpression, compiled
from handlers.forms.functions import FUNCTIONS, Value, boolean, number, string
from tests.cases import cases
from tests.examples import examples

VALUES: dict[str, Value] = {
    "women": 12,
    "men": 7,
    "none": "",
    "half": 2.5,
    "status": "working",
    "topics": "business processing",
    "day": "2026-11-12",
}


class Here:
    """A scope of fixed values."""

    today = date(2026, 11, 23)

    def __init__(self, current: Value = "") -> None:
        self.current = current

    def value(self, name: str) -> Value:
        return VALUES[name]

    def choice_name(self, question: str, value: str) -> str:
        return f"{question} is {value}"


def result(source: str, current: Value = "") -> Value:
    return compiled(source).run(Here(current))


def figures(*leaves: str) -> st.SearchStrategy[str]:
    """Arithmetic over these; divided only by what is not zero (elementpath has NaN div 0 as -INF)."""
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: (
            st.builds("{} {} {}".format, inner, st.sampled_from(("+", "-", "*")), inner.map(lambda text: f"({text})"))
            | st.builds("({}) div {}".format, inner, st.sampled_from(("2", "2.5", "${men}")))
        ),
        max_leaves=6,
    )


SET = figures("${women}", "${men}", "${half}", "0", "3", "19", "2.5", ".")
FIGURES = figures("${women}", "${men}", "${none}", "3", ".")
"""Also of what is not set; elementpath refuses to order that, XPath 1.0 says NaN."""
TEXTS = st.sampled_from(("${status}", "''", "'working'", "'19'", "${none}", "concat(${status}, 'x')"))
COMPARED = (
    st.builds("{} {} {}".format, SET, st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), SET)
    | st.builds("{} {} {}".format, FIGURES, st.sampled_from(("=", "!=")), SET)
    | st.builds("{} {} {}".format, TEXTS, st.sampled_from(("=", "!=")), TEXTS)
)
LOGIC = st.recursive(
    COMPARED,
    lambda inner: (
        st.builds("({}) {} ({})".format, inner, st.sampled_from(("and", "or")), inner)
        | st.builds("not({})".format, inner)
    ),
    max_leaves=5,
)


@examples(1000)
@given(FIGURES | LOGIC | TEXTS.map("string-length({})".format))
def test_the_closures_say_what_elementpath_says(source: str) -> None:
    assume(not (" div " in source and "=" in source))  # exact fractions there, floats here
    plain = source.replace("${", "$").replace("}", "")
    context = XPathContext(item=5, variables={name: value for name, value in VALUES.items() if name != "day"})
    theirs: Any = XPath1Parser().parse(plain).evaluate(context)
    ours = result(source, 5)
    if isinstance(theirs, bool):
        assert ours is theirs, source
    else:
        # exact fractions there, floats here
        figure = math.nan if theirs == "" else float(theirs)
        same = math.isclose(number(ours), figure, rel_tol=1e-9, abs_tol=1e-9)
        assert same or (math.isnan(number(ours)) and math.isnan(figure)), source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if(${women} > 5, 'many', 'few')", "many"),
        ("if(${none} = '', ., 1)", 5),
        ("selected(${topics}, 'business')", True),
        ("selected(${topics}, 'busi')", False),
        ("count-selected(${topics})", 2),
        ("count-selected(${none})", 0),
        ("selected-at(${topics}, 1)", "processing"),
        ("selected-at(${topics}, 7)", ""),
        ("coalesce(${none}, ${men})", 7),
        ("once('first')", 5),
        ("today()", "2026-11-23"),
        ("today() >= ${day}", True),
        ("${day} > today()", False),
        ("${day} = '2026-11-12'", True),
        ("date(today() - 7)", "2026-11-16"),
        ("${day} >= date('2026-04-01')", True),
        ("format-date(${day}, '%e/%n/%Y')", "12/11/2026"),
        ("format-date(${none}, '%e/%n')", ""),
        ("date('2026-02-31')", ""),
        ("int(4.7)", 4),
        ("int(-4.7)", -4),
        ("round(2.5)", 3),
        ("round(-2.5)", -2),
        ("round(2.345, 2)", 2.35),
        ("min(${women}, ${men})", 7),
        ("max(${women}, ${men})", 12),
        ("sum(${women}, ${men})", 19),
        ("abs(-3)", 3),
        ("-3 + 2", -1),
        ("7 mod -3", 1),
        ("string(3 * 4)", "12"),
        ("string(true())", "true"),
        ("number('12') + 1", 13),
        ("concat(${women}, ' of ', 25)", "12 of 25"),
        ("join(', ', 'a', 'b')", "a, b"),
        ("substr('processing', 0, 3)", "pro"),
        ("contains(${status}, 'work')", True),
        ("starts-with(${status}, 'work')", True),
        ("ends-with(${status}, 'ing')", True),
        ("normalize-space('  a   b ')", "a b"),
        ("regex(., '[0-9]+')", True),
        ("regex('12a', '[0-9]+')", False),
        ("string-length(.) = 1", True),
        ("jr:choice-name(${status}, '${status}')", "status is working"),
        ("not(false())", True),
        ("boolean(${none})", False),
        ("now() = today()", True),
    ],
)
def test_functions(source: str, expected: Value) -> None:
    assert result(source, 5) == expected


@cases("source", ["${women} + ${none}", "0 div 0", "max(1, ${none})", "int('x')", "5 mod 0"])
def test_what_is_no_number_is_nan_and_holds_in_no_comparison(source: str) -> None:
    assert math.isnan(number(result(source)))
    assert not boolean(result(f"{source} > 0"))
    assert string(result(source)) == "NaN"


def test_division_by_zero_is_infinite_as_in_xpath() -> None:
    assert result("1 div 0") == math.inf
    assert string(result("-1 div 0")) == "-Infinity"


def test_every_function_is_tried_above() -> None:
    tried = {source for mark in test_functions.pytestmark for source, _ in mark.args[1]}  # type: ignore[attr-defined]
    missing = {name for name in FUNCTIONS if name != "choice-label" and not any(f"{name}(" in s for s in tried)}
    assert not missing


@cases(
    "source said",
    [
        ("pulldata('a', 'b')", "the function pulldata() is not supported; there are: abs,"),
        ("women > 3", "'women' stands bare; a question is written ${women}"),
        ("../women = 3", "never as a path"),
        ("${women} >", "it cannot be read"),
        ("if(1, 2)", "it cannot be read"),
        ("${a} ${b}", "it cannot be read"),
        ("'open", "it cannot be read"),
        ("regex(., '[')", "the pattern '[' cannot be read"),
        ("jr:choice-name(${a}, 'a')", "needs the question in quotes"),
        ("${women}[1]", "is not supported here"),
        ("1 + " * 600 + "1", "longer than 2000 characters"),
    ],
)
def test_what_cannot_be_used_says_what_to_write(source: str, said: str) -> None:
    with pytest.raises(BadExpression, match="^.*") as error:
        compiled(source)
    assert said in str(error.value)


def test_the_questions_it_looks_at_are_known() -> None:
    assert compiled("${women} + if(${men} > 1, 1, jr:choice-name(.,'${status}'))").refs == {"women", "men", "status"}
