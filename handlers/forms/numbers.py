"""What the numbers at the front of a message can be for a question: an amount, a choice's digits, a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from handlers.forms import digits
from handlers.forms.atoms import Item
from handlers.forms.filling import Filling
from handlers.forms.model import NUMBERS, Choice, Context, Question, Values
from handlers.forms.scope import Evaluation
from handlers.forms.tables import THOUSANDS
from handlers.understand import dates
from handlers.understand.calendar import BETWEEN
from handlers.understand.numbers import decimal, number
from handlers.understand.words import Token

_OF_A_DAY: Final = digits.JOINING | BETWEEN | {""}
"""What may stand between a day and its month, both in figures."""


class Numbers:
    """Reads numbers for the questions of one form."""

    def __init__(self, form: Filling, ctx: Context, known: Values) -> None:
        self.form = form
        self.ctx = ctx
        self.known = known
        self._scope = Evaluation(form, known, ctx)
        self._listed: dict[str, Sequence[Choice]] = {}

    def _consumed(self, question: Question, numbers: list[Item], values: dict[str, Any]) -> Iterator[tuple[Any, int]]:
        """What the question may take from the front: (value, how many numbers)."""
        if not numbers:
            return
        if question.type == "date":
            yield from self._day(numbers)
            return
        bound = question.type == "select_multiple" and len(numbers) > 1 and numbers[1].bound
        for value in [] if bound else self._of_number(question, numbers[0], values):
            yield value, 1
        if question.type in NUMBERS and THOUSANDS in question.appearance:
            yield from digits.thousands([item.text for item in numbers])
        if question.type == "select_multiple" and digits.is_digit(numbers[0].text):
            yield from self._digits(question, numbers, values)

    def _digits(
        self, question: Question, numbers: list[Item], values: dict[str, Any]
    ) -> Iterator[tuple[list[str], int]]:
        """1 et 3: digits of one answer, as far as they are joined."""
        chosen = set(self._selected(question, numbers[0], values))
        for used, item in enumerate(numbers[1:], start=2):
            names = self._selected(question, item, values) if item.joined and digits.is_digit(item.text) else []
            if not chosen or not names or not chosen.isdisjoint(names):
                return
            chosen.update(names)
            if used == len(numbers) or not numbers[used].bound:
                yield self._in_order(question.name, chosen), used

    def _day(self, numbers: list[Item]) -> Iterator[tuple[str, int]]:
        """Day and month, and the year, in full or the last two digits of this one or the one before."""
        if len(numbers) < 2 or numbers[0].kind == "unknown" or numbers[1].after not in _OF_A_DAY:
            return
        pair = [Token(item.text, "number", False) for item in numbers[:3]]
        for count in (2, 3):
            read = dates.date(pair[:count], self.ctx.today, earliest=self.ctx.start) if len(pair) >= count else None
            if read is not None and read.consumed == count:
                yield read.day.isoformat(), count
        years = [f"{self.ctx.today.year - back}"[-2:] for back in (0, 1)]
        if len(pair) == 3 and pair[2].text in years:
            written = [Token("/".join(token.text for token in pair), "date", False)]
            if (read := dates.date(written, self.ctx.today)) is not None:
                yield read.day.isoformat(), 3

    def _of_number(self, question: Question, item: Item, values: dict[str, Any]) -> list[Any]:
        """The values that one number, or X, can be for a question."""
        if item.kind == "unknown":
            return [] if question.required else [None]
        if question.type == "integer":
            count = count_of(item)
            return [] if count is None else [count]
        if question.type == "decimal":
            figure = figure_of(item)
            return [] if figure is None else [figure]
        if question.type == "select_one":
            return self._selected(question, item, values)
        if question.type == "select_multiple":
            doubtful = item.named or item.after in digits.ALL_OF
            names = [] if doubtful else self._selected(question, item, values)
            return [self._in_order(question.name, set(names))] if names else []
        return []

    def _choices(self, question: Question, values: dict[str, Any]) -> Sequence[Choice]:
        if question.choice_filter is not None and values:
            return Evaluation(self.form, {**self.known, **values}, self.ctx).choices(question)
        listed = self._listed.get(question.name)
        if listed is None:
            listed = self._listed[question.name] = self._scope.choices(question)
        return listed

    def _selected(self, question: Question, item: Item, values: dict[str, Any]) -> list[str]:
        """The choices of a digit; of several digits without a space where several may be chosen."""
        if question.type not in ("select_one", "select_multiple") or not item.text.isdecimal():
            return []
        listed = self._choices(question, values)
        named = [choice.name for choice in listed if choice.name == item.text]
        if named or question.type == "select_one" or len(listed) > 9:
            place = int(item.text)
            return named or ([listed[place - 1].name] if 1 <= place <= len(listed) else [])
        places = [int(digit) for digit in item.text.lstrip("0")]
        if not places or len(set(places)) < len(places) or not all(1 <= place <= len(listed) for place in places):
            return []
        return [listed[place - 1].name for place in places]

    def _in_order(self, name: str, names: set[str]) -> list[str]:
        return [choice.name for choice in self.form.question(name).choices if choice.name in names]


def count_of(item: Item) -> int | None:
    """The whole number of a number item; None for a fraction, and for "000", which only continues one."""
    return None if len(item.text) > 2 and not item.text.strip("0") else number(item.text)


def figure_of(item: Item) -> float | None:
    """The number of a number item, a fraction allowed."""
    found = decimal(item.text)
    return None if found is None else float(found)
