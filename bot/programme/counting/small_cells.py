"""People of a group, as they may be printed: in fives, rounded down, so that no number of 1 to 4 is shown. Pure.

The rule looks at one number alone, so it is the same for any place, any period and any day: whatever two tables
somebody subtracts, what comes out is a difference of fives. Leaving single cells out instead needs a table that is
known as a whole, and the next week's table, or the neighbour's, gives them away.
"""

from __future__ import annotations

LEAST = 5
"""The smallest number of people that is told, and the step in which more are."""
SHOWN_AS = f"<{LEAST}"
HIDDEN = "..."
"""Stands for what is left out because another number could be calculated from it; it may be of any size."""


def is_small(number: int) -> bool:
    """Whether so few people could be known by name."""
    return 0 < number < LEAST


def in_fives(number: int) -> int:
    """How many of a group there are at least."""
    return number // LEAST * LEAST


def told(number: int) -> str:
    """ "60+" for 60 to 64 people, "<5" for fewer than five, also for nobody."""
    return f"{in_fives(number)}+" if number >= LEAST else SHOWN_AS
