"""A tree as SVG: who passed something on to whom, each band as wide as its number. The same numbers, the same bytes.

Without names of people: a leaf is a number, and an empty ring where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bot.render.charts import FONT, TONES, well_formed

_WIDTH, _TOP, _LEFT, _MIDDLE, _RIGHT = 840, 56, 150, 430, 780
_ROW, _GAP, _TALL = 9.0, 8.0, 420.0
"""Pixels: of a leaf at least, between two branches, of the root."""
_DARK, _LIGHT = TONES[0], TONES[1]


@dataclass(frozen=True, slots=True)
class Leaf:
    """`number` of people; 0 stands out."""

    number: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch and its leaves; its own number is their sum."""

    label: str
    leaves: tuple[Leaf, ...]

    @property
    def number(self) -> int:
        return sum(leaf.number for leaf in self.leaves)


def drawn(title: str, root: str, branches: Sequence[Branch]) -> str:
    """The picture: root to the left, branches in the middle, leaves to the right."""
    total = sum(branch.number for branch in branches)
    scale = _TALL / max(total, 120)
    heights = [[max(_ROW, leaf.number * scale + 2) for leaf in branch.leaves] or [_ROW] for branch in branches]
    height = _TOP + sum(map(sum, heights)) + _GAP * (len(branches) + 1)
    shapes = list(_shapes(branches, heights, scale, _TOP + (height - _TOP - total * scale) / 2))
    middle = _TOP + (height - _TOP) / 2
    return well_formed(
        "".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:.0f}" '
                f'viewBox="0 0 {_WIDTH} {height:.0f}" font-family="{FONT}" font-size="11" fill="#1b2328">',
                f'<rect width="{_WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
                f'<text x="{_WIDTH / 2:.0f}" y="26" font-size="17" text-anchor="middle">{escape(title)}</text>',
                *shapes,
                f'<text x="{_LEFT - 12}" y="{middle:.1f}" font-size="13" text-anchor="end">{escape(root)}</text>',
                f'<text x="{_LEFT - 12}" y="{middle + 18:.1f}" font-size="15" text-anchor="end">{total}</text></svg>',
            )
        )
    )


def _shapes(
    branches: Sequence[Branch], heights: Sequence[Sequence[float]], scale: float, root: float
) -> Iterator[str]:
    y = _TOP + _GAP
    for branch, rows in zip(branches, heights, strict=True):
        thick = branch.number * scale
        middle = y + sum(rows) / 2
        yield _band(_LEFT, root + thick / 2, _MIDDLE - 130, middle, thick, _LIGHT)
        yield (
            f'<text x="{_MIDDLE - 124}" y="{middle + 4:.1f}">{escape(branch.label)} '
            f'<tspan font-weight="bold">{branch.number}</tspan></text>'
        )
        start, root = middle - thick / 2, root + thick
        for leaf, row in zip(branch.leaves, rows, strict=False):
            yield from _leaf(leaf, start, y + row / 2, scale)
            start += leaf.number * scale
            y += row
        y += _GAP if branch.leaves else rows[0] + _GAP


def _leaf(leaf: Leaf, start: float, y: float, scale: float) -> Iterator[str]:
    thick = leaf.number * scale
    yield _band(_MIDDLE + 30, start + thick / 2, _RIGHT, y, thick, _DARK)
    if leaf.number:
        yield f'<text x="{_RIGHT + 8}" y="{y + 4:.1f}">{leaf.number}</text>'
    else:
        yield f'<circle cx="{_RIGHT + 6}" cy="{y:.1f}" r="3.2" fill="none" stroke="#9b1c1c" stroke-width="1.6"/>'


def _band(x: float, y: float, to: float, end: float, thick: float, tone: str) -> str:
    """A bow; a thin broken line where nobody went."""
    half = (x + to) / 2
    look = f'stroke-width="{thick:.1f}"' if thick else 'stroke-width="0.6" stroke-dasharray="3 3"'
    return (
        f'<path d="M{x:.0f} {y:.1f}C{half:.0f} {y:.1f} {half:.0f} {end:.1f} {to:.0f} {end:.1f}" '
        f'fill="none" stroke="{tone}" {look}/>'
    )
