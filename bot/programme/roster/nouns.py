"""What a roster is once it is read: plain values, and the messages about what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.render.sentences import Sentence
from handlers.understand.words import plain

Cell = str | float | int | bool | date | datetime | time | timedelta
"""What a cell of a workbook may hold; an empty one is ''."""

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to know about a roster: where, what, what to do. `row` is Excel's row number."""

    level: Level
    sheet: str
    row: int | None
    text: Sentence


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook as they stand: sheet name -> rows with Excel's row numbers."""

    name: str
    sheets: Mapping[str, tuple[tuple[int, tuple[Cell, ...]], ...]]


@dataclass(frozen=True, slots=True)
class Association:
    no: str
    name: str
    sms_name: str
    commune_old: str
    commune_now: str
    colline: str
    activity: str | None = None
    members_women: int | None = None
    members_men: int | None = None
    target: int | None = None
    officer: str | None = None
    """Name of a person of the sheet Staff."""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Leader:
    association_no: str
    name: str
    sms_name: str
    sex: str
    phone: str
    """E.164."""
    language: str
    consent: Literal["yes", "no", "none"] = "none"
    consent_date: date | None = None
    consent_how: str | None = None
    role: str | None = None
    phone_is: str | None = None
    can_read: str | None = None
    channel: str | None = None
    reminders_by: str | None = None
    tips_by: str | None = None
    broadcasts_by: str | None = None
    answers_by: str | None = None
    best_time: str | None = None
    status: str | None = None
    youth: bool | None = None
    practice: bool | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Business:
    no: str
    association_no: str
    type: str
    kit: str | None = None
    kit_date: date | None = None
    workers_women: int | None = None
    workers_men: int | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Staff:
    name: str
    role: str
    phone: str | None = None
    telegram: str | None = None
    """The number of a Telegram account."""
    languages: str | None = None
    subjects: str | None = None
    area: str | None = None
    """Communes, old or new, and numbers of associations, with commas; None = see docs/officers.md."""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    commune_old: str
    commune_now: str
    colline: str
    zone: str | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Partner:
    """An institution that leaders may ask."""

    name: str
    subjects: str
    contact: str
    place: str
    kind: str | None = None
    hours: str | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows of a workbook that can be imported, in its order.

    An empty optional cell is None and means "nothing said": an import keeps what is already known.
    """

    associations: tuple[Association, ...] = ()
    leaders: tuple[Leader, ...] = ()
    businesses: tuple[Business, ...] = ()
    staff: tuple[Staff, ...] = ()
    places: tuple[Place, ...] = ()
    partners: tuple[Partner, ...] = ()
    waiting: frozenset[tuple[str, ...]] = field(default=frozenset(), compare=False)
    """Rows that are in the workbook but have an error, so that nobody takes them for removed."""

    @property
    def rows(self) -> int:
        """How many there are to import."""
        return sum(
            map(len, (self.associations, self.leaders, self.businesses, self.staff, self.places, self.partners))
        )


def with_officers(associations: Iterable[Association], staff: Iterable[Staff]) -> tuple[Association, ...]:
    """Nothing is said of an officer who is not of this team, so that what is known stays."""
    names = [one.name for one in staff]
    return tuple(
        replace(one, officer=officer_named(one.officer, names)) if one.officer else one for one in associations
    )


def officer_named(said: str, names: Sequence[str]) -> str | None:
    """Who of the team this is: her whole name, or a part that only one has, as "Eric" of "Eric Nkurunziza"."""
    words = plain(said).split()
    whole = [name for name in names if plain(name).split() == words]
    meant = whole or [name for name in names if words and set(words) <= set(plain(name).split())]
    return meant[0] if len(meant) == 1 else None


@dataclass(frozen=True, slots=True)
class Checked:
    """The messages, errors first, and the rows without errors; None when a sheet or column is missing."""

    messages: tuple[Message, ...]
    roster: Roster | None
    left_out: tuple[Sentence, ...] = ()
    """A line for each row that is not in the roster, when there is one."""

    def count(self, level: Level) -> int:
        """How many messages of this level."""
        return sum(message.level == level for message in self.messages)

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and notes do not hinder an import."""
        return self.count("error") == 0
