"""Who trained whom: the project, its representatives, the people whom they reached in turn.

Generation 1 was trained by the project itself, generation 2 by a representative; nobody is asked for a third, so it
is said to be not known. A branch is dormant when a representative has trained nobody; that she never wrote is another
thing and said apart. Names are personal data: whoever shows them writes the reading to the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting.figures import Column, Counts, added, check, check_parts
from bot.programme.counting.rules import Rules
from bot.programme.counting.scope import Place, Scope
from bot.programme.counting.trainings import START, each
from bot.store import counting as store
from bot.store import training_sums

_SOMEBODY = 0
"""Whose reports name nobody: a shared phone, a person who is not a representative (any more)."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A representative. `person_id` 0 stands for reports of nobody in particular."""

    person_id: int
    name: str
    """Empty when erased or not known."""
    trained: Counts
    last_day: str
    """ISO date of her last training, empty when there was none."""
    wrote: bool
    """She has written to us at least once, about whatever."""

    @property
    def dormant(self) -> bool:
        """She has trained nobody yet."""
        return self.person_id != _SOMEBODY and not self.trained.trainings


@dataclass(frozen=True, slots=True)
class AssociationBranch:
    """An association with its representatives; what they trained adds up to its figures."""

    place: Place
    figures: Column
    branches: tuple[Branch, ...]

    @property
    def representatives(self) -> tuple[Branch, ...]:
        """Without the line of reports that name nobody."""
        return tuple(branch for branch in self.branches if branch.person_id != _SOMEBODY)


@dataclass(frozen=True, slots=True)
class Cascade:
    """The tree as at the end of a day."""

    associations: tuple[AssociationBranch, ...]

    @property
    def direct(self) -> int:
        """Generation 1: the representatives."""
        return sum(len(one.representatives) for one in self.associations)

    @property
    def reached(self) -> int:
        """Generation 2: the new people of all trainings."""
        return sum(one.figures.all.new_people for one in self.associations)

    @property
    def dormant(self) -> int:
        """Representatives who have trained nobody."""
        return sum(branch.dormant for one in self.associations for branch in one.branches)

    def plain(self) -> dict[str, Any]:
        """For JSON, without names."""
        return {
            "generations": [
                {"generation": 1, "people": self.direct, "by": "the project"},
                {"generation": 2, "people": self.reached, "by": "representatives"},
                {"generation": 3, "people": None, "by": "not asked"},
            ],
            "dormant": self.dormant,
            "associations": [
                {
                    "no": one.place.no,
                    "name": one.place.name,
                    "new_people": one.figures.all.new_people,
                    "trainings": one.figures.all.trainings,
                    "representatives": [
                        {
                            "person": branch.person_id or None,
                            "trainings": branch.trained.trainings,
                            "new_people": branch.trained.new_people,
                            "last_day": branch.last_day or None,
                            "dormant": branch.dormant,
                            "wrote": branch.wrote,
                        }
                        for branch in one.branches
                    ],
                }
                for one in self.associations
            ],
        }


async def cascade(tx: AsyncConnection, scope: Scope, until: date, rules: Rules) -> Cascade:
    """The tree of these associations until a day, included. Raises CountingError."""
    last = until.isoformat()
    own = {place.id for place in scope.places}
    there: dict[int, list[Any]] = {}
    for row in await store.representatives(tx, scope.ids):
        if row.association_id in own:
            there.setdefault(row.association_id, []).append(row)
    hers = _by_person(there)
    for number, person, _, *rolled in await training_sums.reporters(tx, START, last, scope.ids):
        key = number, person if (number, person) in hers else _SOMEBODY
        hers[key] = added((hers.get(key, Counts()), Counts.of(rolled)))
    days = await training_sums.last_days(tx, last, scope.ids)
    silent = {row.id: number for number, them in there.items() for row in them if not _reported(row, hers)}
    wrote = await store.wrote(tx, silent)
    _, columns = await each(tx, scope, START, last, rules)
    found = []
    for place in scope.places:
        figures = columns[place.id]
        check(place.name, figures)
        branches = [_branch(row, hers, days, wrote) for row in there.get(place.id, ())]
        if (place.id, _SOMEBODY) in hers:
            nobody = hers[place.id, _SOMEBODY]
            branches.append(Branch(_SOMEBODY, "", nobody, days.get((place.id, _SOMEBODY), ""), True))
        check_parts(place.name, figures.all, {f"person {b.person_id}": b.trained for b in branches})
        found.append(AssociationBranch(place, figures, tuple(branches)))
    return Cascade(tuple(found))


def _by_person(there: Mapping[int, list[Any]]) -> dict[tuple[int, int], Counts]:
    return {(number, row.id): Counts() for number, rows in there.items() for row in rows}


def _branch(
    row: Any, hers: Mapping[tuple[int, int], Counts], days: Mapping[tuple[int, int], str], wrote: set[int]
) -> Branch:
    key = row.association_id, row.id
    return Branch(row.id, row.sms_name, hers[key], days.get(key, ""), row.id in wrote or _reported(row, hers))


def _reported(row: Any, hers: Mapping[tuple[int, int], Counts]) -> bool:
    return row.reports > 0 or bool(hers[row.association_id, row.id].trainings)
