"""The state of a half-filled form: what to ask next, calculations, constraints."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from handlers.forms import saying
from handlers.forms.definition import Definition
from handlers.forms.functions import Value, number, plain_values, string
from handlers.forms.model import SENT, Choice, Context, Problem, Question, Step, Values
from handlers.forms.scope import Evaluation
from handlers.forms.tables import Tables


def typed(question: Question, value: Value) -> Any:
    """The result of an expression as the question stores it; None for an empty one."""
    if value == "":
        return None
    if question.type in ("integer", "decimal"):
        figure = number(value)
        if math.isnan(figure) or math.isinf(figure):
            return None
        return int(figure) if question.type == "integer" else float(figure)
    if question.type == "select_multiple":
        return string(value).split()
    if question.type == "calculate" and not isinstance(value, str | bool):
        return None if math.isnan(value) else int(value) if float(value).is_integer() else value
    return string(value)


class Filling(Definition):
    """A form that can be filled: only questions that have an expression cost anything per report."""

    @cached_property
    def _stored(self) -> tuple[str, ...]:
        return tuple(q.name for q in self.questions if q.stored and q.type != "note")

    @cached_property
    def _stand_ins(self) -> Mapping[str, tuple[Question, ...]]:
        found: dict[str, tuple[Question, ...]] = {}
        for question in self.questions:
            for name in question.stands_for:
                found[name] = (*found.get(name, ()), question)
        return found

    @cached_property
    def _alive(self) -> tuple[Question, ...]:
        """What may come, change or go with other answers."""
        return tuple(
            q
            for q in self.questions
            if q.conditions or q.choice_filter or (q.calculation and q.stored) or (q.default and _unseen(q))
        )

    @cached_property
    def _required(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.required and not q.shows_only)

    @cached_property
    def _constrained(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if q.constraint)

    @cached_property
    def tables(self) -> Tables:
        """What the one-line grammar knows of this form; made at the first line that is read."""
        return Tables(self)

    def stand_ins(self, name: str) -> Iterable[Question]:
        """The questions that replace this one, when one number comes where several could."""
        return self._stand_ins.get(name, ())

    def choices(self, name: str, ctx: Context, values: Values | None = None) -> Sequence[Choice]:
        """The choices of a select, filtered, in the order of their digits."""
        return Evaluation(self, values or {}, ctx).choices(self.question(name))

    def compute(self, values: Values, ctx: Context) -> dict[str, Any]:
        """The values with calculations worked out, without those that are no longer relevant, or no longer offered.

        One pass in the form's order, which is the order in which values depend.
        """
        done = dict(values)
        if not self._alive:
            return done
        scope = Evaluation(self, done, ctx)
        for question in self._alive:
            name = question.name
            if question.conditions and not scope.relevant(question):
                done.pop(name, None)
                continue
            if question.choice_filter and done.get(name) is not None and not _offered(question, done[name], scope):
                del done[name]
            if question.default and name not in done and _unseen(question):
                done[name] = typed(question, question.default.run(scope))
            if question.calculation is None or not question.stored:
                continue
            scope.current = plain_values(done, name)
            value = typed(question, question.calculation.run(scope))
            if value is not None:
                done[name] = value
            elif done.get(name) is not None:
                del done[name]
        return done

    def check(self, values: Values, ctx: Context) -> tuple[Problem, ...]:
        """The constraints that do not hold, in the form's order.

        As in XForms, a question without a value is not checked.
        """
        failed = []
        scope = Evaluation(self, values, ctx)
        for question in self._constrained:
            current = plain_values(values, question.name)
            if current == "" or question.constraint is None:
                continue
            if question.conditions and not scope.relevant(question):
                continue
            scope.current = current
            if not question.constraint.holds(scope):
                failed.append(self._problem(question, values, ctx))
        return tuple(failed)

    def _problem(self, question: Question, values: Values, ctx: Context) -> Problem:
        return Problem(
            question.name, self._settled_at(question), saying.filled(self, question.constraint_message, values, ctx)
        )

    def missing(self, values: Values, ctx: Context) -> tuple[Question, ...]:
        """The required questions that are relevant and have no value."""
        scope = Evaluation(self, values, ctx)
        return tuple(
            q for q in self._required if not self._has(q, values) and (not q.conditions or scope.relevant(q))
        )

    def _has(self, question: Question, values: Values) -> bool:
        if values.get(question.name) is not None:
            return True
        return any(values.get(other.name) is not None for other in self._stand_ins.get(question.name, ()))

    def _asks(self, question: Question, scope: Evaluation) -> bool:
        """Whether step by step this question is asked at all with these values."""
        if question.ask or question.shows_only:
            return False
        if question.type in SENT and not (question.required or scope.ctx.sends):
            return False
        if question.conditions and not scope.relevant(question):
            return False
        return question.asked_when is None or question.asked_when.holds(scope)

    def next_step(self, values: Values, asked: Collection[str], ctx: Context) -> Step | None:
        """The first step that still has to be asked; None when the form is complete.

        A step counts as asked by its name in `asked`; it is asked again only while a required question
        of it has no value. None as a value of a question that is not required: asked and not known.
        """
        scope = Evaluation(self, values, ctx)
        for step in self.steps:
            for question in step.questions:
                if self._has(question, values):
                    continue
                if not question.required and (question.name in values or step.name in asked):
                    continue
                if self._asks(question, scope):
                    return step
        return None

    def _settled_at(self, question: Question) -> str:
        """The step at which what is wrong can be put right: its own; of a calculation the one before it."""
        asked = {q.name: step.name for step in self.all_steps for q in step.questions}
        before = self.questions[: self.questions.index(question)]
        with contextlib.suppress(KeyError):
            return self.step_of(question.name).name
        return next((asked[q.name] for q in reversed(before) if q.name in asked), self.all_steps[0].name)

    def progress(self, step: Step, values: Values, ctx: Context) -> tuple[int, int]:
        """(n, m): the step's place among the steps that are asked with these values."""
        scope = Evaluation(self, values, ctx)
        asked = [s.name for s in self.steps if any(self._asks(q, scope) for q in s.questions)]
        place = asked.index(step.name) + 1 if step.name in asked else len(asked)
        return place, len(asked)

    def record(self, values: Values) -> dict[str, Any]:
        """Every stored field, None where there is no value: what the report keeps."""
        return {name: values.get(name) for name in self._stored}


def _unseen(question: Question) -> bool:
    return question.shows_only or question.ask == "never"


def _offered(question: Question, value: Any, scope: Evaluation) -> bool:
    """Whether the filter still lets a choice through: it may hang on an answer that was corrected."""
    offered = {choice.name for choice in scope.choices(question)}
    return offered.issuperset(value if isinstance(value, list) else (value,))
