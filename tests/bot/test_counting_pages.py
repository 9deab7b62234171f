"""What is counted is what docs/counting.md says: its list of flags, the periods that staff write."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError
from bot.programme.counting import KINDS, Period
from bot.programme.counting.verification import how_many, wilson

TODAY = date(2026, 11, 28)


def test_every_flag_is_documented_and_the_other_way_round() -> None:
    page = (Path(__file__).parents[2] / "docs/counting.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(KINDS)


@pytest.mark.fault("C7")
@pytest.mark.parametrize(
    ("said", "name", "first", "last"),
    [
        ("", "2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-2", "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("oct", "2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("décembre", "2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        *(
            (said, "2025-10", date(2025, 10, 1), date(2025, 10, 31))
            for said in ("10/2025", "2025/10", "Oct. 2025", "octobre 2025")
        ),
        ("2026-q4", "2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-T1", "2026-q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-w53", "2026-w53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2028-02", "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-w45", "2026-w45", date(2026, 11, 2), date(2026, 11, 8)),
        ("2026-10-03..2026-10-17", "2026-10-03..2026-10-17", date(2026, 10, 3), date(2026, 10, 17)),
    ],
)
def test_periods(said: str, name: str, first: date, last: date) -> None:
    period = Period.parse(said, TODAY)
    assert (period.name, period.first, period.last) == (name, first, last)
    assert Period.parse(period.name, TODAY) == period
    assert period.previous.following == period


@pytest.mark.parametrize(
    "said", ["2026-13", "13/2026", "12/11/2026", "soon", "2026-w60", "2026-10-17..2026-10-03", "26-10"]
)
def test_what_is_no_period_is_told_with_examples(said: str) -> None:
    with pytest.raises(BotError, match="2026-q4"):
        Period.parse(said, TODAY)


@given(st.integers(2000, 2060), st.integers(1, 12))
def test_months_follow_each_other_without_a_gap(year: int, month: int) -> None:
    here = Period.month(year, month)
    assert (here.following.first - here.last).days == 1
    assert (here.first - here.previous.last).days == 1
    assert len(Period("range", here.previous.first, here.following.last).months()) == 3


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29, with the score method."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (yes, of), (low, high) in published.items():
        found = wilson(yes, of)
        assert found is not None
        assert (round(found[0], 4), round(found[1], 4)) == (low, high)
    assert wilson(0, 0) is None


def test_one_in_ten_and_at_least_five() -> None:
    assert [how_many(n) for n in (0, 3, 5, 31, 51, 100, 101)] == [0, 3, 5, 5, 6, 10, 11]
