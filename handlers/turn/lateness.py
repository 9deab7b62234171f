"""Who is late, and what a reminder by hand would be: as officers ask for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from handlers.noun import noun
from handlers.turn.figures import MadeFile
from handlers.turn.nouns import Association, Person
from handlers.turn.team import Viewer

LATE = ("silent", "unreachable")
"""States of those that are late: who said "later" or "no training" is not."""


@noun
class Lateness:
    """An association that has not reported in the period."""

    association: Association
    commune: str
    state: Literal["silent", "zero", "later", "unreachable"]
    days: int
    """Since the last report or zero report, else since the programme's beginning."""
    reminders: int
    later: date | None
    """The day to which she put us off."""
    half_since: datetime | None = None
    """Since when there is half a report."""
    sent: str = ""
    """The outbox state of the last text to its contact; empty = none, or nobody can be written to."""
    sent_at: datetime | None = None


@noun
class LateList:
    """Of the associations that somebody sees: counts of all, and those of them that a page shows."""

    associations: int
    """How many she sees in all."""
    days: int
    """Of the period."""
    late: int
    zero: int
    later: int
    """How many are late, had nothing to report, put us off."""
    rows: tuple[Lateness, ...]
    """Those that are late, from `start` on: silent ones first, longest first."""
    quiet: tuple[Lateness, ...]
    """Some of those that are not late and have not reported."""
    start: int = 0
    face: str = "page"
    """As it was asked for."""
    file: MadeFile | None = None

    @property
    def not_reported(self) -> int:
        return self.late + self.zero + self.later


@noun
class ToRemind:
    """What a reminder by hand would be now."""

    association: Association
    person: Person | None
    """None: nobody there can be written to."""
    touch: int
    day0: datetime | None
    heard_at: datetime | None
    reminded_at: datetime | None
    unasked: tuple[datetime, ...]
    rich: bool = False
    """She is written to in a chat, not by SMS."""


@noun
class LateOf:
    """Who has sent no training report in the period: read beside the turns, since it goes through all of them."""

    viewer: Viewer
    now: datetime
    language: str
    face: Literal["page", "file", "today", "morning"]
    """What it is asked for: the list, all of it as a file, or how many there are for /today."""
    start: int = 0
    """Of a page: so many that are late stand on the pages before."""


@noun
class RemindOf:
    """-> ToRemind | None: of an association that she may see."""

    viewer: Viewer
    association_id: int
    now: datetime


Facts = RemindOf
