"""A clock that seems to stand ahead: told from the times of several messages, not from a gateway that was off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.right_time import AHEAD, LATELY, ahead, said_ahead

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Seen = list[tuple[int, datetime, datetime]]


def _messages(old: Callable[[int], timedelta], every: timedelta = 10 * MINUTE, phones: int = 4) -> Seen:
    """The newest messages, one each `every`, so old when they came."""
    came = [NOW - every * number for number in range(LATELY)]
    return [(number % phones, at - old(number), at) for number, at in enumerate(came)]


@pytest.mark.parametrize(
    ("seen", "by"),
    [
        (_messages(lambda number: timedelta(hours=3, seconds=number)), timedelta(hours=3)),
        (_messages(lambda number: timedelta(days=5)), timedelta(days=5)),
        (_messages(lambda number: AHEAD), timedelta()),
        (_messages(lambda number: timedelta(seconds=4)), timedelta()),
        (_messages(lambda number: timedelta(hours=3) if number else MINUTE), timedelta()),  # a fresh one came
        (_messages(lambda number: timedelta(hours=3), every=MINUTE), timedelta()),  # all at once: a gateway was off
        (_messages(lambda number: timedelta(hours=3), phones=2), timedelta()),  # two phones
        (_messages(lambda number: timedelta(hours=3))[1:], timedelta()),  # too few
        (_messages(lambda number: -timedelta(hours=3)), timedelta()),  # behind is another matter
        ([], timedelta()),
    ],
)
def test_ahead_is_what_all_say_over_half_an_hour(seen: Seen, by: timedelta) -> None:
    assert ahead(seen) == by
    assert (said_ahead(by) == "") == (not by)


def test_it_is_said_with_what_to_do() -> None:
    said = said_ahead(timedelta(hours=3))
    assert "180 minutes" in said or "3 hours ahead" in said
    assert "timedatectl" in said and "clock right" in said
