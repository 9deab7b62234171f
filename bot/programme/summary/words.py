"""Says things to staff in English or French: the English stands in the code, the French in reports.po.

Numbers, months and days are written as each language writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from babel.dates import format_date
from babel.numbers import format_decimal

from bot.errors import BotError
from bot.programme.counting import Period
from bot.render.plural import Number, is_one
from bot.render.sentences import LANGUAGES, french

_WORDS: Mapping[str, str] = {
    "rn": "Kirundi",
    "sw": "Swahili",
    "fr": "French",
    "en": "English",
    "gammu": "SMS",
    "http": "SMS",
    "kannel": "SMS",
    "africastalking": "SMS",
    "smpp": "SMS",
    "smsgate": "SMS",
    "twilio": "SMS",
    "phone": "SMS",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "twilio_whatsapp": "WhatsApp",
    "by sms": "by SMS",
}
"""Words of the data that are not words of the language."""


class Say:
    """One language, and the programme's zone for moments."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        """Raises BotError for a language that reports are not written in."""
        if language not in LANGUAGES:
            raise BotError(f"--lang {language}: reports are written in {' or '.join(LANGUAGES)}.")
        self.language, self.zone = language, zone

    def __call__(self, english: str, **values: object) -> str:
        """A text with its {fields} and the words that go with them, {n:report|reports}; numbers by thousands."""
        text = french()[english] if self.language == "fr" else english
        return text.format(**{name: self._value(value) for name, value in values.items()})

    def _value(self, value: object) -> Number:
        whole = isinstance(value, int) and not isinstance(value, bool)
        written = self.number(value) if whole else str(value)  # type: ignore[arg-type]
        return Number(written, one=is_one(written, self.language))

    def number(self, value: int | float | None) -> str:
        """385,000; "not said" for None."""
        if value is None:
            return self("not said")
        return str(format_decimal(value, locale=self.language)).replace("\u202f", "\u00a0")

    def word(self, name: str) -> str:
        """A word of the data (working, sms, rn) as a reader knows it; unknown ones as they are."""
        english = _WORDS.get(name, name.replace("_", " "))
        return french().get(english, english) if self.language == "fr" else english

    def day(self, day: date | datetime | str | None) -> str:
        """18/10; a moment by the programme's clock."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone).date()
        elif isinstance(day, str):
            day = date.fromisoformat(day) if day else None
        return f"{day.day}/{day.month}" if day else "?"

    def moment(self, moment: datetime) -> str:
        """2/11 08:15"""
        local = moment.astimezone(self.zone)
        return f"{local.day}/{local.month} {local:%H:%M}"

    def period(self, period: Period, *, short: bool = False) -> str:
        """October 2026; short: October."""
        if period.kind == "month":
            return str(format_date(period.first, "LLLL" if short else "LLLL y", locale=self.language))
        if period.kind == "quarter":
            return self("quarter {n} of {year}", n=(period.first.month + 2) // 3, year=str(period.first.year))
        if period.kind == "week":
            year, week, _ = period.first.isocalendar()
            return self("week {n} of {year}", n=week, year=str(year))
        return self(
            "{first} to {last}", first=f"{self.day(period.first)}/{period.first.year}",
            last=f"{self.day(period.last)}/{period.last.year}",
        )  # fmt: skip

    def listed(self, items: Iterable[str]) -> str:
        """a, b and c."""
        *first, last = [*items] or [""]
        return self("{first} and {last}", first=", ".join(first), last=last) if first else last

    def numbers(self, numbers: Iterable[int], most: int = 12) -> str:
        """No 3981, No 4038: as reports and questions are named; the rest by its count."""
        there = list(numbers)
        said = ", ".join(f"No {number}" for number in there[:most])
        return said if len(there) <= most else self("{items} and {n} more", items=said, n=len(there) - most)

    def share(self, part: int, whole: int) -> str:
        """13 of 25 (52 %)"""
        said = self("{part} of {whole}", part=part, whole=whole)
        return f"{said} ({round(100 * part / whole)} %)" if whole else said
