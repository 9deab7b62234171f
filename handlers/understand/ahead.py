"""A day to come, from what people type when they are asked "when then?": "vendredi prochain", "in 3 days", "le 15".

A report's day is always past and is read in dates.py; here the same words mean the day ahead.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Final

from handlers.understand.calendar import DAY_WORDS, HOUR, NOT_PAST, PART_OF_DAY, PAST
from handlers.understand.dates import date
from handlers.understand.named_days import day_of_month
from handlers.understand.numbers import number_words
from handlers.understand.text import plain
from handlers.understand.tokens import tokens
from handlers.understand.vocabulary import COURTESY, GREETINGS, YES

_HOUR: Final = re.compile(rf"(?<=\w),? (?:{HOUR}|at \d{{1,2}}|(?:(?:a|vers|at) )?\d{{1,2}} ?h(?: ?\d\d)?)$")
_PART_OF_DAY: Final = re.compile(rf"(?<=\w),? {PART_OF_DAY}$")
"""The hour is the association's; of what she says the day counts."""

_DAYS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("demain", "tomorrow", "kesho", "ejo hazoza"), 1),
    **dict.fromkeys(("apres demain", "day after tomorrow", "the day after tomorrow", "kesho kutwa"), 2),
    **dict.fromkeys(("hirya y'ejo hazoza", "hirya yejo hazoza"), 2),
    **dict.fromkeys(("la semaine prochaine", "semaine prochaine", "next week", "the next week", "a week"), 7),
    **dict.fromkeys(("une semaine", "dans une semaine", "in a week", "within a week", "semaine suivante"), 7),
    **dict.fromkeys(("la semaine suivante", "l'autre semaine", "wiki ijayo", "juma lijalo", "wiki lijalo"), 7),
    **dict.fromkeys(("indwi izoza", "indwi iza", "mu ndwi izoza", "mu ndwi iza", "iyindi ndwi", "mu yindi ndwi"), 7),
}
_COUNTED: Final[Mapping[str, int]] = {
    **dict.fromkeys(("dans # jours", "dans # jour", "d'ici # jours", "apres # jours", "# jours", "# jour"), 1),
    **dict.fromkeys(("in # days", "in # day", "after # days", "within # days", "# days", "# days later"), 1),
    **dict.fromkeys(("mu misi #", "inyuma y'imisi #", "hasigaye imisi #", "imisi #", "mu misi # iza"), 1),
    **dict.fromkeys(("baada ya siku #", "siku # zijazo", "siku #", "ndani ya siku #"), 1),
    **dict.fromkeys(("dans # semaines", "dans # semaine", "d'ici # semaines", "apres # semaines", "# semaines"), 7),
    **dict.fromkeys(("in # weeks", "in # week", "after # weeks", "# weeks"), 7),
    **dict.fromkeys(("mu ndwi #", "inyuma y'indwi #", "baada ya wiki #", "wiki # zijazo", "wiki #"), 7),
}
_PATTERNS: Final = tuple((tuple(row.split()), days) for row, days in _COUNTED.items())
_NEXT_MONTH: Final = frozenset(
    ("le mois prochain", "mois prochain", "next month", "mwezi ujao", "ukwezi kuza", "ukwezi kuzoza")
    + ("mu kwezi kuza", "mu kwezi kuzoza")
)
_END_OF_MONTH: Final = frozenset(
    ("fin du mois", "a la fin du mois", "la fin du mois", "end of the month", "at the end of the month", "month end")
    + ("mwisho wa mwezi", "mu mpera z'ukwezi", "mu mpera z'uku kwezi", "fin de mois", "ce fin du mois")
)
_SURELY_AHEAD: Final = frozenset(
    (*NOT_PAST, "demain", "tomorrow", "kesho", "suivante", "autre", "izoza", "iza", "iyindi", "yindi", "lijalo")
    + ("dans", "d'ici", "in", "after", "within", "later", "baada", "zijazo", "hasigaye", "inyuma")
)
_TOWARDS: Final = frozenset(("ce", "this", "pour", "for", "by", "d'ici", "au"))
_NEXT_WEEK: Final = re.compile(
    r"(.+?) (?:de )?(?:la semaine prochaine|next week|wiki ijayo|mu ndwi izoza|mu ndwi iza|indwi izoza)"
)


def ahead(text: str, today: dt.date, *, surely: bool = False) -> dt.date | None:
    """The day after today that a whole message says; None when it says none, or something else too.

    `surely`: only words that can mean no day that has passed. "vendredi", "ejo" and "le 15" are left then. A day
    of this year that has passed is next year's. Raises nothing. Kirundi and Swahili rows are drafts.
    """
    said = _PART_OF_DAY.sub("", _HOUR.sub("", plain(text).rstrip(" .!?")))
    words = [token.text for token in tokens(said)]
    while words and (words[0] in COURTESY or words[0] in GREETINGS or words[0] in YES):
        words = words[1:]
    while words and words[-1] in COURTESY:
        words.pop()
    if not words:
        return None
    day = _relative(words, today, surely=surely) or _named(words, today, surely=surely)
    return day if day and day > today else None


def _relative(words: Sequence[str], today: dt.date, *, surely: bool) -> dt.date | None:
    """So many days from today, or the month's end or the next one's beginning."""
    said = " ".join(words)
    days = _DAYS.get(said)
    if days is None:
        days = next((found for row, each in _PATTERNS if (found := _counted(words, row, each))), None)
    if surely and (said in _END_OF_MONTH or (days and _SURELY_AHEAD.isdisjoint(words))):
        return None  # a training may have lasted three days
    if days is not None:
        return today + dt.timedelta(days=days)
    next_month = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if said in _END_OF_MONTH:
        return next_month - dt.timedelta(days=1)
    return next_month if said in _NEXT_MONTH else None


def _counted(words: Sequence[str], row: Sequence[str], each: int) -> int | None:
    """The days of "dans 3 jours", "in two weeks", "siku tatu zijazo"."""
    place = row.index("#")
    left = len(words) - (len(row) - 1)
    if left < 1 or tuple(words[:place]) != tuple(row[:place]) or words[place + left :] != list(row[place + 1 :]):
        return None
    count = words[place : place + left]
    if left == 1 and count[0].isdecimal():
        return int(count[0]) * each if len(count[0]) <= 2 else None
    found = number_words(count, None)
    return found[0] * each if found and found[1] == left and found[0] < 100 else None


def _named(words: Sequence[str], today: dt.date, *, surely: bool) -> dt.date | None:
    """A weekday, a day of the month, or a date."""
    if any(word in PAST for word in words):
        return None
    after = 7 if len(words) > 2 and list(words[-2:]) == ["en", "huit"] else 0
    left = [word for word in (words[:-2] if after else words) if word not in NOT_PAST]
    if found := _NEXT_WEEK.fullmatch(" ".join(words)):
        weekday = DAY_WORDS.weekdays.get(tuple(found[1].split()))
        return today + dt.timedelta(days=7 - today.weekday() + weekday) if weekday is not None else None
    if surely and len(left) == len(words):
        return None
    while left and left[0] in _TOWARDS:
        left = left[1:]
    if left == ["ejo"]:  # yesterday and tomorrow: here it can only be tomorrow (finding 17)
        return today + dt.timedelta(days=1)
    day = _of_month(left, today) or _weekday_of_month(left, today) or _date(left, today)
    return day + dt.timedelta(days=after) if day else None


def _of_month(words: Sequence[str], today: dt.date) -> dt.date | None:
    """The next 15th: "15", "le 15", "the 15th", "tarehe 15"; a digit alone is none."""
    number = day_of_month([word for word in words if word not in ("pour", "for")])
    if not number or (len(words) == 1 and number < 10):
        return None
    months = (today.replace(day=1), (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1))
    days = (_exists(first, number) for first in months)
    return next((day for day in days if day and day > today), None)


def _exists(month: dt.date, day: int) -> dt.date | None:
    try:
        return month.replace(day=day)
    except ValueError:
        return None


def _weekday_of_month(words: Sequence[str], today: dt.date) -> dt.date | None:
    """Lundi 14, where the fourteenth is a Monday."""
    for length in (1, 2, 3):
        weekday = DAY_WORDS.weekdays.get(tuple(words[:length]))
        if weekday is not None and len(words) > length:
            day = _of_month(["le", *words[length:]], today)
            return day if day and day.weekday() == weekday else None
    return None


def _date(words: Sequence[str], today: dt.date) -> dt.date | None:
    """A date or a weekday as reports have them, moved ahead of today."""
    atoms = tokens(" ".join(words))
    read = date(atoms, today, earliest=today)
    if read is None or read.consumed != len(atoms) or tuple(words) in DAY_WORDS.relative:
        return None
    if read.day > today:
        return read.day
    if any(char.isdigit() for word in words for char in word):
        return _next_year(read.day)
    return read.day + dt.timedelta(days=7 * ((today - read.day).days // 7 + 1))


def _next_year(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day + dt.timedelta(days=366)
