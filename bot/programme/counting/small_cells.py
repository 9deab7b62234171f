"""People of a group, as they may be printed: in fives, rounded down, so that no number of 1 to 4 is shown. Pure.

The rule looks at one number alone, so it is the same for any place, any period and any day: whatever two tables
somebody subtracts, what comes out is a difference of fives. Leaving single cells out instead needs a table that is
known as a whole, and the next week's table, or the neighbour's, gives them away.

A programme may take larger steps (`privacy.small_cells_below`), always of fives: then a table in tens and an older
one in fives tell together no more than the one in fives.
"""

from __future__ import annotations

LEAST = 5
"""The smallest number of people that is told, and the smallest step in which more are; every step is a multiple."""
HIDDEN = "..."
"""Stands for what is left out because another number could be calculated from it; it may be of any size."""


def is_small(number: int, step: int) -> bool:
    """Whether so few people could be known by name."""
    return 0 < number < step


def in_steps(number: int, step: int) -> int:
    """How many of a group there are at least."""
    return number // step * step


def fewer(step: int) -> str:
    """Stands for so few, and for nobody."""
    return f"<{step}"


def told(number: int, step: int) -> str:
    """ "60+" for 60 to 64 people, "<5" for fewer than five, also for nobody."""
    return f"{in_steps(number, step)}+" if number >= step else fewer(step)
