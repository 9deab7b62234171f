"""A map as SVG: places from the programme's own GeoJSON, darker the nearer to their target; no tiles, no network.

A place is found by its name in any of its properties. The same file and numbers give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import orjson

from bot.errors import BotError
from bot.render.charts import FONT, well_formed
from handlers.understand.text import plain

MOST_BYTES = 30_000_000
_INK = "#1b2328"
TONES = ((0.0, "#f1f5f4", _INK), (0.34, "#c3ded7", _INK), (0.67, "#5f9f92", _INK), (1.0, "#0b4f47", "#fff"))
"""From this share of the target on: the ground, and what is written on it."""
_WIDTH, _TOP, _EDGE = 840.0, 48.0, 12.0
Ring = tuple[tuple[float, float], ...]


class MapError(BotError):
    """The file of `project.map` is no such map; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is written on a place: its number and its target."""

    name: str
    reached: int
    target: int


def load(file: Path) -> Mapping[str, tuple[Ring, ...]]:
    """Every name in the file's properties, in plain letters -> the rings of its shape. Raises MapError."""
    try:
        return _loaded(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"project.map: {file.name} is no GeoJSON of places ({type(error).__name__})"
        raise MapError(
            f"{what}. Give a FeatureCollection of polygons in degrees, with names in their properties."
        ) from None


@lru_cache(maxsize=2)
def _loaded(file: Path, _changed: int) -> Mapping[str, tuple[Ring, ...]]:
    if file.stat().st_size > MOST_BYTES:
        raise ValueError
    found: dict[str, tuple[Ring, ...]] = {}
    for feature in orjson.loads(file.read_bytes())["features"]:
        rings = tuple(_rings(feature.get("geometry") or {}))
        if not rings:
            continue  # a point, or nothing
        for name in (feature.get("properties") or {}).values():
            if isinstance(name, str) and name:
                found.setdefault(plain(name), rings)
    return found


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    there: Any = geometry.get("coordinates") or ()
    polygons = {"Polygon": [there], "MultiPolygon": there}
    for polygon in polygons.get(geometry.get("type", ""), ()):
        for ring in polygon:
            yield tuple((float(point[0]), float(point[1])) for point in ring)


def known(shapes: Mapping[str, Sequence[Ring]], names: Sequence[str]) -> list[str]:
    """Those of the names that the file has."""
    return [name for name in names if plain(name) in shapes]


def drawn(title: str, shapes: Mapping[str, Sequence[Ring]], places: Sequence[Place]) -> str:
    """The picture of those places that the file has: name, number and target on each."""
    there = [(place, shapes[plain(place.name)]) for place in places if plain(place.name) in shapes]
    points = [point for _place, rings in there for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrower = math.cos(math.radians((south + north) / 2))
    scale = (_WIDTH - 2 * _EDGE) / max((east - west) * narrower, north - south, 1e-9)
    height = _TOP + (north - south) * scale + _EDGE

    def at(point: tuple[float, float]) -> tuple[int, int]:
        return round(_EDGE + (point[0] - west) * narrower * scale), round(_TOP + (north - point[1]) * scale)

    size = f'width="{_WIDTH:.0f}" height="{height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH:.0f} {height:.0f}" '
    head += f'font-family="{FONT}" font-size="14" text-anchor="middle"><rect {size} fill="#fff"/>'
    head += f'<text x="{_WIDTH / 2:.0f}" y="28" font-size="18" fill="{_INK}">{escape(title)}</text>'
    body = "".join(_shape(place, [[at(point) for point in ring] for ring in rings]) for place, rings in there)
    return well_formed(f"{head}{body}</svg>")


def _shape(place: Place, rings: Sequence[Sequence[tuple[int, int]]]) -> str:
    share = place.reached / max(place.target, 1)
    _from, ground, ink = next(tone for tone in reversed(TONES) if share >= tone[0])
    path = "".join(_path(ring) for ring in rings)
    largest = max(rings, key=lambda ring: len(set(ring)))
    x = (min(x for x, _ in largest) + max(x for x, _ in largest)) // 2
    y = (min(y for _, y in largest) + max(y for _, y in largest)) // 2
    return (
        f'<path d="{path}" fill="{ground}" stroke="#1b2328" fill-rule="evenodd"/>'
        f'<text x="{x}" y="{y - 4}" fill="{ink}">{escape(place.name)}</text>'
        f'<text x="{x}" y="{y + 14}" fill="{ink}" font-weight="bold">{place.reached} / {place.target}</text>'
    )


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """Points that fall on one pixel are one."""
    kept = [point for place, point in enumerate(ring) if place == 0 or point != ring[place - 1]]
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "Z"
