"""Conversations, the composer and the words in a real browser, without JavaScript: what an officer does all day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from sqlalchemy import select

from bot.app import App
from bot.store import tables as t
from tests.console.canaries import INSIDE, PHONES, canary
from tests.console.chromium import IN_ITS_LOOP
from tests.console.site import console, rows
from tests.console.test_pages_chromium import _FAULTS as FAULTS
from tests.console.test_pages_chromium import _as as signed_in_as
from tests.console.test_pages_chromium import _keep as keep
from tests.console.test_pages_chromium import opened

pytestmark = [pytest.mark.chromium, IN_ITS_LOOP]


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path, web=True) as running:
        await canary(running, INSIDE, "07")
        yield running


async def _fine(page: Page, name: str) -> None:
    assert await page.evaluate(FAULTS) == [], name
    await keep(page, name)


async def test_a_message_is_found_answered_and_noted(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, java_script_enabled=False, viewport={"width": 1280, "height": 800}) as page:
        await signed_in_as(app, page, "supervisor")
        await page.goto("/conversations")
        await page.get_by_label("Words, in any language").fill("CANARYWORD alpha")
        await page.get_by_role("button", name="Find").click()
        await page.get_by_role("link", name="ABAHUZA").first.click()
        await page.get_by_label("Your answer").fill("Bonjour, merci beaucoup pour votre message")
        await page.get_by_role("button", name="Look at it").click()
        await expect(page.get_by_role("status")).to_contain_text("1 SMS")
        await expect(page.get_by_role("status")).to_contain_text("your text is in French")
        await _fine(page, "conversation-weighed")
        await page.get_by_role("button", name="Send it as it is").click()
        await expect(page.get_by_role("status")).to_have_text("The answer leaves now.")
        await page.get_by_label("A note that only the team reads").fill("she calls back on Friday")
        await page.get_by_role("button", name="Keep the note").click()
        await expect(page.locator(".rows", has_text="she calls back on Friday")).to_be_visible()
        await _fine(page, "conversation")
    assert [row[0] for row in await rows(app, select(t.notes.c.text))] == ["she calls back on Friday"]
    assert PHONES[INSIDE]


async def test_a_broadcast_is_composed_sent_by_its_number_and_undone(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, java_script_enabled=False, viewport={"width": 1280, "height": 800}) as page:
        await signed_in_as(app, page, "supervisor")
        await page.goto("/broadcasts/new")
        await _fine(page, "composer-new")
        groups = page.locator("fieldset")
        await groups.nth(1).get_by_label("Text", exact=True).fill("OIM : {name}, la fête est le 12/12 à Rutana.")
        for place in (0, 2, 3):
            await groups.nth(place).get_by_label("Without a text").select_option("fr")
        await page.get_by_role("button", name="Save the draft").click()
        await expect(page.get_by_role("status")).to_have_text("The draft is saved. Nothing is sent yet.")
        await expect(page.locator(".screen")).to_contain_text("la fete est le 12/12")
        await _fine(page, "composer-draft")
        label = page.get_by_text("Type ", exact=False).first
        number = (await label.inner_text()).split()[1]
        await page.locator("input[name=number]").fill(number)
        await page.get_by_role("button", name="Approve and send").click()
        await expect(page.get_by_role("button", name="Undo: nothing has left yet")).to_be_visible()
        await _fine(page, "broadcast-approved")
        await page.get_by_role("button", name="Undo: nothing has left yet").click()
        await expect(page.get_by_role("status")).to_have_text("Called off: nothing was sent.")


async def test_a_text_is_changed_on_a_small_screen(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, viewport={"width": 360, "height": 640}) as page:
        await signed_in_as(app, page, "admin")
        for path in ("/words", "/words/keywords", "/words/forms", "/words/text/A1"):
            await page.goto(path)
            await _fine(page, "small" + path.replace("/", "-"))
        await page.get_by_role("link", name="Change it in Kirundi").click()
        await page.wait_for_load_state()  # until then nobody listens to what is typed
        text = page.get_by_label("first contact", exact=False)
        old = await text.input_value()
        room = page.locator("#room")
        await expect(room).to_contain_text(" of 160 characters with the longest names")
        await text.fill(f"{old[:-1]}ç")
        await expect(room).to_contain_text("cannot go by SMS and is replaced: ç")
        await text.fill(old.replace("{name}", "{nom}"))
        await expect(room).to_contain_text("{nom} is not known")
        await page.get_by_role("button", name="Check it").click()
        await expect(page.get_by_role("alert")).to_contain_text("{nom} is not known")
        await _fine(page, "word-refused")
        await page.get_by_label("first contact", exact=False).fill(old)
        await page.get_by_label("Read aloud and signed by").fill("Anna N.")
        await page.get_by_role("button", name="Check it").click()
        await _fine(page, "word-looked-at")
        await page.get_by_role("button", name="Save it").click()
        await expect(page.get_by_role("status")).to_contain_text("The text is saved")
    assert "A1" not in app.words.drafts["rn"]
