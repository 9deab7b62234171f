"""What has to hold in a whole form before it may be used; every mistake is named with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handlers.forms.cells import FIRST_ROW, Cells
from handlers.forms.expressions import Expression
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
    _positions(cells, questions)
    _labels(cells, questions)
    if not any(question.ask == "" and not question.shows_only for question in questions):
        cells.wrong("survey", 0, "no question is asked; add one, or clear the ask column")


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
            cells.wrong(
                "survey", question.row, f"{column} looks at ${{{name}}}, but there is no such question; correct it"
            )
    for label in (question.label, question.hint, question.sms, question.short, question.constraint_message):
        _text(cells, "survey", question.row, label, names)


def _text(cells: Cells, sheet: str, row: int, label: Label, names: Mapping[str, Question]) -> None:
    for text in label.texts.values():
        for _, question, place in pieces(text):
            problem = ""
            if question and question not in names:
                problem = f"a text says ${{{question}}}, but no question has that name; correct the name"
            elif place and place not in PLACES:
                known = " ".join(f"{{{name}}}" for name in sorted(PLACES))
                problem = f"a text says {{{place}}}; a question is written ${{{place}}}, and there are {known}"
            if problem and not any(known.endswith(problem) for known in cells.problems):
                cells.wrong(sheet, row, problem)


def _order(cells: Cells, questions: Sequence[Question], names: Mapping[str, Question]) -> None:
    """A calculation may look only at what is worked out before it, so that one pass is enough."""
    done: set[str] = set()
    for question in questions:
        if question.calculation is not None:
            for name in sorted(question.calculation.refs & set(names)):
                later = names[name].calculation is not None and name not in done
                if later and name != question.name:
                    cells.wrong(
                        "survey", question.row, f"calculation looks at ${{{name}}}, which comes later; move it up"
                    )
                elif later:
                    cells.wrong("survey", question.row, "calculation looks at itself; write . for that")
        done.add(question.name)


def _one_line(cells: Cells, question: Question, names: Mapping[str, Question]) -> None:
    spoken = question.aliases or question.step_aliases or question.position is not None
    if spoken and question.type not in SAID:
        cells.wrong(
            "survey",
            question.row,
            f"a {question.type} cannot be read from one line; clear sms_alias and sms_position of {question.name!r}",
        )
    for name in question.stands_for:
        if name not in names:
            cells.wrong("survey", question.row, f"sms_stands_for names {name!r}, which is no question; correct it")
        elif names[name].position is None and question.position is not None:
            cells.wrong("survey", question.row, f"sms_stands_for names {name!r}, which has no sms_position; add it")
    if question.type in SELECTS:
        _choices(cells, question)


def _choices(cells: Cells, question: Question) -> None:
    """No spelling may mean two choices of one list."""
    spelled: dict[tuple[str, ...], str] = {}
    for choice in question.choices:
        for text in (choice.name, *choice.aliases):
            other = spelled.setdefault(key_of(text), choice.name)
            if other != choice.name:
                problem = f"{text!r} means both {other!r} and {choice.name!r} in the list {question.list_name!r}"
                line = f"choices: {problem}; keep it in one sms_alias"
                if line not in cells.problems:
                    cells.problems.append(line)


def _positions(cells: Cells, questions: Sequence[Question]) -> None:
    placed: dict[int, Question] = {}
    for question in questions:
        if question.position is None or question.stands_for:
            continue
        other = placed.setdefault(question.position, question)
        if other is not question:
            cells.wrong(
                "survey",
                question.row,
                f"sms_position {question.position} is taken by {other.name!r} (row {other.row}); give each its own",
            )
    for wanted, position in enumerate(sorted(placed), start=1):
        if wanted != position:
            cells.wrong("survey", placed[position].row, f"sms_position {wanted} is missing; count without gaps")
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
                    cells.wrong(
                        "survey",
                        question.row,
                        f"the label {alias!r} belongs to {other.name!r} (row {other.row}) too; keep one",
                    )
