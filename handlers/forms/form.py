"""A form: what it asks next, what its values mean, whether they hold together, how they are said and read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from handlers.forms import saying
from handlers.forms.expressions import Expression
from handlers.forms.filling import Filling
from handlers.forms.line import line_of
from handlers.forms.model import Choice, Context, Problem, Question, Reading, Step, Values
from handlers.forms.reading import read_answer, read_line, read_optional
from handlers.forms.scope import Evaluation
from handlers.forms.tables import Tables
from handlers.turn import Label


class Form:
    """One definition for the step-by-step chat, the one-line SMS, the card, the console and the export.

    Immutable once built; every method is pure. `build.build` makes one from sheets.
    """

    def __init__(
        self,
        *,
        name: str,
        version: str,
        title: Label,
        languages: Sequence[str],
        drafts: Collection[str],
        questions: Sequence[Question],
        all_steps: Sequence[Step],
        prefix: Label,
        keywords: Sequence[str],
    ) -> None:
        self.name = name
        self.version = version
        self.title = title
        self.languages = tuple(languages)
        self.drafts = frozenset(drafts)
        """Languages whose texts nobody has signed yet."""
        self.questions = tuple(questions)
        self.all_steps = tuple(all_steps)
        """With those that are only understood, never asked in the row (youth, place)."""
        self.steps = tuple(s for s in all_steps if any(q.ask == "" and not q.shows_only for q in s.questions))
        self.prefix = prefix
        self.keywords = tuple(keywords)
        self._questions = {question.name: question for question in self.questions}
        self._steps = {step.name: step for step in self.all_steps}
        self._step_of = {q.name: step for step in self.all_steps for q in step.questions}
        for question in self.questions:
            if question.stands_for and question.stands_for[0] in self._step_of:
                self._step_of.setdefault(question.name, self._step_of[question.stands_for[0]])
        self.inline: Mapping[str, Expression] = {
            q.name: q.calculation for q in self.questions if q.calculation and not q.stored
        }
        self.totals = tuple(q for q in self.questions if q.stands_for and q.calculation)
        """Questions that are the total of others: said beside them, they have to add up."""
        self.filtered = tuple(q for q in self.questions if q.choice_filter is not None)
        self._filling = Filling(self)

    @cached_property
    def tables(self) -> Tables:
        """What the one-line grammar knows of this form; made at the first line that is read."""
        return Tables(self)

    # --- parts ---------------------------------------------------------------------------------

    def question(self, name: str) -> Question:
        """The question of this name. Raises KeyError."""
        return self._questions[name]

    def step(self, name: str) -> Step:
        """The step of this name, asked or only understood. Raises KeyError."""
        return self._steps[name]

    def step_of(self, question: str) -> Step:
        """The step that asks a question, or what it stands for. Raises KeyError."""
        return self._step_of[question]

    def stand_ins(self, name: str) -> Iterable[Question]:
        """The questions that replace this one, when one number comes where several could."""
        return self._filling.stand_ins.get(name, ())

    def choices(self, name: str, ctx: Context, values: Values | None = None) -> Sequence[Choice]:
        """The choices of a select, filtered, in the order of their digits."""
        return Evaluation(self, values or {}, ctx).choices(self._questions[name])

    # --- filling -------------------------------------------------------------------------------

    def next_step(self, values: Values, asked: Collection[str], ctx: Context) -> Step | None:
        """The first step that still has to be asked; None when the form is complete.

        A step counts as asked by its name in `asked`; it is asked again only while a required question
        of it has no value. None as a value of a question that is not required: asked and not known.
        """
        return self._filling.next_step(values, asked, ctx)

    def progress(self, step: Step, values: Values, ctx: Context) -> tuple[int, int]:
        """(n, m): the step's place among the steps that are asked with these values."""
        return self._filling.progress(step, values, ctx)

    def missing(self, values: Values, ctx: Context) -> tuple[Question, ...]:
        """The required questions that are relevant and have no value."""
        return self._filling.missing(values, ctx)

    def compute(self, values: Values, ctx: Context) -> dict[str, Any]:
        """The values with calculations worked out, without those that are no longer relevant."""
        return self._filling.compute(values, ctx)

    def check(self, values: Values, ctx: Context) -> tuple[Problem, ...]:
        """The constraints that do not hold, in the form's order."""
        return self._filling.check(values, ctx)

    def record(self, values: Values) -> dict[str, Any]:
        """Every stored field, None where there is no value: what the report keeps."""
        return {name: values.get(name) for name in self._filling.stored}

    # --- saying --------------------------------------------------------------------------------

    def shown(self, name: str, value: Any, ctx: Context | None = None) -> Label:
        """A value in words: the labels of choices, a date as 12/11, ? for what is not known."""
        return saying.shown(self, name, value, ctx)

    def prompt(self, step: Step, values: Values, ctx: Context, rich: bool = False) -> Label:
        """The question of a step as it is asked, in each of the form's languages that has it."""
        return saying.prompt(self, step, values, ctx, rich)

    def line(self, values: Values, ctx: Context) -> str:
        """The shortest one-line form that reads back to these values: "12/11 3 12 7 5 3"."""
        return line_of(self, values, ctx)

    # --- reading -------------------------------------------------------------------------------

    def read_line(self, text: str, ctx: Context, values: Values | None = None) -> Reading:
        """A whole report in one line, from cold. `values`: what is known already."""
        return read_line(self, text, ctx, values or {})

    def read_answer(self, step: Step, text: str, ctx: Context, values: Values) -> Reading:
        """An answer to an open step; labelled numbers go to their questions wherever those stand.

        Plain numbers fill the step's questions in order: those without a value, or all of them. "X" or
        "?" is None where the question is not required.
        """
        return read_answer(self, step, text, ctx, values)

    def read_optional(self, text: str, ctx: Context, names: Sequence[str]) -> Reading:
        """An answer to questions that no step asks, as "6 4 6 9" for four of them."""
        return read_optional(self, text, ctx, names)
