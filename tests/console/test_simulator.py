"""The simulator's page in a real browser, against the real service; and what the page's addresses refuse.

`make pictures` keeps what it looks like in test-output/.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, Route, expect

from bot.app import App
from bot.store import singles
from tests.console.chromium import IN_ITS_LOOP, keep, window
from tests.play_service import service

pytestmark = IN_ITS_LOOP
BY_SMS = '.turn[data-phone^="+"]'
"""Turns of the keypad phones; the officer's chat may be woken by them."""
RECEIPT = re.compile(r"No \d+ OK")


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with service(tmp_path, web=True) as app:
        yield app


@pytest_asyncio.fixture(loop_scope="session")
async def page(app: App, chromium: Browser) -> AsyncIterator[Page]:
    """The demo's page; every fault of the script and every request that leaves the machine is an error."""
    here = f"http://127.0.0.1:{app.port}/"
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(here):
            wrong.append(f"left the machine: {request.url}")

    async with window(chromium, viewport={"width": 1280, "height": 800}) as page:
        page.set_default_timeout(10_000)
        page.on("request", asked)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        await page.goto(here)
        yield page
    assert not wrong, wrong


async def keys(page: Page, text: str) -> None:
    """Press the left phone's keys, one after the other."""
    for letter in text:
        await page.locator(f'.handset >> nth=0 >> [data-key="{"*" if letter == " " else letter}"]').click()


@pytest.mark.chromium
async def test_a_stranger_sends_a_report_with_the_keys(page: Page) -> None:
    left = page.locator(".handset").nth(0)
    await expect(page.get_by_text("DEMO", exact=True)).to_be_visible()
    await expect(left.get_by_label("Whose phone")).to_have_value(re.compile(r"\+257\d+"))
    await keep(page, "simulator-1-first-look")
    await keys(page, "12 11 3 12 7 5 3")
    await expect(left.locator(".count")).to_have_text("16/160 1 SMS")
    await left.get_by_role("button", name="Send").click()
    await expect(left.locator(".line.us").filter(has_text=RECEIPT)).to_have_count(1)
    story = page.locator(".turn").first
    await expect(story).to_contain_text("12 11 3 12 7 5 3")
    await expect(story).to_contain_text(re.compile(r"Stored\s*No \d+ training: held on 12/11"))
    await expect(story).to_contain_text(re.compile(r"\d+ characters, 1 SMS, price not set, delivered"))
    await expect(left.locator(".cost")).to_have_text("ODETTE has paid 1 SMS.", ignore_case=True)
    await keep(page, "simulator-2-receipt")


@pytest.mark.chromium
async def test_letters_with_the_keypad(page: Page) -> None:
    left = page.locator(".handset").nth(0)
    await left.get_by_role("button", name="Numbers or letters").click()
    for key, presses in (("4", 2), ("3", 2), ("5", 3), ("7", 1)):
        for _ in range(presses):
            await left.locator(f'[data-key="{key}"]').click(no_wait_after=True)
    await expect(left.locator("textarea")).to_have_value("help")
    await left.locator('[data-key="#"]').click()
    await expect(left.locator("textarea")).to_have_value("hel")
    await left.locator("textarea").fill("Ç€" * 80)
    await expect(left.locator(".count")).to_have_text("240/306 2 SMS")
    await left.locator("textarea").fill("ê" * 71)
    await expect(left.locator(".count")).to_have_text("71/134 2 SMS")


@pytest.mark.chromium
async def test_the_clock_moves_and_a_restart_keeps_it(page: Page, app: App) -> None:
    await expect(page.locator(".now")).to_have_text("Mon 23/11/2026 17:31")
    await page.get_by_role("button", name="+1 hour").click()
    await expect(page.locator(".now")).to_have_text("Mon 23/11/2026 18:31")
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.locator(".now")).to_have_text("Tue 24/11/2026 18:31")
    async with app.database.read() as tx:
        assert await singles.get(tx, "clock_offset_s") == 25 * 3600


@pytest.mark.chromium
async def test_every_trouble(page: Page, app: App) -> None:
    right = page.locator(".handset").nth(1)
    write, story = right.locator("textarea"), page.locator(BY_SMS)

    async def send(text: str, *troubles: str) -> None:
        for trouble in troubles:
            await right.get_by_role("button", name=trouble).click()
        await write.fill(text)
        await write.press("Enter")
        await expect(write).to_have_value("")

    await send("12 11 3 12 7 5 3", "twice")
    await expect(story).to_have_count(2)
    await expect(right.locator(".line.her")).to_have_count(1)
    await expect(right.locator(".cost")).to_contain_text("has paid 1 SMS")
    await send("HELP", "2 h late")
    await expect(story.first).to_contain_text("sent at 23/11 15:31")
    await send("5", "out of order")
    await expect(right.locator(".line.kept")).to_contain_text("5")
    await expect(story).to_have_count(3)
    await send("8")
    await expect(story).to_have_count(5)
    assert [text.strip() for text in await story.locator("q").all_inner_texts()].index("5") == 0
    await expect(right.locator(".line.kept")).to_have_count(0)
    await expect(story.first).to_contain_text("delivered")
    await keep(page, "simulator-3-troubles")


@pytest.mark.chromium
async def test_a_phone_that_is_off_gets_its_texts_later(page: Page, app: App) -> None:
    left = page.locator(".handset").nth(0)
    phone = await left.locator(".who").input_value()
    off = left.get_by_role("button", name="Phone off")
    await off.click()
    await expect(left.get_by_text("Phone is off")).to_be_visible()
    await expect(left.get_by_role("button", name="Send")).to_be_disabled()
    await app.channels["phone"].hear(phone, "on its way before", "HELP", None)  # type: ignore[attr-defined]
    await expect(left.locator(".cost")).to_contain_text("1 SMS waiting")
    await expect(page.locator(BY_SMS)).to_contain_text("waits at the operator: the phone is off")
    await keep(page, "simulator-4-off")
    await off.click()
    await expect(left.locator(".line.us")).to_have_count(1)
    await expect(page.locator(BY_SMS)).to_contain_text("delivered")


@pytest.mark.chromium
async def test_on_a_narrow_screen_nothing_is_cut_off(page: Page) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    await page.get_by_role("button", name="Write it on the left phone").click()
    await page.locator(".handset").nth(0).get_by_role("button", name="Send").click()
    await expect(page.locator(BY_SMS)).to_contain_text("SMS out")
    assert await page.evaluate("document.documentElement.scrollWidth") == 400
    await keep(page, "simulator-5-narrow", full_page=True)


@pytest.mark.chromium
@pytest.mark.parametrize("width", [1100, 1280, 1366, 1600])
async def test_on_a_laptop_what_happened_stands_beside_the_phones(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 768})
    for place in (".handset >> nth=0 >> .send", ".handset >> nth=1 >> .send", ".try.main", "#happened"):
        box = await page.locator(place).bounding_box()
        assert box and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 768, place
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    await keep(page, f"simulator-6-{width}")


@pytest.mark.chromium
async def test_what_was_understood_is_said_in_words(page: Page) -> None:
    left = page.locator(".handset").nth(0)
    await left.get_by_role("textbox").fill("FIX 999999")
    await left.get_by_role("button", name="Send").click()
    await expect(page.locator(BY_SMS)).to_contain_text("FIX or BACK with a number that is none of hers")


@pytest.mark.chromium
async def test_another_phone_can_be_chosen(page: Page) -> None:
    left = page.locator(".handset").nth(0)
    await left.get_by_label("Whose phone").select_option("A number nobody knows")
    await left.locator("textarea").fill("HELP")
    await left.locator("textarea").press("Enter")
    await expect(left.locator(".line.us")).to_have_count(1)
    await expect(page.locator(BY_SMS)).to_have_count(1)


@pytest_asyncio.fixture(loop_scope="session")
async def http(app: App) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as session:
        yield session


async def test_the_page_forbids_what_it_does_not_need(http: aiohttp.ClientSession) -> None:
    for address, kind in (
        ("/", "text/html"),
        ("/sim/files/simulator.js", "text/javascript"),
        ("/sim/files/simulator.css", "text/css"),
        ("/sim/people", "application/json"),
        ("/sim/state?phones=", "application/json"),
    ):
        async with http.get(address) as answer:
            assert answer.status == 200 and answer.content_type == kind
            assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
    async with http.get("/sim/files/simulator.html") as answer:
        assert answer.status == 404


async def test_people_say_who_shares_a_phone(http: aiohttp.ClientSession) -> None:
    async with http.get("/sim/people") as answer:
        people = await answer.json()
    assert len(people) > 100 and people[0]["names"][0].casefold() == "odette"
    shared = [person for person in people if person["shared"]]
    assert shared and all(len(person["names"]) > 1 for person in shared)


@pytest.mark.parametrize(
    ("address", "body", "why"),
    [
        ("send", {"text": "HELP"}, "phone: a number"),
        ("send", {"phone": "+2570000", "text": 5}, "text: the words"),
        ("send", {"phone": "+25700000031", "text": "x" * 1601}, "text: the words"),
        ("send", {"phone": "+25700000031", "text": "1", "times": 99}, "times: how often"),
        ("send", {"phone": "+25700000031", "text": "1", "times": True}, "times: how often"),
        ("send", {"phone": "+25700000031", "text": "1", "late_h": -1}, "late_h: how many hours"),
        ("send", {"phone": "+25700000031", "text": "1", "hold": "yes"}, "hold: true keeps"),
        ("ussd", {"phone": "+25700000031", "text": ""}, "session: a word"),
        ("ussd", {"phone": "+25700000031", "session": "1", "text": 5}, "session: a word"),
        ("clock", {"hours": -1}, "hours: how far"),
        ("clock", {"hours": "1"}, "hours: how far"),
        ("clock", {}, "hours: how far"),
        ("off", {"phone": "+25700000031", "off": 1}, "off: true switches"),
        ("off", [], "send a JSON object"),
        ("off", "x" * 70_000, "too long"),
    ],
)
async def test_what_cannot_be_taken_is_said(
    http: aiohttp.ClientSession, app: App, address: str, body: object, why: str
) -> None:
    async with http.post(f"/sim/{address}", json=body) as answer:
        said = await answer.json()
        assert answer.status == 400 and said["why"].startswith(why), said
    assert app.clock.offset.total_seconds() == 0


async def test_a_form_of_another_site_is_refused(http: aiohttp.ClientSession) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        async with http.post("/sim/clock", data=b'{"hours": 1}', headers={"content-type": kind}) as answer:
            assert answer.status == 400 and "send JSON" in (await answer.json())["why"]
    async with http.post("/sim/clock", data=b"{", headers={"content-type": "application/json"}) as answer:
        assert answer.status == 400 and (await answer.json())["why"] == "not JSON"
    async with http.get("/sim/send", allow_redirects=False) as answer:
        assert answer.status == 303  # for the console, as every address that is none


@pytest.mark.chromium
async def test_on_a_small_screen_what_is_wrong_is_said_where_one_looks(page: Page) -> None:
    async def refuses(route: Route) -> None:
        if route.request.method == "POST":
            await route.fulfill(json={"ok": False, "why": "The service does not answer."})
        else:
            await route.continue_()

    await page.set_viewport_size({"width": 360, "height": 740})
    await page.route("**/*", refuses)
    await keys(page, "5")
    await page.locator(".handset").nth(0).get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    await keep(page, "simulator-small-screen-alert")
    await page.unroute("**/*")
