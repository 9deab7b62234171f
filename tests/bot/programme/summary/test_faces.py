"""Captions of whatever length fit Telegram; the picture and the page are the same bytes for the same data."""

from __future__ import annotations

import asyncio
import io
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from PIL import Image

from bot.programme.counting import Figure
from bot.programme.summary import Say, Summary
from bot.programme.summary.caption import MOST, caption, units
from bot.programme.summary.model import Need, Question
from bot.programme.summary.page import page
from bot.programme.summary.picture import picture
from bot.render.picture import Picture, png, svg
from bot.render.report import pdf
from bot.store.engine import Database
from tests import october
from tests.bot.programme.summary.test_summary import ZONE, of
from tests.examples import examples

EN, FR = Say("en", ZONE), Say("fr", ZONE)


async def _example() -> Summary:
    """ABAHUZA's October, from a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open("sqlite:///kurikirana.db", Path(folder))

        async def work(tx: Any, items: object) -> list[None]:
            await october.load(tx)
            return [None]

        try:
            await database.writer.do(work, None)
            async with database.read() as tx:
                return await of(tx, "abahuza")
        finally:
            await database.close()


@cache
def example() -> Summary:
    """Read once; nothing changes it."""
    return asyncio.run(_example())


NAMES = st.text(min_size=1, max_size=400)


@given(NAMES, st.lists(NAMES, max_size=5), st.integers(0, 40), st.integers(0, 10**12))
@examples(25, suppress_health_check=[HealthCheck.too_slow])
def test_a_caption_fits_whatever_the_names(name: str, needs: list[str], owed: int, sales: int) -> None:
    scope = replace(example().scope, name=name)
    asked = [replace(example().questions[-1], number=number) for number in range(owed)]
    wanted = tuple(Need({"en": one, "fr": one}, "07", one, None, False, Figure(1)) for one in needs)
    found = replace(example(), sheet=replace(example().sheet, scope=scope), needs=wanted, questions=tuple(asked))
    line = found.grid.lines[0]
    cells = (*line.cells[:-1], replace(line.cells[-1], sales=sales, costs=0))
    found = replace(found, grid=replace(found.grid, lines=(replace(line, cells=cells, type=name),)))
    for say in (EN, FR):
        said = caption(found, say)
        assert 0 < units(said) <= MOST


def test_an_ordinary_caption_has_every_line() -> None:
    assert len(caption(example(), EN).splitlines()) == 14
    assert isinstance(example().questions[0], Question)


def test_each_kind_of_people_has_its_tone_also_where_another_is_nowhere() -> None:
    left = picture(example(), EN).left
    assert list(left.series) == ["checked", "reported", "doubtful", "representatives"]
    assert not any(left.series["doubtful"]), "its place is kept"


def test_the_picture_says_title_date_and_numbers_and_is_the_same_after_json() -> None:
    drawn = svg(picture(example(), FR))
    for text in ("ABAHUZA (07) · octobre 2026", "tabli le 2/11 08:15", "13 sur 25", "385", "228", "25"):
        assert text in drawn
    frozen = orjson.loads(orjson.dumps(picture(example(), FR).plain()))
    assert svg(Picture.of(frozen)) == drawn
    assert "<script" not in drawn
    one, two = png(Picture.of(frozen)), png(picture(example(), FR))
    assert one == two
    assert Image.open(io.BytesIO(one)).size == (1200, 396)


def test_a_title_is_never_markup() -> None:
    scope = replace(example().scope, name='<script>"&')
    drawn = svg(picture(replace(example(), sheet=replace(example().sheet, scope=scope)), EN))
    assert "<script" not in drawn


def test_the_page_is_one_page_and_the_same_bytes() -> None:
    frozen = orjson.loads(orjson.dumps(page(example(), FR)))
    made = pdf(frozen)
    assert made == pdf(page(example(), FR))
    assert made.startswith(b"%PDF")
    assert b"/Count 1" in made
