"""Small cells: whatever the table, no number of 1 to 4 people can be calculated from what is shown of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.counting.small_cells import HIDDEN, LEAST, SHOWN_AS, Suppressed, is_small, suppress

COUNT = st.integers(0, 7)
TABLES = st.integers(1, 3).flatmap(
    lambda columns: st.lists(st.lists(COUNT, min_size=columns, max_size=columns), min_size=1, max_size=3)
)
MOST = 9
"""An attacker's guess at a cell goes so far: more than any that there is."""


def _guesses(found: Suppressed, row: int, column: int) -> range:
    value = found.cells[row][column]
    if value is not None:
        return range(value, value + 1)
    return range(1, LEAST) if (row, column) in found.small else range(MOST + 1)


def _rows(found: Suppressed, row: int) -> Iterator[tuple[int, ...]]:
    columns = range(len(found.column_sums))
    known = found.row_sums[row]
    for guess in itertools.product(*(_guesses(found, row, column) for column in columns)):
        if known is None or sum(guess) == known:
            yield guess


def _possible(found: Suppressed) -> list[set[tuple[int, ...]]]:
    """For each row, what it could be, in any table that agrees with everything shown; by sums of columns reached."""
    choices = [list(_rows(found, row)) for row in range(len(found.cells))]
    zero = (0,) * len(found.column_sums)

    def reach(lines: list[list[tuple[int, ...]]]) -> set[tuple[int, ...]]:
        sums = {zero}
        for line in lines:
            sums = {tuple(map(sum, zip(a, b, strict=True))) for a in sums for b in line}
        return sums

    def agrees(sums: tuple[int, ...]) -> bool:
        if found.total is not None and sum(sums) != found.total:
            return False
        return all(known is None or known == got for known, got in zip(found.column_sums, sums, strict=True))

    result = []
    for row, line in enumerate(choices):
        rest = reach(choices[:row] + choices[row + 1 :])
        result.append({o for o in line if any(agrees(tuple(map(sum, zip(o, r, strict=True)))) for r in rest)})
    return result


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_no_small_cell_can_be_calculated(table: list[list[int]]) -> None:
    found = suppress(table)
    possible = _possible(found)
    for row, line in enumerate(table):
        assert tuple(line) in possible[row], "what is shown is wrong"
        for column, number in enumerate(line):
            if is_small(number):
                assert found.cells[row][column] is None
                assert len({guess[column] for guess in possible[row]}) > 1, (table, found, row, column)
        if is_small(sum(line)):
            assert found.row_sums[row] is None
            assert len({sum(guess) for guess in possible[row]}) > 1, (table, found, row)


@given(TABLES)
def test_what_is_shown_is_true_and_nothing_is_left_out_without_a_small_number(table: list[list[int]]) -> None:
    found = suppress(table)
    sums = [*map(sum, table), *map(sum, zip(*table, strict=True)), sum(map(sum, table))]
    shown = [*found.row_sums, *found.column_sums, found.total]
    assert all(known in (None, true) for known, true in zip(shown, sums, strict=True))
    if not any(map(is_small, itertools.chain(sums, *table))):
        assert found.cells == tuple(map(tuple, table))
        assert shown == sums


def test_the_table_of_a_commune() -> None:
    """Displaced, returnee, host: 2 displaced in one commune take the smallest partner cells with them."""
    found = suppress([[2, 60, 49], [21, 30, 16], [38, 28, 27]])
    assert found.shown(0, 0) == SHOWN_AS
    assert found.shown(0, 2) == HIDDEN
    assert found.shown(1, 0) == HIDDEN
    assert found.shown(1, 2) == HIDDEN
    assert found.shown(0, 1) == "60"
    assert found.row_sums == (111, 67, 93)
    assert found.total == 271


def test_an_empty_table() -> None:
    found = suppress([])
    assert (found.cells, found.total) == ((), 0)
