"""The rules of time as a conversation may ask them: scheduler/when.py has them, the turn brings them along.

Handlers import nothing of the scheduler; what they are given is as pure as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from handlers.turn.nouns import Association


class When(Protocol):
    """When something may be said. All moments are aware UTC."""

    def first(self, association: Association, form: str, after: datetime) -> datetime:
        """Day 0 of the next reminder, after the last news or the last day 0."""

    def next_touch(self, association: Association, touch: int, day0: datetime) -> datetime | None:
        """When the touch after this one is due; None when this one is the last."""

    def touches(self, association: Association, day0: datetime) -> int:
        """How many touches before an officer calls; 0 = a call at once."""

    def begins_anew(
        self, association: Association, form: str, touch: int, day0: datetime, news: datetime | None, now: datetime
    ) -> bool:
        """Whether the last report or zero report makes this touch needless."""

    def month_end(self, association: Association, after: datetime) -> datetime | None:
        """When the totals of the month that ends next are said; None where they are not."""

    def hour(self, association: Association, day: date) -> datetime:
        """The association's hour of this local day, or the first moment after it in which we may write."""

    def on_its_day(self, association: Association, moment: datetime) -> datetime:
        """The association's hour on the local day of this moment."""

    def wall_hours(self) -> Mapping[str, str]:
        """Which hour the settings give to whom: what has changed since timers were made by it."""

    def news_days(self) -> Mapping[str, int]:
        """How many days without news the settings give to whom, as `wall_hours`."""

    def by_days(self, association: Association, moment: datetime, before: Mapping[str, int]) -> datetime:
        """When a training reminder is due that was due at this moment by the `news_days` of `before`."""

    def next_hour(self, association: Association, now: datetime) -> datetime:
        """The next time that it is the association's hour and we may write."""

    def allowed(self, moment: datetime, association: Association | None = None) -> datetime:
        """This moment, or the first one after it in which an unasked message may leave (hours, market days)."""

    def free(self, sent: Sequence[datetime], now: datetime, *, by_hand: bool = False) -> datetime | None:
        """When one more unasked message may leave to somebody who got these; by hand no hour later. None = never."""

    def too_late(self, kind: str, due_at: datetime, now: datetime) -> str:
        """Why a message of this kind may not leave any more, '' while it may."""
