"""The XLSForm functions that make sense in a chat, and the conversions between XPath's types.

A value is a str, a float or int, or a bool; what is not set is the empty string, as in XForms. A date
is its ISO string; as a number it is days since 1970-01-01, so that dates compare and `today() - 7` works.
Source: the ODK XForms specification and docs.getodk.org/form-operators-functions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

Value = str | float | bool

_NUMBER: Final = re.compile(r"\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*")
_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?")
_EPOCH: Final = date(1970, 1, 1)


class Scope(Protocol):
    """What an expression is evaluated in."""

    current: Value
    today: date

    def value(self, name: str) -> Value:
        """The value of a question, '' when it is not set."""

    def choice_name(self, question: str, value: str) -> str:
        """The label of a choice, in the scope's language; '' when there is none."""


def number(value: Value) -> float:
    """XPath's number(): NaN for what is none. A date is days since 1970-01-01."""
    return _number_of(value) if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def _number_of(text: str) -> float:
    if _NUMBER.fullmatch(text):
        return float(text)
    day = _day(text)
    return math.nan if day is None else (day - _EPOCH).days


def string(value: Value) -> str:
    """XPath's string(): 3, not 3.0; true and false in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        if value.is_integer():
            return str(int(value))
        return "NaN" if math.isnan(value) else repr(value)
    return str(value)


def boolean(value: Value) -> bool:
    """XPath's boolean(): an empty string, zero and NaN are false."""
    return value == value and bool(value)


@lru_cache(maxsize=1024)
def _day(text: str) -> date | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _as_date(_: Scope, value: Value) -> Value:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        day = _day(value)
        return "" if day is None else day.isoformat()
    days = number(value)
    try:
        return "" if math.isnan(days) else (_EPOCH + timedelta(days=math.floor(days))).isoformat()
    except OverflowError:
        return ""


def _format_date(_: Scope, value: Value, pattern: Value) -> Value:
    day = _day(string(value))
    if day is None:
        return ""
    parts = {
        "Y": f"{day.year:04}",
        "y": f"{day.year % 100:02}",
        "m": f"{day.month:02}",
        "n": str(day.month),
        "d": f"{day.day:02}",
        "e": str(day.day),
    }
    return re.sub(r"%(.)", lambda found: parts.get(found[1], found[0]), string(pattern))


def _selected(_: Scope, many: Value, one: Value) -> Value:
    return string(one).strip() in string(many).split()


def _selected_at(_: Scope, many: Value, place: Value) -> Value:
    names = string(many).split()
    at = number(place)
    return names[int(at)] if 0 <= at < len(names) else ""


def _int(_: Scope, value: Value) -> Value:
    figure = number(value)
    return figure if math.isnan(figure) or math.isinf(figure) else int(figure)


def _round(_: Scope, value: Value, places: Value = 0) -> Value:
    """Halves go up, as in XPath: round(-2.5) is -2."""
    figure, scale = number(value), number(places)
    if math.isnan(figure + scale) or math.isinf(figure):
        return figure
    factor = 10 ** int(scale)
    rounded = math.floor(figure * factor + 0.5) / factor
    return int(rounded) if rounded.is_integer() else rounded


def _substr(_: Scope, text: Value, start: Value, end: Value = "") -> Value:
    whole = string(text)
    stop = number(end) if end != "" else len(whole)
    return "" if math.isnan(number(start) + stop) else whole[int(number(start)) : int(stop)]


def _extreme(pick: Callable[[list[float]], float]) -> Callable[..., Value]:
    def of(_: Scope, *values: Value) -> Value:
        figures = [number(value) for value in values]
        return math.nan if any(map(math.isnan, figures)) else pick(figures)

    return of


@lru_cache(maxsize=256)
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def _regex(_: Scope, value: Value, pattern: Value) -> Value:
    """The whole value matches (JavaRosa's rule)."""
    return _pattern(string(pattern)).fullmatch(string(value)) is not None


def _coalesce(_: Scope, *values: Value) -> Value:
    return next((value for value in values if value != ""), "")


def _join(_: Scope, between: Value, *values: Value) -> Value:
    return string(between).join(string(value) for value in values)


FUNCTIONS: Final[Mapping[str, tuple[int, int | None, Callable[..., Value]]]] = {
    "abs": (1, 1, lambda _, value: abs(number(value))),
    "boolean": (1, 1, lambda _, value: boolean(value)),
    "choice-label": (2, 2, lambda scope, value, question: scope.choice_name(string(question), string(value))),
    "coalesce": (2, None, _coalesce),
    "concat": (1, None, lambda _, *values: "".join(map(string, values))),
    "contains": (2, 2, lambda _, text, part: string(part) in string(text)),
    "count-selected": (1, 1, lambda _, value: len(string(value).split())),
    "date": (1, 1, _as_date),
    "ends-with": (2, 2, lambda _, text, part: string(text).endswith(string(part))),
    "false": (0, 0, lambda _: False),
    "format-date": (2, 2, _format_date),
    "int": (1, 1, _int),
    "join": (2, None, _join),
    "max": (1, None, _extreme(max)),
    "min": (1, None, _extreme(min)),
    "normalize-space": (1, 1, lambda _, text: " ".join(string(text).split())),
    "not": (1, 1, lambda _, value: not boolean(value)),
    "now": (0, 0, lambda scope: scope.today.isoformat()),
    "number": (1, 1, lambda _, value: number(value)),
    "once": (1, 1, lambda scope, value: value if scope.current == "" else scope.current),
    "regex": (2, 2, _regex),
    "round": (1, 2, _round),
    "selected": (2, 2, _selected),
    "selected-at": (2, 2, _selected_at),
    "starts-with": (2, 2, lambda _, text, part: string(text).startswith(string(part))),
    "string": (1, 1, lambda _, value: string(value)),
    "string-length": (0, 1, lambda scope, *value: len(string(value[0] if value else scope.current))),
    "substr": (2, 3, _substr),
    "sum": (1, None, _extreme(math.fsum)),
    "today": (0, 0, lambda scope: scope.today.isoformat()),
    "true": (0, 0, lambda _: True),
}
"""Name -> fewest and most arguments, and the function. `if` is apart: it evaluates only what it needs.
`choice-label` is jr:choice-name with its second argument already resolved to a question's name."""


def plain_values(values: Mapping[str, Any], name: str) -> Value:
    """A stored value as an expression sees it."""
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return value  # type: ignore[no-any-return]
