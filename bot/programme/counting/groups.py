"""Displaced, returnees, hosts and youth among the new people, as they may be shown (small_cells by `step`). Pure.

New people themselves are printed, so what was not said of them is not printed beside their groups: all four would
add up and tell each other. What is left of them stands there instead: not said, or over a step.
"""

from __future__ import annotations

from typing import Any

from bot.programme.counting.figures import NAMES, Column, Counts
from bot.programme.counting.small_cells import in_steps, told
from bot.store.training_days import STANDINGS

GROUPS = ("new_displaced", "new_returnee", "new_host")
REST = "new_groups_rest"
YOUTH = ("new_youth", "new_youth_not_said")
SHOWN = (*GROUPS, REST, *YOUTH)
"""In the order in which they are printed. Who is neither young nor not said is printed nowhere."""


def groups(counts: Counts, step: int) -> dict[str, str | None]:
    """By the names of SHOWN; None where nobody said it of anybody new: then the rest is all of them."""
    if not counts.new_people:
        return dict.fromkeys(SHOWN, "0")
    split = {name: told(getattr(counts, name), step) for name in GROUPS} | {REST: str(rest(counts, step))}
    age = {name: told(getattr(counts, name), step) for name in YOUTH}
    return {
        **split,
        **(dict.fromkeys(GROUPS) if counts.new_groups_not_said == counts.new_people else {}),
        **(dict.fromkeys(age) if counts.new_youth_not_said == counts.new_people else age),
    }


def rest(counts: Counts, step: int) -> int:
    """The new people that are not among those told of their groups."""
    return counts.new_people - sum(in_steps(getattr(counts, name), step) for name in GROUPS)


_HIDDEN = {*GROUPS, *YOUTH, "new_groups_not_said"} | {
    "youth",
    "youth_not_said",
    "displaced",
    "returnee",
    "host",
    "groups_not_said",
}
_OPEN = tuple(name for name in NAMES if name not in _HIDDEN)
"""Figures that are told as they are; groups of the attendances are not told at all."""


def bare(counts: Counts, step: int) -> dict[str, Any]:
    """For JSON: numbers by name, groups in steps."""
    return {**{name: getattr(counts, name) for name in _OPEN}, **groups(counts, step)}


def plain(column: Column, step: int) -> dict[str, Any]:
    """For JSON: every figure with what stands behind it, the same by standing, and the groups in steps."""
    found: dict[str, Any] = {name: column.figure(name).plain() for name in _OPEN}
    for how in STANDINGS:
        found[how] = {name: column.figure(name, how).plain() for name in _OPEN}
    found["new_by_standing"] = column.new_by_standing()
    behind = column.figure("new_people").plain()
    for name, shown in groups(column.all, step).items():  # which reports say it of somebody would tell of whom
        found[name] = {**behind, "value": int(shown) if shown and shown.isdecimal() else None, "shown": shown}
    return found
