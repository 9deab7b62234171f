"""Small cells: no number of 1 to 4 people stands in a table, nor can one be calculated from its sums. Pure.

A cell of 1 to 4 is left out and shown as "<5". That alone is not enough: where it is the only one left out of a row
whose sum is shown, the others give it away. So other cells, the smallest, and where it must be sums, are left out
with it and shown as "...", until every small number could also be another one (faults: small cells).

A table with its sums is a flow from the whole to the rows, to the cells, to the columns and back. A number that is
left out could be another one when there is a way round in that flow along which numbers that are left out go up and
down by one. What is shown as "<5" stays within 1 to 4 on that way, since the reader knows that.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LEAST = 5
"""The smallest number that may be shown; 0 may be."""
SHOWN_AS = f"<{LEAST}"
HIDDEN = "..."
"""Stands for what is left out so that another cannot be calculated; it may be of any size."""

Node = tuple[str, int]
Edge = tuple[Node, Node]
_WHOLE, _END = ("whole", 0), ("end", 0)
_SUM_COSTS = 1_000_000
"""A sum is left out only where no cell will do."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The table with None where nothing may be shown, and its sums, also with None where they would tell."""

    cells: tuple[tuple[int | None, ...], ...]
    small: frozenset[tuple[int, int]]
    """(row, column) of cells left out for themselves; the others that are None protect them."""
    row_sums: tuple[int | None, ...]
    column_sums: tuple[int | None, ...]
    total: int | None

    def shown(self, row: int, column: int) -> str:
        """The number, "<5", or "..." for a cell that protects another."""
        value = self.cells[row][column]
        if value is not None:
            return str(value)
        return SHOWN_AS if (row, column) in self.small else HIDDEN


def is_small(number: int) -> bool:
    """Whether so few people could be known by name."""
    return 0 < number < LEAST


def suppress(table: Sequence[Sequence[int]]) -> Suppressed:
    """A table of people (rows of the same length, no negative numbers) as it may be shown, with its sums."""
    flow = _Flow(table)
    flow.protect()
    rows, columns = range(len(table)), range(len(table[0]) if table else 0)
    return Suppressed(
        tuple(tuple(flow.shown((("row", r), ("column", c))) for c in columns) for r in rows),
        frozenset((r, c) for r in rows for c in columns if is_small(table[r][c])),
        tuple(flow.shown((_WHOLE, ("row", r))) for r in rows),
        tuple(flow.shown((("column", c), _END)) for c in columns),
        flow.shown((_END, _WHOLE)),
    )


class _Flow:
    """The table as a flow; `hidden` is what is left out of it."""

    def __init__(self, table: Sequence[Sequence[int]]) -> None:
        self.value: dict[Edge, int] = {(_END, _WHOLE): sum(map(sum, table))}
        for r, line in enumerate(table):
            self.value[_WHOLE, ("row", r)] = sum(line)
            for c, number in enumerate(line):
                self.value[("row", r), ("column", c)] = number
        for c in range(len(table[0]) if table else 0):
            self.value[("column", c), _END] = sum(line[c] for line in table)
        self.hidden = {edge for edge, number in self.value.items() if is_small(number)}
        self._small = set(self.hidden)
        self._at: dict[Node, list[Edge]] = {}
        for edge in self.value:
            for node in edge:
                self._at.setdefault(node, []).append(edge)

    def shown(self, edge: Edge) -> int | None:
        """The number, or None."""
        return None if edge in self.hidden else self.value[edge]

    def protect(self) -> None:
        """Leave out more until every small number could be another one."""
        for edge in sorted(self._small):
            if self._way_round(edge, self.hidden) is None:
                way = self._way_round(edge, self.value)
                assert way is not None  # there is always the one over the sums
                self.hidden |= way

    def _way_round(self, edge: Edge, among: set[Edge] | dict[Edge, int]) -> set[Edge] | None:
        """The cheapest way from one end of an edge to the other by which it could change by one."""
        ways = []
        if self._may_rise(edge):
            ways.append(self._cheapest(edge[1], edge[0], edge, among))
        if self._may_fall(edge):
            ways.append(self._cheapest(edge[0], edge[1], edge, among))
        return min((way for way in ways if way is not None), key=lambda way: way[0], default=(0, None))[1]

    def _cheapest(
        self, start: Node, goal: Node, but: Edge, among: set[Edge] | dict[Edge, int]
    ) -> tuple[int, set[Edge]] | None:
        """(cost, edges) of the cheapest way; what is left out already costs nothing."""
        queue: list[tuple[int, Node, tuple[Edge, ...]]] = [(0, start, ())]
        done: set[Node] = set()
        while queue:
            cost, node, way = heapq.heappop(queue)
            if node == goal:
                return cost, set(way)
            if node in done:
                continue
            done.add(node)
            for edge, there in self._steps(node):
                if edge != but and edge in among and there not in done:
                    heapq.heappush(queue, (cost + self._cost(edge), there, (*way, edge)))
        return None

    def _steps(self, node: Node) -> Iterator[tuple[Edge, Node]]:
        for edge in self._at[node]:
            if edge[0] == node and self._may_rise(edge):
                yield edge, edge[1]
            elif edge[1] == node and self._may_fall(edge):
                yield edge, edge[0]

    def _cost(self, edge: Edge) -> int:
        if edge in self.hidden:
            return 0
        return self.value[edge] + (1 if self._is_cell(edge) else _SUM_COSTS)

    def _is_cell(self, edge: Edge) -> bool:
        return edge[0][0] == "row" and edge[1][0] == "column"

    def _may_rise(self, edge: Edge) -> bool:
        return not (self._is_cell(edge) and edge in self._small) or self.value[edge] < LEAST - 1

    def _may_fall(self, edge: Edge) -> bool:
        return self.value[edge] > (1 if self._is_cell(edge) and edge in self._small else 0)
