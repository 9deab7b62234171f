"""What has to hold in a whole form before it may be used; every mistake is named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from handlers.forms.cells import FIRST_ROW, Cells
from handlers.forms.expressions import Expression
from handlers.forms.mistakes import Mistake
from handlers.forms.model import SAID, SELECTS, Question, Step
from handlers.forms.saying import PLACES, pieces
from handlers.forms.tables import key_of
from handlers.turn.nouns import Label


def check_form(cells: Cells, *, questions: Sequence[Question], all_steps: Sequence[Step], **shared: Any) -> None:
    """Note in `cells` what is wrong between the rows of a form."""
    names = {question.name: question for question in questions}
    for question in questions:
        _references(cells, question, names)
        _one_line(cells, question, names)
    for step in all_steps:
        row = next((q.row for q in step.questions), 0)
        for label in (step.label, step.hint, step.sms, *step.notes):
            _text(cells, "survey", row, label, names)
    _text(cells, "settings", FIRST_ROW, shared["prefix"], names)
    _order(cells, questions, names)
    _circles(cells, questions, names)
    _positions(cells, questions)
    _labels(cells, questions)
    if not any(question.ask == "" and not question.shows_only for question in questions):
        cells.wrong("survey", 0, Mistake("no question is asked; add one, or clear the ask column"))


def _expressions(question: Question) -> Iterator[tuple[str, Expression]]:
    for column in ("relevant", "constraint", "calculation", "default", "choice_filter"):
        expression = getattr(question, column)
        if expression is not None:
            yield column, expression
    if question.asked_when is not None:
        yield "ask", question.asked_when
    for condition in question.conditions:
        if condition is not question.relevant:
            yield "relevant of its group", condition


def _references(cells: Cells, question: Question, names: Mapping[str, Question]) -> None:
    for column, expression in _expressions(question):
        for name in sorted(expression.refs - set(names)):
            found = "{column} looks at ${{{name}}}, but there is no such question; correct it"
            cells.wrong("survey", question.row, Mistake(found, column=column, name=name))
    for label in (question.label, question.hint, question.sms, question.short, question.constraint_message):
        _text(cells, "survey", question.row, label, names)


def _text(cells: Cells, sheet: str, row: int, label: Label, names: Mapping[str, Question]) -> None:
    for text in label.texts.values():
        for _, question, place in pieces(text):
            problem = None
            if question and question not in names:
                found = "a text says ${{{name}}}, but no question has that name; correct the name"
                problem = Mistake(found, name=question)
            elif place and place not in PLACES:
                known = " ".join(f"{{{name}}}" for name in sorted(PLACES))
                found = "a text says {{{place}}}; a question is written ${{{place}}}, and there are {known}"
                problem = Mistake(found, place=place, known=known)
            if problem and not any(str(one).endswith(str(problem)) for one in cells.problems):
                cells.wrong(sheet, row, problem)


def _order(cells: Cells, questions: Sequence[Question], names: Mapping[str, Question]) -> None:
    """A calculation may look only at what is worked out before it, so that one pass is enough."""
    done: set[str] = set()
    for question in questions:
        if question.calculation is not None:
            for name in sorted(question.calculation.refs & set(names)):
                later = names[name].calculation is not None and name not in done
                if later and name != question.name:
                    found = Mistake("calculation looks at ${{{name}}}, which comes later; move it up", name=name)
                    cells.wrong("survey", question.row, found)
                elif later:
                    found = Mistake("calculation looks at itself; write . for that")
                    cells.wrong("survey", question.row, found)
        done.add(question.name)


def _circles(cells: Cells, questions: Sequence[Question], names: Mapping[str, Question]) -> None:
    """Questions that wait for each other's answers are never asked, and a report without them is empty."""
    if cells.kept:
        return
    waits = {q.name: frozenset().union(*(one.refs for one in (*q.conditions, *_worked_out(q)))) for q in questions}
    told: set[str] = set()
    for question in questions:
        circle = _back_to(question.name, waits) if question.conditions and question.name not in told else ()
        if circle:
            told.update(circle)
            where = " -> ".join(f"${{{name}}} (row {names[name].row})" for name in (*circle[1:], question.name))
            found = Mistake("relevant waits for {circle}: none of them is ever asked; correct one", circle=where)
            cells.wrong("survey", question.row, found)


def _worked_out(question: Question) -> tuple[Expression, ...]:
    return (question.calculation,) if question.calculation is not None else ()


def _back_to(start: str, waits: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The names of the shortest way from this one back to it, beginning with it; () when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for name in sorted(waits.get(way[-1], ())):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def _one_line(cells: Cells, question: Question, names: Mapping[str, Question]) -> None:
    spoken = question.aliases or question.step_aliases or question.position is not None
    if spoken and question.type not in SAID:
        found = "a {type} cannot be read from one line; clear sms_alias and sms_position of {name!r}"
        cells.wrong("survey", question.row, Mistake(found, type=question.type, name=question.name))
    for name in question.stands_for:
        if name not in names:
            found = "sms_stands_for names {name!r}, which is no question; correct it"
            cells.wrong("survey", question.row, Mistake(found, name=name))
        elif names[name].position is None and question.position is not None:
            found = "sms_stands_for names {name!r}, which has no sms_position; add it"
            cells.wrong("survey", question.row, Mistake(found, name=name))
    if question.type in SELECTS:
        _choices(cells, question)


def _choices(cells: Cells, question: Question) -> None:
    """No spelling may mean two choices of one list."""
    spelled: dict[tuple[str, ...], str] = {}
    for choice in question.choices:
        for text in (choice.name, *choice.aliases):
            other = spelled.setdefault(key_of(text), choice.name)
            if other != choice.name:
                found = "{text!r} means both {one!r} and {other!r} in the list {list!r}; keep it in one sms_alias"
                twice = Mistake(found, text=text, one=other, other=choice.name, list=question.list_name)
                if not any(str(one).endswith(str(twice)) for one in cells.problems):
                    cells.wrong("choices", 0, twice)


def _positions(cells: Cells, questions: Sequence[Question]) -> None:
    placed: dict[int, Question] = {}
    for question in questions:
        if question.position is None or question.stands_for:
            continue
        other = placed.setdefault(question.position, question)
        if other is not question:
            found = "sms_position {place} is taken by {name!r} (row {row}); give each its own"
            taken = Mistake(found, place=question.position, name=other.name, row=other.row)
            cells.wrong("survey", question.row, taken)
    for wanted, position in enumerate(sorted(placed), start=1):
        if wanted != position:
            missing = Mistake("sms_position {place} is missing; count without gaps", place=wanted)
            cells.wrong("survey", placed[position].row, missing)
            break


def _labels(cells: Cells, questions: Sequence[Question]) -> None:
    """No label may mean two questions, except while a step is open."""
    for column in ("aliases", "step_aliases"):
        spelled: dict[tuple[str, ...], Question] = {}
        for question in questions:
            for alias in getattr(question, column):
                other = spelled.setdefault(key_of(alias), question)
                same_step = column == "aliases" or other.group == question.group
                if other is not question and same_step:
                    found = "the label {alias!r} belongs to {name!r} (row {row}) too; keep one"
                    cells.wrong("survey", question.row, Mistake(found, alias=alias, name=other.name, row=other.row))


def placed(questions: Sequence[Question], steps: Sequence[Step]) -> tuple[tuple[Question, ...], tuple[Step, ...]]:
    """A form that names no place for bare numbers takes them in its order: what is required and asked in any case."""
    if any(question.position for question in questions):
        return tuple(questions), tuple(steps)
    place = count(1)
    placed = [replace(q, position=next(place)) if _in_any_case(q) else q for q in questions]
    same = dict(zip(map(id, questions), placed, strict=True))
    return tuple(placed), tuple(replace(step, questions=tuple(same[id(q)] for q in step.questions)) for step in steps)


def _in_any_case(question: Question) -> bool:
    asked = not (question.ask or question.asked_when or question.conditions or question.shows_only)
    return asked and question.required and question.type in SAID and not question.from_file
