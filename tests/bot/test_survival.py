"""Whether a business is still there 3, 6 and 12 months after its kit: by what was said, and never by silence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.programme.counting import Business, Cell, Grid, Period, Place
from bot.programme.counting.businesses import _survived

ZONE = ZoneInfo("Africa/Bujumbura")
KIT = date(2026, 1, 15)
PLACE = Place(1, "07", "Abahuza", "ABAHUZA", "Rutana", "Rutana", "Kivoga", "rice", 19, 12, 25, None, False)


def _said(*reports: tuple[int, int, str]) -> dict[str, Cell]:
    """(month, day, status) of 2026."""
    return {
        f"2026-{month:02}": Cell(f"2026-{month:02}", 100 + month, (), datetime(2026, month, day, 9, tzinfo=UTC), how)
        for month, day, how in reports
    }


@pytest.mark.parametrize(
    ("reports", "until", "expected"),
    [
        ([], date(2026, 4, 14), {}),
        ([], date(2026, 12, 31), {3: None, 6: None}),
        ([(2, 20, "working")], date(2026, 12, 31), {3: None, 6: None}),
        ([(4, 15, "working")], date(2026, 12, 31), {3: True, 6: None}),
        ([(4, 14, "working"), (7, 20, "paused")], date(2026, 12, 31), {3: True, 6: True}),
        ([(3, 2, "stopped")], date(2026, 12, 31), {3: False, 6: False}),
        ([(3, 2, "stopped"), (8, 1, "working")], date(2026, 12, 31), {3: True, 6: True}),
        ([(5, 1, "working"), (7, 30, "stopped")], date(2027, 1, 15), {3: True, 6: False, 12: False}),
        ([(12, 30, "working")], date(2027, 1, 15), {3: True, 6: True, 12: None}),
    ],
)
def test_by_the_first_report_at_or_after_the_day(
    reports: list[tuple[int, int, str]], until: date, expected: dict[int, bool | None]
) -> None:
    assert _survived(KIT, _said(*reports), until, ZONE) == expected


def test_without_a_kit_nothing_is_asked_and_a_short_month_ends_earlier() -> None:
    assert _survived(None, _said((4, 15, "working")), date(2026, 12, 31), ZONE) == {}
    assert _survived(date(2025, 8, 31), {}, date(2026, 2, 28), ZONE) == {3: None, 6: None}


def _line(no: str, status: str | None, sales: int | None, survived: dict[int, bool | None]) -> Business:
    return Business(1, no, "mill", PLACE, KIT, (Cell("2026-10", 1, (), None, status, sales),), survived)


def test_the_grid_says_what_is_not_known_and_never_zero_for_it() -> None:
    months = (Period.month(2026, 10),)
    lines = (
        _line("07A", "working", 10, {3: True, 6: True}),
        _line("07B", None, None, {3: True, 6: None}),
        _line("07C", "stopped", None, {3: False}),
    )
    grid = Grid(months, lines)
    assert grid.survival() == {
        3: {"yes": 2, "of": 3, "not_known": 0},
        6: {"yes": 1, "of": 1, "not_known": 1},
        12: {"yes": 0, "of": 0, "not_known": 0},
    }
    assert {name: figure.value for name, figure in grid.statuses().items()} == {
        "working": 1, "paused": 0, "stopped": 1, "not_said": 1,
    }  # fmt: skip
    assert (grid.total("sales")[0].value, grid.total("sales")[1]) == (10, 2)
    assert (grid.total("workers")[0].value, grid.total("workers")[1]) == (None, 3)
    assert grid.plain()["kit"] == {"not_said": {"value": 3, "reports": [], "messages": []}}
