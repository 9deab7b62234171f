"""The monthly verification sample: a seeded draw, the call's five questions, what the calls found.

Ten in a hundred of the month's trainings that count, at least five, are drawn at random; every flagged one is called
too. The draw is systematic over communes and associations: each report has the same chance, every place its share.
Rates are taken over the drawn reports that were reached, never over the flagged ones, which are not a random sample.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting.reports import Training
from bot.store import verification as store

SHARE, AT_LEAST = 10, 5
"""One in ten, and no fewer than five."""
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Did you hold a training on {date} or about that day? Where?",
        "What was it about?",
        "How many women and how many men came?",
        "How many of them, women and men, came for the first time ever?",
        "Is there a sheet with their names? Who has it?",
    ),
    "fr": (
        "Avez-vous tenu une formation le {date} ou vers ce jour ? Où ?",
        "Sur quoi portait-elle ?",
        "Combien de femmes et combien d'hommes sont venus ?",
        "Combien d'entre eux, femmes et hommes, venaient pour la toute première fois ?",
        "Y a-t-il une liste avec leurs noms ? Qui l'a ?",
    ),
}
"""Asked in this order, without reading the reported figures out first."""
FIELDS = ("held", "topics", "women", "men", "new_women", "new_men", "sheet")
"""What a call is about; every one may be not known."""
NEW_FOUND = "new_found"
"""Beside the answers: how many of the new people were found themselves, by a call to them."""
OUTCOMES = ("reached", "not_reached", "refused")
_COUNTED = ("women", "men", "new_women", "new_men")
_SURE = 1.959963984540054
"""Of a normal distribution, for 95 %."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`yes` of `of`, and between which shares the truth lies with 95 % (Wilson), None of nothing."""

    yes: int
    of: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval, which also holds for few calls and for none or all of them."""
        return wilson(self.yes, self.of)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        low, high = self.interval or (None, None)
        return {"yes": self.yes, "of": self.of, "low": low, "high": high}


def wilson(yes: int, of: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson 1927)."""
    if not of:
        return None
    share, z2 = yes / of, _SURE**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = _SURE * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def how_many(reports: int) -> int:
    """Of so many reports."""
    return min(reports, max(AT_LEAST, -(-reports // SHARE)))


def draw(reports: Sequence[Training], month: str, seed: int) -> list[int]:
    """The numbers of the drawn reports, the same for the same reports, month and seed. Pure."""
    rng = Random(f"{month} {seed}")
    there = sorted(reports, key=lambda one: one.number)
    rng.shuffle(there)
    there.sort(key=lambda one: (one.place.commune_old, one.place.no))  # stable: shuffled within each association
    count = how_many(len(there))
    if not count:
        return []
    step = len(there) / count
    start = rng.random() * step
    return sorted(there[min(len(there) - 1, int(start + step * n))].number for n in range(count))


@dataclass(frozen=True, slots=True)
class Call:
    """A report of the sample. `values` is what it said when it was drawn."""

    number: int
    association: str
    association_name: str
    day: str
    drawn: bool
    flags: tuple[str, ...]
    values: Mapping[str, Any]
    outcome: str | None
    result: Mapping[str, Any] | None
    called_at: datetime | None
    reporter: str
    """First name, for the call; empty when not known."""
    language: str

    def agrees(self, name: str, within: int = 0) -> bool | None:
        """Whether the call said what the report says; None when one of them does not say."""
        said = (self.result or {}).get(name)
        if said is None:
            return None
        if name in ("held", "sheet"):
            return bool(said)
        reported = self.values.get(name)
        if reported is None:
            return None
        if name == "topics":
            return set(said) == set(reported)
        return bool(abs(int(said) - int(reported)) <= within)

    def people(self, within: int) -> bool | None:
        """Whether as many people came as reported, give or take."""
        return self._together(("women", "men"), within)

    def new(self, within: int = 0) -> bool | None:
        """Whether as many were new as reported."""
        return self._together(("new_women", "new_men"), within)

    def _together(self, names: tuple[str, str], within: int) -> bool | None:
        said = [(self.result or {}).get(name) for name in names]
        reported = [self.values.get(name) for name in names]
        if None in said or None in reported:
            return None
        return bool(abs(sum(map(int, said)) - sum(map(int, reported))) <= within)  # type: ignore[arg-type]

    @property
    def confirmed(self) -> bool | None:
        """Reached, the training was held, people within one, new people as reported where both say it."""
        if self.outcome != "reached" or self.result is None or self.result.get("held") is None:
            return None
        return bool(self.result["held"]) and self.people(1) is not False and self.new() is not False

    def plain(self) -> dict[str, Any]:
        """For JSON, without names; the reported figures are not read out."""
        return {
            "report": self.number,
            "association": self.association,
            "name": self.association_name,
            "day": self.day,
            "drawn": self.drawn,
            "flags": list(self.flags),
            "reported": {name: self.values.get(name) for name in ("topics", *_COUNTED)},
            "outcome": self.outcome,
            "result": dict(self.result) if self.result else None,
            "confirmed": self.confirmed,
        }


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample of a month and what came of it."""

    id: int
    month: str
    seed: int
    reports: int
    """How many there were to draw from."""
    at: datetime
    calls: tuple[Call, ...]

    def drawn(self) -> list[Call]:
        """By chance; the flagged ones beside them are not a sample."""
        return [call for call in self.calls if call.drawn]

    def reached(self) -> list[Call]:
        """Drawn and reached."""
        return [call for call in self.drawn() if call.outcome == "reached"]

    def rates(self) -> dict[str, Rate]:
        """Of the drawn and reached: `confirmed`, `people` (within one), `new`, and each field as it was said."""
        there = self.reached()
        found = {
            "confirmed": _rate(call.confirmed for call in there),
            "people": _rate(call.people(1) for call in there),
            "new": _rate(call.new() for call in there),
        }
        return found | {name: _rate(call.agrees(name) for call in there) for name in FIELDS}

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "month": self.month,
            "seed": self.seed,
            "reports": self.reports,
            "at": self.at.isoformat(timespec="seconds"),
            "drawn": len(self.drawn()),
            "flagged": len(self.calls) - len(self.drawn()),
            "called": sum(call.outcome is not None for call in self.calls),
            "reached": len(self.reached()),
            "rates": {name: rate.plain() for name, rate in self.rates().items()},
            "calls": [call.plain() for call in self.calls],
            "questions": {language: list(asked) for language, asked in QUESTIONS.items()},
        }


def _rate(answers: Iterable[bool | None]) -> Rate:
    said = [answer for answer in answers if answer is not None]
    return Rate(sum(said), len(said))


async def sample(tx: AsyncConnection, month: str) -> Sample | None:
    """The sample of a month (YYYY-MM) with its results, or None when none was drawn."""
    row = await store.of_month(tx, month)
    if row is None:
        return None
    calls = []
    for one in await store.listed(tx, row.id):
        values = await store.as_drawn(tx, one.number, one.revision) or one.values
        calls.append(
            Call(
                number=one.number,
                association=one.association,
                association_name=one.sms_name,
                day=one.day or "",
                drawn=bool(one.drawn),
                flags=tuple(one.flags),
                values=values,
                outcome=one.outcome,
                result=one.result,
                called_at=one.called_at,
                reporter=one.reporter or "",
                language=one.language or "",
            )
        )
    return Sample(row.id, row.month, row.seed, row.reports, row.at, tuple(calls))
