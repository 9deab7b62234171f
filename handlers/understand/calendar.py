"""Months, weekdays and relative days in four languages: the table that staff correct.

A row of RELATIVE is (words, days from today); a row of COUNTED has # where the number of days stands.
All entries are plain. A programme with rows of its own builds `DayWords.of(...)` from them and hands it
to `dates.date`. Kirundi and Swahili rows are drafts until native speakers have read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from handlers.noun import noun


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS: Final[tuple[tuple[str, ...], ...]] = (
    ("nzero", "janvier", "january", "januari", "janv", "jan"),
    ("ruhuhuma", "fevrier", "february", "februari", "fevr", "fev", "feb"),
    ("ntwarante", "mars", "march", "machi", "mar", "mac"),
    ("ndamukiza", "avril", "april", "aprili", "avr", "apr"),
    ("rusama", "mai", "may", "mei"),
    ("ruheshi", "juin", "june", "juni", "jun"),
    ("mukakaro", "juillet", "july", "julai", "juil", "jul"),
    ("myandagaro", "nyandagaro", "aout", "august", "agosti", "aou", "aug", "ago"),
    # Kirundi nyakanga is September; the Kinyarwanda word of that sound is July
    ("nyakanga", "septembre", "september", "septemba", "sept", "sep"),
    ("gitugutu", "octobre", "october", "oktoba", "oct", "okt"),
    ("munyonyo", "novembre", "november", "novemba", "nov"),
    ("kigarama", "decembre", "december", "desemba", "dec", "des"),
)

WEEKDAYS: Final[tuple[tuple[str, ...], ...]] = (
    ("ku wa mbere", "kuwa mbere", "wa mbere", "lundi", "monday", "jumatatu"),
    ("ku wa kabiri", "kuwa kabiri", "mardi", "tuesday", "jumanne"),
    ("ku wa gatatu", "kuwa gatatu", "mercredi", "wednesday", "jumatano"),
    ("ku wa kane", "kuwa kane", "jeudi", "thursday", "alhamisi"),
    ("ku wa gatanu", "kuwa gatanu", "vendredi", "friday", "ijumaa"),
    ("ku wa gatandatu", "kuwa gatandatu", "samedi", "saturday", "jumamosi"),
    ("ku w'indwi", "kuw'indwi", "ku wa mungu", "ku w'imana", "dimanche", "sunday", "jumapili"),
)

PAST: Final = (
    "passe",
    "passee",
    "dernier",
    "derniere",
    "last",
    "past",
    "uheze",
    "haheze",
    "iheze",
    "iliyopita",
    "lililopita",
)
"""May stand before or after a weekday; it changes nothing, since a weekday is always the last one."""

NOT_PAST: Final = ("prochain", "prochaine", "next", "uza", "hazoza", "ijayo", "uzoza")
"""After or before a weekday these make it a day to come, which no report can mean: not understood."""

RELATIVE: Final[tuple[tuple[str, int], ...]] = (
    ("uyu musi", 0), ("uyumusi", 0), ("uno musi", 0), ("unomusi", 0), ("none aha", 0),
    ("aujourd'hui", 0), ("aujourd hui", 0), ("aujourdhui", 0), ("ce jour", 0), ("ce matin", 0), ("ce soir", 0),
    ("cet apres midi", 0), ("ce midi", 0), ("leo", 0), ("today", 0), ("this morning", 0), ("this afternoon", 0),
    ("this evening", 0), ("last night", -1),
    # "ejo" is yesterday and tomorrow; a report is about the past, and the receipt shows the date (finding 17)
    ("ejo", -1), ("ejo haheze", -1), ("ejo hahise", -1), ("hier", -1), ("jana", -1), ("yesterday", -1),
    ("hirya y'ejo", -2), ("hirya yejo", -2), ("hirya ejo", -2), ("avant hier", -2), ("juzi", -2),
    ("day before yesterday", -2), ("the day before yesterday", -2),
    ("ejo hazoza", 1), ("demain", 1), ("kesho", 1), ("tomorrow", 1), ("apres demain", 2), ("kesho kutwa", 2),
    ("il y a une semaine", -7), ("a week ago", -7),
)  # fmt: skip

COUNTED: Final[tuple[tuple[str, int], ...]] = (
    ("il y a # jours", -1), ("il y a # jour", -1), ("il y a # semaines", -7), ("# days ago", -1), ("# day ago", -1),
    ("# weeks ago", -7), ("siku # zilizopita", -1), ("haheze imisi #", -1), ("hashize imisi #", -1),
)  # fmt: skip

PARTS: Final = (
    r"(?:matin|matinee|soir|soiree|apres[- ]midi|midi|morning|afternoon|evening|noon|night"
    r"|gitondo|mugitondo|mugoroba|kumugoroba|nimugoroba|asubuhi|mchana|jioni|usiku)"
)
PART_OF_DAY: Final = rf"(?:(?:au|le|a|du|dans la|in the|at|mu|ku|na) |l')?{PARTS}"
"""Behind a day it says no more than the day: "hier soir", "ejo mu gitondo", "demain apres-midi"."""
HOUR: Final = r"(?:(?:saa|isaha) \d{1,2}|(?:(?:a|vers|at) )?\d{1,2} ?(?:heures?|am|pm))"
"""Nor does this. "14h" is not here: in a report h is for men."""

LEADING: Final = _words("le du on the ku wa rya kuwa tarehe igenekerezo itariki tariki date umusi siku ya dated")
"""May stand before a date: "le 12 novembre", "tarehe 12/11"."""

THE_MONTH: Final = _words("mwezi ukwezi kwezi z'ukwezi y'ukwezi mois month")
"""Say that a number behind them is a month: "tarehe 12 mwezi wa 11"."""

BETWEEN: Final = _words("er ere e eme st nd rd th de du of ya wa kwa") | THE_MONTH
"""May stand between the day and the word of the month: "1er novembre", "12th of november"."""

ORDINALS: Final[Mapping[str, int]] = {
    **{"premier": 1, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7},
    **{"eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14},
    **{"fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19},
    **{"twentieth": 20, "thirtieth": 30, "mosi": 1, "pili": 2},
}
"""Days in words that are no numbers: "premier novembre", "tarehe mosi novemba". Swahili is a draft."""

NOT_BEHIND_WORDS: Final = frozenset(("sept",))
"""Months that are no month behind a day in words: "douze sept" is 12 and 7."""

LONGEST_PHRASE: Final = 5

_NOT_NEAR: Final = frozenset(("march", "machi"))
"""Too close to words of these reports ("marche": the business works) for a near miss."""
_SHORTEST_NEAR: Final = 5
_SHORTEST_NEAR_DAY: Final = 6
"""Swahili "kundi" (group) is one letter from "lundi"."""


@noun
class DayWords:
    """The tables, compiled once for reading."""

    months: Mapping[str, int]
    near_months: tuple[tuple[str, int], ...]
    relative: Mapping[tuple[str, ...], int]
    counted: Mapping[str, tuple[tuple[tuple[str, ...], int, int], ...]]
    """First word, or #, -> patterns that begin with it, where the number stands in each, days for each counted."""
    weekdays: Mapping[tuple[str, ...], int]
    near_weekdays: tuple[tuple[str, int], ...]
    starts: frozenset[str]

    @classmethod
    def of(
        cls,
        months: Iterable[Iterable[str]] = MONTHS,
        weekdays: Iterable[Iterable[str]] = WEEKDAYS,
        relative: Iterable[tuple[str, int]] = RELATIVE,
        counted: Iterable[tuple[str, int]] = COUNTED,
    ) -> DayWords:
        """Compile rows of plain words: twelve months, seven weekdays from Monday, relative days."""
        month_of = {name: place for place, names in enumerate(months, start=1) for name in names}
        day_of = {tuple(name.split()): place for place, names in enumerate(weekdays) for name in names}
        relative_of = {tuple(words.split()): days for words, days in relative}
        patterns: dict[str, tuple[tuple[tuple[str, ...], int, int], ...]] = {}
        for words, days in counted:
            row = tuple(words.split())
            patterns[row[0]] = (*patterns.get(row[0], ()), (row, row.index("#"), days))
        return cls(
            months=month_of,
            near_months=tuple(
                (name, month)
                for name, month in month_of.items()
                if len(name) >= _SHORTEST_NEAR and name not in _NOT_NEAR
            ),
            relative=relative_of,
            counted=patterns,
            weekdays=day_of,
            near_weekdays=tuple(
                (words[0], day)
                for words, day in day_of.items()
                if len(words) == 1 and len(words[0]) >= _SHORTEST_NEAR_DAY
            ),
            starts=frozenset((*(words[0] for words in (*relative_of, *day_of)), *patterns)),
        )


DAY_WORDS: Final = DayWords.of()
