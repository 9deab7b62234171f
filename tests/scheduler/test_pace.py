"""The limits of a channel: no half hour and no local day has more parts than allowed, whatever is tried when."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.pace import Limits, Pace

START = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
ZONES = st.sampled_from(("Africa/Bujumbura", "Europe/Brussels", "America/New_York", "Pacific/Apia")).map(ZoneInfo)
TRIES = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 4)), max_size=60)
"""(minutes since the one before, parts)"""


def _moments(tries: list[tuple[int, int]]) -> list[tuple[datetime, int]]:
    now, found = START, []
    for minutes, parts in tries:
        now += timedelta(minutes=minutes)
        found.append((now, parts))
    return found


@given(TRIES, st.integers(0, 12), st.integers(0, 12), ZONES, st.integers(0, 60))
def test_no_half_hour_and_no_day_has_more_than_allowed(
    tries: list[tuple[int, int]], half: int, day: int, zone: ZoneInfo, restart: int
) -> None:
    """At any try the process may be a new one that only knows what left."""
    limits = Limits(half, day)
    pace, left = Pace(limits, zone), list[tuple[datetime, int]]()
    for number, (now, parts) in enumerate(_moments(tries)):
        if number == restart:
            pace = Pace(limits, zone)
            for at, gone in left:
                pace.left(at, gone)
        room = pace.room(now)
        wait = pace.wait_s(now, parts)
        assert wait >= 0
        if not wait:
            left.append((now, parts))
        elif room >= parts:
            raise AssertionError("there was room for it")
        else:
            again = Pace(limits, zone)
            for at, gone in left:
                again.left(at, gone)
            assert not again.wait_s(now + timedelta(seconds=wait), parts) or half, "the day is a new one then"
    days = Counter[object]()
    for at, parts in left:
        recent = [gone for then, gone in left if at - timedelta(minutes=30) < then <= at]
        assert not half or sum(recent) <= half or len(recent) == 1, "one longer than the limit goes alone"
        days[at.astimezone(zone).date()] += parts
    alone = Counter(at.astimezone(zone).date() for at, _ in left)
    assert not day or all(parts <= day or alone[which] == 1 for which, parts in days.items())


def test_a_full_day_ends_at_midnight_of_the_programme() -> None:
    pace = Pace(Limits(0, 3), ZoneInfo("Africa/Bujumbura"))
    assert not pace.wait_s(START, 2) and pace.rest(START) == 1
    assert pace.room(START) == 1
    midnight = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert pace.wait_s(START, 2) == (midnight - START).total_seconds()
    assert not pace.wait_s(START, 1)
    assert pace.rest(START) == 0 and pace.rest(midnight) == 3
    assert not pace.wait_s(midnight, 3)


def test_without_limits_everything_leaves() -> None:
    pace = Pace(Limits(), ZoneInfo("UTC"))
    assert not any(pace.wait_s(START, 1000) for _ in range(100))
    assert pace.rest(START) is None


def test_an_answer_waits_a_minute_at_most_however_much_nobody_asked_for_is_leaving() -> None:
    waits = []
    for minutes in range(100):
        pace, now = Pace(Limits(30), ZoneInfo("UTC")), START
        for _ in range(minutes):
            while not pace.wait_s(now, 1, unasked=True):
                pass
            now += timedelta(minutes=1)
        waits.append(pace.wait_s(now, 1))
    assert max(waits) <= 60
