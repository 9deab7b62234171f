"""Reads what an export is made of: the summary, its associations and communes, stories, visits, messages."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme import counting
from bot.programme.counting import PlaceFigures
from bot.programme.posters import MAY_BE_SHOWN, Poster, names_in, posters
from bot.programme.summary import Asked, Summary, summary
from bot.store import lessons, summaries

STORIES = 3
_DIGITS = 12
"""Of a pseudonym: enough that no two of a programme are the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`asked`: place, period, as of. `made_by` is printed. `key`: of the pseudonyms, the installation's own.

    `names`: show who people are and what they wrote; whoever sets it has checked the right and noted the reason.
    """

    asked: Asked
    made_by: str
    key: str
    names: bool = False
    messages: bool = False
    taken_at: datetime | None = None
    """When it was noted that persons are exported; `asked.as_of` may be any moment."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What tables and pages are made of."""

    wanted: Wanted
    summary: Summary
    associations: tuple[PlaceFigures, ...]
    communes: tuple[PlaceFigures, ...]
    stories: tuple[Poster, ...]
    visits: Mapping[str, int]
    people: Mapping[int, str]
    """Names of leaders, only where they may be shown."""
    hidden: frozenset[str]
    """Words that stand for somebody's name, and are left out of free texts."""
    messages: Sequence[Any] = ()

    def person(self, number: int | None) -> str:
        """The name where it may be shown, else a pseudonym that stays the same in every export."""
        if number is None:
            return ""
        return self.people.get(number) or pseudonym(self.wanted.key, number)


def pseudonym(key: str, number: int) -> str:
    """HMAC of a person's id: nobody gets from it to the person without the key, which stays in the database."""
    return hmac.new(key.encode(), str(number).encode(), hashlib.sha256).hexdigest()[:_DIGITS]


async def gather(tx: AsyncConnection, wanted: Wanted, language: str) -> Exported:
    """All of it. `language` is that in which stories are told where they are translated. Raises CountingError."""
    asked = wanted.asked
    scope, (starts, ends) = asked.scope, asked.period.moments(asked.zone)
    everybody = await lessons.names(tx)
    return Exported(
        wanted,
        await summary(tx, asked),
        tuple(await counting.by_association(tx, scope, asked.period, asked.rules)),
        tuple(await counting.by_commune(tx, scope, asked.period, asked.rules)),
        await _stories(tx, asked, everybody, language),
        await summaries.visits_of(tx, scope.ids, asked.period.first.isoformat(), asked.period.last.isoformat()),
        await summaries.leaders(tx, scope.ids) if wanted.names else {},
        frozenset(names_in(everybody)),
        await summaries.words(tx, scope.ids, starts, ends) if wanted.messages else (),
    )


async def _stories(tx: AsyncConnection, asked: Asked, names: Sequence[str], language: str) -> tuple[Poster, ...]:
    """The last ones that may be shown: of the period, and earlier ones where there are too few."""
    long_ago, ends = datetime.fromtimestamp(0, UTC), asked.period.moments(asked.zone)[1]
    rows = [row._asdict() for row in await summaries.lessons_of(tx, asked.scope.ids, long_ago, ends)]
    shown = [row for row in rows if row["show"] in MAY_BE_SHOWN and row["text"]]
    return tuple(posters(shown[-STORIES:], names, language))
