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
from dataclasses import replace
from itertools import product
from typing import Any

from handlers.forms import digits
from handlers.forms.atoms import Item
from handlers.forms.filling import Filling
from handlers.forms.model import Context, Question, Values
from handlers.forms.numbers import Numbers
from handlers.forms.pairing import Pairing
from handlers.forms.tables import Group

Named = tuple[str, Any]


class Grammar(Numbers):
    """Reads one message for one form."""

    def __init__(
        self, form: Filling, ctx: Context, known: Values, groups: Sequence[Group], asked: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(form, ctx, known)
        self.groups = groups
        self.asked = asked
        """Questions of the open step: they may be answered anew."""
        self._pairing = Pairing(self._same_choice, self._takes_several)

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
        numbers = [self._bare(items, place) for place in bare]
        if any(self._of_the_day(items, place) for place in bare) or any(self._differ(items, *pair) for pair in pairs):
            return
        for chosen in product(*options):
            labelled = [name for name, _ in chosen[: len(pairs)]]
            values = self._together(chosen)
            if values is not None and not self._said_twice(labelled):
                yield from self._with_bare(values, set(labelled), numbers)

    def _bare(self, items: Sequence[Item], place: int) -> Item:
        """A bare number; 12 in "12 femmes 7 hommes 3" is rather the women's than two themes."""
        behind = items[place + 1] if place + 1 < len(items) else None
        apart = behind is not None and behind.kind == "label" and not (items[place + 2 :] and items[place + 2].glued)
        return replace(items[place], named=True) if apart and len(items[place].text) > 1 else items[place]

    def _of_the_day(self, items: Sequence[Item], place: int) -> bool:
        """Whether a bare number right before the day may belong to it: "12 et 13/11", "2 12/11" to "when?"."""
        day = items[place + 1] if place + 1 < len(items) else None
        if day is None or day.kind != "date" or not self.groups or self.groups[0][0][0].type != "date":
            return False  # where a number is asked before the day, it is that number
        return bool(self.asked or day.after or len(items[place].text) > 1)

    def _differ(self, items: Sequence[Item], label: int, value: int) -> bool:
        """ "theme 2 transformation": the digit behind a label and the word beside it say two things, unjoined."""
        question = self.form.question(items[label].meanings[0][0])
        if question.type != "select_multiple" or items[value].kind != "number":
            return False
        end = max(label, value) + 1
        beside = items[end] if end < len(items) and not items[end].after else None
        if beside is None or beside.kind != "choice":
            return False
        said = {choice for name, choice in beside.meanings if name == question.name}
        return bool(said) and said.isdisjoint(self._selected(question, items[value], {}))

    def _said_twice(self, labelled: Sequence[str]) -> bool:
        """5 nouvelles, 5 nouveaux: they may be ten."""
        counted = [name for name in labelled if self.form.question(name).type != "select_multiple"]
        return len(counted) > len(set(counted))

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

    def _with_bare(self, values: dict[str, Any], labelled: set[str], numbers: list[Item]) -> Iterator[dict[str, Any]]:
        again = self._said_again(values, labelled, numbers)
        if again is None:
            return
        for filled in (*self._fill(0, numbers, values, frozenset(labelled)), *again):
            whole = self._added_up(filled)
            if whole is not None and self._allowed(whole):
                yield whole

    def _said_again(
        self, values: dict[str, Any], labelled: set[str], numbers: list[Item]
    ) -> list[dict[str, Any]] | None:
        """The readings where a digit says what a word says too: "3 12 7 transformation".

        None where the digit says another thing: neither is guessed.
        """
        found = []
        for name in values.keys() - labelled if numbers else ():
            if self.form.question(name).type != "select_multiple":
                continue
            left = {other: value for other, value in values.items() if other != name}
            for filled in self._fill(0, numbers, left, frozenset(labelled)):
                if len(filled.get(name) or ()) != 1:
                    continue
                if filled[name] != values[name]:
                    return None
                found.append(filled)
        return found

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
        ways = [*self._open_ways(group, values), *([()] if self._may_count(group, numbers, values) else [])]
        for way in ways:
            for found, rest in self._take(way, numbers, values):
                yield from self._fill(group + 1, rest, found, labelled)

    def _may_count(self, group: int, numbers: list[Item], values: dict[str, Any]) -> bool:
        """Whether a number is as well a count as digits of several choices: 12 of "12/11 12 7 5 3"."""
        question = self.groups[group][0][0]
        several = question.type == "select_multiple" and len(self.groups[group][0]) == 1 and not self.asked
        return several and question.name not in values and not self._knows(question) and int(_digits(numbers[0])) > 9

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
            rest = numbers[used:]
            if way[1:] and rest and rest[0].after in digits.OF_THESE:
                continue  # 12 dont 5: a part of the women are no men
            yield from self._take(way[1:], rest, {**values, way[0].name: value})


def _digits(item: Item) -> str:
    return item.text if item.text.isdecimal() else "0"
