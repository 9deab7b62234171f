"""The state of a half-filled form: what to ask next, calculations, constraints."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from handlers.forms import saying
from handlers.forms.functions import Value, number, plain_values, string
from handlers.forms.model import Context, Problem, Question, Step, Values
from handlers.forms.scope import Evaluation

if TYPE_CHECKING:
    from handlers.forms.form import Form


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


class Filling:
    """Precomputed from a form: only questions that have an expression cost anything per report."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.stored = tuple(q.name for q in form.questions if q.stored and q.type != "note")
        self.stand_ins: dict[str, tuple[Question, ...]] = {}
        for question in form.questions:
            for name in question.stands_for:
                self.stand_ins[name] = (*self.stand_ins.get(name, ()), question)
        self._alive = tuple(
            q for q in form.questions if q.conditions or (q.calculation and q.stored) or (q.default and _unseen(q))
        )
        self._required = tuple(q for q in form.questions if q.required and not q.shows_only)
        self._constrained = tuple(q for q in form.questions if q.constraint)

    def compute(self, values: Values, ctx: Context) -> dict[str, Any]:
        """See Form.compute. One pass in the form's order, which is the order in which values depend."""
        done = dict(values)
        if not self._alive:
            return done
        scope = Evaluation(self._form, done, ctx)
        for question in self._alive:
            name = question.name
            if question.conditions and not scope.relevant(question):
                done.pop(name, None)
                continue
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
        """See Form.check. As in XForms, a question without a value is not checked."""
        failed = []
        scope = Evaluation(self._form, values, ctx)
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
        try:
            step = self._form.step_of(question.name).name
        except KeyError:
            step = ""
        return Problem(question.name, step, saying.filled(self._form, question.constraint_message, values, ctx))

    def missing(self, values: Values, ctx: Context) -> tuple[Question, ...]:
        """See Form.missing."""
        scope = Evaluation(self._form, values, ctx)
        return tuple(
            q for q in self._required if not self._has(q, values) and (not q.conditions or scope.relevant(q))
        )

    def _has(self, question: Question, values: Values) -> bool:
        if values.get(question.name) is not None:
            return True
        return any(values.get(other.name) is not None for other in self.stand_ins.get(question.name, ()))

    def _asks(self, question: Question, scope: Evaluation) -> bool:
        """Whether step by step this question is asked at all with these values."""
        if question.ask or question.shows_only:
            return False
        if question.conditions and not scope.relevant(question):
            return False
        return question.asked_when is None or question.asked_when.holds(scope)

    def next_step(self, values: Values, asked: Collection[str], ctx: Context) -> Step | None:
        """See Form.next_step."""
        scope = Evaluation(self._form, values, ctx)
        for step in self._form.steps:
            for question in step.questions:
                if self._has(question, values):
                    continue
                if not question.required and (question.name in values or step.name in asked):
                    continue
                if self._asks(question, scope):
                    return step
        return None

    def progress(self, step: Step, values: Values, ctx: Context) -> tuple[int, int]:
        """See Form.progress."""
        scope = Evaluation(self._form, values, ctx)
        asked = [s.name for s in self._form.steps if any(self._asks(q, scope) for q in s.questions)]
        place = asked.index(step.name) + 1 if step.name in asked else len(asked)
        return place, len(asked)


def _unseen(question: Question) -> bool:
    return question.shows_only or question.ask == "never"
