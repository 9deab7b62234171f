"""Items -> values. Every whole reading is found; nothing is guessed, nothing is left over in silence.

- Bare numbers stand before the first labelled one, are not glued to a label, fill the positions in
  order, and end only where a step ends: one number never stands for half a pair.
- Labelled positions come after those that bare numbers filled, so that `12 femmes 7 hommes 8` cannot
  slide by one into `(12) femmes 7, hommes 8`.
- The same question twice with different values is no reading.

Which number belongs to which label stands in pairing.py.

Source: conversations 1.3 (the trap: f12m7 and 12f7m) and the rulings, 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

from handlers.forms import digits
from handlers.forms.atoms import Item, count_of, figure_of
from handlers.forms.filling import Filling
from handlers.forms.model import NUMBERS, Choice, Context, Question, Values
from handlers.forms.pairing import Pairing
from handlers.forms.scope import Evaluation
from handlers.forms.tables import Group
from handlers.understand import dates
from handlers.understand.words import Token

THOUSANDS: Final = "thousands-sep"
"""XLSForm's appearance for amounts: their thousands may be written apart, 450 000."""

Named = tuple[str, Any]


class Grammar:
    """Reads one message for one form."""

    def __init__(
        self, form: Filling, ctx: Context, known: Values, groups: Sequence[Group], asked: frozenset[str] = frozenset()
    ) -> None:
        self.form = form
        self.ctx = ctx
        self.known = known
        self.groups = groups
        self.asked = asked
        """Questions of the open step: they may be answered anew."""
        self._pairing = Pairing(self._same_choice, self._takes_several)
        self._scope = Evaluation(form, known, ctx)
        self._listed: dict[str, Sequence[Choice]] = {}

    def readings(self, items: Sequence[Item]) -> Iterator[dict[str, Any]]:
        """The values of every whole reading of these items."""
        for bare, pairs in self._pairing.of(items):
            yield from self._values(items, bare, pairs)

    def of_figures(self, values: dict[str, Any], numbers: list[Item]) -> Iterator[dict[str, Any]]:
        """The same for a message without words: a date perhaps, and bare numbers."""
        checked = self._together(list(values.items()))
        if checked is not None:
            yield from self._with_bare(checked, set(), numbers)

    def of_number(self, question: Question, number: Item) -> Iterator[dict[str, Any]]:
        """The same for one number that can only be for this question."""
        for value in self._of_number(question, number, {}):
            whole = self._added_up({question.name: value})
            if whole is not None and self._allowed(whole):
                yield whole

    def _same_choice(self, digit: Item, choice: Item) -> bool:
        """The digit of the choice that follows: "3 agri"."""
        for name, chosen in choice.meanings:
            question = self.form.question(name)
            if (
                question.position is not None
                and not question.from_file
                and chosen in self._selected(question, digit, {})
            ):
                return True
        return False

    def _takes_several(self, label: Item) -> bool:
        return any(self.form.question(name).type == "select_multiple" for name, _ in label.meanings)

    # --- values --------------------------------------------------------------------------------

    def _values(
        self, items: Sequence[Item], bare: Sequence[int], pairs: Sequence[tuple[int, int]]
    ) -> Iterator[dict[str, Any]]:
        paired = {value for _, value in pairs}
        options: list[list[Named]] = []
        for label, value in pairs:
            options.append(
                [(name, read) for name, _ in items[label].meanings for read in self._labelled(name, items[value])]
            )
        typed = [place for place, item in enumerate(items) if item.kind in ("choice", "date") and place not in paired]
        options += [[self._typed(items[place], meaning) for meaning in items[place].meanings] for place in typed]
        numbers = [items[place] for place in bare]
        labelled_until = len(pairs)
        for chosen in product(*options):
            values = self._together(chosen)
            if values is None:
                continue
            labelled = {name for name, _ in chosen[:labelled_until]}
            yield from self._with_bare(values, labelled, numbers)

    def _labelled(self, name: str, item: Item) -> Iterator[Any]:
        if item.kind in ("choice", "date"):
            yield from (self._typed(item, meaning)[1] for meaning in item.meanings if meaning[0] == name)
        else:
            yield from self._of_number(self.form.question(name), item, {})

    def _typed(self, item: Item, meaning: tuple[str, str]) -> Named:
        name, choice = meaning
        if item.kind == "date":
            return name, item.day
        return name, [choice] if self.form.question(name).type == "select_multiple" else choice

    def _together(self, chosen: Sequence[Named]) -> dict[str, Any] | None:
        """The answers as one set of values; None when two of them contradict each other."""
        values: dict[str, Any] = {}
        for name, value in chosen:
            before = values.get(name, value)
            if isinstance(value, list) and isinstance(before, list):
                value = self._in_order(name, {*before, *value})
            elif before != value:
                return None
            if name not in self.asked and self.known.get(name, value) not in (None, value):
                return None
            values[name] = value
        return values

    def _in_order(self, name: str, names: set[str]) -> list[str]:
        return [choice.name for choice in self.form.question(name).choices if choice.name in names]

    def _with_bare(self, values: dict[str, Any], labelled: set[str], numbers: list[Item]) -> Iterator[dict[str, Any]]:
        for filled in self._fill(0, numbers, values, frozenset(labelled)):
            whole = self._added_up(filled)
            if whole is not None and self._allowed(whole):
                yield whole

    def _allowed(self, values: dict[str, Any]) -> bool:
        """Every choice passes the filter of its question, with the answers of the same line."""
        for question in self.form.filtered:
            value = values.get(question.name)
            names = {choice.name for choice in self._choices(question, values)} if value is not None else set()
            if value is not None and not names.issuperset(value if isinstance(value, list) else [value]):
                return False
        return True

    def _added_up(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """The values, with the part that is left of a total; None when a total is not that of its parts."""
        for question in self.form.totals:
            total = values.get(question.name)
            missing = [name for name in question.stands_for if values.get(name) is None]
            if total is None or len(missing) > 1 or len(missing) == len(question.stands_for):
                continue
            if missing:
                left = total - sum(values[name] for name in question.stands_for if name not in missing)
                if left < 0:
                    return None
                values = {**values, missing[0]: left}
            if self.form.compute({**values, question.name: None}, self.ctx).get(question.name) != total:
                return None
        return values

    # --- bare numbers --------------------------------------------------------------------------

    def _fill(
        self, group: int, numbers: list[Item], values: dict[str, Any], labelled: frozenset[str]
    ) -> Iterator[dict[str, Any]]:
        """The values with the numbers, in every way in which they fill the positions from this group on."""
        if not numbers:
            yield values
            return
        if group == len(self.groups) or any(q.name in labelled for way in self.groups[group] for q in way):
            return
        for way in self._open_ways(group, values):
            for found, rest in self._take(way, numbers, values):
                yield from self._fill(group + 1, rest, found, labelled)

    def _open_ways(self, group: int, filled: dict[str, Any]) -> Iterator[tuple[Question, ...]]:
        """The questions of a group that bare numbers may fill; () when it needs none."""
        ways = self.groups[group]
        if any(q.stands_for and (q.name in filled or self._knows(q)) for way in ways[1:] for q in way):
            total = next(q for way in ways[1:] for q in way if q.stands_for)
            if not self.asked:
                yield ()
                return
            if not any(self._knows(self.form.question(name)) for name in total.stands_for):
                yield (self.form.question(total.stands_for[0]),)
            ways = ways[:1]
        seen = set()
        for way in ways:
            missing = tuple(q for q in way if q.name not in filled)
            fresh = tuple(q for q in missing if not self._knows(q) and not self._only_one(q))
            for candidate in (fresh, missing) if self.asked else (fresh,):
                if candidate not in seen and (candidate or not self.asked):
                    seen.add(candidate)
                    yield candidate

    def _knows(self, question: Question) -> bool:
        return self.known.get(question.name) is not None

    def _only_one(self, question: Question) -> bool:
        """A list of one needs no answer; the conversation has put it in already."""
        return question.from_file and len(self._choices(question, {})) < 2 and question.name not in self.asked

    def _take(
        self, way: Sequence[Question], numbers: list[Item], values: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], list[Item]]]:
        if not way:
            yield values, numbers
            return
        for value, used in self._consumed(way[0], numbers, values):
            yield from self._take(way[1:], numbers[used:], {**values, way[0].name: value})

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
        if len(numbers) < 2 or numbers[0].kind == "unknown":
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
            names = self._selected(question, item, values)
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
