"""The figures of the programme: attendances, new people, honest bounds of unique people; never added.

Of an association the lower bound is the largest number of women in one training plus the largest
number of men, the upper bound all attendances, or the members when `counting.members_only` and that
is less. The programme's bounds are the sums: memberships are taken not to overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

_SUMS = ("trainings", "attendances", "attendances_women", "attendances_men", "new_women", "new_men", "new_people")


def of_association(row: Mapping[str, Any], *, members_only: bool) -> dict[str, Any]:
    """The figures of one row of store.listing.figures_by_association."""
    attendances = row["attendances_women"] + row["attendances_men"]
    upper = attendances
    members = [n for n in (row["members_women"], row["members_men"]) if n is not None]
    if members_only and members:
        upper = min(upper, sum(members))
    lower = row["largest_women"] + row["largest_men"]
    return {
        "no": row["no"],
        "name": row["name"],
        "trainings": row["trainings"],
        "attendances": attendances,
        "attendances_women": row["attendances_women"],
        "attendances_men": row["attendances_men"],
        "new_women": row["new_women"],
        "new_men": row["new_men"],
        "new_people": row["new_people"],
        "unique_lower": min(lower, upper),
        "unique_upper": upper,
    }


def of_programme(rows: Iterable[Mapping[str, Any]], as_of: datetime, *, members_only: bool) -> dict[str, Any]:
    """The programme's figures and those of every association, as of a moment."""
    found = [of_association(row, members_only=members_only) for row in rows]
    result: dict[str, Any] = {"as_of": as_of.isoformat(timespec="seconds")}
    for name in (*_SUMS, "unique_lower", "unique_upper"):
        result[name] = sum(figures[name] for figures in found)
    return {**result, "associations": found}
