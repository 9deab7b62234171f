"""The ladder, the week and the limits of lateness."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import get_args, get_type_hints
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.console.pages.uncertain import KINDS
from handlers.turn import Reply
from scheduler import ladder, late
from scheduler.weekly import APART, WEEK, may_leave

HOME = ZoneInfo("Africa/Bujumbura")
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))


def test_three_touches_on_days_0_3_and_7() -> None:
    assert (
        ladder.touches(3, (3, 7)) == 3
        and ladder.touches(2, (3, 7)) == 2
        and ladder.touches(5, (3, 7)) == 3
        and ladder.touches(0, (3, 7)) == 0
    )
    days = [ladder.next_touch(touch, date(2026, 11, 23), (3, 7), time(17, 30), HOME) for touch in range(2)]
    assert [day.astimezone(HOME).strftime("%d/%m %H:%M") for day in days] == ["26/11 17:30", "30/11 17:30"]


@given(MOMENTS, MOMENTS, st.integers(0, 2))
def test_news_begin_the_ladder_anew_and_nothing_else_does(day0: datetime, news: datetime, touch: int) -> None:
    now = day0 + timedelta(days=touch * 3)
    anew = ladder.begins_anew(touch, day0, news, news + timedelta(days=14), now)
    assert anew == (news > now - timedelta(days=14) if touch == 0 else news >= day0)
    assert not ladder.begins_anew(touch, day0, None, None, now)


@given(st.lists(MOMENTS, max_size=12), MOMENTS, st.integers(1, 4))
def test_no_seven_days_ever_hold_more_than_the_limit(wishes: list[datetime], now: datetime, per_week: int) -> None:
    sent: list[datetime] = []
    for wish in sorted(wishes):
        at = may_leave(sent, max([wish, *sent[-1:]]), per_week)
        assert at is not None
        sent.append(at)
    assert all(later - earlier >= WEEK for earlier, later in zip(sent, sent[per_week:], strict=False))
    assert all(later - earlier >= APART for earlier, later in pairwise(sent))


@given(st.lists(MOMENTS, max_size=6), MOMENTS, st.integers(1, 4))
def test_what_a_clock_that_stood_ahead_has_sent_does_not_hold_her_hour(
    ahead: list[datetime], now: datetime, per_week: int
) -> None:
    ahead = [moment for moment in ahead if moment >= now + APART][: per_week - 1]
    assert may_leave(ahead, now, per_week) == now


@given(MOMENTS, st.timedeltas(timedelta(microseconds=1), APART - timedelta(microseconds=1)))
def test_a_clock_that_is_put_back_a_little_makes_no_two_in_an_hour(sent: datetime, back: timedelta) -> None:
    assert may_leave([sent], sent - back, 2) == sent + APART


@given(st.lists(MOMENTS, max_size=6), MOMENTS, st.integers(1, 4))
def test_what_a_person_sends_by_hand_waits_for_the_week_alone(
    sent: list[datetime], now: datetime, per_week: int
) -> None:
    sent = [moment for moment in sent if moment <= now]
    by_hand = may_leave(sent, now, per_week, timedelta())
    at = may_leave(sent, now, per_week)
    assert by_hand is not None and at is not None
    assert at == max(by_hand, *(moment + APART for moment in sent)) if sent else at == by_hand == now


@given(st.lists(MOMENTS, max_size=6), MOMENTS, st.integers(1, 4))
def test_nobody_waits_longer_than_needed(sent: list[datetime], now: datetime, per_week: int) -> None:
    sent = [moment for moment in sent if moment <= now]
    at = may_leave(sent, now, per_week)
    assert at is not None and now <= at
    if at > now:
        just_before = at - timedelta(microseconds=1)
        full = sum(moment > just_before - WEEK for moment in sent) >= per_week
        assert full or any(moment > just_before - APART for moment in sent)
    assert may_leave(sent, now, 0) is None


@given(MOMENTS, st.integers(0, 200))
def test_each_kind_has_its_limit_and_an_answer_has_none(due: datetime, hours: int) -> None:
    now = due + timedelta(hours=hours)
    for kind, limit in (("reminder", 24), ("tip", 72), ("broadcast", 6)):
        assert bool(late.reason(kind, due, now)) == (hours >= limit)
    assert late.reason("reply", due, now) == ""
    assert late.reason("reminder", due, due + timedelta(hours=56, minutes=30)) == "reminder expired: 56 h late"


def test_every_kind_of_text_has_its_limit_and_a_name_for_the_team() -> None:
    kinds = set(get_args(get_type_hints(Reply)["kind"]))
    assert kinds == {"reply", *late.LIMITS} == KINDS.keys()
