"""Values -> the shortest line that reads back to them; the receipt teaches it (C5: "Next: 12/11 3 12 7 5 3")."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

from handlers.forms.filling import Filling
from handlers.forms.model import SELECTS, Choice, Context, Question, Values
from handlers.forms.scope import Evaluation
from handlers.forms.tables import Group
from handlers.understand import dates
from handlers.understand.words import Token


def line_of(form: Filling, values: Values, ctx: Context) -> str:
    """See Form.line. What has neither a position nor a label (a text, a photo) is not in it."""
    scope = Evaluation(form, values, ctx)
    said: list[str] = []
    done: set[str] = set()
    ways = [_way(group, values, scope) for group in form.tables.groups]
    short = any(way is None or any(question.stands_for for question in way) for way in ways)
    for way in itertools.takewhile(lambda way: way is not None, ways):
        said += [_bare(question, values[question.name], scope, "+" if short else "") for question in way or ()]
        done |= {name for question in way or () for name in (question.name, *question.stands_for)}
    done |= {q.name for q in form.questions if q.stands_for and set(q.stands_for) <= done}
    for question in form.questions:
        if question.name not in done and question.stored and values.get(question.name) is not None:
            if question.stands_for and all(values.get(name) is not None for name in question.stands_for):
                continue
            if question.from_file and len(scope.choices(question)) < 2 and question.position is not None:
                continue
            said += _labelled(question, values[question.name], scope)
    dated = any(values.get(name) is not None for name in form.tables.dates)
    start = [form.keywords[0]] if form.keywords and not dated else []
    return " ".join((*start, *said))


def _way(group: Group, values: Values, scope: Evaluation) -> tuple[Question, ...] | None:
    """The way to fill a group that has all its values; None when there is none."""
    for way in group:
        needed = tuple(q for q in way if not (q.from_file and len(scope.choices(q)) < 2))
        if all(values.get(q.name) is not None and _bare(q, values[q.name], scope) for q in needed):
            return needed
    return None


def _bare(question: Question, value: Any, scope: Evaluation, between: str = "") -> str:
    """The value as a bare number, '' when it has none.

    `between`: several digits; 13 may be a count as well where the line has not all its numbers.
    """
    if question.type == "date":
        return day_of(str(value), scope.ctx)
    if question.type not in SELECTS:
        return str(value)
    listed = scope.choices(question)
    if question.from_file:
        return str(value)
    return between.join(_digit(listed, name) for name in (value if isinstance(value, list) else [value]))


def _digit(listed: Sequence[Choice], name: str) -> str:
    return next((str(place) for place, choice in enumerate(listed, start=1) if choice.name == name), "")


def _labelled(question: Question, value: Any, scope: Evaluation) -> list[str]:
    if question.type == "date":
        return [day_of(str(value), scope.ctx)]
    if question.from_file:
        return [str(value)]
    if question.aliases:
        return [f"{question.aliases[0]}{_bare(question, value, scope)}"]
    if question.type in SELECTS:
        names = value if isinstance(value, list) else [value]
        listed = {choice.name: choice for choice in question.choices}
        return [(listed[name].aliases or (name,))[0] for name in names if name in listed]
    return []


def day_of(iso: str, ctx: Context) -> str:
    """12/11, with its year where the day alone would be read as another."""
    day = date.fromisoformat(iso)
    short = f"{day.day}/{day.month}"
    read = dates.date((Token(short, "date", False),), ctx.today, earliest=ctx.start)
    return short if read is not None and read.day == day else f"{short}/{day.year}"
