"""A form: what it asks next, what its values mean, whether they hold together, how they are said and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.forms import saying
from handlers.forms.filling import Filling
from handlers.forms.line import line_of
from handlers.forms.model import Context, Reading, Step, Values
from handlers.forms.prompt import prompt
from handlers.forms.reading import read_answer, read_line, read_optional
from handlers.turn.nouns import NOTHING, Label


class Form(Filling):
    """One definition for the step-by-step chat, the one-line SMS, the card, the console and the export.

    Immutable once built; every method is pure. `build.build` makes one from sheets.
    """

    def shown(self, name: str, value: Any, ctx: Context | None = None) -> Label:
        """A value in words: the labels of choices, a date as 12/11, ? for what is not known."""
        return saying.shown(self, name, value, ctx)

    def prompt(self, step: Step, values: Values, ctx: Context, rich: bool = False) -> Label:
        """The question of a step as it is asked, in each of the form's languages that has it."""
        return prompt(self, step, values, ctx, rich)

    def line(self, values: Values, ctx: Context) -> str:
        """The shortest one-line form that reads back to these values: "12/11 3 12 7 5 3"."""
        return line_of(self, values, ctx)

    def read_line(self, text: str, ctx: Context, values: Values | None = None) -> Reading:
        """A whole report in one line, from cold. `values`: what is known already."""
        return read_line(self, text, ctx, values or {})

    def read_answer(self, step: Step, text: str, ctx: Context, values: Values) -> Reading:
        """An answer to an open step; labelled numbers go to their questions wherever those stand.

        Plain numbers fill the step's questions in order: those without a value, or all of them. "X" or
        "?" is None where the question is not required.
        """
        return read_answer(self, step, text, ctx, values)

    def read_optional(self, text: str, ctx: Context, names: Sequence[str], known: Values = NOTHING) -> Reading:
        """An answer to questions that no step asks, as "6 4 6 9" for four of them, of a report that says `known`."""
        return read_optional(self, text, ctx, names, known)
