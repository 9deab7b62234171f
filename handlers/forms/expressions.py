"""XLSForm expressions, compiled once: elementpath parses, and its tree becomes nested closures.

elementpath's own evaluation costs 15 to 30 us an expression (a context is built each time), which is the
budget of a whole form; the closures cost one to two. That they say the same is held by
tests/handlers/test_forms_expressions.py, which compares both on generated expressions.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from typing import Any, Final

from elementpath import ElementPathError
from elementpath.tdop import Parser
from elementpath.xpath1 import XPath1Parser

from handlers.forms.functions import FUNCTIONS, Scope, Value, boolean, number, string
from handlers.forms.mistakes import Mistake
from handlers.noun import noun

Run = Callable[[Any], Value]

_PIECE: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{\s*([^{}]*?)\s*\}")
_CALL: Final = re.compile(r"(?<![\w$.-])([a-zA-Z][\w.:-]*)\s*\(")
_CHOICE_NAME: Final = re.compile(r"(?:jr:)?choice-name\s*\(")
_STRINGS: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_REF: Final = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_PREFIX: Final = "q_"
_MOST: Final = 2000
"""Characters of the longest expression."""
_TOO_SOON: Final = "unexpected end of source"
"""What elementpath says most often; the rest of what it says stays English."""


class _XFormParser(XPath1Parser):  # type: ignore[misc]
    """XPath 1.0 with the functions of XLSForm."""


for _name, (_fewest, _most, _) in {**FUNCTIONS, "if": (3, 3, None)}.items():
    _XFormParser.symbol_table.pop(_name, None)
    _XFormParser.function(_name, nargs=_fewest if _fewest == _most else (_fewest, _most))
_XFormParser.build()


class BadExpression(ValueError):
    """An expression that cannot be used; the mistake says what was found and what to write instead."""

    def __init__(self, english: str, **values: object) -> None:
        self.mistake = Mistake(english, **values)
        super().__init__(str(self.mistake))


@noun
class Expression:
    """A compiled expression. `refs` are the questions it looks at."""

    source: str
    refs: frozenset[str] = field(compare=False)
    run: Run = field(compare=False, repr=False)

    def holds(self, scope: Scope) -> bool:
        """Its value as true or false."""
        value = self.run(scope)
        return value if value is True or value is False else boolean(value)


def compiled(source: str, columns: Collection[str] = ()) -> Expression:
    """Parse and compile. `columns`: names that may stand bare (a choice_filter's own columns).

    Raises BadExpression.
    """
    if len(source) > _MOST:
        raise BadExpression("it is longer than {most} characters; split it with a calculate row", most=_MOST)
    _known_functions(source)
    refs: set[str] = set()

    def variable(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        refs.add(found[1])
        return f"${_PREFIX}{found[1]}"

    text = _PIECE.sub(variable, _CHOICE_NAME.sub("choice-label(", source))
    try:
        tree = Parser.parse(_XFormParser(), text)
    except ElementPathError as error:
        said = re.sub(r"^.*?\[err:\w+\]\s*", "", str(error))
        why = Mistake(_TOO_SOON) if said == _TOO_SOON else said
        raise BadExpression("it cannot be read ({said}); check its brackets, quotes and commas", said=why) from None
    run = _closure(tree, frozenset(columns), refs)
    return Expression(source, frozenset(refs), run)


def _known_functions(source: str) -> None:
    bare = _STRINGS.sub("''", source)
    for name in _CALL.findall(bare):
        known = name in FUNCTIONS or name in ("if", "and", "or", "div", "mod", "jr:choice-name", "choice-name")
        if not known or name == "choice-label":
            supported = ", ".join(sorted({*FUNCTIONS, "if", "jr:choice-name"} - {"choice-label"}))
            raise BadExpression(
                "the function {name}() is not supported; there are: {known}", name=name, known=supported
            )


def _closure(token: Any, columns: frozenset[str], refs: set[str]) -> Run:
    """The closure of one token of elementpath's tree. Raises BadExpression."""
    symbol = token.symbol
    if symbol in ("(string)", "(integer)", "(decimal)", "(float)"):
        literal: Value = token.value if symbol in ("(string)", "(integer)") else float(token.value)
        return lambda scope: literal
    if symbol == "$":
        name = str(token[0].value).removeprefix(_PREFIX)
        return lambda scope: scope.value(name)
    if symbol == ".":
        return lambda scope: scope.current
    if symbol == "(name)" and token.value in columns:
        column = str(token.value)
        return lambda scope: scope.column(column)
    if symbol == "(":
        return _closure(token[0], columns, refs)
    if symbol == "choice-label":
        return _choice_label(token, columns, refs)
    parts = [_closure(part, columns, refs) for part in token]
    if symbol in FUNCTIONS:
        return _call(FUNCTIONS[symbol][2], symbol, token, parts)
    if symbol == "if":
        test, yes, no = parts
        return lambda scope: yes(scope) if boolean(test(scope)) else no(scope)
    if symbol == "-" and len(parts) == 1:
        only = parts[0]
        return lambda scope: -number(only(scope))
    if symbol in _OPERATORS and len(parts) == 2:
        return _OPERATORS[symbol](*parts)
    if symbol == "(name)":
        raise BadExpression("{name!r} stands bare; a question is written ${{{name}}}", name=str(token.value))
    raise BadExpression(
        "{symbol!r} is not supported here; a question is written ${{name}}, never as a path", symbol=symbol
    )


def _choice_label(token: Any, columns: frozenset[str], refs: set[str]) -> Run:
    value = _closure(token[0], columns, refs)
    named = _REF.fullmatch(token[1].value) if token[1].symbol == "(string)" else None
    if named is None:
        raise BadExpression("jr:choice-name needs the question in quotes, as in jr:choice-name(${{a}}, '${{a}}')")
    question = named[1]
    refs.add(question)
    return lambda scope: scope.choice_name(question, string(value(scope)))


def _call(function: Callable[..., Value], name: str, token: Any, parts: list[Run]) -> Run:
    if name == "regex" and token[1].symbol == "(string)":
        try:
            re.compile(token[1].value)
        except re.error as error:
            pattern = str(token[1].value)
            raise BadExpression(
                "the pattern {pattern!r} cannot be read ({said})", pattern=pattern, said=error
            ) from None
    if len(parts) == 1:
        only = parts[0]
        return lambda scope: function(scope, only(scope))
    if len(parts) == 2:
        first, second = parts
        return lambda scope: function(scope, first(scope), second(scope))
    return lambda scope: function(scope, *[part(scope) for part in parts])


# --- operators: XPath 1.0, section 3.4 and 3.5 ----------------------------------------------------


def _order(compare: Callable[[float, float], bool]) -> Callable[[Run, Run], Run]:
    def of(left: Run, right: Run) -> Run:
        return lambda scope: compare(number(left(scope)), number(right(scope)))

    return of


_TWO_TEXTS: Final = (str, str)


def _equal(left: Value, right: Value) -> bool:
    kinds = type(left), type(right)
    if kinds == _TWO_TEXTS:
        return left == right
    if bool in kinds:
        return boolean(left) == boolean(right)
    return number(left) == number(right)


def _unequal(left: Value, right: Value) -> bool:
    return not _equal(left, right)


def _equality(compare: Callable[[Value, Value], bool]) -> Callable[[Run, Run], Run]:
    def of(left: Run, right: Run) -> Run:
        return lambda scope: compare(left(scope), right(scope))

    return of


def _figure(combine: Callable[[float, float], float]) -> Callable[[Run, Run], Run]:
    def of(left: Run, right: Run) -> Run:
        return lambda scope: combine(number(left(scope)), number(right(scope)))

    return of


def _div(left: float, right: float) -> float:
    if right == 0 or math.isnan(left + right):
        return math.nan if left == 0 or math.isnan(left + right) else math.copysign(math.inf, left)
    return left / right


def _mod(left: float, right: float) -> float:
    """The remainder with the sign of the left side, as in XPath."""
    if right == 0 or math.isnan(left + right) or math.isinf(left):
        return math.nan
    return math.fmod(left, right)


def _either(left: Run, right: Run) -> Run:
    return lambda scope: boolean(left(scope)) or boolean(right(scope))


def _both(left: Run, right: Run) -> Run:
    return lambda scope: boolean(left(scope)) and boolean(right(scope))


_OPERATORS: Final[Mapping[str, Callable[[Run, Run], Run]]] = {
    "or": _either,
    "and": _both,
    "=": _equality(_equal),
    "!=": _equality(_unequal),
    "<": _order(operator.lt),
    "<=": _order(operator.le),
    ">": _order(operator.gt),
    ">=": _order(operator.ge),
    "+": _figure(operator.add),
    "-": _figure(operator.sub),
    "*": _figure(operator.mul),
    "div": _figure(_div),
    "mod": _figure(_mod),
}
