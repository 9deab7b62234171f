"""Where an expression is evaluated: values, the current one, the day, the language."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.forms.definition import Definition
from handlers.forms.functions import Value, plain_values
from handlers.forms.model import NO_EXTRA, Choice, Context, Question, Values

NO_VALUE = ""


class Evaluation:
    """The scope of all expressions of one form over one set of values."""

    __slots__ = ("ctx", "current", "extra", "form", "language", "today", "values")

    def __init__(self, form: Definition, values: Values, ctx: Context, language: str = "") -> None:
        self.form = form
        self.values = values
        self.ctx = ctx
        self.today = ctx.today
        self.language = language or ctx.language
        self.current: Value = NO_VALUE
        self.extra = NO_EXTRA

    def value(self, name: str) -> Value:
        """The value of a question; a calculate that is not stored is worked out here."""
        inline = self.form.inline.get(name)
        if inline is None:
            return plain_values(self.values, name)
        before, self.current = self.current, NO_VALUE
        try:
            return inline.run(self)
        finally:
            self.current = before

    def column(self, name: str) -> Value:
        """A column of the choice that is being filtered."""
        return self.extra.get(name, NO_VALUE)

    def choice_name(self, question: str, value: str) -> str:
        """The label of a choice in this scope's language."""
        asked = self.form.question(question)
        for choice in self.ctx.lists.get(asked.list_name, ()) if asked.from_file else asked.choices:
            if choice.name == value:
                return choice.label.text(self.language)
        return value

    def relevant(self, question: Question) -> bool:
        """Whether all conditions of the question and of its groups hold."""
        self.current = plain_values(self.values, question.name)
        for condition in question.conditions:  # noqa: SIM110 - no generator: this runs twenty times a turn
            if not condition.holds(self):
                return False
        return True

    def choices(self, question: Question) -> Sequence[Choice]:
        """The choices that may be given now, in the order of their digits."""
        listed = self.ctx.lists.get(question.list_name, ()) if question.from_file else question.choices
        if question.choice_filter is None:
            return listed
        kept = []
        for choice in listed:
            self.extra = choice.extra
            if question.choice_filter.holds(self):
                kept.append(choice)
        self.extra = NO_EXTRA
        return kept
