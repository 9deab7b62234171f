"""The simulator's USSD phone in a real browser, against the real service."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.console.chromium import IN_ITS_LOOP, keep
from tests.console.test_simulator import BY_SMS, RECEIPT, app, keys, page

__all__ = ["app", "page"]
pytestmark = IN_ITS_LOOP


@pytest.mark.chromium
async def test_a_report_by_ussd_lost_and_gone_on_with(page: Page) -> None:
    left = page.locator(".handset").nth(0)
    shown, story = left.locator(".ussd .shown"), page.locator(BY_SMS)
    in_french = await page.locator(".handset").nth(1).get_by_label("Whose phone").input_value()
    await left.get_by_label("Whose phone").select_option(in_french)
    await left.get_by_role("button", name="Dial").click()
    await expect(shown).to_contain_text("1 formation")
    await keep(page, "simulator-6-ussd-menu")
    await keys(page, "1")
    await left.get_by_role("button", name="Send").click()
    await expect(shown).to_contain_text("Formation 1/4")
    await left.get_by_label("Answer on the USSD screen").fill("12/11")
    await left.get_by_label("Answer on the USSD screen").press("Enter")
    await expect(shown).to_contain_text("Formation 2/4")
    await left.get_by_role("button", name="cut off").click()
    await expect(shown).to_be_hidden()
    await left.get_by_role("button", name="Dial").click()
    await expect(shown).to_contain_text("Formation 2/4")
    await keys(page, "3")
    await left.get_by_role("button", name="answer late").click()
    await left.get_by_role("button", name="Send").click()
    await expect(shown).to_contain_text("La réponse vient par SMS")
    await expect(left.locator(".line.us")).to_contain_text("Formation 3/4")
    await expect(story.first).to_contain_text("SMS out")
    await left.get_by_role("button", name="Send").click()
    await left.get_by_role("button", name="Dial").click()
    for step, text in (("12 7", "Formation 4/4"), ("5 3", RECEIPT)):
        await left.get_by_label("Answer on the USSD screen").fill(step)
        await left.get_by_role("button", name="Send").click()
        await expect(shown).to_contain_text(text)
    await expect(story.first).to_contain_text(re.compile(r"USSD in\s*5 3"))
    await expect(story.first).to_contain_text("on a USSD screen, delivered")
    await expect(left.locator(".line.us")).to_have_count(1)
    await expect(left.get_by_text("Ended. Send closes it.")).to_be_visible()
    await expect(left.locator(".cost")).to_contain_text("has paid 0 SMS")
    await keep(page, "simulator-7-ussd-receipt")
    await left.get_by_role("button", name="Send").click()
    await expect(shown).to_be_hidden()
