"""Dates: day before month, the past first, never from one number."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from handlers.understand.calendar import DAY_WORDS, MONTHS, RELATIVE, WEEKDAYS, DayWords
from handlers.understand.dates import ReadDate, date
from handlers.understand.text import plain
from handlers.understand.tokens import tokens
from tests.cases import cases

TODAY = dt.date(2026, 11, 23)  # a Monday
EARLIEST = dt.date(2026, 3, 1)
DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2040, 12, 31))


def read(text: str) -> tuple[str, int, bool] | None:
    found = date(text, TODAY, earliest=EARLIEST)
    return None if found is None else (found.day.isoformat(), found.consumed, found.future)


def test_the_tables_are_plain_and_of_one_meaning() -> None:
    assert len(MONTHS) == 12
    assert len(WEEKDAYS) == 7
    for rows in (MONTHS, WEEKDAYS):
        names = [name for row in rows for name in row]
        assert len(names) == len(set(names))
        assert all(plain(name) == name for name in names)
    assert all(plain(words) == words for words, _ in RELATIVE)


@cases(
    "text expected",
    [
        ("12/11", ("2026-11-12", 1, False)), ("12.11", ("2026-11-12", 1, False)), ("12-11", ("2026-11-12", 1, False)),
        ("12 11 3 12 7", ("2026-11-12", 2, False)), ("12/11/2026", ("2026-11-12", 1, False)),
        ("12/11/26", ("2026-11-12", 1, False)), ("12 11 2026", ("2026-11-12", 3, False)),
        ("12/11 2026", ("2026-11-12", 2, False)), ("2026-11-12", ("2026-11-12", 1, False)),
        ("l2/1l", ("2026-11-12", 1, False)), ("24/12/2025", ("2025-12-24", 1, False)),
        ("12 novembre", ("2026-11-12", 2, False)), ("le 12 novembre 2026", ("2026-11-12", 4, False)),
        ("le 1er novembre", ("2026-11-01", 4, False)), ("12 munyonyo gu", ("2026-11-12", 2, False)),
        ("12 munyonio", ("2026-11-12", 2, False)), ("12nov", ("2026-11-12", 2, False)),
        ("12th of November", ("2026-11-12", 4, False)), ("tarehe 12 mwezi wa novemba", ("2026-11-12", 5, False)),
        ("12 novmbre", ("2026-11-12", 2, False)), ("5 août", ("2026-08-05", 2, False)),
        ("5 nyakanga", ("2026-09-05", 2, False)), ("5 ruhe", ("2026-06-05", 2, False)),
        ("uyu musi", ("2026-11-23", 2, False)), ("Aujourd\u2019hui", ("2026-11-23", 1, False)),
        ("leo", ("2026-11-23", 1, False)), ("today 3", ("2026-11-23", 1, False)),
        ("ejo", ("2026-11-22", 1, False)), ("ejo haheze abo", ("2026-11-22", 2, False)),
        ("hier", ("2026-11-22", 1, False)), ("jana usindikaji", ("2026-11-22", 1, False)),
        ("hirya y'ejo", ("2026-11-21", 2, False)), ("avant-hier", ("2026-11-21", 2, False)),
        ("juzi", ("2026-11-21", 1, False)), ("ejo hazoza", ("2026-11-24", 2, True)),
        ("demain", ("2026-11-24", 1, True)),
        ("il y a 3 jours", ("2026-11-20", 5, False)), ("3 days ago", ("2026-11-20", 3, False)),
        ("siku 3 zilizopita", ("2026-11-20", 3, False)),
        ("lundi", ("2026-11-16", 1, False)), ("lundi passé 12", ("2026-11-16", 2, False)),
        ("last Friday", ("2026-11-20", 2, False)), ("jumatatu iliyopita", ("2026-11-16", 2, False)),
        ("ku wa mbere uheze", ("2026-11-16", 4, False)), ("ku wa gatatu", ("2026-11-18", 3, False)),
        ("ku w'indwi", ("2026-11-22", 2, False)), ("vendredy", ("2026-11-20", 1, False)),
        ("lundi 9/11", ("2026-11-09", 2, False)), ("lundi le 9 novembre", ("2026-11-09", 4, False)),
        ("lundi 3 12 7", ("2026-11-16", 1, False)),
        ("25/12", ("2026-12-25", 1, True)), ("30 11", ("2026-11-30", 2, True)), ("23/11", ("2026-11-23", 1, False)),
        ("25/12/2026", ("2026-12-25", 1, True)),
    ],
)  # fmt: skip
def test_date(text: str, expected: tuple[str, int, bool]) -> None:
    assert read(text) == expected


@cases(
    "text",
    [
        "", "12", "agri 12/11", "31/2", "31 2", "30 fevrier", "29/2", "11/25", "11 25", "0/5", "12/13", "32 11",
        "november 12", "munyonyo 12 femmes", "12 marche", "12 femmes 7", "lundi prochain", "next monday", "kundi",
        "12 450", "450 000", "12k 11", "12/11/1026", "12 mill", "le", "le le le le 12/11", "999 days ago", "f12m7",
    ],
)  # fmt: skip
def test_not_understood(text: str) -> None:
    assert read(text) is None


@given(
    DAYS,
    st.sampled_from(["{}/{}", "{}.{}", "{}-{}", "{} {}", "{:02}/{:02}", "{:02} {:02}", "{} / {}", "{:02}.{:02}."]),
    DAYS,
)
def test_day_is_never_swapped_with_month(meant: dt.date, shape: str, today: dt.date) -> None:
    text = shape.format(meant.day, meant.month)
    found = date(text, today)
    if found is None:
        assert (meant.day, meant.month) == (29, 2)
        return
    assert (found.day.day, found.day.month) == (meant.day, meant.month)
    assert found.consumed == len(tokens(text))
    if (meant.day, meant.month) != (29, 2):
        assert not found.future
        assert today - dt.timedelta(days=366) <= found.day <= today


@given(DAYS, st.sampled_from(["{}/{}/{}", "{}.{}.{}", "{}-{}-{}", "{:02}/{:02}/{}", "{} / {} / {}"]), DAYS)
def test_a_written_year_counts(meant: dt.date, shape: str, today: dt.date) -> None:
    found = date(shape.format(meant.day, meant.month, meant.year), today)
    if " " in shape and not -10 <= meant.year - today.year <= 1:
        return
    assert found is not None
    assert found.day == meant
    assert found.future == (meant > today)


@given(DAYS, DAYS, st.integers(0, 800))
def test_a_day_before_the_project_becomes_a_question(meant: dt.date, today: dt.date, age: int) -> None:
    earliest = today - dt.timedelta(days=age)
    found = date(f"{meant.day}/{meant.month}", today, earliest=earliest)
    if found is None or found.day >= earliest:
        assert found is None or found.future == (found.day > today)
    else:
        assert found.day.year == today.year
        assert not found.future


@given(
    st.integers(0, 10**13),
    st.sampled_from(["{}", " {} ", "{}.", "le {}", "{} agri", "{}f", "ku {}", "{}k", "{:,}", "{} mille"]),
)
def test_never_from_one_number(value: int, shape: str) -> None:
    assert date(shape.format(value), TODAY) is None


ALL_MONTHS = [(name, month) for month, names in enumerate(MONTHS, start=1) for name in names]


@cases("name month", ALL_MONTHS)
def test_every_month_by_name_in_many_spellings(name: str, month: int) -> None:
    for shape in ("12 {}", "12{}", "le 12 {}", "12-{}", "12/{}", "12 {}.", "on 12 {} f12", "12 de {}"):
        for spelled in (name, name.upper(), name.title()):
            found = date(shape.format(spelled), TODAY)
            assert found is not None, (shape, spelled)
            assert (found.day.day, found.day.month) == (12, month)


@cases("name month", [(n, m) for n, m in ALL_MONTHS if len(n) >= 6])
def test_a_month_with_a_mistake_is_that_month_or_nothing(name: str, month: int) -> None:
    letters = "aeiouy"
    spellings = {name[:i] + name[i + 1 :] for i in range(1, len(name))}
    spellings |= {name[:i] + letter + name[i + 1 :] for i in range(1, len(name)) for letter in letters}
    understood = 0
    for spelled in spellings:
        found = date(f"12 {spelled}", TODAY)
        assert found is None or found.day.month == month, spelled
        understood += found is not None
    assert understood >= 0.9 * len(spellings)


ALL_WEEKDAYS = [(name, day) for day, names in enumerate(WEEKDAYS) for name in names]


@cases("name weekday", ALL_WEEKDAYS)
def test_every_weekday_is_the_last_such_day_before_today(name: str, weekday: int) -> None:
    for offset in range(7):
        today = TODAY + dt.timedelta(days=offset)
        found = date(name, today)
        assert found is not None
        assert found.day.weekday() == weekday
        assert 1 <= (today - found.day).days <= 7
        assert not found.future


@cases("words days", RELATIVE)
def test_every_relative_phrase(words: str, days: int) -> None:
    assert date(words.upper(), TODAY) == ReadDate(TODAY + dt.timedelta(days=days), len(tokens(words)), days > 0)


def test_staff_can_bring_their_own_words() -> None:
    own = DayWords.of(relative=[("ku isoko", -3)])
    assert date("ku isoko", TODAY, words=own) == ReadDate(TODAY - dt.timedelta(days=3), 2, False)
    assert date("ejo", TODAY, words=own) is None
    assert date("ku isoko", TODAY) is None
    assert date("12/11", TODAY, words=own) == date("12/11", TODAY, words=DAY_WORDS)


def test_the_edges_of_the_calendar() -> None:
    assert date("29/2", dt.date(2028, 3, 1)) == ReadDate(dt.date(2028, 2, 29), 1, False)
    assert date("29/2", dt.date(2029, 1, 1)) == ReadDate(dt.date(2028, 2, 29), 1, False)
    assert date("hier", dt.date.min) is None
    assert date("lundi", dt.date.min) is None
    assert date("12/11", dt.date.min) == ReadDate(dt.date(1, 11, 12), 1, True)
    assert date("demain", dt.date.max) is None


@given(st.text() | st.text("0123456789/.- lundejok'\u00e9"))
def test_never_raises(text: str) -> None:
    found = date(text, TODAY, earliest=EARLIEST)
    assert found is None or 1 <= found.consumed <= len(tokens(text))
