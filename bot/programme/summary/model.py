"""What a summary holds, before it is put in words: every point with the reports and messages behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from bot.programme.counting import Cascade, Figure, Flag, Grid, Month, PlaceFigures, Scope, Sheet, Talk, Training

RULES_VERSION = 2
"""Printed under every summary: what is counted, grouped and left out, and how."""
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Quotation:
    """A leader's own words, only with her consent to show them; without names of people and numbers."""

    lesson: int
    message: int
    text: str
    language: str
    association: str
    """Empty where she wants no name."""
    day: date
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Language -> its `text` and `by`, who translated it."""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "lesson": self.lesson,
            "message": self.message,
            "text": self.text,
            "language": self.language,
            "association": self.association,
            "day": self.day.isoformat(),
            "translations": {code: dict(there) for code, there in self.translations.items()},
        }


@dataclass(frozen=True, slots=True)
class Point:
    """One subject of what they said. `value` counts messages, each under one subject only."""

    subject: str
    title: Mapping[str, str]
    figure: Figure
    first: date
    last: date
    need: bool = False
    quotations: tuple[Quotation, ...] = ()

    def plain(self, language: str) -> dict[str, Any]:
        """For JSON."""
        return {
            "subject": self.subject,
            "title": self.title[language],
            **self.figure.plain(),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "quotations": [one.plain() for one in self.quotations],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a mentor. `subject` is what its words are about, by the same rule as all messages."""

    number: int
    message: int
    association: str
    asked_at: datetime
    promised_at: datetime
    answered_at: datetime | None
    title: Mapping[str, str]
    mentor: str
    helped: bool | None
    in_period: bool

    @property
    def hours(self) -> float | None:
        """From the question to its answer."""
        return None if self.answered_at is None else (self.answered_at - self.asked_at).total_seconds() / HOUR_S

    def overdue(self, as_of: datetime) -> bool:
        """Not answered, though it was promised for earlier."""
        return self.answered_at is None and self.promised_at < as_of

    def plain(self, language: str, as_of: datetime) -> dict[str, Any]:
        """For JSON."""
        return {
            "number": self.number,
            "association": self.association,
            "subject": self.title.get(language, ""),
            "asked_at": self.asked_at.isoformat(),
            "promised_at": self.promised_at.isoformat(),
            "answered_at": self.answered_at.isoformat() if self.answered_at else None,
            "hours": None if self.hours is None else round(self.hours, 1),
            "mentor": self.mentor,
            "helped": self.helped,
            "overdue": self.overdue(as_of),
            **Figure(1, messages=(self.message,)).plain(),
        }


@dataclass(frozen=True, slots=True)
class Need:
    """Something they ask for, or a promise of ours: who does it, by when. Carried over until closed."""

    what: Mapping[str, str]
    """Language -> words."""
    association: str
    who: str
    """Of the team; empty = nobody has it yet."""
    due: date | None
    overdue: bool
    figure: Figure

    def plain(self, language: str) -> dict[str, Any]:
        """For JSON."""
        return {
            "what": self.what[language],
            "association": self.association,
            "who": self.who,
            "due": self.due.isoformat() if self.due else None,
            "overdue": self.overdue,
            **self.figure.plain(),
        }


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that makes a figure less sure. `kind` is that of a flag, or no_sheet, corrected, rejected, silent."""

    kind: str
    figure: Figure
    said: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"kind": self.kind, **self.figure.plain(), "said": dict(self.said)}


@dataclass(frozen=True, slots=True)
class Reminders:
    """Sent in the period, and after how many of them a report came within two days."""

    sent: Figure
    answered: int


@dataclass(frozen=True, slots=True)
class People:
    """The representatives: how many, of each sex, and how many never wrote. No names."""

    all: int
    women: int
    men: int
    never_wrote: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All of it. `officer` is of the team; `places` are the lines of a commune or the programme."""

    sheet: Sheet
    trainings: tuple[Training, ...]
    places: tuple[PlaceFigures, ...]
    talk: Talk
    said: tuple[Point, ...]
    not_grouped: Figure
    questions: tuple[Question, ...]
    grid: Grid
    needs: tuple[Need, ...]
    reminders: Reminders
    flags: tuple[Flag, ...]
    doubts: tuple[Doubt, ...]
    people: People
    cascade: Cascade
    months: tuple[Month, ...]
    """The last ones until the end of the period, for charts."""
    programme: tuple[int, int]
    """The programme's target, and how many the project itself trained, whatever the place."""
    officer: str = ""
    mentors: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """The place."""
        return self.sheet.scope

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions of this period."""
        return tuple(one for one in self.questions if one.in_period)

    @property
    def owed(self) -> tuple[Question, ...]:
        """Our debts: questions without an answer, the one promised first first."""
        open_ones = (one for one in self.questions if one.answered_at is None)
        return tuple(sorted(open_ones, key=lambda one: (one.promised_at, one.number)))

    @property
    def answer_hours(self) -> float | None:
        """The middle value of the answer times of this period's questions."""
        hours = [one.hours for one in self.asked if one.hours is not None]
        return median(hours) if hours else None

    @property
    def counted(self) -> tuple[Training, ...]:
        """The trainings that count."""
        return tuple(one for one in self.trainings if one.counts)

    @property
    def points(self) -> tuple[Point, ...]:
        """What was said most, without what is asked for: at most five, those of one message only when there is
        nothing else."""
        talk = [point for point in self.said if not point.need]
        several = [point for point in talk if (point.figure.value or 0) > 1]
        return tuple((several or talk)[:5])
