"""What reminders ask and decide: the last news of an association, what was written unasked, zero reports."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from handlers.noun import noun

WEEK = timedelta(days=7)


@noun
class Heard:
    """What was last heard of an association about one form."""

    at: datetime | None = None
    """When the last report or zero report came; None = never."""
    zero: bool = False
    """It was a zero report."""
    businesses: frozenset[str] = frozenset()
    """Numbers of the businesses that were reported on since the moment that was asked for."""
    reported_at: datetime | None = None
    """When the last report came, zero reports apart."""
    to_call: bool = False
    """An officer's task to call about this form is open."""


@noun
class News:
    """-> Heard: of an association about a form; `since` is for its businesses."""

    association_id: int
    form: str
    since: datetime


@noun
class Unasked:
    """-> tuple[datetime, ...]: when something was written to a person that nobody asked for, since that moment."""

    person_id: int
    since: datetime

    @classmethod
    def in_week(cls, person_id: int, now: datetime) -> Unasked:
        """In the seven days before now."""
        return cls(person_id, _week_before(now))


@lru_cache(maxsize=16)
def _week_before(now: datetime) -> datetime:
    """One value for all that ask about a moment: it is hashed once."""
    return now - WEEK


@noun
class SaveZero:
    """Nothing to report is a report: the association is not late."""

    association_id: int
    form: str
    since: date
    person_id: int | None


@noun
class SayNeed:
    """What would help (F3), said of the zero report that this inbox row made."""

    inbox_id: int
    need: Literal["mentor", "materials", "time", "nothing"]


@noun
class CloseCall:
    """The officer need not call about this form any more."""

    association_id: int
    form: str
    result: str


Facts = News | Unasked
Effects = SaveZero | SayNeed | CloseCall
