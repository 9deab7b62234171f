"""All rules of time of one programme, as its settings give them. A value: it reads no clock and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from handlers.turn import Association
from scheduler import cadence, ladder, late, weekly
from scheduler.cadence import Cadence, Season
from scheduler.quiet import Hours

Overrides = Mapping[str, Mapping[str, Any]]
"""Of an association's number, or a season's letter: the fields of Cadence that differ."""


MOST_REMEMBERED = 4096
_USUAL = "usual"


@dataclass(frozen=True)
class Rules:
    """The `When` of a programme (handlers/turn/when.py says what each method is for)."""

    hours: Hours
    usual: Cadence
    reminders: int
    per_week: int
    seasons: Mapping[str, Season] = field(default_factory=dict)
    of_season: Overrides = field(default_factory=dict)
    of_association: Overrides = field(default_factory=dict)
    market_days: Mapping[str, Hours] = field(default_factory=dict)
    """Commune in small letters -> its hours, without those of its market."""
    totals_after_month: bool = False
    """Whether an association hears its totals once a month has ended."""
    _cadences: dict[tuple[str, date], Cadence] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `cadence` found: one that has nothing of its own is asked for by every association of a day."""
    _days: dict[datetime, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `_day` found."""

    def cadence(self, association: Association, day: date) -> Cadence:
        """The usual one, then the season's, then the association's own."""
        which = (association.no if association.no in self.of_association else "", day)
        found = self._cadences.get(which)
        if found is None:
            if len(self._cadences) >= MOST_REMEMBERED:
                self._cadences.clear()
            letter = cadence.season(self.seasons, day)
            changes = {**self.of_season.get(letter, {}), **self.of_association.get(association.no, {})}
            found = self._cadences[which] = replace(self.usual, **changes) if changes else self.usual
        return found

    def first(self, association: Association, form: str, after: datetime) -> datetime:
        own = self.cadence(association, self._day(after))
        if form == "business":
            due = cadence.business(own, after, self.hours.zone, self.hours.holidays)
        else:
            due = cadence.training(own, after, self.hours.zone)
        return self.allowed(due, association)

    def next_touch(self, association: Association, touch: int, day0: datetime) -> datetime | None:
        day = self._day(day0)
        own = self.cadence(association, day)
        if touch + 1 >= ladder.touches(self.reminders, own.then_after_days):
            return None
        due = ladder.next_touch(touch, day, own.then_after_days, own.at, self.hours.zone)
        return self.allowed(due, association)

    def touches(self, association: Association, day0: datetime) -> int:
        return ladder.touches(self.reminders, self.cadence(association, self._day(day0)).then_after_days)

    def begins_anew(
        self, association: Association, form: str, touch: int, day0: datetime, news: datetime | None, now: datetime
    ) -> bool:
        after = self.first(association, form, news) if news else None
        return ladder.begins_anew(touch, day0, news, after, now)

    def month_end(self, association: Association, after: datetime) -> datetime | None:
        if not (self.totals_after_month and self.per_week):
            return None
        own = self.cadence(association, self._day(after))
        return self.allowed(cadence.month_end(own, after, self.hours.zone), association)

    def hour(self, association: Association, day: date) -> datetime:
        due = cadence.on(day, self.cadence(association, day).at, self.hours.zone)
        return self.allowed(due, association)

    def on_its_day(self, association: Association, moment: datetime) -> datetime:
        return self.hour(association, self._day(moment))

    def wall_hours(self) -> Mapping[str, str]:
        return {name: f"{at:%H:%M}" for name, at in self._own("at").items()}

    def news_days(self) -> Mapping[str, int]:
        return self._own("training_every_days")

    def by_days(self, association: Association, moment: datetime, before: Mapping[str, int]) -> datetime:
        due = self._day(moment)
        for name in (association.no, *sorted(self.seasons), _USUAL):
            news = due - before.get(name, 0) * cadence.DAY
            of_season = cadence.season(self.seasons, news) or _USUAL
            if name in before and name in (association.no, of_season):
                days = self.cadence(association, news).training_every_days
                return self.hour(association, news + days * cadence.DAY)
        return self.hour(association, due)

    def _own(self, field: str) -> dict[str, Any]:
        """A field of the usual cadence, and of each season's and association's that has its own."""
        own = {_USUAL: {field: getattr(self.usual, field)}, **self.of_season, **self.of_association}
        return {name: one[field] for name, one in own.items() if field in one}

    def next_hour(self, association: Association, now: datetime) -> datetime:
        at = self.cadence(association, self._day(now)).at
        return self.allowed(cadence.first_from(now, at, self.hours.zone), association)

    def allowed(self, moment: datetime, association: Association | None = None) -> datetime:
        return self.hours_of(association).next_allowed(moment)

    def hours_of(self, association: Association | None) -> Hours:
        """The programme's hours, without the market of either of its communes."""
        return self._hours_at(association.communes if association else ())

    def opens(self, communes: Sequence[str], moment: datetime) -> datetime:
        """This moment, or the first one after it in which unasked texts may leave to one of these communes."""
        return self._hours_at(communes).next_allowed(moment)

    def _hours_at(self, communes: Sequence[str]) -> Hours:
        if not self.market_days:
            return self.hours
        return next((self.market_days[c.lower()] for c in communes if c.lower() in self.market_days), self.hours)

    def free(self, sent: Sequence[datetime], now: datetime, *, by_hand: bool = False) -> datetime | None:
        return weekly.may_leave(sent, now, self.per_week, timedelta() if by_hand else weekly.APART)

    def crowded(self) -> Iterator[tuple[str, int, int]]:
        """Where trainings alone fill the week: the section below [reminders], after how many days its ladder begins
        anew, and after how many businesses would have their place. None where nothing unasked is written."""
        own = {"": {}, **{f".seasons.{letter}": changes for letter, changes in self.of_season.items()}}
        own |= {f'.associations."{no}"': changes for no, changes in self.of_association.items()}
        for section, changes in own.items() if self.per_week else ():
            one = replace(self.usual, **changes)
            touches = ladder.touches(self.reminders, one.then_after_days)
            last = one.then_after_days[touches - 2] if touches > 1 else 0
            days, least = max(one.training_every_days, last + 1), weekly.apart(touches, self.per_week)
            if days < least:
                yield section, days, least

    def too_late(self, kind: str, due_at: datetime, now: datetime) -> str:
        return late.reason(kind, due_at, now)

    def _day(self, moment: datetime) -> date:
        return _local_day(moment, self.hours.zone)


@lru_cache(maxsize=MOST_REMEMBERED)
def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
