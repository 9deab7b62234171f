"""What a form does beyond asking: its own checks, its receipt, what is asked after it.

A form that staff wrote has `Kind`: a receipt with its answers in words and no checks but its own
constraints. `training` and `business` have theirs; the written list is in `handlers/form.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.forms import Context, Form, Step
from handlers.turn import Association, Figures, Label, Reply, SaveReport, Turn


@dataclass(frozen=True, slots=True)
class Check:
    """A check that asks (never refuses): the report is stored, and the answer settles it."""

    key: str
    state: Literal["doubtful", "twin"]
    reply: Reply
    expects: Literal["step", "yes_no", "same_other"]
    step: str = ""
    """Which step the answer belongs to, when `expects` is step."""

    def details(self) -> dict[str, Any]:
        """What the conversation keeps while it waits for the answer."""
        return {"check": self.key, "expects": self.expects, "step": self.step, "tries": 0}

    def replies(self, number: int) -> tuple[Reply, ...]:
        """The question."""
        return (self.reply,)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One optional question after a receipt; `instead` when it is the receipt."""

    kind: str
    replies: tuple[Reply, ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    instead: bool = False


class Kind:
    """Any form."""

    def preset(self, turn: Turn, association: Association | None) -> dict[str, Any]:
        """Values that are known before the first question."""
        return {}

    def need(self, turn: Turn, association: Association | None, values: Mapping[str, Any]) -> None:
        """Ask for every fact at once that check and receipt will look at. Raises Unknown."""
        _ = turn.number

    def check(
        self, turn: Turn, form: Form, values: Mapping[str, Any], association: Association | None, ctx: Context
    ) -> Check | None:
        """The first check that does not hold, in the order of the catalogue."""
        for problem in form.check(values, ctx):
            return Check("D2", "doubtful", Reply("D2", {"message": problem.message}), "step", problem.step)
        return None

    def recheck(
        self,
        turn: Turn,
        form: Form,
        values: Mapping[str, Any],
        association: Association | None,
        ctx: Context,
        step: str,
    ) -> Check | None:
        """What still does not hold once a check was answered with new figures (`step` says which)."""
        problem = next(iter(form.check(values, ctx)), None)
        if problem is None or not step:
            return None
        return Check("D2", "doubtful", Reply("D2", {"message": problem.message}), "step", problem.step)

    def after(
        self,
        turn: Turn,
        association: Association | None,
        old: Mapping[str, Any] | None,
        new: Mapping[str, Any] | None,
    ) -> Figures | None:
        """The association's figures once `old` is replaced by `new`; None when the form does not count."""
        return None

    def receipt(
        self,
        turn: Turn,
        form: Form,
        number: int,
        values: Mapping[str, Any],
        association: Association | None,
        figures: Figures | None,
        ctx: Context,
    ) -> Reply:
        """The receipt: number, everything that was stored, the way back."""
        return Reply(
            "R1",
            {
                "number": number,
                "title": form.title,
                "summary": self.words(form, values, ctx),
                "name": turn.person.sms_name if turn.person else "",
            },
        )

    def follow_up(self, turn: Turn, form: Form, save: SaveReport, association: Association | None) -> FollowUp | None:
        """At most one optional question."""
        return None

    def missing(self, form: Form, step: Step, values: Mapping[str, Any], ctx: Context) -> Reply | None:
        """How to say what a line lacks; None to ask the step's own question."""
        return None

    def words(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Label:
        """The answers in words: short name and value of everything that was said."""
        shown: dict[str, str] = {}
        for language in form.languages:
            parts = []
            for question in form.questions:
                value = values.get(question.name)
                if value is None or value == "" or question.type in ("note", "calculate"):
                    continue
                name = question.short.text(language) or question.label.text(language)
                parts.append(f"{name} {form.shown(question.name, value, ctx).text(language)}")
            shown[language] = ", ".join(parts)
        return Label(shown)

    def menu(self, form: Form, number: int, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, tuple[str, ...]]:
        """The correction menu (E1) and the step each digit means."""
        steps = tuple(step.name for step in form.steps)[:8]
        choices = {
            language: " ".join(f"{n} {form.step(name).short.text(language)}" for n, name in enumerate(steps, 1))
            for language in form.languages
        }
        values_ = {
            "number": number,
            "summary": self.words(form, values, ctx),
            "choices": Label(choices),
            "last": len(steps) + 1,
        }
        return Reply("E1any", values_), steps

    def ask_again(self, form: Form, number: int, step: str, values: Mapping[str, Any], ctx: Context) -> Reply:
        """The question that a correction asks (E1, after the digit)."""
        return Reply("E1ask", {"number": number, "prompt": form.step(step).label})

    def changed(
        self, turn: Turn, form: Form, number: int, values: Mapping[str, Any], step: str, ctx: Context
    ) -> Reply:
        """What is said after a correction (E2)."""
        return Reply("E2any", {"number": number, "summary": self.words(form, values, ctx)})
