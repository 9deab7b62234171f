"""What a form says of itself: its questions and steps, and where each is found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from handlers.forms.expressions import Expression
from handlers.forms.model import Question, Step
from handlers.turn.nouns import Label


class Definition:
    """The sheets of a form, read. Immutable once built."""

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

    def question(self, name: str) -> Question:
        """The question of this name. Raises KeyError."""
        return self._questions[name]

    def step(self, name: str) -> Step:
        """The step of this name, asked or only understood. Raises KeyError."""
        return self._steps[name]

    def step_of(self, question: str) -> Step:
        """The step that asks a question, or what it stands for. Raises KeyError."""
        return self._step_of[question]
