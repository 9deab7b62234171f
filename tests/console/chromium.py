"""A real browser: one Chromium for all tests of a process, since starting it takes a second of processor.

Debian's chromium-headless-shell, which draws no window that nobody sees, takes half of what its chromium takes.

It lives in the loop of the session. A module that uses it says so, also for the fixtures that are awaited there:
`pytestmark = IN_ITS_LOOP`, and `pytest_asyncio.fixture(loop_scope="session")`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

IN_ITS_LOOP = pytest.mark.asyncio(loop_scope="session")
PICTURES = Path(__file__).parents[2] / "test-output"
_CHROMIUM = [Path("/usr/bin", name) for name in ("chromium-headless-shell", "chromium")]
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # a process for each page costs half of opening one
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; each test opens a context of its own."""
    there = next(filter(Path.exists, _CHROMIUM), None)
    if there is None:
        missing = "tests/console needs Debian's chromium: apt-get install chromium-headless-shell"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=there, args=_ARGUMENTS)
        yield browser
        await browser.close()


KEEPS = "KURIKIRANA_PICTURES" in os.environ
"""Whether somebody wants to see what the pages look like: each picture takes a second."""
_contexts: dict[tuple[Any, ...], BrowserContext] = {}


@asynccontextmanager
async def window(browser: Browser, viewport: ViewportSize | None = None, **options: Any) -> AsyncIterator[Page]:
    """A page without cookies, of a context that all with these options share: one more takes 0.3 s of processor.

    Its first page stays open, or its window would be opened again and again. What else is kept, is kept for an
    address with its port, and each test has another one.
    """
    key = (browser, *sorted(options.items()))
    if key not in _contexts:
        _contexts[key] = await browser.new_context(**options)
        await _contexts[key].new_page()
    context = _contexts[key]
    page = await context.new_page()
    await page.set_viewport_size(viewport or {"width": 1280, "height": 720})
    yield page
    for one in context.pages[1:]:
        await one.close()
    await context.clear_cookies()


async def keep(page: Page, name: str, **more: Any) -> None:
    """What the page looks like, for people, in test-output/: only for `make pictures`."""
    if KEEPS:
        await page.screenshot(path=PICTURES / f"{name}.png", **more)
