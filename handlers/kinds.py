"""What a form does beyond asking: its own checks, its receipt, what is asked after it.

A form that staff wrote has `Kind`: a receipt with its answers in words and no checks but its own
constraints. `training` and `business` have theirs; the written list is in `handlers/known_forms.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any, Literal

from handlers.forms import Context, Form, Step
from handlers.forms.model import SENT
from handlers.noun import noun
from handlers.turn import (
    AsFits,
    Association,
    Figures,
    Label,
    LastReport,
    NextNumber,
    Reply,
    Report,
    SaveReport,
    Spoken,
    Turn,
)

TWIN_WITHIN = timedelta(hours=24)
"""The same report once more within this time is the same SMS sent twice, until she says that it is not."""
LETTERS = (40, 30, 24, 18, 12)
"""How short the names of questions are made, one after the other, where a receipt is too long."""


@noun
class Check:
    """A check that asks (never refuses): the report is stored, and the answer settles it."""

    key: str
    state: Literal["doubtful", "twin"]
    reply: Reply
    expects: Literal["step", "yes_no", "same_other"]
    step: str = ""
    """Which step is asked for, when `expects` is step, or when the answer to yes_no is no."""
    other: int | None = None
    """The report that this one repeats, when `expects` is same_other."""

    def details(self, confirmed: Collection[str] = ()) -> dict[str, Any]:
        """What the conversation keeps while it waits for the answer; `confirmed`: checks she has answered."""
        return {
            "check": self.key,
            "expects": self.expects,
            "step": self.step,
            "other": self.other,
            "tries": 0,
            "confirmed": sorted(confirmed),
        }


@noun
class FollowUp:
    """One optional question after a receipt; `instead` when it is the receipt."""

    kind: str
    reply: Reply
    details: Mapping[str, Any] = field(default_factory=dict)
    instead: bool = False


def senders(turn: Turn) -> tuple[int, ...]:
    """Everybody who writes from this phone."""
    return tuple(person.id for person in turn.people)


def twin_of(turn: Turn, number: int, other: int) -> Check:
    """The question about a report that is the same as another one, figure by figure (D9)."""
    return Check("D4", "twin", Reply("D9", {"other": other, "number": number}), "same_other", other=other)


class Kind:
    """Any form."""

    def preset(self, turn: Turn, association: Association | None) -> dict[str, Any]:
        """Values that are known before the first question."""
        return {}

    def need(self, turn: Turn, association: Association | None, values: Mapping[str, Any]) -> None:
        """Ask for every fact at once that check and receipt will look at. Raises Unknown."""
        turn.need(NextNumber(), LastReport(senders(turn), turn.address.id))

    def early(self, turn: Turn, form: Form, values: Mapping[str, Any]) -> Check | None:
        """A value that is asked about at once, also while other questions are still open."""
        return None

    def check(
        self,
        turn: Turn,
        form: Form,
        values: Mapping[str, Any],
        association: Association | None,
        ctx: Context,
        *,
        report: Report | None = None,
        confirmed: Collection[str] = (),
    ) -> Check | None:
        """The first check that does not hold, in the order of the catalogue, and was not confirmed.

        `report`: the stored one that these values would replace; None for a first one.
        """
        found = self.checks(turn, form, values, association, ctx, report)
        return next((check for check in found if check.key not in confirmed), None)

    def checks(
        self,
        turn: Turn,
        form: Form,
        values: Mapping[str, Any],
        association: Association | None,
        ctx: Context,
        report: Report | None,
    ) -> Iterator[Check]:
        """Every check that does not hold."""
        last: Report | None = turn.known(LastReport(senders(turn), turn.address.id)) if report is None else None
        fresh = last is not None and last.form == form.name and turn.now - last.created_at <= TWIN_WITHIN
        if last and fresh and form.record(last.values) == form.record(values):
            yield twin_of(turn, turn.number, last.number)
        yield from self.constraints(form, values, ctx)

    def constraints(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Iterator[Check]:
        """D2: figures that cannot stand together; the form says so in its own words."""
        for problem in form.check(values, ctx):
            yield Check("D2", "doubtful", Reply("D2", {"message": problem.message}), "step", problem.step)

    def untouched(self, step: str) -> frozenset[str]:
        """The checks that new figures of this step of a settled report do not raise again."""
        return frozenset(("D4",))

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
                "summary": self.as_fits(form, values, ctx),
                "name": turn.person.sms_name if turn.person else "",
            },
        )

    def follow_up(self, turn: Turn, form: Form, save: SaveReport, association: Association | None) -> FollowUp | None:
        """At most one optional question."""
        return None

    def details(self, form: Form, values: Mapping[str, Any]) -> Label | None:
        """What she gave of herself and the receipt has no place for, in words (C5d); None when nothing."""
        return None

    def missing(self, form: Form, step: Step, values: Mapping[str, Any], ctx: Context) -> Reply | None:
        """How to say what a line lacks; None to ask the step's own question."""
        noted = self.words(form, values, ctx)
        if not any(noted.texts.values()):
            return None
        missing = step.short if any(step.short.texts.values()) else step.label
        return Reply("D1", {"noted": noted, "missing": missing, "prompt": form.prompt(step, values, ctx)})

    def send_again(self, shown: str) -> Reply:
        """A line that can be read in no way or in several; `shown` is its beginning."""
        return Reply("D7any", {"leftover": shown})

    def once_more(self, association: Association | None) -> Reply:
        """A line that was not right as read comes again (D12), with an example of this form."""
        return Reply("D12any")

    def words(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Label:
        """The answers in words: short name and value of everything that was said."""
        return Label(Spoken(form.languages, lambda language: ", ".join(_said(form, values, ctx, language))))

    def as_fits(self, form: Form, values: Mapping[str, Any], ctx: Context) -> AsFits:
        """The same for a receipt: names are shortened first, then answers left out from the end of the form.

        Two dots stand for them: the third ends the sentence.
        """

        def first(count: int | None, letters: int) -> Label:
            def say(language: str) -> str:
                there = _said(form, values, ctx, language, letters)
                return ", ".join(there if count is None or count >= len(there) else [*there[:count], ".."])

            return Label(Spoken(form.languages, say))

        shorter = (first(None, letters) for letters in LETTERS)
        fewer = (first(count, LETTERS[-1]) for count in range(len(values) - 1, 0, -1))
        return AsFits((self.words(form, values, ctx), *shorter, *fewer))

    def menu(self, form: Form, number: int, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, tuple[str, ...]]:
        """The correction menu (E1) and the step each digit means."""
        can = (s for s in form.steps if ctx.sends or any(q.type not in SENT for q in s.questions))
        steps = tuple(step.name for step in can)[:8]

        def choices(letters: int | None) -> Label:
            def say(language: str) -> str:
                names = (form.step(name).short.text(language) for name in steps)
                return " ".join(f"{n} {_cut(name, letters)}" for n, name in enumerate(names, 1))

            return Label(Spoken(form.languages, say))

        values_ = {
            "number": number,
            "summary": self.as_fits(form, values, ctx),
            "choices": AsFits((choices(None), *map(choices, (*LETTERS, 8)))),
            "last": len(steps) + 1,
        }
        return Reply("E1any", values_), steps

    def ask_again(self, form: Form, number: int, step: str, values: Mapping[str, Any], ctx: Context) -> Reply:
        """The question that a correction asks (E1, after the digit)."""
        return Reply("E1ask", {"number": number, "prompt": form.prompt(form.step(step), values, ctx)})

    def changed(
        self, turn: Turn, form: Form, number: int, values: Mapping[str, Any], step: str, ctx: Context
    ) -> Reply:
        """What is said after a correction (E2)."""
        return Reply("E2any", {"number": number, "summary": self.as_fits(form, values, ctx)})


def _said(
    form: Form, values: Mapping[str, Any], ctx: Context, language: str, letters: int | None = None
) -> list[str]:
    """Name and value of everything that was said, in the form's order; names of so many letters, whole words."""
    parts = []
    for question in form.questions:
        value = values.get(question.name)
        if value is None or value == "" or question.type in ("note", "calculate", "hidden"):
            continue
        name = question.short.text(language) or question.label.text(language)
        parts.append(f"{_cut(name, letters)} {form.shown(question.name, value, ctx).text(language)}")
    return parts


def _cut(name: str, letters: int | None) -> str:
    """At most so many letters of a name, whole words where its first one is no longer."""
    if letters is None or len(name) <= letters:
        return name
    return name[: letters + 1].rpartition(" ")[0] or name[:letters]
