"""Other ways to say a report's day, which may as well be something else: a form weighs them with what stands behind.

"samedi 14" is the last 14th if that was a Saturday, but 14 may be the women; so may 12 in "november 12".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from handlers.understand.calendar import DAY_WORDS, LEADING
from handlers.understand.dates import ReadDate, date
from handlers.understand.tokens import Token

_FARTHEST: Final = 62
"""Days that a weekday with its day may lie back."""
_ENGLISH: Final = frozenset(
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
    + ("december", "jan", "feb", "apr", "aug", "sept", "sep", "oct", "nov", "dec")
)
"""Months that stand before their day, and in no other language of ours."""
_ORDINAL: Final = frozenset(("st", "nd", "rd", "th", "er"))


def days(found: Sequence[Token], at: int, today: dt.date, earliest: dt.date | None) -> Iterator[ReadDate]:
    """Readings of the day at this place besides that of `dates.date`; `consumed` counts from there."""
    if found[at].kind == "word" and at + 1 < len(found):
        yield from _weekday_and_day(found, at, today)
        yield from _month_and_day(found, at, today, earliest)


def day_of_month(words: Sequence[str]) -> int:
    """12 of "12", "le 12", "the 12th", "tarehe 12", where that is all; 0 for anything else. Raises nothing."""
    led = [word for word in words if word not in LEADING]
    if len(led) == 2 and led[1] in _ORDINAL:
        led.pop()
    return int(led[0]) if len(led) == 1 and led[0].isdecimal() and len(led[0]) <= 2 else 0


def last_of_month(words: Sequence[str], today: dt.date) -> dt.date | None:
    """The last 12th that is not to come, of "le 12" or "12th"; None for "12", which may count anything."""
    number = day_of_month(words) if len(words) > 1 else 0
    return next((day for n in range(_FARTHEST) if (day := today - dt.timedelta(days=n)).day == number), None)


def _day(found: Sequence[Token], at: int) -> int:
    text = found[at].text if at < len(found) and found[at].kind == "number" else ""
    return int(text) if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 31 else 0


def _weekday_and_day(found: Sequence[Token], at: int, today: dt.date) -> Iterator[ReadDate]:
    """Samedi 14, lundi le 9."""
    for length in (1, 2, 3):
        weekday = DAY_WORDS.weekdays.get(tuple(token.text for token in found[at : at + length]))
        if weekday is None:
            continue
        end = at + length
        end += end < len(found) and found[end].text in LEADING
        day = _day(found, end)
        back = next((n for n in range(_FARTHEST) if (today - dt.timedelta(days=n)).day == day), None)
        if day and back is not None and (that := today - dt.timedelta(days=back)).weekday() == weekday:
            yield ReadDate(that, end + 1 - at, False)


def _month_and_day(found: Sequence[Token], at: int, today: dt.date, earliest: dt.date | None) -> Iterator[ReadDate]:
    """November 12, November 12th 2026."""
    day = _day(found, at + 1) if found[at].text in _ENGLISH else 0
    if not day:
        return
    end = at + 2 + (at + 2 < len(found) and found[at + 2].text in _ORDINAL)
    turned = [found[at + 1], found[at], *found[end : end + 1]]
    read = date(turned, today, earliest=earliest)
    if read is not None:
        yield ReadDate(read.day, end - at + read.consumed - 2, read.future)
