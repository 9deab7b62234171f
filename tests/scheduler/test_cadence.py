"""When an association is next asked: every zone, over clock changes, month ends and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.turn import Association
from scheduler import cadence
from scheduler.cadence import Cadence, Season
from scheduler.quiet import Hours
from scheduler.when import Rules

HOME = ZoneInfo("Africa/Bujumbura")
USUAL = Cadence(14, time(17, 30), (3, 7), 25)
HOURS = Hours(time(7, 30), time(19, 30), ("Sat before 12:00", "Sun before 13:00"), (), HOME)
ZONES = (
    "Africa/Bujumbura",
    "Europe/Brussels",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
)


def local(text: str, zone: ZoneInfo = HOME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def association(no: str = "07", commune: str = "Rutana") -> Association:
    return Association(int(no), no, "Abahuza", "ABAHUZA", 25, 80, "Eric", communes=(commune, "Rutana"))


def test_a_training_is_asked_for_so_many_days_after_the_last_news_at_the_hour() -> None:
    assert cadence.training(USUAL, local("2026-11-02 20:15"), HOME) == local("2026-11-16 17:30")


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-11-02 08:00", "2026-11-26 17:30"),  # a Thursday
        ("2026-11-26 17:30", "2026-12-28 17:30"),  # 26/12 is a Saturday
        ("2026-09-26 10:00", "2026-09-28 17:30"),  # 26/9 is a Saturday
        ("2026-12-31 10:00", "2027-01-26 17:30"),
        ("2028-02-01 10:00", "2028-02-28 17:30"),  # 26/2/2028 is a Saturday of a leap year
    ],
)
def test_businesses_are_asked_about_on_the_first_working_day_after_the_25th(after: str, due: str) -> None:
    assert cadence.business(USUAL, local(after), HOME, ()) == local(due)


def test_a_month_without_a_working_day_left_asks_on_its_last_day() -> None:
    holidays = [date(2026, 11, day) for day in range(26, 31)]
    assert cadence.business(USUAL, local("2026-11-02 08:00"), HOME, holidays) == local("2026-11-30 17:30")


@pytest.mark.fault("C2")
def test_an_hour_that_the_clock_skips_is_the_next_minute_and_one_that_comes_twice_the_first() -> None:
    brussels = ZoneInfo("Europe/Brussels")
    assert cadence.on(date(2026, 3, 29), time(2, 30), brussels) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert cadence.on(date(2026, 10, 25), time(2, 30), brussels) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.integers(1, 60),
)
def test_whatever_the_zone_it_is_the_hour_of_that_day(moment: datetime, at: time, name: str, days: int) -> None:
    zone, moment = ZoneInfo(name), moment.replace(tzinfo=UTC)
    own = Cadence(days, at, (3, 7), 25)
    wall = cadence.training(own, moment, zone).astimezone(zone)
    assert (wall.date() - moment.astimezone(zone).date()).days in (days, days + 1)
    assert (wall.hour, wall.minute) == (at.hour, at.minute) or wall.replace(tzinfo=None).time() > at or at.hour > 21
    first = cadence.first_from(moment, at, zone)
    assert moment <= first <= moment + timedelta(hours=49)
    assert cadence.first_from(first, at, zone) == first


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)), st.sampled_from(ZONES))
def test_every_month_has_exactly_one_business_day_and_it_is_after_the_25th(moment: datetime, name: str) -> None:
    zone, due = ZoneInfo(name), moment.replace(tzinfo=UTC)
    months = []
    for _ in range(12):
        due = cadence.business(USUAL, due, zone, ())
        day = due.astimezone(zone).date()
        assert day.day > 25 and day.weekday() < 5
        months.append(day.year * 12 + day.month)
    assert months == list(range(months[0], months[0] + 12))


def test_seasons_run_over_the_new_year_and_no_day_is_in_two() -> None:
    seasons = {"A": Season((9, 15), (2, 14)), "B": Season((2, 15), (6, 30)), "C": Season((7, 1), (9, 14))}
    days = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
    assert [sum(one.has(day) for one in seasons.values()) for day in days] == [1] * 366
    assert "".join(cadence.season(seasons, day) for day in days[::31]) == "AABBBBCCCAAA"


def test_an_association_goes_before_its_season_and_the_season_before_the_rest() -> None:
    rules = Rules(
        HOURS,
        USUAL,
        reminders=3,
        per_week=2,
        seasons={"A": Season((9, 15), (2, 14))},
        of_season={"A": {"training_every_days": 21, "at": time(12, 15)}},
        of_association={"07": {"training_every_days": 7}},
    )
    after = local("2026-11-02 08:00")
    assert rules.first(association("07"), "training", after) == local("2026-11-09 12:15")
    assert rules.first(association("11"), "training", after) == local("2026-11-23 12:15")
    assert rules.first(association("11"), "training", local("2026-06-01 08:00")) == local("2026-06-15 17:30")


def test_a_month_has_ended_at_the_hour_of_the_next_ones_first_day() -> None:
    rules = Rules(HOURS, USUAL, reminders=3, per_week=2, totals_after_month=True)
    first = local("2026-12-01 17:30")
    assert rules.month_end(association("07"), local("2026-11-01 17:30")) == first
    assert rules.month_end(association("07"), local("2026-12-01 17:29")) == first
    assert rules.month_end(association("07"), first) == local("2027-01-01 17:30")


def test_a_market_day_of_either_commune_waits_and_no_other_does() -> None:
    market = Hours(time(7, 30), time(19, 30), ("Tue",), (), HOME)
    rules = Rules(HOURS, USUAL, reminders=3, per_week=2, market_days={"giharo": market})
    tuesday = local("2026-11-24 17:30")
    assert rules.allowed(tuesday, association(commune="Giharo")) == local("2026-11-25 07:30")
    assert rules.allowed(tuesday, association(commune="Bukemba")) == rules.allowed(tuesday) == tuesday
