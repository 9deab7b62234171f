"""The hours of unasked messages: what the settings may say, and when the next message may leave."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.quiet import DAYS, Hours
from tests.cases import cases
from tests.examples import examples

HOME = ZoneInfo("Africa/Bujumbura")
USUAL = ("Sat before 12:00", "Sun before 13:00")
MINUTE = timedelta(minutes=1)
START, END = datetime(2025, 6, 1), datetime(2028, 6, 1)
ZONES = [
    "Africa/Bujumbura",
    "Africa/Casablanca",  # goes back an hour for Ramadan
    "Africa/Cairo",  # changes at midnight
    "America/Santiago",  # changes at midnight, the other half of the world
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Troll",  # two hours at once
    "Asia/Beirut",  # changes at midnight
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Australia/Lord_Howe",  # half an hour at once
    "Europe/Brussels",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "UTC",
]


def _every_zone() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone)


def hours(
    no_sending: tuple[str, ...] = USUAL,
    holidays: tuple[date, ...] = (),
    zone: ZoneInfo = HOME,
    send_from: time = time(7, 30),
    send_to: time = time(19, 30),
) -> Hours:
    return Hours.parse(send_from, send_to, no_sending, holidays, zone)


def local(text: str, zone: ZoneInfo = HOME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# --- what the settings may say ---


@cases(
    "rule",
    [
        "Sat before 12:00",
        "Sun",
        "Mon after 18:00",
        "Fri 12:00-14:00",
        "fri 12:00 - 14:00",
        " SUN ",
        "Tue 18:00-24:00",
    ],
)
def test_rules_that_are_allowed(rule: str) -> None:
    hours((rule,))


@cases(
    "rule",
    ["", "Sa", "Sunday", "Dim", "Sat befor 12:00", "Sat before 12", "Sat before", "before 12:00", "Sat 12:00",
     "Sat before 25:00", "Sat before 12:60", "Sat before 24:01", "Sat 14:00-12:00", "Sat 12:00-12:00",
     "Sat before 00:00", "Sat after 24:00", "Sat;Sun", "Sat,Sun", "Sat before ١٢:٠٠"],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_what_was_read_and_what_is_allowed(rule: str) -> None:
    with pytest.raises(ValueError) as refused:
        hours(("Sun", rule))
    said = str(refused.value)
    assert said.startswith("no_sending: ") and repr(rule) in said
    assert "allowed" in said or "must be before" in said


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ValueError) as refused:
        hours(("x", "Sun", "y"), send_from=time(20), send_to=time(8))
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "send_from",
        "no_sending",
        "no_sending",
    ]


@cases("wrong", [time(7, 30, tzinfo=UTC), time(7, 30, 1), time(7, 30, 0, 5)])
def test_only_a_local_time_in_minutes_is_taken(wrong: time) -> None:
    with pytest.raises(ValueError, match="send_from: read .*; allowed is a local time"):
        hours(send_from=wrong)
    with pytest.raises(ValueError, match="send_to: read .*; allowed is a local time"):
        hours(send_to=wrong)


@cases("rules", [DAYS, tuple(f"{day} before 20:00" for day in DAYS)])
def test_a_week_without_a_free_minute_is_refused_at_once(rules: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="leaves not one minute of the week"):
        hours(rules)
    hours(rules[1:])


# --- when a message may leave ---


@cases(
    "now expected",
    [
        ("2026-11-23T07:29:59", "2026-11-23T07:30:00"),  # Monday
        ("2026-11-23T07:30:00", "2026-11-23T07:30:00"),
        ("2026-11-23T12:00:00.000123", "2026-11-23T12:00:00.000123"),
        ("2026-11-23T19:29:59.999999", "2026-11-23T19:29:59.999999"),
        ("2026-11-23T19:30:00", "2026-11-24T07:30:00"),
        ("2026-11-27T19:30:00", "2026-11-28T12:00:00"),  # Friday evening: Saturday noon
        ("2026-11-28T19:30:00", "2026-11-29T13:00:00"),  # Saturday evening: after the service
        ("2026-12-24T21:00:00", "2026-12-26T12:00:00"),  # Christmas is a holiday
    ],
)
def test_in_burundi(now: str, expected: str) -> None:
    there = hours(holidays=(date(2026, 12, 25),)).next_allowed(local(now))
    assert there == local(expected)
    assert there.tzinfo is UTC


def test_a_long_closure_is_waited_for() -> None:
    closed = tuple(date(2026, 12, 1) + timedelta(days=n) for n in range(60))
    assert hours(holidays=closed).next_allowed(local("2026-11-30T20:00")) == local("2027-01-30T12:00")


def test_the_only_opening_skipped_by_the_clock_comes_a_week_later() -> None:
    """Brussels has no 02:00 to 03:00 on 29 March 2026; the one opening of the week lies there."""
    zone = ZoneInfo("Europe/Brussels")
    only = hours((*DAYS[:6],), zone=zone, send_from=time(2), send_to=time(2, 30))
    assert only.next_allowed(local("2026-03-24T09:00", zone)) == local("2026-04-05T02:00", zone)


def test_a_repeated_hour_is_open_twice() -> None:
    zone = ZoneInfo("Europe/Brussels")
    twice = hours((), zone=zone, send_from=time(2), send_to=time(2, 30))
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert twice.next_allowed(first - timedelta(hours=3)) == first
    again = first + timedelta(hours=1)
    assert twice.next_allowed(first + timedelta(minutes=30)) == again
    assert {m.astimezone(zone).hour for m in (first, again)} == {2}


def test_a_moment_without_a_zone_is_refused() -> None:
    for ask in (hours().next_allowed, hours().is_allowed):
        with pytest.raises(ValueError, match="without a zone"):
            ask(datetime(2026, 1, 1))


def test_at_the_end_of_the_calendar_it_gives_up() -> None:
    with pytest.raises(ValueError, match="no minute is free"):
        hours().next_allowed(datetime(9999, 12, 31, 20, tzinfo=UTC))


# --- for every zone, three years, any hours ---

clocks = st.integers(0, 24 * 60).map(lambda m: f"{m // 60:02}:{m % 60:02}")
two = st.tuples(clocks, clocks).filter(lambda pair: pair[0] < pair[1])
rules = st.builds(
    lambda day, tail: day + tail,
    st.sampled_from(DAYS),
    st.one_of(
        st.just(""),
        clocks.filter(lambda c: c > "00:00").map(lambda c: f" before {c}"),
        clocks.filter(lambda c: c < "24:00").map(lambda c: f" after {c}"),
        two.map(lambda pair: f" {pair[0]}-{pair[1]}"),
    ),
)
moments = st.datetimes(START, END, timezones=st.just(UTC))


@st.composite
def any_hours(draw: st.DrawFn, zone: str) -> Hours | None:
    minutes = draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2, unique=True).map(sorted))
    start, end = (time(m // 60, m % 60) for m in minutes)
    try:
        return Hours.parse(
            start,
            end,
            draw(st.lists(rules, max_size=8)),
            draw(st.lists(st.dates(START.date(), END.date()), max_size=5)),
            ZoneInfo(zone),
        )
    except ValueError:
        return None  # closed for ever, refused


def changes(zone: str) -> list[datetime]:
    """When the clock changes there, to the hour."""
    days = (END - START).days
    begins = (START.replace(tzinfo=UTC) + timedelta(days=day) for day in range(days))
    days_of_change = (day for day in begins if _offset(day, zone) != _offset(day + timedelta(days=1), zone))
    hours = (day + timedelta(hours=hour) for day in days_of_change for hour in range(24))
    return [hour for hour in hours if _offset(hour, zone) != _offset(hour + timedelta(hours=1), zone)]


def _offset(moment: datetime, zone: str) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


CHANGES = {zone: changes(zone) for zone in ZONES}


def test_the_zones_say_something() -> None:
    assert len(ZONES) >= 15 and sum(map(len, CHANGES.values())) >= 60


def simple(when: Hours, moment: datetime) -> bool:
    """The rules read again, in the plainest way."""
    wall = moment.astimezone(when.zone)
    now, day = f"{wall:%H:%M}", DAYS[wall.weekday()]
    if wall.date() in when.holidays or not f"{when.send_from:%H:%M}" <= now < f"{when.send_to:%H:%M}":
        return False
    for rule in when.no_sending:
        name, *tail = rule.split()
        if name != day:
            continue
        match tail:
            case []:
                return False
            case ["before", end] if now < end:
                return False
            case ["after", start] if now >= start:
                return False
            case [span] if span.split("-")[0] <= now < span.split("-")[1]:
                return False
    return True


def holds(when: Hours, moment: datetime) -> None:
    result = when.next_allowed(moment)
    assert result >= moment and result.tzinfo is UTC
    assert when.is_allowed(result) and simple(when, result)
    assert when.next_allowed(result) == result
    if result == moment:
        return
    assert not when.is_allowed(moment) and not simple(when, moment)
    assert (result.second, result.microsecond) == (0, 0)
    minute = moment.replace(second=0, microsecond=0) + MINUTE
    for _ in range(8 * 24 * 60):
        if minute >= result:
            break
        assert not simple(when, minute), f"{minute} was free"
        minute += MINUTE


@pytest.mark.parametrize("zone", ZONES)
@examples(25)
@given(data=st.data())
def test_the_first_free_minute_and_no_earlier_one(zone: str, data: st.DataObject) -> None:
    when = data.draw(any_hours(zone))
    near = [c + timedelta(minutes=m) for c in CHANGES[zone] for m in (-1500, -61, -1, 0, 30, 60)]
    moment = data.draw(st.one_of(moments, st.sampled_from(near)) if near else moments)
    if when:
        holds(when, moment)


@examples(300)
@given(moment=moments, zone=st.deferred(lambda: st.sampled_from(_every_zone())))
@example(moment=datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), zone="Europe/Brussels")
def test_the_usual_hours_in_every_zone(moment: datetime, zone: str) -> None:
    holds(hours(zone=ZoneInfo(zone)), moment)


@examples(300)
@given(rule=st.text(max_size=30))
def test_any_text_is_taken_or_refused_in_words(rule: str) -> None:
    try:
        hours((rule,))
    except ValueError as error:
        assert str(error).startswith("no_sending: read ")


@pytest.mark.fault("C3")
def test_a_machine_without_zones_of_its_own_has_ours() -> None:
    zoneinfo.reset_tzpath(to=[])
    try:
        assert ZoneInfo.no_cache("Africa/Bujumbura").utcoffset(START) == timedelta(hours=2)
        assert ZoneInfo.no_cache("Europe/Paris").utcoffset(datetime(2026, 7, 1)) == timedelta(hours=2)
    finally:
        zoneinfo.reset_tzpath()
