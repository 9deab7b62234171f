"""Displaced, returnees, hosts and youth among the new people, as they may be shown (counting.small_cells). Pure.

New people themselves are printed, so what was not said of them is not printed beside their groups: all four would
add up and tell each other. What is left of them stands there instead: not said, or over a five.
"""

from __future__ import annotations

from bot.programme.counting import Counts, in_fives, told

GROUPS = ("new_displaced", "new_returnee", "new_host")
REST = "new_groups_rest"
YOUTH = ("new_youth", "new_youth_not_said")
SHOWN = (*GROUPS, REST, *YOUTH)
"""In the order in which they are printed. Who is neither young nor not said is printed nowhere."""


def groups(counts: Counts) -> dict[str, str | None]:
    """By the names of SHOWN; None where nobody said it of anybody new."""
    if not counts.new_people:
        return dict.fromkeys(SHOWN, "0")
    split = {name: told(getattr(counts, name)) for name in GROUPS} | {REST: str(rest(counts))}
    age = {name: told(getattr(counts, name)) for name in YOUTH}
    return {
        **(dict.fromkeys(split) if counts.new_groups_not_said == counts.new_people else split),
        **(dict.fromkeys(age) if counts.new_youth_not_said == counts.new_people else age),
    }


def rest(counts: Counts) -> int:
    """The new people that are not among those told of their groups."""
    return counts.new_people - sum(in_fives(getattr(counts, name)) for name in GROUPS)
