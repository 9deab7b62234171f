"""The grid of businesses: what was said of a month stands there, what was not said is never zero."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.store import tables as t
from tests.console.site import console, rows, signed_in, write


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def _october(app: App, business: str) -> Any:
    """Its report of October."""
    there = select(t.reports).where(t.reports.c.form == "business").order_by(t.reports.c.number.desc())
    return next(row for row in await rows(app, there) if row.values["business"] == business)


async def test_the_grid_says_which_of_them_work(app: App) -> None:
    browser = await signed_in(app, "staff")
    page, listed = (await browser.get("/businesses")).text, (await browser.get("/businesses.json")).json()
    assert len(listed) == 32
    october = [row["2026-10"] for row in listed]
    said = {"working": ("W", 24), "paused": ("P", 5), "stopped": ("S", 1), "not_said": ("?", 2)}
    for status, (letter, wanted) in said.items():
        assert october.count(status) == wanted
        assert f'is-{status}">{letter}</span> <strong>{wanted}</strong>' in page
    squares = re.findall(r'class="square is-(\w+)">', page)
    assert len(squares) == 32 * 12
    assert 'is-before"><span title="before the kit">–</span>' in page
    assert listed[0]["2026-01"] == "before", "its kit came later"
    for status in (*said, "before"):
        assert squares.count(status) == sum(value == status for row in listed for value in row.values())
    french = await signed_in(app, "supervisor")
    await french.get("/account")
    await french.post("/account/language", language="fr")
    assert 'is-working">M</span>' in (await french.get("/businesses")).text


async def test_what_was_not_said_is_never_zero(app: App) -> None:
    browser = await signed_in(app, "staff")
    number = (await _october(app, "07A")).number
    values = (await _october(app, "07A")).values
    await write(
        app,
        update(t.reports).where(t.reports.c.number == number).values(values={**values, "sales": 0, "costs": None}),
    )
    last = (await browser.get("/businesses/07A.json")).json()[-2:]
    assert (last[0]["sales"], last[0]["costs"], last[0]["left"]) == (0, None, None)
    assert (last[1]["status"], last[1]["sales"], last[1]["report"]) == ("not_said", None, None)
    page = (await browser.get("/businesses/07A?period=2026-10")).text
    assert f'href="/reports/{number}"' in page and "as she says" not in page
    page = " ".join((await browser.get("/businesses?period=2026-12")).text.split())
    assert page.count("<em>not said</em> <span") == 4 and "said by 0, not said by 32" in page


async def test_needs_in_her_own_words_are_for_who_reads_them(app: App) -> None:
    row = await _october(app, "07A")
    said = {**row.values, "need": "canaryword belts", "stock": "6 canarybags"}
    await write(app, update(t.reports).where(t.reports.c.number == row.number).values(values=said))
    for role, sees in (("supervisor", True), ("staff", False)):
        browser = await signed_in(app, role)
        for path in ("/businesses/07A", "/businesses/07A.json", "/businesses/07A.csv", f"/reports/{row.number}"):
            text = (await browser.get(path)).text
            assert ("canaryword" in text) == ("canarybags" in text) == sees, (role, path)
        assert "canary" not in (await browser.get("/businesses.csv")).text


async def test_a_business_of_another_area_is_as_missing_as_none(app: App) -> None:
    await write(app, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
    officer = await signed_in(app, "officer")
    assert [row["business"] for row in (await officer.get("/businesses.json")).json()] == ["07A"]
    answers = [await officer.get(path) for path in ("/businesses/01A", "/businesses/99Z", "/businesses/01A/chart")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_the_chart_shows_thousands_and_a_gap(app: App) -> None:
    browser = await signed_in(app, "staff")
    chart = (await browser.get("/businesses/07A/chart?period=2026-10")).text
    assert ">385<" in chart and ">228<" in chart and "thousands of BIF" in chart
