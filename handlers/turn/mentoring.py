"""Mentors, partners, visits, lessons: the nouns, what a conversation may ask about them, what it may decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from handlers.noun import noun

Show = Literal["name", "anonymous", "no"]
"""What a leader said to H5: with the association's name, without it, not at all."""


# --- nouns ---


@noun
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


@noun
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


@noun
class Partner:
    """An institution that leaders may ask."""

    id: int
    name: str
    subjects: str
    contact: str
    place: str = ""
    hours: str = ""


# --- facts ---


@noun
class NextQuestion:
    """-> int: the number that the next question will get."""


@noun
class NextLesson:
    """-> int: the number that the next lesson will get."""


@noun
class Mentors:
    """-> tuple[Mentor, ...]: all who can be reached, by id."""


@noun
class QuestionNumbered:
    """-> Question | None. Stays locked until the turn is committed, so that one answer wins."""

    number: int


@noun
class LastQuestion:
    """-> Question | None: the last one asked from this address."""

    address_id: int


@noun
class Partners:
    """-> tuple[Partner, ...]: the directory, by id."""


@noun
class AssociationCalled:
    """-> Association | None: by its number, or by its name (plain)."""

    word: str


@noun
class AssociationOf:
    """-> Association | None: by its id."""

    association_id: int


# --- effects ---


@noun
class SaveQuestion:
    number: int
    inbox_id: int
    """The row that has the words."""
    person_id: int | None
    association_id: int | None
    subject: str | None
    mentor_id: int | None
    promised_at: datetime


@noun
class AnswerQuestion:
    """The answer that won; closes the tasks about the question too."""

    number: int
    answer: str
    by: int | None


@noun
class ClimbQuestion:
    """It is overdue, and somebody was told."""

    number: int


@noun
class GiveQuestion:
    """Somebody else answers it now: this mentor, or the officer; whom it had climbed to has it no longer."""

    number: int
    mentor_id: int | None


@noun
class LeaveQuestion:
    """Nothing is written to it: there was nothing to answer, or she was called."""

    number: int


@noun
class RateQuestion:
    number: int
    helped: bool


@noun
class SaveLesson:
    number: int
    inbox_id: int
    person_id: int | None
    association_id: int | None
    text: str
    """Empty for a voice note that nobody has written down yet."""
    language: str


@noun
class ShowLesson:
    """What she said to H5."""

    number: int
    show: Show


@noun
class SaveVisit:
    """A mentor or officer was there, called, or went with the association to a partner."""

    kind: Literal["visit", "call", "note"]
    association_id: int
    partner_id: int | None
    day: date
    note: str


@noun
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
