"""The pages of figures in a real browser: on a small screen, on paper, without JavaScript, down to the report."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from bot.app import App
from tests.console.chromium import IN_ITS_LOOP
from tests.console.test_pages_chromium import _FAULTS, _as, _keep, app, opened
from tests.console.walking import _call, _photo, _report
from tests.examples import THOROUGH

__all__ = ["app"]
pytestmark = [pytest.mark.chromium, IN_ITS_LOOP]
PERIOD = "?period=2026-10"


@pytest_asyncio.fixture(loop_scope="session")
async def paths(app: App) -> AsyncIterator[list[str]]:
    """Every page of figures that no menu has, with something on it."""
    report, call = await _report(app), await _call(app)
    await _photo(app)
    picture = BytesIO()
    Image.new("RGB", (640, 400), "#ddd").save(picture, "JPEG")
    (app.settings.path(app.settings.privacy.media_folder) / "sheet.jpg").write_bytes(picture.getvalue())
    yield [
        f"/progress/months{PERIOD}",
        f"/progress{PERIOD}&place=giharo",
        f"/reports{PERIOD}&figure=new_people&how=checked&since=start",
        f"/reports/{report}",
        f"/cascade/07{PERIOD}",
        f"/places{PERIOD}&geography=both",
        f"/businesses/07A{PERIOD}",
        f"/associations/07{PERIOD}",
        f"/summary/07{PERIOD}",
        f"/quality{PERIOD}&settled=1",
        "/verify",
        f"/verify/{call}",
    ]


@pytest.mark.parametrize(("width", "role"), [(360, "supervisor"), (1280, "staff"), (1280, "supervisor")])
async def test_every_page_of_figures_can_be_read(
    app: App, chromium: Chromium, paths: list[str], width: int, role: str
) -> None:
    """On the small screen all, on the large one every second by each of two, unless it is thorough."""
    if width == 1280 and not THOROUGH:
        paths = paths[("staff", "supervisor").index(role) :: 2]
    async with opened(chromium, app, viewport={"width": width, "height": 800}) as page:
        await _as(app, page, role)
        for path in paths:
            if role == "staff" and path.startswith("/verify/"):
                continue
            answer = await page.goto(path)
            assert answer and answer.status == 200, path
            assert await page.evaluate(_FAULTS) == [], path
            await _keep(page, f"figures-{role}-{width}{re.sub(r'[^a-z0-9]+', '-', path.split('?')[0])}")


@pytest.mark.parametrize("scripts", [True, False])
async def test_from_the_one_figure_to_a_report_that_is_rejected(app: App, chromium: Chromium, scripts: bool) -> None:
    async with opened(chromium, app, java_script_enabled=scripts) as page:
        await _as(app, page, "supervisor")
        await page.goto("/progress")
        before = await page.locator(".one-figure strong").inner_text()
        await page.locator(".one-figure a").nth(1).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("The reports behind a figure")
        await page.locator("tbody tr a").first.click()
        await page.get_by_label("How do you know?").select_option("call")
        await page.get_by_role("button", name="Reject").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("That was not done")
        await page.get_by_role("link", name="Go on from here").click()
        await page.get_by_label("Why? Without names").fill("no such training")
        await page.get_by_role("button", name="Reject").click()
        await expect(page.get_by_role("status")).to_contain_text("is settled")
        await page.goto("/progress")
        assert await page.locator(".one-figure strong").inner_text() != before
        await page.get_by_label("Place").select_option("Giharo")
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("main .note").first).to_contain_text("Giharo")


async def test_the_sample_is_drawn_called_and_noted_by_hand(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, java_script_enabled=False) as page:
        await _as(app, page, "supervisor")
        await page.goto(f"/verify{PERIOD}")
        await page.get_by_label("Seed").fill("7")
        await page.get_by_role("button", name="Draw the sample").click()
        await expect(page.get_by_role("status")).to_have_text("The sample is drawn with seed 7.")
        await page.locator("tbody tr a").first.click()
        await page.get_by_label("she answered", exact=True).check()
        await page.get_by_label("1. Was the training held?").select_option("no")
        await page.get_by_role("button", name="Write it down").click()
        await expect(page.get_by_role("status")).to_contain_text("is on hold until somebody decides")
        await _keep(page, "figures-verify-called")


async def test_paper_has_the_figures_and_what_they_mean(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, viewport={"width": 1000, "height": 800}) as page:
        await _as(app, page, "staff")
        await page.emulate_media(media="print")
        for path in ("/progress", "/businesses"):
            await page.goto(path + PERIOD)
            await expect(page.locator("header nav")).to_be_hidden()
            await expect(page.locator("main form").first).to_be_hidden()
            await expect(page.get_by_text("October 2026").last).to_be_visible()
            await _keep(page, f"figures-print{path.replace('/', '-')}")
        await page.goto("/progress")
        await expect(page.locator(".definition")).to_contain_text("Target 600")
