"""/today comes at 08:00 of the next working day: no weekend, no holiday, never in the past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.team.today import channels, morning, morning_timer, shown
from handlers.team.waiting import Day
from handlers.turn import ChannelsNow, ChannelState, LateList, Turn, Waiting
from handlers.working_days import is_working

HOME = timedelta(hours=2)
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
NOBODY = LateList(24, 14, 0, 0, 0, (), ())


def turn(now: datetime, holidays: Any) -> Turn:
    said = SimpleNamespace(
        now=now,
        today=(now + HOME).date(),
        utc_offset=HOME,
        state={},
        address=SimpleNamespace(id=31),
        programme=SimpleNamespace(holidays=tuple(holidays)),
    )
    return cast(Turn, said)


@given(st.integers(0, 60 * 24 * 60), st.sets(st.dates(date(2026, 11, 1), date(2027, 1, 15)), max_size=30))
def test_the_next_morning_is_that_of_the_next_working_day(minutes: int, holidays: set[date]) -> None:
    now = FIRST + timedelta(minutes=minutes)
    timer = morning_timer(turn(now, holidays))
    assert timer.due_at is not None and timer.due_at > now
    at = timer.due_at + HOME
    assert (at.hour, at.minute, is_working(at.date(), holidays)) == (8, 0, True)
    day = (now + HOME).date()
    while day < at.date():
        missed = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) - HOME
        assert missed <= now or not is_working(day, holidays)
        day += timedelta(days=1)


def test_nothing_comes_on_a_holiday_though_its_timer_was_set_before_it_became_one() -> None:
    tuesday = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    outcome = morning(turn(tuesday, [date(2026, 11, 24)]))
    assert outcome.replies == () and outcome.understood == "not the morning of a working day"
    assert outcome.timers[0].due_at == tuesday + timedelta(days=1)


def test_what_was_asked_for_in_the_morning_is_not_told_at_night() -> None:
    late = LateList(24, 14, 3, 0, 0, (), (), face="morning")
    outcome = shown(turn(NOW, ()), late)  # the service was off in between; it is 19:30
    assert outcome.replies == () and outcome.understood == "not the morning of a working day"


WAITING = (Waiting("smsgate", 3, NOW - timedelta(hours=1)), Waiting("smsgate", 9, NOW, unasked=True))


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        (ChannelState("smsgate", True, True, NOW, rest=3), ["O.today.broken"]),
        (ChannelState("smsgate", False, True, NOW, rest=0), ["O.today.full"]),
        (ChannelState("smsgate", False, False, NOW - timedelta(minutes=16)), ["O.today.silent"]),
        (
            ChannelState("smsgate", False, False, NOW - timedelta(minutes=15), rest=1),
            ["O.today.heard", "O.today.rest"],
        ),
        (ChannelState("kannel", False, False, None), []),
        (ChannelState("kannel", False, False, None, rest=310), ["O.today.rest"]),
    ],
)
def test_how_a_gateway_is(state: ChannelState, keys: list[str]) -> None:
    facts = {ChannelsNow(): (state,)}
    there = cast(Turn, SimpleNamespace(**vars(turn(NOW, ())), known=facts.__getitem__))
    day = Day((), (), (), (), (), (), NOBODY, WAITING, ())
    assert [reply.key for reply in channels(there, day)] == [
        "O.today.channel",
        "O.today.turn",
        *keys,
    ]


def test_a_clock_that_seems_to_stand_ahead_is_said_first() -> None:
    there = cast(Turn, SimpleNamespace(**vars(turn(NOW, ())), known={ChannelsNow(): ()}.__getitem__))
    day = Day((), (), (), (), (), (), NOBODY, (), (), timedelta(hours=3))
    (line,) = channels(there, day)
    assert (line.key, line.values) == ("O.today.clock", {"time": "19:30", "moment": "16:30"})
