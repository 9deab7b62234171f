"""Charts: SVG for a page, and the same as PNG for a chat. The same numbers give the same bytes.

Readable in grey and without colours: at most five tones, the numbers stand on the bars, title and date inside the
picture, since it will be forwarded without its caption.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Any

FONT = "DejaVu Sans"
TONES = ("#0b4f47", "#8cc0b4", "#d9a441", "#6b7c93", "#b9c4ca")
"""Dark = checked, light = reported, then the rest; of different lightness."""
_SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BAR = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" rx="0" ry="0" width="([\d.]+)" height="([\d.]+)" class="rect ')
_VALUE = re.compile(r'<text text-anchor="middle" x="[\d.]+" (y="([\d.]+)" class="value")>')
_WHOLE = 10
"""Below it the axis has every number: parts of people would be rounded to the same one, several times."""
_BELOW_ITS_NUMBER = 18.0
"""A bar that is lower has no room for its number; neither has a second one so near."""
Values = Mapping[str, Sequence[float | None]]


def well_formed(svg: str) -> str:
    """A picture without the characters that no XML may hold, whatever a name brought along."""
    return _NO_XML.sub("", svg)


@cache
def _pygal() -> Any:
    """The library, when the first chart is drawn: 8 MB that a service without pages never needs.

    Without the finder that it adds for maps: it is of a kind that Python warns of at every import.
    """
    import pygal  # noqa: PLC0415 - see above

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
    return pygal


@cache
def _style() -> Any:
    return _pygal().style.Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground="#1b2328",
        foreground_strong="#1b2328",
        foreground_subtle="#8a969e",
        colors=TONES,
        font_family=FONT,
        title_font_size=20,
        label_font_size=14,
        major_label_font_size=14,
        value_font_size=14,
        value_label_font_size=14,
        legend_font_size=14,
        opacity="1",
        transition="0s",
        value_colors=("#ffffff", "#1b2328", "#1b2328", "#ffffff", "#1b2328"),
    )


def bars(
    title: str,
    labels: Sequence[str],
    series: Values,
    *,
    stacked: bool = True,
    across: bool = False,
    goal: float | None = None,
) -> str:
    """Bars as SVG: a row of values for each name in `series`, one for each label; None where nothing is known.

    `across`: lying bars, for long labels. `goal`: a line there, named with its number.
    """
    pygal = _pygal()
    kinds = {(True, False): pygal.StackedBar, (False, False): pygal.Bar}
    kinds |= {(True, True): pygal.HorizontalStackedBar, (False, True): pygal.HorizontalBar}
    height = 200 + 24 * len(labels) if across else 420
    return _svg(kinds[stacked, across], title, labels, series, height=height, goal=goal)


def lines(title: str, labels: Sequence[str], series: Values) -> str:
    """Lines as SVG, with a dot for each value."""
    return _svg(_pygal().Line, title, labels, series, height=420)


def _svg(kind: Any, title: str, labels: Sequence[str], series: Values, height: int, goal: float | None = None) -> str:
    chart = kind(
        style=_style(),
        js=[],
        title=title,
        width=840,
        height=height,
        print_values=True,
        print_zeroes=False,
        show_y_guides=True,
        legend_at_bottom=True,
        show_legend=len(series) > 1,
        disable_xml_declaration=True,
        value_formatter=lambda value: f"{value:,.0f}".replace(",", " "),
    )
    together = sum if "Stacked" in kind.__name__ else max
    highest = max((together(v or 0 for v in bar) for bar in zip(*series.values(), strict=True)), default=0)
    if goal is None and highest < _WHOLE:
        chart.y_labels = list(range(int(highest) + 2))
    if goal is not None:
        chart.range = (0, 1.1 * max(goal, highest))
        chart.y_labels = [goal]
    chart.x_labels = list(labels)
    for name, values in series.items():
        chart.add(name, list(values))
    told = repr((kind.__name__, title, list(labels), [(n, list(v)) for n, v in series.items()]))
    chart.uuid = hashlib.sha256(told.encode()).hexdigest()[:16]  # pygal's own would be another one each time
    drawn = _SCRIPT.sub("", chart.render(is_unicode=True))
    return well_formed(_low_ones_aside(drawn) if kind is _pygal().StackedBar else drawn)


def _low_ones_aside(svg: str) -> str:
    """The number of a bar that is too low for it stands at its right end, or at its left: not on its neighbours'."""
    bars_ = [[float(number) for number in bar.groups()] for bar in _BAR.finditer(svg)]
    bars_ = [bar for bar in bars_ if bar[3] > 0]  # the text of a bar of nothing is empty, and written in another way
    texts = [*_VALUE.finditer(svg)]
    if len(bars_) != len(texts):
        return svg
    right: dict[float, float] = {}
    pieces, done = [], 0
    for (x, _y, width, height), text in zip(bars_, texts, strict=True):
        if height >= _BELOW_ITS_NUMBER:
            continue
        place = float(text[2])
        taken = abs(right.get(x, -_BELOW_ITS_NUMBER) - place) < _BELOW_ITS_NUMBER
        at = f'"start" x="{x + 4:.1f}"' if taken else f'"end" x="{x + width - 4:.1f}"'
        if not taken:
            right[x] = place
        pieces += [svg[done : text.start()], f'<text text-anchor={at} {text[1]} style="fill:#1b2328">']
        done = text.end()
    return "".join((*pieces, svg[done:]))


def png(svg: str, width: int = 840) -> bytes:
    """The picture in `width` pixels, with our own font: the same on every machine."""
    import resvg_py  # noqa: PLC0415 - as pygal

    with as_file(files("templates") / "fonts" / "DejaVuSans.ttf") as font:
        drawn = resvg_py.svg_to_bytes(
            svg_string=svg, width=width, skip_system_fonts=True, font_files=[str(font)], font_family=FONT
        )
    return bytes(drawn)
