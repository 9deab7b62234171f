"""One picture with two charts: title and date inside, since it will be forwarded without its caption.

What is drawn is plain data, so that it can be kept with a text of the outbox and drawn when that is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from bot.render import charts

WIDTH, _HEAD, _CHART = 1200, 84, 300
"""Pixels: of all, of the title, of the height of a chart that is 600 wide."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars: `series` is a name and a value for each label, None where nothing is known; `goal` is a line."""

    title: str
    labels: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]]
    stacked: bool = True
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Two charts side by side."""

    title: str
    below: str
    """The second line: of what moment it is, and the one number."""
    left: Chart
    right: Chart

    def plain(self) -> dict[str, Any]:
        """For the outbox."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Picture:
        """What `plain` gave, also after it has been JSON."""
        left, right = (Chart(**{**plain[side], "labels": tuple(plain[side]["labels"])}) for side in ("left", "right"))
        return cls(plain["title"], plain["below"], left, right)


def svg(picture: Picture) -> str:
    """The same data give the same bytes."""
    height = _HEAD + _CHART + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="{charts.FONT}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="24" y="40" font-size="28" fill="#1b2328">{escape(picture.title)}</text>',
        f'<text x="24" y="70" font-size="18" fill="#1b2328">{escape(picture.below)}</text>',
    ]
    for place, chart in enumerate((picture.left, picture.right)):
        drawn = charts.bars(chart.title, chart.labels, chart.series, stacked=chart.stacked, goal=chart.goal)
        at = f'x="{place * WIDTH // 2}" y="{_HEAD}" width="{WIDTH // 2}" height="{_CHART}"'
        lines.append(drawn.replace("<svg ", f"<svg {at} ", 1))
    return "\n".join((*lines, "</svg>\n"))


def png(picture: Picture) -> bytes:
    """For a chat."""
    return charts.png(svg(picture), width=WIDTH)
