"""Months back from a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.keeping import months_before


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2026-11-23", 24, "2024-11-23"),
        ("2026-01-31", 1, "2025-12-31"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-30", 1, "2024-02-29"),
        ("2026-11-23", 12, "2025-11-23"),
    ],
)
def test_the_same_day_or_the_months_last(now: str, months: int, then: str) -> None:
    assert months_before(datetime.fromisoformat(now), months) == datetime.fromisoformat(then)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.integers(1, 120))
def test_never_more_than_three_days_off_and_later_for_fewer_months(now: datetime, months: int) -> None:
    then = months_before(now, months)
    assert abs((now - then).days - months * 30.4369) < 4
    assert then < months_before(now, months - 1)
