"""The rows of a workbook with what was read of them, also of those that cannot be imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.programme.roster.nouns import Association, Business, Leader, Partner, Place, Staff
from bot.programme.roster.reading import Row

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Item]):
    """A row and what was read of it."""

    row: Row
    item: Item


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything that was read, bad rows too."""

    associations: Sequence[Entry[Association]]
    leaders: Sequence[Entry[Leader]]
    businesses: Sequence[Entry[Business]]
    staff: Sequence[Entry[Staff]]
    places: Sequence[Entry[Place]]
    partners: Sequence[Entry[Partner]]
