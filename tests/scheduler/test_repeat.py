"""When what repeats is due next: the same time on the wall, whatever the month and the clock do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.repeat import kept, next_time

HOME, PARIS = ZoneInfo("Africa/Bujumbura"), ZoneInfo("Europe/Paris")


@pytest.mark.fault("C7")
@pytest.mark.parametrize(
    ("moment", "every", "following"),
    [
        ("2026-11-23 17:30", "weekly", "2026-11-30 17:30"),
        ("2026-12-28 17:30", "weekly", "2027-01-04 17:30"),
        ("2026-11-23 17:30", "monthly", "2026-12-23 17:30"),
        ("2026-12-31 17:30", "monthly", "2027-01-31 17:30"),
        ("2027-01-31 17:30", "monthly", "2027-02-28 17:30"),
        ("2028-01-30 17:30", "monthly", "2028-02-29 17:30"),
        ("2027-02-28 17:30", "monthly", "2027-03-28 17:30"),
    ],
)
def test_a_week_and_a_month_later(moment: str, every: str, following: str) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=HOME)
    then = next_time(local, every, HOME)
    assert then.astimezone(HOME) == datetime.fromisoformat(following).replace(tzinfo=HOME)
    assert then.tzinfo == UTC


def test_the_last_day_of_a_month_stays_the_last_day() -> None:
    """What was begun on 31/1 went on the 28th of every month from February on."""
    moment, every, days = datetime(2027, 1, 31, 17, 30, tzinfo=HOME), "monthly", []
    for _ in range(4):
        every = kept(moment, every, HOME)
        moment = next_time(moment, every, HOME)
        days.append(f"{moment.astimezone(HOME):%d/%m}")
    assert days == ["28/02", "31/03", "30/04", "31/05"]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)), st.sampled_from(["weekly", "monthly"]))
def test_it_is_later_and_says_the_same_time_on_the_wall(moment: datetime, every: str) -> None:
    first = moment.replace(tzinfo=PARIS, microsecond=0).astimezone(UTC).astimezone(PARIS)
    then = next_time(first, every, PARIS)
    assert timedelta(days=6) < then - first < timedelta(days=32)
    wall = then.astimezone(PARIS)
    assert wall.time() == first.time() or abs(wall.utcoffset() - first.utcoffset()) == timedelta(hours=1)  # type: ignore[operator]


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="read 'daily'; allowed are weekly and monthly"):
        next_time(datetime(2026, 1, 1, tzinfo=UTC), "daily", HOME)
