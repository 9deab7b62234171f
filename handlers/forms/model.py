"""The nouns of a form: choices, questions, steps, and what a reading or a check says of an answer.

Values are JSON all through: a date is an ISO string, an integer an int, a decimal a float, a select_one
the choice's name, a select_multiple a list of names. A key that is absent was not asked; a key with
None was asked and is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal

from handlers.forms.expressions import Expression
from handlers.forms.mistakes import Mistake
from handlers.noun import noun
from handlers.turn.nouns import Label

Values = Mapping[str, Any]
Status = Literal["whole", "ambiguous", "leftover", "nothing"]

NO_LABEL: Final = Label(MappingProxyType({}))
NO_EXTRA: Final[Mapping[str, str]] = MappingProxyType({})

QUESTION_TYPES: Final = (
    "text",
    "integer",
    "decimal",
    "date",
    "select_one",
    "select_multiple",
    "note",
    "calculate",
    "hidden",
    "image",
    "audio",
    "geopoint",
)
SELECTS: Final = frozenset(("select_one", "select_multiple"))
NUMBERS: Final = frozenset(("integer", "decimal"))
SAID: Final = frozenset(("integer", "decimal", "date", "select_one", "select_multiple"))
"""Types that can be read from one line."""
SENT: Final = frozenset(("image", "audio", "geopoint"))
"""Types that only a chat can send."""
UNASKED: Final = frozenset(("note", "calculate", "hidden"))


class BadForm(Exception):
    """A form definition is wrong; `problems` says of each mistake sheet, row, what was found, what to do."""

    def __init__(self, problems: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@noun
class Choice:
    """One answer of a list. `extra` holds the columns that are not XLSForm's own, for choice_filter."""

    name: str
    label: Label
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    short: Label = NO_LABEL
    """The name in receipts and lists, where it differs from the label."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One row of the survey sheet; the columns beyond XLSForm's stand in docs of `handlers/forms/build.py`."""

    name: str
    type: str
    label: Label = NO_LABEL
    hint: Label = NO_LABEL
    sms: Label = NO_LABEL
    """The prompt by SMS, when it is not label and hint."""
    short: Label = NO_LABEL
    required: bool = False
    relevant: Expression | None = None
    conditions: tuple[Expression, ...] = ()
    """`relevant` and those of the groups around it: all must hold."""
    constraint: Expression | None = None
    constraint_message: Label = NO_LABEL
    calculation: Expression | None = None
    default: Expression | None = None
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    from_file: bool = False
    """True when the choices are given at run time, in `Context.lists[list_name]`."""
    choice_filter: Expression | None = None
    group: str = ""
    aliases: tuple[str, ...] = ()
    step_aliases: tuple[str, ...] = ()
    """Labels that mean this question only while its own step is open."""
    position: int | None = None
    stands_for: tuple[str, ...] = ()
    appearance: str = ""
    read_only: bool = False
    ask: Literal["", "optional", "never"] = ""
    asked_when: Expression | None = None
    """Asked step by step only when this holds; understood at any time."""
    stored: bool = True
    row: int = 0

    @property
    def called(self) -> Label:
        """Its short name, else its label: as receipts and cards call it."""
        return self.short if self.short.texts else self.label

    @property
    def shows_only(self) -> bool:
        """A note, or a figure that is never typed by anybody."""
        return self.type in UNASKED or self.read_only


@noun
class Step:
    """What is asked in one SMS: one question, or a group with appearance field-list."""

    name: str
    label: Label
    hint: Label
    questions: tuple[Question, ...]
    sms: Label = NO_LABEL
    short: Label = NO_LABEL
    notes: tuple[Label, ...] = ()
    """Notes that stand before it; they are said with its prompt."""


@noun
class Context:
    """What a form may look at besides its values."""

    today: date
    """The local day at the programme's place, when the message was sent."""
    language: str
    start: date
    """The first day a report can be about (`[project] start`)."""
    lists: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    """The lists of `select_one_from_file X.csv`, by X."""
    sender: str = "OIM"
    """For `{sender}` in a form's texts."""
    sends: bool = True
    """Whether she can send a photo, a sound, a place: by SMS they are not asked for, unless they are required."""
    names: frozenset[str] = frozenset()
    """Plain words by which a line is signed or addressed: her name, her association's. They carry no value."""


@noun
class Reading:
    """What a message says. Only "whole" may be stored without asking.

    `whole`: every token was used and there is one reading. `ambiguous`: there are several, in
    `alternatives`. `leftover`: `values` were understood, `leftover` was not; no values where it was more
    than words that mean nothing. `nothing`: no answer at all.
    """

    status: Status
    values: dict[str, Any] = field(default_factory=dict)
    leftover: tuple[str, ...] = ()
    alternatives: tuple[dict[str, Any], ...] = ()
    keyword: bool = False
    """True when the form's keyword stood in front."""


@noun
class Problem:
    """A constraint that does not hold. `question` and `step` are names; `message` has its figures filled in."""

    question: str
    step: str
    message: Label
