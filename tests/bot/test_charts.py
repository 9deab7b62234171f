"""Charts: the numbers are on them, the same numbers are the same bytes, nothing in them runs or is loaded."""

from __future__ import annotations

import io
import re
from itertools import combinations, pairwise

import pytest
from PIL import Image

from bot.render import charts

LABELS = ["Giharo", "Bukemba", "Mpinga-Kayove"]
SERIES = {"vérifié": [60, 40, 12], "annoncé": [30, 20, None]}


def test_a_chart_says_its_numbers_and_names() -> None:
    svg = charts.bars("Personnes touchées au 31/10/2026", LABELS, SERIES)
    for text in ("Personnes touchées au 31/10/2026", *LABELS, "vérifié", "60", "12"):
        assert text in svg


def test_nothing_in_a_chart_runs_or_is_loaded() -> None:
    for svg in (charts.bars("a", LABELS, SERIES), charts.lines("b", LABELS, SERIES)):
        assert "<script" not in svg and "onload" not in svg
        assert not re.search(r"""(?:href|src)=["'](?!#)|url\((?!#)|@import""", svg)


def test_a_label_is_never_markup() -> None:
    svg = charts.bars("<script>x</script>", ['"><b>&'], {"<i>": [1]})
    assert "<script" not in svg and "<b>" not in svg and "<i>" not in svg


def test_the_same_numbers_are_the_same_bytes_and_others_are_not() -> None:
    one, two = (charts.bars("t", LABELS, SERIES, across=True) for _ in range(2))
    assert one == two
    assert charts.png(one) == charts.png(two)
    assert charts.bars("t", LABELS, {"vérifié": [60, 40, 13]}) != one


@pytest.mark.parametrize("labels", [LABELS[:2], LABELS])
def test_lying_bars_stand_apart_under_a_title_of_two_lines(labels: list[str]) -> None:
    svg = charts.bars("Toutes les associations " * 3, labels, {"a": [1] * len(labels)}, across=True)
    places = [float(re.findall(rf' y="([\d.]+)" class="[^"]*">{label}<', svg)[0]) for label in labels]
    assert all(low - high > 20 for low, high in pairwise(places))


def test_the_number_of_a_low_bar_stands_on_no_other_number() -> None:
    """In a summary "1 doubtful" stood on "41 reported"."""
    months = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    series = {
        "checked": [None, 0, 55, 132, 197, 216],
        "reported": [None, 1, 13, 33, 41, 58],
        "doubtful": [None, 2, 1, 0, 1, 5],
        "representatives": [120, 120, 120, 120, 120, 120],
    }
    svg = charts.bars("People reached", months, series, goal=600)
    found = re.findall(r'<text text-anchor="(\w+)" x="([\d.]+)" y="([\d.]+)" class="value"[^>]*>([\d ]+)<', svg)
    assert len(found) == sum(1 for row in series.values() for value in row if value)
    boxes = []
    for anchor, x, y, said in found:
        left = float(x) - {"start": 0.0, "middle": 4.5, "end": 9.0}[anchor] * len(said)
        boxes.append((left, left + 9 * len(said), float(y) - 11, float(y)))
    for one, other in combinations(boxes, 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart, (one, other)


@pytest.mark.parametrize("values", [[None, 0], [1, 0], [2, 5]])
@pytest.mark.parametrize("stacked", [True, False])
def test_an_axis_of_few_people_has_each_number_once(values: list[int | None], stacked: bool) -> None:
    """Attendances of a month without any had "0 0 0 0 0 1 1 1 1" at their side."""
    svg = charts.bars("Attendances", ["Jun", "Jul"], {"women": values, "men": [0, 0]}, stacked=stacked)
    axis = re.search(r'<g class="axis y.*?</g></g>', svg.replace("\n", ""), re.DOTALL)
    assert axis is not None
    numbers = re.findall(r">(\d+)</text>", axis[0])
    assert len(numbers) == len(set(numbers)) > 1


def test_a_picture_has_words_in_our_own_font() -> None:
    picture = Image.open(io.BytesIO(charts.png(charts.bars("Téléphones", LABELS, SERIES), width=1000)))
    assert picture.size == (1000, 500)
    title = picture.convert("L").crop((300, 0, 700, 50))
    assert title.getextrema()[0] < 80, "the title is drawn"
