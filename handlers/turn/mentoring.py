"""Mentors, partners, visits, lessons: the nouns, what a conversation may ask about them, what it may decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Show = Literal["name", "anonymous", "no"]
"""What a leader said to H5: with the association's name, without it, not at all."""


# --- nouns ---


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody of the team who answers questions and can be reached."""

    id: int
    name: str
    languages: tuple[str, ...] = ()
    subjects: str = ""
    """As the roster has them; empty = any."""
    area: tuple[str, ...] = ()
    """Communes and numbers of associations; empty = everywhere."""
    open: int = 0
    """Questions that wait for an answer of hers."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a mentor. `text` is empty once the person was erased."""

    number: int
    state: Literal["open", "answered", "closed"]
    text: str
    address_id: int
    person_id: int | None
    association_id: int | None
    language: str | None
    """What the person reads."""
    rich: bool
    """Whether the answer goes to a chat."""
    stopped: bool
    """She said STOP since: nothing may be sent."""
    mentor_id: int | None
    asked_at: datetime
    promised_at: datetime
    climbed: int = 0
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    """First name of who answered; empty = the command line."""


@dataclass(frozen=True, slots=True)
class Partner:
    """An institution that leaders may ask."""

    id: int
    name: str
    subjects: str
    contact: str
    place: str = ""
    hours: str = ""


# --- facts ---


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """-> int: the number that the next question will get."""


@dataclass(frozen=True, slots=True)
class NextLesson:
    """-> int: the number that the next lesson will get."""


@dataclass(frozen=True, slots=True)
class Mentors:
    """-> tuple[Mentor, ...]: all who can be reached, by id."""


@dataclass(frozen=True, slots=True)
class QuestionNumbered:
    """-> Question | None. Stays locked until the turn is committed, so that one answer wins."""

    number: int


@dataclass(frozen=True, slots=True)
class LastQuestion:
    """-> Question | None: the last one asked from this address."""

    address_id: int


@dataclass(frozen=True, slots=True)
class Partners:
    """-> tuple[Partner, ...]: the directory, by id."""


@dataclass(frozen=True, slots=True)
class AssociationCalled:
    """-> Association | None: by its number, or by its name (plain)."""

    word: str


@dataclass(frozen=True, slots=True)
class AssociationOf:
    """-> Association | None: by its id."""

    association_id: int


# --- effects ---


@dataclass(frozen=True, slots=True)
class SaveQuestion:
    number: int
    inbox_id: int
    """The row that has the words."""
    person_id: int | None
    association_id: int | None
    subject: str | None
    mentor_id: int | None
    promised_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """The answer that won; closes the tasks about the question too."""

    number: int
    answer: str
    by: int | None


@dataclass(frozen=True, slots=True)
class ClimbQuestion:
    """It is overdue, and somebody was told."""

    number: int


@dataclass(frozen=True, slots=True)
class GiveQuestion:
    """Somebody else answers it now: this mentor, or the officer; whom it had climbed to has it no longer."""

    number: int
    mentor_id: int | None


@dataclass(frozen=True, slots=True)
class LeaveQuestion:
    """Nothing is written to it: there was nothing to answer, or she was called."""

    number: int


@dataclass(frozen=True, slots=True)
class RateQuestion:
    number: int
    helped: bool


@dataclass(frozen=True, slots=True)
class SaveLesson:
    number: int
    inbox_id: int
    person_id: int | None
    association_id: int | None
    text: str
    """Empty for a voice note that nobody has written down yet."""
    language: str


@dataclass(frozen=True, slots=True)
class ShowLesson:
    """What she said to H5."""

    number: int
    show: Show


@dataclass(frozen=True, slots=True)
class SaveVisit:
    """A mentor or officer was there, called, or went with the association to a partner."""

    kind: Literal["visit", "call", "note"]
    association_id: int
    partner_id: int | None
    day: date
    note: str


@dataclass(frozen=True, slots=True)
class DropVisit:
    """What was logged by this inbox row was wrong."""

    inbox_id: int


Facts = (
    NextQuestion
    | NextLesson
    | Mentors
    | QuestionNumbered
    | LastQuestion
    | Partners
    | AssociationCalled
    | AssociationOf
)
Effects = (
    SaveQuestion
    | AnswerQuestion
    | ClimbQuestion
    | GiveQuestion
    | LeaveQuestion
    | RateQuestion
    | SaveLesson
    | ShowLesson
    | SaveVisit
    | DropVisit
)
