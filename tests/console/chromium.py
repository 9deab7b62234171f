"""A real browser: one Chromium for all tests of a process, since starting it takes three seconds of processor.

It lives in the loop of the session. A module that uses it says so, also for the fixtures that are awaited there:
`pytestmark = IN_ITS_LOOP`, and `pytest_asyncio.fixture(loop_scope="session")`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

IN_ITS_LOOP = pytest.mark.asyncio(loop_scope="session")
PICTURES = Path(__file__).parents[2] / "test-output"
_CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; each test opens a context of its own."""
    if not _CHROMIUM.exists():
        missing = "tests/console needs Debian's chromium: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_ARGUMENTS)
        yield browser
        await browser.close()


async def keep(page: Page, name: str, **more: Any) -> None:
    """What the page looks like, for people, in test-output/: only for `make pictures`, each takes a second."""
    if "KURIKIRANA_PICTURES" in os.environ:
        await page.screenshot(path=PICTURES / f"{name}.png", **more)
