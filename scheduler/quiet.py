"""When an unasked message may leave: within the programme's hours, outside its quiet times and holidays.

The hours bind unasked messages only (reminders, tips, broadcasts); an answer leaves at any time.
What counts is the clock on the wall where the programme is. A minute that a clock change skips is
never reached; one that it repeats counts twice. Nothing here reads a clock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALLOWED = (
    f"allowed is a day ({' '.join(DAYS)}), alone or with a time of that day: "
    '"Sun", "Sat before 12:00", "Mon after 18:00", "Fri 12:00-14:00"'
)
DAY = 24 * 60
MINUTE = timedelta(minutes=1)

Spans = tuple[tuple[int, int], ...]
"""Stretches of one day, in minutes after midnight on the wall; the end does not belong to it."""

_RULE = re.compile(
    r"(?P<day>[a-z]{3})(?: (?:before (?P<before>\d\d:\d\d)|after (?P<after>\d\d:\d\d)"
    r"|(?P<start>\d\d:\d\d) ?- ?(?P<end>\d\d:\d\d)))?",
    re.ASCII,
)


MOST_MOMENTS = 4096


@dataclass(frozen=True)
class Hours:
    """The hours of unasked messages, checked once. `send_to` itself is too late.

    Raises ValueError with one line per mistake, each beginning with the name of the setting.
    """

    send_from: time
    send_to: time
    no_sending: tuple[str, ...]
    holidays: tuple[date, ...]
    zone: ZoneInfo
    _week: tuple[Spans, ...] = field(init=False, repr=False, compare=False)
    """What is open, Monday first."""
    _next: dict[datetime, datetime] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `next_allowed` found: 100,000 reminders that are due at once ask about the same few moments."""

    def __post_init__(self) -> None:
        problems, quiet = _times(self.send_from, self.send_to), []
        for rule in self.no_sending:
            try:
                quiet.append(_rule(rule))
            except ValueError as error:
                problems.append(f"no_sending: {error}")
        if not problems:
            hours = (_minute(self.send_from), _minute(self.send_to))
            week = tuple(_without(hours, [span for day, span in quiet if day == number]) for number in range(7))
            object.__setattr__(self, "_week", week)
            if not any(week):
                problems.append(
                    f"no_sending: read {_shown(self.no_sending)}; with send_from and send_to it leaves not one "
                    "minute of the week to send in. Leave at least one free."
                )
        if problems:
            raise ValueError("\n".join(problems))

    @classmethod
    def parse(
        cls,
        send_from: time,
        send_to: time,
        no_sending: Sequence[str],
        holidays: Sequence[date],
        zone: ZoneInfo,
    ) -> Hours:
        """The hours as the settings give them. Raises ValueError: what was read, what is allowed."""
        return cls(send_from, send_to, tuple(no_sending), tuple(holidays), zone)

    def is_allowed(self, moment: datetime) -> bool:
        """Whether an unasked message may leave at this aware moment."""
        wall = _utc(moment).astimezone(self.zone)
        now = wall.hour * 60 + wall.minute
        return any(start <= now < end for start, end in self._spans(wall.date()))

    def next_allowed(self, moment: datetime) -> datetime:
        """The moment itself if it is allowed, else the first allowed whole minute after it; aware UTC.

        Holidays are waited for however many follow each other. Raises ValueError for a moment without a
        zone, and when nothing is free before the calendar ends.
        """
        found = self._next.get(moment)
        if found is None:
            if len(self._next) >= MOST_MOMENTS:  # a thread that plans a broadcast may do so at any time
                self._next.clear()
            moment = _utc(moment)
            found = self._next[moment] = self._next_allowed(moment)
        return found

    def _next_allowed(self, moment: datetime) -> datetime:
        if self.is_allowed(moment):
            return moment
        try:
            now = moment.replace(second=0, microsecond=0) + MINUTE
            # A holiday, or a clock change, can each take one week's only opening; no week loses two.
            last = now + timedelta(weeks=len(self.holidays) + 5)
            while now < last:
                wait = self._wait(now)
                if not wait:
                    return now
                now = self._later(now, wait)
        except OverflowError:
            pass
        raise ValueError("no minute is free for an unasked message; see hours.no_sending and hours.holidays")

    def _spans(self, day: date) -> Spans:
        return () if day in self.holidays else self._week[day.weekday()]

    def _wait(self, moment: datetime) -> int:
        """Minutes on the wall until the next opening, or until midnight when none is left today; 0 = open."""
        wall = moment.astimezone(self.zone)
        now = wall.hour * 60 + wall.minute
        for start, end in self._spans(wall.date()):
            if now < end:
                return max(start - now, 0)
        return DAY - now

    def _later(self, moment: datetime, minutes: int) -> datetime:
        """So many minutes later, or at the first change of the clock before that: the wall is read anew there."""
        before = moment.astimezone(self.zone).utcoffset()
        if (moment + minutes * MINUTE).astimezone(self.zone).utcoffset() == before:
            return moment + minutes * MINUTE
        same, changed = 0, minutes
        while changed - same > 1:
            middle = (same + changed) // 2
            if (moment + middle * MINUTE).astimezone(self.zone).utcoffset() == before:
                same = middle
            else:
                changed = middle
        return moment + changed * MINUTE


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone says nothing about the hours where the programme is")
    return moment.astimezone(UTC)


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _shown(rules: Sequence[str]) -> str:
    return ", ".join(repr(rule) for rule in rules) or "nothing"


def _times(send_from: time, send_to: time) -> list[str]:
    problems = [
        f"{name}: read {value.isoformat()}; allowed is a local time in hours and minutes, such as 07:30."
        for name, value in (("send_from", send_from), ("send_to", send_to))
        if value.tzinfo is not None or value.second or value.microsecond
    ]
    if not problems and send_from >= send_to:
        problems.append(f"send_from: read {send_from:%H:%M}; it must be before send_to ({send_to:%H:%M}).")
    return problems


def _rule(rule: str) -> tuple[int, tuple[int, int]]:
    """A day and its quiet stretch. Raises ValueError saying what was read and what is allowed."""
    found = _RULE.fullmatch(" ".join(rule.lower().split()))
    if not found or found["day"].capitalize() not in DAYS:
        raise ValueError(f"read {rule!r}; {ALLOWED}.")
    start, end = 0, DAY
    if found["before"]:
        end = _clock(rule, found["before"])
    elif found["after"]:
        start = _clock(rule, found["after"])
    elif found["start"]:
        start, end = _clock(rule, found["start"]), _clock(rule, found["end"])
    if start >= end:
        raise ValueError(f"read {rule!r}; it holds no time: the first time must be before the second one.")
    return DAYS.index(found["day"].capitalize()), (start, end)


def _clock(rule: str, text: str) -> int:
    hour, minute = int(text[:2]), int(text[3:])
    if minute > 59 or hour * 60 + minute > DAY:
        raise ValueError(f"read {rule!r}; {text} is no time, allowed are 00:00 to 24:00.")
    return hour * 60 + minute


def _without(hours: tuple[int, int], quiet: Sequence[tuple[int, int]]) -> Spans:
    """What is left of the hours of a day outside the quiet stretches."""
    left, free = [], hours[0]
    for start, end in sorted(quiet):
        if free < min(start, hours[1]):
            left.append((free, min(start, hours[1])))
        free = max(free, end)
    if free < hours[1]:
        left.append((free, hours[1]))
    return tuple(left)
