"""The training reports of a period, one by one: what each says, its sheet, what it said before.

Twins, withdrawn and rejected ones are there too, with `counts` false: they stay visible and are in no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting.figures import Counts
from bot.programme.counting.period import Period
from bot.programme.counting.scope import Place, Scope
from bot.store import checks, verification
from bot.store import counting as store
from bot.store.figures import COUNTED
from bot.store.training_days import standing


@dataclass(frozen=True, slots=True)
class Revision:
    """What a report said until `until`, and why that was replaced."""

    values: Mapping[str, Any]
    state: str
    reason: str
    until: datetime


@dataclass(frozen=True)
class Training:
    """A training report. `values` are those of the form; its free text is a leader's own words."""

    number: int
    place: Place
    person_id: int | None
    day: str
    values: Mapping[str, Any]
    counts: bool
    standing: str
    """checked, reported, doubtful; of one that does not count: twin, withdrawn, rejected."""
    doubt: str
    """The catalogue key of the question that made it doubtful, D2 ... D10."""
    verdict: str
    source: str
    """sms, chat, officer"""
    photos: int
    """Of its sheet, received."""
    new_found: int
    """Of its new people, whom a call has confirmed while the report itself is not checked."""
    messages: tuple[int, ...]
    made_at: datetime
    before: tuple[Revision, ...]
    how: str = ""
    """By what the last check was made: sheet, call, visit, question."""
    reason: str = ""
    """Why it was rejected or put on hold."""

    @cached_property
    def adds(self) -> Counts:
        """What it adds to the figures when it counts. Asked for again and again where doubts are looked for."""
        return Counts.of_report(self.values, self.standing, self.new_found)

    @property
    def sheet(self) -> str:
        """seen: a person looked at it; sent: its photo waits to be looked at; no."""
        if self.verdict == "accepted" and self.how in ("sheet", "visit"):
            return "seen"
        return "sent" if self.photos else "no"

    def plain(self) -> dict[str, Any]:
        """For JSON: figures and how far to trust them, without anybody's words."""
        said = (
            "number",
            "day",
            "counts",
            "standing",
            "doubt",
            "verdict",
            "how",
            "reason",
            "sheet",
            "source",
            "photos",
        )
        before = [
            {"until": old.until, "state": old.state, "reason": old.reason, **_figures(old.values)}
            for old in self.before
        ]
        return {
            **{name: getattr(self, name) for name in said},
            "association": self.place.no,
            "topics": list(self.values.get("topics") or ()),
            **_figures(self.values),
            "new_found": self.new_found,
            "messages": list(self.messages),
            "before": before,
        }


_SAID = ("women", "men", "new_women", "new_men", "new_people", "youth", "displaced", "returnee", "host")


def _figures(values: Mapping[str, Any]) -> dict[str, int | None]:
    """As they were said; None is not said."""
    return {name: values.get(name) for name in _SAID}


async def trainings(tx: AsyncConnection, scope: Scope, period: Period) -> list[Training]:
    """Every training report about these days, by day and number."""
    rows = await store.trainings(tx, period.first.isoformat(), period.last.isoformat(), scope.ids)
    return await _built(tx, scope, rows)


async def last_two_before(tx: AsyncConnection, scope: Scope, first: date, ids: Sequence[int]) -> list[Training]:
    """Of each of these associations the last two that count and lie before a day, by day and number."""
    return await _built(tx, scope, await store.last_two_before(tx, first.isoformat(), ids))


async def _built(tx: AsyncConnection, scope: Scope, rows: Sequence[Any]) -> list[Training]:
    places = {place.id: place for place in scope.places}
    photos: dict[int, int] = {}
    for photo in await verification.photos(tx, [row.number for row in rows]):
        photos[photo.report_number] = photos.get(photo.report_number, 0) + 1
    before: dict[int, list[Revision]] = {}
    for old in await verification.revisions(tx, [row.number for row in rows if row.revision > 1]):
        before.setdefault(old.number, []).append(Revision(old.values, old.state, old.reason, old.replaced_at))
    looked = {check["number"]: check for check in await checks.of(tx, [row.number for row in rows if row.verdict])}
    found = [
        _training(
            row,
            places[row.association_id],
            photos.get(row.number, 0),
            tuple(before.get(row.number, ())),
            looked.get(row.number, {}),
        )
        for row in rows
        if row.association_id in places
    ]
    return sorted(found, key=lambda one: (one.day, one.number))


def _training(
    row: Any, place: Place, photos: int, before: tuple[Revision, ...], looked: Mapping[str, Any]
) -> Training:
    counts = does_count(row)
    how = "rejected" if row.verdict == "rejected" and row.state in COUNTED else row.state
    return Training(
        number=row.number,
        place=place,
        person_id=row.person_id,
        day=row.day or "",
        values=row.values,
        counts=counts,
        standing=standing(row.state, row.verdict) if counts else how,
        doubt=row.doubt,
        verdict=row.verdict,
        source=row.source,
        photos=photos,
        new_found=row.new_found,
        messages=tuple(row.inbox_ids or ()),
        made_at=row.created_at,
        before=before,
        how=looked.get("how", ""),
        reason=looked.get("reason", ""),
    )


def does_count(row: Any) -> bool:
    """Whether a row of a training report is in the figures: a state that counts, and no person has rejected it."""
    return row.state in COUNTED and row.verdict != "rejected"
