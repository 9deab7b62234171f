"""A table's files say what its page says; a text is never a formula, a tag or a second line of a log."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from sqlalchemy import select, update

from bot.app import App
from bot.store import tables as t
from tests.console.chromium import IN_ITS_LOOP
from tests.console.site import Browser, console, rows, signed_in, write

pytestmark = IN_ITS_LOOP

REASON = "?reason=plan+of+visits"
NASTY = (
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd",
    "\t=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</table><h1>x</h1>",
    "{{ 7*7 }} {% raw %} %(num)s",
    "javascript:alert(1)",
)


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path, web=True) as running:
        yield running


async def _named(app: App, names: tuple[str, ...]) -> Browser:
    """The first leaders have these names; a supervisor's browser."""
    leaders = select(t.people.c.id).where(t.people.c.kind == "leader").order_by(t.people.c.id).limit(len(names))
    for row, name in zip(await rows(app, leaders), names, strict=True):
        await write(app, update(t.people).where(t.people.c.id == row.id).values(name=name))
    return await signed_in(app, "supervisor")


def _sheet(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]


async def test_the_files_have_the_rows_of_the_page(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    found = (await browser.get("/people.json" + REASON + "&q=abahuza")).json()
    text = (await browser.get("/people.csv" + REASON + "&q=abahuza")).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    sheet = _sheet((await browser.get("/people.xlsx" + REASON + "&q=abahuza")).content)
    assert len(found) == len(lines) - 1 == len(sheet) - 1 == 5
    assert lines[0] == sheet[0]
    assert [row["name"] for row in found] == [line[2] for line in lines[1:]] == [row[2] for row in sheet[1:]]
    assert [row["reports"] for row in found] == [row[7] for row in sheet[1:]]
    page = (await browser.get("/people?q=abahuza")).text
    assert all(row["name"] in page for row in found)
    semicolons = (await browser.get("/people.csv" + REASON + "&q=abahuza&sep=;")).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(semicolons), delimiter=";")) == lines


@pytest.mark.fault("D7")
async def test_no_text_becomes_a_formula(app: App) -> None:
    browser = await _named(app, NASTY)
    text = (await browser.get("/people.csv" + REASON)).content.decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert len(cells) > 1000
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    book = openpyxl.load_workbook(io.BytesIO((await browser.get("/people.xlsx" + REASON)).content))
    kinds = {cell.value: cell.data_type for row in book.active.iter_rows() for cell in row}
    for name in NASTY:
        assert kinds[name.strip("\t")] == "s" if name.strip("\t") in kinds else kinds[name] == "s"
    assert "f" not in kinds.values()


@pytest.mark.fault("D12")
async def test_no_text_becomes_a_part_of_the_page(app: App, chromium: Chromium) -> None:
    supervisor = await _named(app, NASTY)
    plain = {"name": "sid", "value": supervisor.http.cookies["sid"], "url": f"http://127.0.0.1:{app.port}"}
    page = await chromium.new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    await page.context.add_cookies([plain])  # type: ignore[list-item]
    await page.goto(f"http://127.0.0.1:{app.port}/people")
    names = await page.locator("tbody tr td:nth-child(3)").all_text_contents()
    assert [name.strip() for name in names[: len(NASTY)]] == [name.strip() for name in NASTY]
    assert await page.locator("h1").count() == 1
    assert await page.locator("table img, table script").count() == 0
    await page.close()
    assert said == []


async def test_a_number_moves_with_what_waits(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    odette = (await rows(app, select(t.people.c.id).where(t.people.c.name == "Odette Ninahazwe")))[0][0]
    jean = "+25700000060"
    await browser.get(f"/people/{odette}")
    refused = await browser.post(f"/people/{odette}/number", number="00 00 00 60")
    assert refused.status_code == 422 and "Somebody else uses this number" in refused.text
    assert (await browser.post(f"/people/{odette}/number", number="12")).status_code == 422
    moved = await browser.post(f"/people/{odette}/number", number="00 00 09 31")
    assert moved.status_code == 303
    assert "+25700000931" in (await browser.get(f"/people/{odette}")).text
    assert "The number is changed" not in (await browser.get(f"/people/{odette}")).text
    shared = await browser.post(f"/people/{odette}/number", number=jean, shared="yes")
    assert shared.status_code == 303
    assert jean in (await browser.get(f"/people/{odette}")).text


async def test_json_is_the_same_in_every_language_where_pages_are_in_words(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    paths = ("progress", "progress/months", "places", "businesses", "businesses/07A", "associations/07", "reports")
    said: dict[str, list[tuple[bytes, bytes]]] = {}
    for language in ("en", "fr"):
        await browser.get("/account")
        await browser.post("/account/language", language=language)
        said[language] = [
            ((await browser.get(f"/{path}.json")).content, (await browser.get(f"/{path}.csv")).content)
            for path in paths
        ]
    for path, (data, words), (other, others) in zip(paths, said["en"], said["fr"], strict=True):
        assert data == other, path
        assert words != others, "the others are in the words of the page"
    months = (await browser.get("/progress/months.json")).json()
    assert months[-1]["month"] == f"{app.clock.now():%Y-%m}"
    groups = (await browser.get("/progress.json?period=2020-01&place=07")).json()
    assert {row["this"] for row in groups if row["figure"] == "new_displaced"} <= {None, 0}
    assert "value_chain" in {row["topics"] for row in (await browser.get("/reports.json?since=start")).json()}
