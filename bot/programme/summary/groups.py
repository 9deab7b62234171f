"""Displaced, returnees and hosts among the new people, as they may be shown: nothing of 1 to 4 people. Pure.

The period and all that was before it stand in one table, whose sums are the figures since the start: so nobody
finds a small number by taking one from the other, either in this summary or between two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.programme.counting import Counts, suppress
from bot.programme.counting.small_cells import HIDDEN

GROUPS = ("new_displaced", "new_returnee", "new_host", "new_groups_not_said")
YOUTH = ("new_youth", "new_youth_not_said")


@dataclass(frozen=True, slots=True)
class Groups:
    """What to print by name: a number, "<5", or "..." for what protects another. Names are those of GROUPS, YOUTH."""

    this: dict[str, str]
    since_start: dict[str, str]

    def value(self, name: str, column: str = "this") -> int | None:
        """The number where it may be shown."""
        shown: str = getattr(self, column)[name]
        return int(shown) if shown.isdecimal() else None


def groups(this: Counts, since: Counts) -> Groups:
    """As they may be shown beside the new people of both, which are printed."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for names in (GROUPS, YOUTH):
        wholes = [counts.new_people for counts in (this, since)]
        rows = [[*(getattr(counts, name) for name in names)] for counts in (this, since)]
        if names == YOUTH:  # the others are neither young nor not said
            rows = [[*row, whole - sum(row)] for row, whole in zip(rows, wholes, strict=True)]
        for at, shown in enumerate(_shown(rows[0], rows[1])):
            found[at].update(zip(names, shown, strict=False))
    return Groups(*found)


def _shown(this: list[int], since: list[int]) -> tuple[list[str], list[str]]:
    before = [whole - part for whole, part in zip(since, this, strict=True)]
    table = suppress([this, before])
    if None in (*table.row_sums, table.total):  # the new people are printed all the same: then no group is
        return _nothing(this), _nothing(since)
    now = [table.shown(0, place) for place in range(len(this))]
    # a sum that is left out is never said to be small: with the new people beside it that could tell how many
    return now, [HIDDEN if value is None else str(value) for value in table.column_sums]


def shown(rows: Sequence[Counts]) -> tuple[list[list[str]], list[str]]:
    """The groups of several places (in the order of GROUPS) and their sums, beside new people, which are printed.

    Where the new people themselves are so few that they tell, the row has no group and no sum is shown.
    """
    table = suppress([[getattr(counts, name) for name in GROUPS] for counts in rows])
    tells = None in (*table.row_sums, table.total)
    lines = []
    for at, counts in enumerate(rows):
        values = [getattr(counts, name) for name in GROUPS]
        hidden = table.row_sums[at] is None
        lines.append(_nothing(values) if hidden else [table.shown(at, place) for place in range(len(GROUPS))])
    sums = [HIDDEN if tells or value is None else str(value) for value in table.column_sums]
    return lines, sums or [HIDDEN] * len(GROUPS)


def _nothing(row: list[int]) -> list[str]:
    """Not even which are small: beside a printed sum that alone could tell how many."""
    return [HIDDEN] * len(row)
