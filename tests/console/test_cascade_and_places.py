"""Who trained whom, and where: what the pages add up to, and what they must not tell."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.app import App
from bot.console.chosen import Chosen
from bot.console.pages.places import shown
from bot.console.words import Words
from bot.programme.counting import Column, Counts, Period, PlaceFigures, Rules, Scope, Target, cascade, find
from bot.programme.counting.groups import GROUPS, REST
from bot.render import tree
from bot.store import tables as t
from tests.console.site import console, rows, signed_in, write


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def test_the_tree_adds_up_and_shows_who_has_trained_nobody(app: App) -> None:
    browser = await signed_in(app, "staff")
    async with app.database.read() as tx:
        counted = await cascade(tx, await find(tx, "all"), Period.parse("2026-11", app.clock.now().date()).last,
                                Rules.of(app.settings))  # fmt: skip
    page, listed = (await browser.get("/cascade")).text, (await browser.get("/cascade.json")).json()
    assert len(listed) == counted.direct == 120
    assert sum(row["new_people"] for row in listed) == counted.reached
    assert sum(row["dormant"] for row in listed) == counted.dormant > 20
    assert f"<strong>{counted.direct}</strong>" in page and f"<strong>{counted.dormant}</strong>" in page
    assert page.count("has trained nobody yet") == counted.dormant
    one = (await browser.get("/cascade/07")).text
    ours = [row for row in listed if row["no"] == "07"]
    assert one.count("/reports/") == sum(row["trainings"] for row in ours)
    for row in ours:
        assert f"representative {row['representative']} ·" in " ".join(one.split())


async def test_names_of_representatives_are_for_who_works_with_them(app: App) -> None:
    names = {row.sms_name for row in await rows(app, select(t.people.c.sms_name).where(t.people.c.kind == "leader"))}
    for role, sees in (("supervisor", True), ("staff", False)):
        browser = await signed_in(app, role)
        for path in ("/cascade", "/cascade/07", "/cascade.json", "/cascade.csv", "/cascade/chart"):
            text = (await browser.get(path)).text
            found = {name for name in names if f">{name}<" in text or f'"{name}"' in text}
            assert bool(found) == (sees and path in ("/cascade", "/cascade/07")), (role, path)
    read = [row.details["people"] for row in await rows(app, select(t.audit.c.details).where(
        t.audit.c.what == "representatives read"))]  # fmt: skip
    assert sorted(map(len, read)) == [0, 0, 0, 0, 5, 120]


async def test_the_tree_of_an_officer_is_her_area(app: App) -> None:
    await write(app, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
    officer = await signed_in(app, "officer")
    assert {row["no"] for row in (await officer.get("/cascade.json")).json()} == {"07"}
    assert [(await officer.get(path)).status_code for path in ("/cascade/11", "/cascade/99")] == [404, 404]
    assert [row["place"] for row in (await officer.get("/places.json")).json()] == ["Rutana", "all"]


_LEAVES = st.lists(st.integers(0, 60), max_size=6)


@given(st.lists(_LEAVES, max_size=6))
def test_every_band_is_drawn_as_wide_as_its_number(numbers: list[list[int]]) -> None:
    branches = [tree.Branch(f"{n:02} <A&B>", tuple(map(tree.Leaf, leaves))) for n, leaves in enumerate(numbers, 1)]
    svg = tree.drawn("Who & whom", "<project>", branches)
    assert svg == tree.drawn("Who & whom", "<project>", branches)
    drawn = ElementTree.fromstring(svg)
    paths = [one for one in drawn.iter() if one.tag.endswith("path")]
    rings = [one for one in drawn.iter() if one.tag.endswith("circle")]
    everything = [leaf for leaves in numbers for leaf in leaves]
    assert len(paths) == len(numbers) + len(everything)
    assert len(rings) == everything.count(0)
    scale = 420 / max(sum(everything), 120)
    wide = sorted(float(path.attrib["stroke-width"]) for path in paths if "stroke-dasharray" not in path.attrib)
    wanted = sorted(n * scale for n in [*everything, *map(sum, numbers)] if n)
    assert wide == pytest.approx(wanted, abs=0.06)


async def test_the_places_add_up_in_both_geographies(app: App) -> None:
    browser, sums = await signed_in(app, "staff"), []
    for which in ("", "now", "both"):
        listed = (await browser.get(f"/places.json?geography={which}")).json()
        *lines, together = listed
        for name in ("associations", "trainings", "attendances", "target"):
            assert sum(row[name] for row in lines) == together[name]
        assert together["target"] == 600
        sums.append({name: together[name] for name in ("associations", "attendances", "reached", "new_people")})
    assert sums[0] == sums[1] == sums[2]
    assert [row["place"] for row in (await browser.get("/places.json")).json()][:2] == ["Bukemba", "Giharo"]
    assert any(" / " in row["place"] for row in (await browser.get("/places.json?geography=both")).json())


async def test_groups_stand_in_fives_in_a_table_of_places(app: App) -> None:
    browser, few = await signed_in(app, "staff"), 0
    for period in ("2026-08", "2026-09", "2026-11"):
        for which in ("", "now", "both"):
            for row in (await browser.get(f"/places.json?period={period}&geography={which}")).json():
                told = [row[name] for name in GROUPS]
                assert all(cell == 0 or re.fullmatch(r"<5|[0-9]*[05]\+|None", str(cell)) for cell in told), row
                few += told.count("<5")
    assert few > 5


def _square(west: float, south: float, **names: str) -> dict[str, object]:
    corners = [(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0)]
    ring = [[west + x, south + y] for x, y in corners]
    return {"type": "Feature", "properties": names, "geometry": {"type": "Polygon", "coordinates": [ring]}}


async def test_a_map_of_the_programmes_own_file_says_what_the_table_says(app: App, tmp_path: Path) -> None:
    browser = await signed_in(app, "staff")
    assert "as=map" not in (await browser.get("/places")).text
    assert (await browser.get("/places/chart?as=map")).status_code == 404
    there = [_square(30.2, -3.9, ADM2_EN="GIHARO"), _square(30.0, -4.0, ADM2_EN="Bukemba"), {"geometry": None}]
    (tmp_path / "communes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": there}))
    app.settings = app.settings.model_copy(
        update={"project": app.settings.project.model_copy(update={"map": str(tmp_path / "communes.geojson")})}
    )
    page = (await browser.get("/places")).text
    assert "as=map" in page
    assert "Not in the file of the map: Gitanga, Mpinga-Kayove, Musongati, Rutana" in page
    answer = await browser.get("/places/chart?as=map")
    picture = ElementTree.fromstring(answer.text)
    texts = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    rows_ = {row["place"]: row for row in (await browser.get("/places.json")).json()}
    for name in ("Giharo", "Bukemba"):
        assert texts[texts.index(name) + 1] == f"{rows_[name]['reached']} / {rows_[name]['target']}"
    boxes = {path.get("d").split("L")[0] for path in picture.iter("{http://www.w3.org/2000/svg}path")}
    assert len(boxes) == 2
    assert len(answer.content) < 100_000
    (tmp_path / "communes.geojson").write_text("no map")
    told = await browser.get("/places")
    assert told.status_code == 422
    assert "project.map: communes.geojson is no GeoJSON" in told.text


_GROUPS = st.tuples(*[st.integers(0, 12)] * 3)


@given(st.lists(_GROUPS, min_size=1, max_size=5), st.sampled_from((5, 10)))
def test_every_line_of_places_adds_up(groups: list[tuple[int, ...]], step: int) -> None:
    places = [_place(f"Commune {n}", people) for n, people in enumerate(groups)]
    words = Words("en", ZoneInfo("Africa/Bujumbura"))
    when = Period.parse("2026-11", date(2026, 11, 23))
    about = Chosen(words, when, Scope("programme", "", ()), (), "", "", datetime(2026, 11, 23, tzinfo=UTC))
    everybody = tuple(map(sum, zip(*groups, strict=True)))
    for row, people in zip(shown(about, "", places, step), [*groups, everybody], strict=True):
        assert row["new_people"] == sum(people)
        at_least = [n // step * step for n in people]
        if sum(people):
            assert [row[name] for name in GROUPS] == [f"{n}+" if n else f"<{step}" for n in at_least]
            assert sum(at_least) + row[REST] == row["new_people"]


def _place(name: str, people: tuple[int, ...]) -> PlaceFigures:
    counts = Counts(new_people=sum(people))._replace(**dict(zip(GROUPS, people, strict=True)))
    column = Column(counts, Counts(), counts, Counts())
    return PlaceFigures(name, (), column, column, Target(25, 5, sum(people), includes_direct=True))
