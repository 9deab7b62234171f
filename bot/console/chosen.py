"""What a page of figures is about: a period and a place. Both stand in the address and are kept in its links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from babel.dates import format_date
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.console.ask import Ask
from bot.console.page import Wrong
from bot.console.words import Words, _
from bot.errors import BotError
from bot.programme.counting import NotFound, Period, Place, Rules, Scope, find, places

YEARS = range(2000, 2100)
"""A year that is none of these was mistyped."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """`said` and `geography` are the place as the address has it; '' is everything she sees."""

    words: Words
    period: Period
    scope: Scope
    everywhere: Sequence[Place]
    """All places that she sees, to choose from."""
    said: str
    geography: str
    now: datetime

    @property
    def title(self) -> str:
        """The place in words."""
        if self.scope.kind == "programme":
            return self.words.gettext(_("The whole programme"))
        return self.scope.name

    @property
    def when(self) -> str:
        """The period in words."""
        return period_in_words(self.words, self.period)

    def to(self, path: str, period: Period | None = None, **more: str) -> str:
        """A link that keeps what was chosen; `more` beside it, or in its stead ('' leaves it out)."""
        kept = {"period": (period or self.period).name, "place": self.said, "geography": self.geography} | more
        query = urlencode({name: value for name, value in kept.items() if value}, safe="/.")
        return f"{path}?{query}" if query else path

    def behind(self, figure: str, how: str = "", since: str = "", period: Period | None = None, **more: str) -> str:
        """The reports behind a figure of the period, or of all until its end (`since`: start)."""
        return self.to("/reports", period, figure=figure, how=how, since=since, **more)

    @property
    def communes(self) -> list[str]:
        """To choose from, in the geography that was chosen."""
        return sorted({place.commune(self.geography or "old") for place in self.everywhere})

    @property
    def this_month(self) -> Period:
        """The one that today is in."""
        return Period.of(self.now.astimezone(self.words.zone).date())

    @property
    def quarter(self) -> Period:
        """The one in which the period ends."""
        last = self.period.last
        return Period.parse(f"{last.year}-q{(last.month + 2) // 3}", last)


async def chosen(ask: Ask, tx: AsyncConnection, place: str | None = None) -> Chosen:
    """From the address; `place` when it stands in the path. Raises Wrong, and Missing for a path that is none."""
    period = _period(ask, ask.query.get("period", "")[:40])
    said = ask.query.get("place", "")[:60] if place is None else place
    geography = "now" if ask.query.get("geography") == "now" else ""
    seen = await places(tx, ask.viewer)
    try:
        scope = await find(tx, said, ask.viewer, geography)
    except NotFound as error:
        if place is not None:
            ask.missing()
        if error.suggestions:
            meant = ", ".join(error.suggestions)
            raise Wrong(_("There is no place %(said)s. Did you mean %(meant)s?"), said=said, meant=meant) from None
        raise Wrong(_("There is no place %(said)s. Choose one from the list."), said=said) from None
    if scope.kind == "area":
        scope = replace(scope, name=ask.words.gettext(_("All associations of my area")))
    kept = "" if scope.kind in ("programme", "area") else scope.no or said
    return Chosen(ask.words, period, scope, seen, kept, geography, ask.now)


def _period(ask: Ask, said: str) -> Period:
    try:
        found = Period.parse(said, ask.now.astimezone(ask.words.zone).date())
    except BotError:
        found = None
    if found is None or found.first.year not in YEARS or found.last.year not in YEARS:
        raise Wrong(
            _("%(said)s is no period. Write 2026-10, oct, 2026-q4, 2026-w45 or 2026-10-03..2026-10-17."), said=said
        )
    return found


def period_in_words(words: Words, period: Period) -> str:
    """October 2026; a quarter; a week; from a day to another."""
    if period.kind == "month":
        return format_date(period.first, "LLLL y", words.language)
    if period.kind == "quarter":
        return format_date(period.first, "QQQQ y", words.language)
    days = words.say(_("%(first)s to %(last)s"), first=words.day(period.first), last=words.day(period.last))
    if period.kind == "week":
        week = period.first.isocalendar()
        return words.say(_("week %(week)s of %(year)s (%(days)s)"), week=week.week, year=week.year, days=days)
    return days


def month_in_words(words: Words, period: Period) -> str:
    """Short, for a column: Oct 2026."""
    return format_date(period.first, "LLL y", words.language)


def bar_of(words: Words, period: Period) -> str:
    """Shorter, for one of at most twelve bars; the year stands in the title."""
    return format_date(period.first, "LLL", words.language)


def rules_of(ask: Ask) -> Rules:
    """How this programme counts."""
    return Rules.of(ask.parts.settings)
