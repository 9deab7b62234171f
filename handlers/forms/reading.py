"""Messages -> `Reading`: a whole report from cold, or the answer to an open step."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from handlers.forms import spelling
from handlers.forms.atoms import DAY_NAMES, Atoms, Item
from handlers.forms.filling import Filling
from handlers.forms.grammar import Grammar
from handlers.forms.model import NO_LABEL, SAID, SELECTS, Context, Question, Reading, Step, Values
from handlers.forms.pairing import TooMany
from handlers.forms.tables import NOBODY, NOTHING_OF_IT, THOUSANDS, UNKNOWN, bare
from handlers.understand import dates, named_days
from handlers.understand.calendar import ORDINALS
from handlers.understand.tokens import tokens
from handlers.understand.words import COURTESY, UNITS, clean, plain

NOTHING: Final = Reading("nothing")
LONGEST: Final = 480
"""Characters: three SMS. Longer is a letter, not a report."""
_DROPS: Final = 2
"""Words that mean something, left out in search of a reading that can be shown and asked about."""
_PIECE: Final = re.compile(r"[^\s,;]+")
_MOST_WORDS: Final = 4
"""Words that a number before a text may take: "et 2 hommes,"."""
_ONE_NUMBER: Final = frozenset(("integer", "select_one"))
_DIGITS: Final = 9
"""Digits of the longest number that is read without looking for anything else in it."""
_AGO: Final = {"1": 0, "2": 1}
"""A date step is answered 1 for today, 2 for yesterday (C1)."""
_TOLD: Final = DAY_NAMES | ORDINALS.keys() | {"o", "mirongo"}
"""Words that say a day or a figure (an O may be a zero, mirongo makes tens): no reading is offered without one."""


def _distinct(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for values in found:
        if values not in kept:
            kept.append(values)
    return kept


def _search(atoms: Atoms, grammar: Grammar, drops: int) -> tuple[list[dict[str, Any]], tuple[str, ...], bool]:
    """All readings that leave out the fewest words, and of those with the most answers; the words left out.

    And whether the reading may be offered: it has every figure, label and day, and no word between two figures.
    """
    try:
        for extra in range(drops + 1):
            found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            torn = set()
            for path in atoms.paths(extra):
                out = tuple(item.text for item in path if item.kind == "left")
                if out and (_torn(path) or not _TOLD.isdisjoint(out)):
                    torn.add(out)
                for values in grammar.readings(path):
                    found.setdefault(out, []).append(values)
            if found:
                left = min(found, key=lambda out: (len(out), -max(map(len, found[out]))))
                readings = _distinct(found[left])
                return readings, left, extra == 0 and len(readings) == 1 and left not in torn
    except TooMany:
        pass
    return [], (), False


def _torn(path: Sequence[Item]) -> bool:
    """Whether a word is left out between two figures: it may have said what they are, as a misspelled month."""
    kinds = [kind for kind, _ in groupby(item.kind for item in path)]
    return any(three == ("number", "left", "number") for three in zip(kinds, kinds[1:], kinds[2:], strict=False))


def _reading(found: list[dict[str, Any]], left: tuple[str, ...], sure: bool, keyword: bool) -> Reading:
    if left:
        return Reading("leftover", found[0] if sure else {}, left, (), keyword)
    if len(found) > 1:
        return Reading("ambiguous", {}, (), tuple(found), keyword)
    return Reading("whole", found[0], (), (), keyword)


# --- from cold ------------------------------------------------------------------------------------


def read_line(form: Filling, text: str, ctx: Context, known: Values) -> Reading:
    """See Form.read_line.

    Without the form's keyword a line is a report only with a date and something more; a date made of
    two bare numbers needs every required answer beside it, so that `12 7` is never guessed.
    """
    if len(text) > LONGEST:
        return NOTHING
    tables = form.tables
    atoms = Atoms(tables, tables.labels, text, ctx, fractions=tables.fractions)
    if atoms.long or not (atoms.keyword or (tables.dates and atoms.may_be_dated)):
        return NOTHING
    if not atoms.tokens:
        return Reading("whole", keyword=True) if atoms.keyword else NOTHING
    grammar = Grammar(form, ctx, known, tables.groups)
    left: tuple[str, ...] = ()
    found, sure = _quick(atoms, grammar) if atoms.only_figures else [], True
    if not found and not (atoms.plain_numbers and not atoms.keyword):
        found, left, sure = _search(atoms, grammar, _DROPS)
    if not any(_is_report(form, values, atoms, left, ctx) for values in found):
        return Reading("nothing", keyword=atoms.keyword)
    return _reading(found, left, sure, atoms.keyword)


def _quick(atoms: Atoms, grammar: Grammar) -> list[dict[str, Any]]:
    """Nothing but figures: the numbers all are bare, and only the positions have to be tried."""
    figures = atoms.figures()
    return [] if figures is None else _distinct(list(grammar.of_figures(*figures)))


def _is_report(form: Filling, values: dict[str, Any], atoms: Atoms, left: Sequence[str], ctx: Context) -> bool:
    dates = form.tables.dates
    dated = any(values.get(name) is not None for name in dates)
    if len(left) > max(1, len(values)):
        return False
    if atoms.nothing_but_numbers and dated and len(values) == 1:
        return False
    if atoms.keyword:
        return bool(values)
    if not dated or len(values) < (3 if left else 2):
        return False
    return not atoms.nothing_but_numbers or not form.missing(form.compute(values, ctx), ctx)


# --- the open step --------------------------------------------------------------------------------


def read_answer(form: Filling, step: Step, text: str, ctx: Context, known: Values) -> Reading:
    """See Form.read_answer."""
    said = plain(text)
    if said.rstrip(".! ") in UNKNOWN or said.strip(" ?") == "" < said:
        return _not_known(step)
    asked = [q for q in step.questions if not q.shows_only]
    if said.rstrip(".! ") in NOBODY and any(form.stand_ins(q.name) for q in asked):
        text = said = "0"  # of a number that is asked in parts, as the new people
    if said.rstrip(".! ") in NOTHING_OF_IT and len(asked) == 1 and THOUSANDS in asked[0].appearance:
        text = said = "0"
    if asked and asked[-1].type == "text":
        return _with_text(form, step, text, ctx, known)
    if len(asked) == 1 and asked[0].type == "date" and (day := _ago(said, ctx)):
        return Reading("whole", {asked[0].name: day.isoformat()})
    if len(asked) == 1 and asked[0].type == "date" and (before := spelling.before_hour(said)) is not None:
        told = read_answer(form, step, before, ctx, known) if before else NOTHING
        if not before or told.values.keys() == {asked[0].name}:
            return told  # "12h" is no men; behind other figures it may be
    if (number := _one_number(form, asked, said, ctx, known)) is not NOTHING:
        return number
    if len(text) > LONGEST:
        return NOTHING
    groups, labels = form.tables.step(step)
    amount = any(THOUSANDS in q.appearance for q in asked)
    atoms = Atoms(form.tables, labels, text, ctx, fractions=any(q.type == "decimal" for q in asked), amount=amount)
    if not atoms.tokens or atoms.long or atoms.keyword:
        return NOTHING
    grammar = Grammar(form, ctx, known, groups, frozenset(q.name for q in asked))
    found, left, sure = _search(atoms, grammar, 0)
    if not any(found) or (len(found) == 1 and _of_another(form, grammar.asked, found[0], atoms)):
        return NOTHING
    return _reading(found, left, sure, False)


def _of_another(form: Filling, asked: Container[str], values: Values, atoms: Atoms) -> bool:
    """A word alone that is an answer to another question is none to this one: "hakuna" to "sales?" is no problem."""
    words = {token.text for token in atoms.tokens}
    return form.tables.label_words.isdisjoint(words) and all(
        name not in asked and form.question(name).type in SELECTS for name in values
    )


def _ago(said: str, ctx: Context) -> date | None:
    """The day of "1" or "2", of "2.", of "2 hier", where the words say the same, and of "le 12"."""
    digit, rest = said[:1], said[1:].strip(" .,;:!)=-")
    if digit not in _AGO:
        day = named_days.last_of_month([token.text for token in tokens(said)], ctx.today)
        return day if day and day >= ctx.start else None
    day = ctx.today - timedelta(days=_AGO[digit])
    if rest and all(word.strip(".,! ") in COURTESY for word in rest.split()):
        return day
    read = dates.date(rest, ctx.today) if rest and not rest[0].isdigit() else None
    return day if not said[1:].strip(" .!)") or (read and read.day == day) else None


def _one_number(form: Filling, asked: Sequence[Question], said: str, ctx: Context, known: Values) -> Reading:
    """Nothing but digits, to one question of one number: there is nothing to search. NOTHING: search."""
    if len(asked) != 1 or asked[0].type not in _ONE_NUMBER or not said.isdecimal() or len(said) > _DIGITS:
        return NOTHING
    listed = (choice.name for q in form.tables.from_file for choice in ctx.lists.get(q.list_name, ()))
    if any(bare(name) == bare(said) for name in listed):
        return NOTHING
    grammar = Grammar(form, ctx, known, (), frozenset((asked[0].name,)))
    found = list(grammar.of_number(asked[0], Item("number", said, glued=False)))
    return Reading("whole", found[0]) if len(found) == 1 else NOTHING


def _not_known(step: Step) -> Reading:
    """X: None for every question of the step, if none of them is required."""
    asked = [q for q in step.questions if not q.shows_only]
    if not asked or any(q.required for q in asked):
        return NOTHING
    return Reading("whole", {q.name: None for q in asked})


def _with_text(form: Filling, step: Step, text: str, ctx: Context, known: Values) -> Reading:
    """A text takes what stands behind the numbers that are asked before it: "1 2 6 bags", "1 femme 2 hommes"."""
    *before, last = [q for q in step.questions if not q.shows_only]
    pieces = list(_PIECE.finditer(text))
    if any(q.type not in SAID for q in before) or len(pieces) < len(before):
        return NOTHING
    values: dict[str, Any] = {}
    start = pieces[0].start() if pieces else 0
    if before:
        numbers = replace(step, name="", questions=tuple(before))
        for count in range(min(len(pieces), _MOST_WORDS * len(before)), len(before) - 1, -1):
            start = pieces[count].start() if count < len(pieces) else len(text)
            reading = read_answer(form, numbers, text[:start], ctx, known)
            if reading.status == "whole" and reading.values.keys() >= {q.name for q in before}:
                values = reading.values
                break
        else:
            return NOTHING
    said = clean(text[start:]).strip()
    if said and _counted(plain(said)):
        return NOTHING  # "3 6 sacs": of what she counts, one figure is missing
    if said:
        values = {**values, last.name: None if plain(said) in UNKNOWN else said}
    return Reading("whole", values) if values else NOTHING


def _counted(said: str) -> bool:
    """Whether a text begins with what is counted, and has no figure of its own: "sacs"."""
    return said.partition(" ")[0].rstrip(".,;") in UNITS and not any(char.isdecimal() for char in said)


def read_optional(form: Filling, text: str, ctx: Context, names: Sequence[str], known: Values) -> Reading:
    """See Form.read_optional."""
    questions = tuple(form.question(name) for name in names)
    there = {name: value for name, value in known.items() if name not in names}
    reading = read_answer(form, Step("", NO_LABEL, NO_LABEL, questions), text, ctx, there)
    return NOTHING if reading.status == "whole" and there.keys() >= reading.values.keys() else reading
