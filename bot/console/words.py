"""What the console says, in English and French.

The English text stands where it is used (`_("...")` in a template or in Python); its French stands in
templates/locale/fr/LC_MESSAGES/console-*.po, one file for each group of pages. Python texts are translated
when they are shown: `_` only marks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

from babel.dates import format_date, format_datetime, get_day_names
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.errors import BotError, FormError
from bot.programme.summary.words import Say
from bot.render.french import together
from bot.render.sentences import Sentence
from scheduler.quiet import DAYS

LANGUAGES = ("fr", "en")
"""The first one where nothing else is known."""


def _(text: str) -> str:
    """Mark a text of the console for translation."""
    return text


class Words:
    """One language: its texts, and how it writes days, times and numbers."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language, self.zone = language, zone
        self._texts = _texts(language)
        self.colon, self.semicolon = (": ", "; ") if language == "en" else ("\u00a0: ", "\u00a0; ")
        self.pages = Environment(
            loader=PackageLoader("templates", "console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self.pages.install_gettext_callables(self.gettext, self.ngettext, newstyle=True)  # type: ignore[attr-defined]
        filters: dict[str, Any] = {
            "day": self.day,
            "moment": self.moment,
            "number": self.number,
            "road": Say(language, zone).word,
            "said": self.gettext,
            "weekly": self.weekly,
        }
        self.pages.filters |= filters
        self.pages.globals["colon"] = self.colon

    def gettext(self, text: str) -> str:
        """A marked text in this language, with its places as they are; what the programme says, with its values."""
        if isinstance(text, Sentence):
            return text.said(self.language)
        found = self._texts.get(text, text)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, one: str, many: str, number: int) -> str:
        """For one, or for several: French counts 0 as one."""
        found = self._texts.get(one, (one, many))
        single = number == 1 or (self.language == "fr" and number == 0)
        return found[0 if single else 1] if isinstance(found, tuple) else found

    def why(self, error: BotError) -> str:
        """What an error of ours says."""
        lines = error.problems if isinstance(error, FormError) else error.args[:1]
        return "\n".join(self.gettext(line) if isinstance(line, str) else str(line) for line in lines)

    def say(self, text: str, **values: Any) -> str:
        """A marked text with its values, as plain text."""
        return self.gettext(text) % values if values else self.gettext(text)

    def day(self, value: date | datetime | str | None) -> str:
        """23/11/2026 or 11/23/2026 would be read in two ways, so months have names. A text is an ISO date."""
        if not value:
            return ""
        if isinstance(value, str):
            value = date.fromisoformat(value)
        local = value.astimezone(self.zone) if isinstance(value, datetime) else value
        return format_date(local, "d MMM y", self.language)

    def moment(self, value: datetime | None) -> str:
        """Day and time where the programme is."""
        return format_datetime(value, "d MMM y HH:mm", self.zone, self.language) if value else ""

    def weekly(self, rule: str) -> str:
        """A rule of hours.no_sending, as `Sat before 12:00`."""
        day, *rest = rule.split()
        names = get_day_names("abbreviated", locale=self.language)
        return " ".join([names[DAYS.index(day.capitalize())], *map(self.gettext, rest)])

    def number(self, value: Any) -> str:
        """With the separators of the language; nothing for what is not known; what stands in its place as it is."""
        if value is None or isinstance(value, str):
            return value or ""
        return format_decimal(value, locale=self.language)

    def render(self, template: str, values: Mapping[str, Any]) -> Markup:
        """A page."""
        return Markup(self.pages.get_template(template).render(values))


@cache
def words_of(zone: tzinfo) -> Mapping[str, Words]:
    """Every language where the programme is, with its pages as they are compiled: a process needs each once."""
    return {language: Words(language, zone) for language in LANGUAGES}


def _texts(language: str) -> Mapping[str, str | tuple[str, ...]]:
    return {} if language == "en" else _catalogue(language)


@cache
def _catalogue(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """English text -> text; of texts that count, all forms."""
    found: dict[str, str | tuple[str, ...]] = {}
    folder = files("templates") / "locale" / language / "LC_MESSAGES"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.startswith("console-") and file.name.endswith(".po"):
            for message in read_po(file.read_text("utf-8").splitlines(keepends=True), locale=language):
                if message.id and message.string and not message.fuzzy:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    said = message.string
                    found[key] = together(said) if isinstance(said, str) else tuple(map(together, said))
    return found
