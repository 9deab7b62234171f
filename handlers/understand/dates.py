"""The day of a report, from what people type. Day before month, always; never from one number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA

from handlers.noun import noun
from handlers.understand.calendar import (
    BETWEEN,
    DAY_WORDS,
    LEADING,
    LONGEST_PHRASE,
    NOT_BEHIND_WORDS,
    NOT_PAST,
    ORDINALS,
    PAST,
    THE_MONTH,
    DayWords,
)
from handlers.understand.numbers import number_words
from handlers.understand.tokens import DAY_MONTH, ISO, Token, tokens
from handlers.understand.vocabulary import NO_NEAR_MISS

_LEADS = 3
_SPELLED = 8
"""Words of the longest day and its month: "mirongo ibiri na rimwe wa munyonyo"."""
_PREFIX = 4
_FARTHEST = 400
"""Days that "il y a # jours" may reach back."""
_PAST_YEARS = 10
_NEAR_NOT: Final = frozenset(("marche", "marches", "match", "macho", "marcher"))


@noun
class ReadDate:
    """A day, the number of tokens it took, and whether it lies after today (the conversation asks, D3)."""

    day: dt.date
    consumed: int
    future: bool


def date(
    text_or_tokens: str | Sequence[Token],
    today: dt.date,
    *,
    earliest: dt.date | None = None,
    words: DayWords = DAY_WORDS,
) -> ReadDate | None:
    """The date at the start of a message or of its tokens; None if there is none, or it is unclear.

    Reads `12/11`, `12.11`, `12-11`, `12 11`, with a year or without; `12 novembre`, `le 1er mai`,
    `12 munyonyo`, `douze novembre`, `cumi na kabiri munyonyo`; `ejo`, `hier`, `juzi`; `lundi`,
    `ku wa mbere`, `jumatatu iliyopita` (the last such day before today); `2026-11-12`. A month before
    its day ("november 12") is not read, because in "munyonyo 12 femmes" it would eat the women; two
    numbers after a weekday are not a date either.

    `today`: the day the message was sent, in Burundi. `earliest`: the start of the project. Without a
    year the last such day counts; if that lies before `earliest`, this year's is returned with
    `future` set. A day that does not exist (31/2) is None. Raises nothing. Source: conversations 1.3, D3.
    """
    found = tokens(text_or_tokens) if isinstance(text_or_tokens, str) else text_or_tokens
    reader = _Reader(found, today, earliest, words)
    for lead in range(min(_LEADS, len(found)) + 1):
        read = reader.at(lead)
        if read is not None:
            return read
        if lead >= len(found) or found[lead].text not in LEADING:
            return None
    return None


def _exists(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


class _Reader:
    """The tokens of one message with what is needed to read a date anywhere in them."""

    __slots__ = ("earliest", "today", "tokens", "words")

    def __init__(self, found: Sequence[Token], today: dt.date, earliest: dt.date | None, words: DayWords) -> None:
        self.tokens = found
        self.today = today
        self.earliest = earliest
        self.words = words

    def at(self, start: int) -> ReadDate | None:
        if start >= len(self.tokens):
            return None
        first = self.tokens[start]
        if first.kind == "date":
            return self._written(start)
        if first.kind == "number":
            return self._counted(start) or self._from_day(start)
        return self._phrase(start) or self._weekday(start) or self._spelled(start)

    # --- figures ---------------------------------------------------------------------------------

    def _written(self, at: int) -> ReadDate | None:
        text = self.tokens[at].text
        iso = ISO.fullmatch(text)
        if iso is not None:
            return self._dated(int(iso[3]), int(iso[2]), int(iso[1]), at + 1)
        found = DAY_MONTH.fullmatch(text)
        if found is None:
            return None
        day, month = int(found[1]), int(found[3])
        if found[4] or found[5]:
            return self._dated(day, month, int(found[4] or "20" + found[5]), at + 1)
        return self._with_year(day, month, at + 1)

    def _from_day(self, at: int) -> ReadDate | None:
        """12 11, 12 novembre, 1er novembre."""
        day = self._small(at, 31)
        if day is None:
            return None
        month = self._small(at + 1, 12)
        if month is not None:
            return self._with_year(day, month, at + 2)
        after = self._behind(at + 1)
        if after == len(self.tokens):
            return None
        if self.tokens[after].kind != "word":
            named = any(token.text in THE_MONTH for token in self.tokens[at + 1 : after])
            month = self._small(after, 12) if named else None
        else:
            month = self._month(self.tokens[after].text)
        return None if month is None else self._with_year(day, month, after + 1)

    def _behind(self, at: int) -> int:
        """Where the month stands, behind "er" or "of"."""
        end = min(at + 3, len(self.tokens))
        while at < end and self.tokens[at].text in BETWEEN:
            at += 1
        return at

    def _small(self, at: int, highest: int) -> int | None:
        if at >= len(self.tokens) or self.tokens[at].kind != "number":
            return None
        text = self.tokens[at].text
        if len(text) > 2 or not text.isdecimal():
            return None
        return int(text) if 1 <= int(text) <= highest else None

    def _month(self, word: str) -> int | None:
        known = self.words.months.get(word)
        if known is not None or len(word) < _PREFIX or len(word) > 16 or word in _NEAR_NOT:
            return known
        begun = {month for name, month in self.words.near_months if name.startswith(word)}
        return begun.pop() if len(begun) == 1 else _nearest(word, self.words.near_months)

    def _with_year(self, day: int, month: int, after: int) -> ReadDate | None:
        """Take a year of four digits if one follows, or find the year."""
        text = self.tokens[after].text if after < len(self.tokens) else ""
        if len(text) == 4 and text.isdecimal() and -_PAST_YEARS <= int(text) - self.today.year <= 1:
            return self._dated(day, month, int(text), after + 1)
        this, last = (_exists(self.today.year - back, month, day) for back in (0, 1))
        if this is not None and this <= self.today:
            return ReadDate(this, after, False)
        if last is not None and (self.earliest is None or last >= self.earliest):
            return ReadDate(last, after, False)
        return None if this is None else ReadDate(this, after, True)

    def _dated(self, day: int, month: int, year: int, consumed: int) -> ReadDate | None:
        read = _exists(year, month, day) if 2000 <= year <= 2099 else None
        return None if read is None else ReadDate(read, consumed, read > self.today)

    def _spelled(self, at: int) -> ReadDate | None:
        """douze novembre, premier mai, cumi na kabiri munyonyo, twenty first of november; the month exactly."""
        spoken = [token.text for token in self.tokens[at : at + _SPELLED]]
        if self.words.months.keys().isdisjoint(spoken[1:]):
            return None
        ordinal = ORDINALS.get(spoken[0])
        counted = (ordinal, 1) if ordinal else number_words(spoken, None)
        if counted is None:
            return None
        day, used = counted
        if used < len(spoken) and day in (20, 30) and (unit := ORDINALS.get(spoken[used], 10)) < 10:
            day, used = day + unit, used + 1
        after = self._behind(at + used)
        month = self.tokens[after].text if after < len(self.tokens) else ""
        if not 1 <= day <= 31 or month in NOT_BEHIND_WORDS or month not in self.words.months:
            return None
        return self._with_year(day, self.words.months[month], after + 1)

    # --- words -----------------------------------------------------------------------------------

    def _spoken(self, at: int) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens[at : at + LONGEST_PHRASE])

    def _relative(self, days: int, consumed: int) -> ReadDate | None:
        try:
            return ReadDate(self.today + dt.timedelta(days=days), consumed, days > 0)
        except OverflowError:
            return None

    def _phrase(self, at: int) -> ReadDate | None:
        if self.tokens[at].text not in self.words.starts:
            return None
        spoken = self._spoken(at)
        for length in range(len(spoken), 0, -1):
            days = self.words.relative.get(spoken[:length])
            if days is not None:
                return self._relative(days, at + length)
        return self._counted(at)

    def _counted(self, at: int) -> ReadDate | None:
        """il y a 3 jours, 3 days ago, siku 3 zilizopita."""
        first = "#" if self.tokens[at].kind == "number" else self.tokens[at].text
        spoken = self._spoken(at) if first in self.words.counted else ()
        for pattern, place, days in self.words.counted.get(first, ()):
            if len(spoken) < len(pattern):
                continue
            if spoken[:place] != pattern[:place] or spoken[place + 1 : len(pattern)] != pattern[place + 1 :]:
                continue
            count = spoken[place]
            if count.isdecimal() and len(count) <= 3 and int(count) * -days <= _FARTHEST:
                return self._relative(int(count) * days, at + len(pattern))
        return None

    def _weekday(self, at: int) -> ReadDate | None:
        start = at + 1 if self.tokens[at].text in PAST else at
        found = self._weekday_name(start)
        if found is None or self.tokens[at].text in NOT_PAST:
            return None
        weekday, after = found
        if after < len(self.tokens):
            following = self.tokens[after]
            if following.text in NOT_PAST:
                return None
            explicit = self._explicit(after)
            if explicit is not None:
                return explicit
            if following.text in PAST:
                after += 1
        back = (self.today.weekday() - weekday - 1) % 7 + 1
        return self._relative(-back, after)

    def _explicit(self, at: int) -> ReadDate | None:
        """The date that a weekday introduces: lundi 9/11, lundi le 9 novembre; not lundi 3 12."""
        if self.tokens[at].text in LEADING:
            at += 1
        if at >= len(self.tokens):
            return None
        if self.tokens[at].kind == "date":
            return self._written(at)
        if self._small(at + 1, 12) is not None:
            return None
        return self._from_day(at) if self.tokens[at].kind == "number" else self._spelled(at)

    def _weekday_name(self, at: int) -> tuple[int, int] | None:
        spoken = self._spoken(at)
        for length in range(min(3, len(spoken)), 0, -1):
            weekday = self.words.weekdays.get(spoken[:length])
            if weekday is not None:
                return weekday, at + length
        if not spoken or self.tokens[at].kind != "word" or not 5 <= len(spoken[0]) <= 16:
            return None
        near = _nearest(spoken[0], self.words.near_weekdays)
        return None if near is None else (near, at + 1)


def _nearest(word: str, names: Sequence[tuple[str, int]]) -> int | None:
    """The value of the one name within an edit (two from eight letters), nobody else as near; else None."""
    best, value, tied = 3, -1, False
    for name, meant in () if word in NO_NEAR_MISS else names:
        allowed = 2 if len(name) >= 8 else 1
        distance = OSA.distance(word, name, score_cutoff=allowed)
        if distance > allowed or distance > best:
            continue
        tied = meant != value and distance == best
        best, value = distance, meant
    return None if value < 0 or tied else value
