"""When the last of many texts leaves, against a sender that counts every part as the outbox does."""

from __future__ import annotations

from collections import deque
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.pace import HALF_HOUR
from scheduler.pacing import Plan, plan
from scheduler.quiet import Hours
from tests.examples import examples

HOME = ZoneInfo("Africa/Bujumbura")
USUAL = Hours(time(7, 30), time(19, 30), ("Sat before 12:00", "Sun before 13:00"), (), HOME)


def local(text: str, zone: ZoneInfo = HOME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_132_parts_from_half_past_five_take_until_the_morning() -> None:
    found = plan([1] * 132, local("2026-11-23 17:30"), USUAL, 30)
    assert (found.spill, found.spill_parts) == (12, 12)
    assert found.first_spill_at == local("2026-11-24 07:30")
    assert found.last_leaves_at == local("2026-11-24 07:41"), "one a minute"


def test_parts_count_and_not_messages() -> None:
    assert plan([2] * 30, local("2026-11-23 09:00"), USUAL, 30).last_leaves_at == local("2026-11-23 09:58")
    assert plan([1] * 30, local("2026-11-23 09:00"), USUAL, 30).last_leaves_at == local("2026-11-23 09:29")


def test_a_few_leave_at_once_and_pay_for_it() -> None:
    found = plan([1] * 10, local("2026-11-23 09:00"), USUAL, 30)
    assert found.last_leaves_at == local("2026-11-23 09:00")
    found = plan([1] * 11, local("2026-11-23 09:00"), USUAL, 30)
    assert found.last_leaves_at == local("2026-11-23 09:10"), "ten texts have had their ten minutes"
    found = plan([1] * 3_600, local("2026-11-23 09:00"), USUAL, 3_600)
    assert found.last_leaves_at == local("2026-11-23 09:29:59.500000"), "30 at once, then two in a second"


def test_without_limits_everything_leaves_at_once_when_it_may() -> None:
    morning = local("2026-11-24 07:30")
    assert plan([3] * 5_000, local("2026-11-23 22:00"), USUAL, 0) == Plan(morning, morning)


def test_a_sim_that_has_had_its_day_goes_on_tomorrow() -> None:
    found = plan([1] * 250, local("2026-11-23 08:00"), USUAL, 30, 100)
    assert (found.spill, found.first_spill_at) == (150, local("2026-11-24 07:30"))
    assert found.last_leaves_at == local("2026-11-25 08:19")  # Wednesday: 50 left, one a minute


def test_a_message_longer_than_a_limit_goes_alone() -> None:
    found = plan([1, 9, 1], local("2026-11-23 08:00"), USUAL, 5, 5)
    assert (found.spill, found.last_leaves_at) == (2, local("2026-11-25 07:30"))


def test_nothing_to_send_and_mistakes() -> None:
    assert plan([], local("2026-11-23 08:00"), USUAL, 30) == Plan(None, None)
    with pytest.raises(ValueError, match="at least one part"):
        plan([1, 0], local("2026-11-23 08:00"), USUAL, 30)
    with pytest.raises(ValueError, match="zone"):
        plan([1], datetime(2026, 11, 23), USUAL, 30)


def _counted(parts: list[int], start: datetime, hours: Hours, per_half_hour: int, per_day: int) -> list[datetime]:
    """When each message leaves: a few at once, then a part's time for each part, and within the limits."""
    now, left, window, days = start, [], deque[tuple[datetime, int]](), {}
    each, most = HALF_HOUR / max(1, per_half_hour), max(1, per_half_hour // 3)
    paid, ahead = start, most
    for one in parts:
        while True:
            now = hours.next_allowed(now)
            while paid + each <= now:
                paid, ahead = paid + each, min(most, ahead + 1)
            while window and window[0][0] <= now - HALF_HOUR:
                window.popleft()
            used, day = sum(n for _, n in window), now.astimezone(hours.zone).date()
            today = days.get(day, 0)
            half = not per_half_hour or not used or used + one <= per_half_hour
            if not (not per_day or not today or today + one <= per_day):
                now = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
            elif per_half_hour and not ahead and paid > now:
                now = paid
            elif not half:
                now = window[0][0] + HALF_HOUR
            else:
                break
        paid, ahead = max(paid, now) + one * each, max(0, ahead - one)
        window.append((now, one))
        days[day] = today + one
        left.append(now)
    return left


@examples(150)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=60),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(0, 12),
    st.integers(0, 40),
    st.sampled_from(["Africa/Bujumbura", "Europe/Brussels", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia"]),
    st.sampled_from([(), ("Mon 12:00-12:10",), ("Sat before 12:00", "Sun before 13:00")]),
)
def test_the_plan_is_what_a_sender_that_counts_does(
    parts: list[int], at: datetime, per_half_hour: int, per_day: int, zone: str, quiet: tuple[str, ...]
) -> None:
    hours = Hours(time(7, 30), time(19, 30), quiet, (date(2026, 12, 25),), ZoneInfo(zone))
    start = at.replace(second=0, microsecond=0, tzinfo=UTC)
    left = _counted(parts, start, hours, per_half_hour, per_day)
    days = [moment.astimezone(hours.zone).date() for moment in left]
    later = [index for index, day in enumerate(days) if day != days[0]]
    spilled = left[later[0]] if later else None
    expected = Plan(left[0], left[-1], len(later), sum(parts[index] for index in later), spilled)
    assert plan(parts, start, hours, per_half_hour, per_day) == expected


def test_a_hundred_thousand_messages_are_planned_while_the_card_is_drawn() -> None:
    began = perf_counter()
    found = plan([1, 2] * 50_000, local("2026-11-23 08:00"), USUAL, 30, 600)
    assert found.last_leaves_at is not None and found.last_leaves_at > local("2027-05-01 00:00")
    assert perf_counter() - began < 5
