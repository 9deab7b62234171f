"""Small groups: no number of 1 to 4 people is shown, nor can one be calculated from what stands beside it."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.counting import Counts
from bot.programme.summary.groups import GROUPS, groups, shown

SMALL = range(1, 5)
Row = tuple[int, ...]
ROWS = st.tuples(*[st.integers(0, 7)] * 4)


def counts(row: Row) -> Counts:
    """New people of these groups."""
    return Counts(new_people=sum(row))._replace(**dict(zip(GROUPS, row, strict=True)))


SWAPS = [row for row in product((-1, 0, 1), repeat=4) if sum(row) == 0]
"""Ways to change a row by one here and there, without changing its printed sum."""


def fits(shown_as: str, value: int) -> bool:
    """Whether a reader may take the cell for this."""
    return value >= 0 and (shown_as == "..." or (shown_as == "<5" and 1 <= value <= 4) or shown_as == str(value))


def told(lines: list[list[str]], rows: tuple[Row, Row], sums: list[str]) -> list[int]:
    """Numbers of 1 to 4 for which no other table agrees with what is printed."""
    others = []
    for swaps in product(SWAPS, repeat=2):
        table = [[n + by for n, by in zip(row, swap, strict=True)] for row, swap in zip(rows, swaps, strict=True)]
        kept = all(
            not said.isdecimal() or sum(by) == 0 for said, by in zip(sums, zip(*swaps, strict=True), strict=True)
        )
        if kept and all(
            fits(cell, n) for line, row in zip(lines, table, strict=True) for cell, n in zip(line, row, strict=True)
        ):
            others.append(swaps)
    places = [(r, c) for r in range(2) for c in range(4) if rows[r][c] in SMALL]
    return [rows[r][c] for r, c in places if not any(swaps[r][c] for swaps in others)]


@given(ROWS, ROWS)
@settings(max_examples=100, deadline=None)
def test_nobody_calculates_a_small_group_of_two_places(one: Row, other: Row) -> None:
    lines, sums = shown([counts(one), counts(other)])
    assert not {cell for line in lines for cell in line} & {str(number) for number in SMALL}
    assert told(lines, (one, other), sums) == []


@given(ROWS, ROWS)
@settings(max_examples=100, deadline=None)
def test_nor_from_the_period_and_since_the_start(this: Row, before: Row) -> None:
    """What was before is not shown, and may not be calculated as the difference either."""
    found = groups(counts(this), counts(tuple(map(sum, zip(this, before, strict=True)))))
    now, since = ([there[name] for name in GROUPS] for there in (found.this, found.since_start))
    assert not {*now, *since} & {str(number) for number in SMALL}
    assert told([now, ["..."] * 4], (this, before), since) == []


def test_large_groups_are_shown() -> None:
    lines, sums = shown([counts((20, 30, 40, 0)), counts((11, 12, 13, 14))])
    assert lines == [["20", "30", "40", "0"], ["11", "12", "13", "14"]]
    assert sums == ["31", "42", "53", "14"]
