"""The console in a real browser: every page as each role, signing in by hand, without JavaScript, on a phone.

`make pictures` keeps what they look like in test-output/console/: look at it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from sqlalchemy import update

from bot.app import App
from bot.console.page import each
from bot.store import accounts, links, singles
from bot.store import tables as t
from tests.console import chromium as browser
from tests.console.canaries import INSIDE, SEALED, canary
from tests.console.chromium import IN_ITS_LOOP
from tests.console.site import ROLES, console, person, signed_in, write
from tests.console.test_signing_in import GOOD
from tests.console.walking import FORMS, SAMPLES
from tests.examples import THOROUGH

pytestmark = [pytest.mark.chromium, IN_ITS_LOOP]
_FAULTS = """async () => {
  const faults = [];
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!field.labels.length && !field.getAttribute('aria-label')) faults.push('no label: ' + field.name);
  for (const picture of document.querySelectorAll('img')) {
    if (!picture.alt) faults.push('no alt: ' + picture.src);
    picture.loading = 'eager';  // one further down is not drawn before somebody comes to it
    await picture.decode().catch(() => faults.push('not drawn: ' + picture.src));
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  if (!document.querySelector('main')) faults.push('no main');
  if (!['fr', 'en'].includes(document.documentElement.lang)) faults.push('no language');
  const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
  if (new Set(ids).size !== ids.length) faults.push('an id twice');
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push('wider than the screen');
  const parts = said => said.match(/[\\d.]+/g).map(Number);
  const light = said => parts(said).slice(0, 3).map(one => one / 255)
    .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  for (const one of document.querySelectorAll('body *')) {
    const says = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!says || !one.getClientRects().length) continue;
    let under = one, style = getComputedStyle(one);
    const drawn = () => getComputedStyle(under).backgroundImage !== 'none';
    const clear = () => (parts(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0;
    while (under.parentElement && clear() && !drawn()) under = under.parentElement;
    if (drawn() || one.closest('svg')) continue;  // patterns carry letters, see businesses.html
    const ground = clear() ? 'rgb(255, 255, 255)' : getComputedStyle(under).backgroundColor;
    const [low, high] = [light(style.color), light(ground)].sort((a, b) => a - b);
    const large = parseFloat(style.fontSize) >= 24 || (style.fontWeight >= 700 && parseFloat(style.fontSize) >= 18.6);
    const said = one.textContent.trim().slice(0, 40);
    if ((high + 0.05) / (low + 0.05) < (large ? 3 : 4.5)) faults.push('too pale: ' + said);
  }
  return faults;
}"""
"""What a screen reader, a keyboard or a small screen would stumble over."""


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path, web=True) as running:
        yield running


@asynccontextmanager
async def opened(chromium: Chromium, app: App, **more: Any) -> AsyncIterator[Page]:
    """A window; every fault of a script, every breach of the rules of content and every foreign request fails."""
    here, wrong = f"http://127.0.0.1:{app.port}", []
    async with browser.window(chromium, **{"locale": "en-GB", **more}) as page:
        page.set_default_timeout(10_000)
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(here) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if _is_fault(said.type, said.text) else None)
        go = page.goto
        page.goto = lambda path: go(here + path)  # type: ignore[method-assign, assignment]
        yield page
    assert not wrong, wrong


def _is_fault(kind: str, text: str) -> bool:
    return kind in ("error", "warning") and "the server responded with a status of 4" not in text


async def _as(app: App, page: Page, role: str) -> None:
    """Somebody of this role sits there."""
    token = (await signed_in(app, role)).http.cookies["sid"]
    cookie = {"name": "sid", "value": token, "url": f"http://127.0.0.1:{app.port}", "httpOnly": True}
    await page.context.add_cookies([{**cookie, "sameSite": "Strict"}])  # type: ignore[list-item]


async def _keep(page: Page, name: str) -> None:
    await browser.keep(page, f"console/{name}", full_page=True)


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_of_the_menu_opens_for_its_role(app: App, chromium: Chromium, role: str) -> None:
    async with opened(chromium, app, viewport={"width": 1280, "height": 800}) as page:
        await _as(app, page, role)
        await page.goto("/account")
        there = await page.locator("header nav a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
        assert there == [one.path for one in app.console.menu(role)]
        seen_before = {one.path for other in ROLES[: ROLES.index(role)] for one in app.console.menu(other)}
        for path in there if THOROUGH else [there[0], *(one for one in there[1:] if one not in seen_before)]:
            answer = await page.goto(path)
            assert answer and answer.status == 200, path
            assert await page.evaluate(_FAULTS) == [], path
            await expect(page.locator("header nav a[aria-current=page]")).to_have_attribute("href", path)
            await _keep(page, f"{role}-{path[1:]}")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("status")).to_have_text("You are signed out.")


async def _both_screens(page: Page, name: str) -> None:
    """No fault on a phone and at a desk."""
    for screen, width in (("phone", 360), ("desk", 1280)):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(_FAULTS) == [], f"{name} {screen}"
        await _keep(page, f"opened-{name}-{screen}")


async def test_what_a_line_opens_reads_well_on_both_screens_and_is_nothing_for_others(
    app: App, chromium: Chromium
) -> None:
    await canary(app, INSIDE, "07")
    draft, call, _text, case = [await SAMPLES[part](app) for part in ("{broadcast}", "{call}", "{text}", "{case}")]
    opened_by_a_link = {"draft": f"/broadcasts/{draft}", "call": f"/verify/{call}", "uncertain": "/uncertain"}
    async with opened(chromium, app) as page:
        for language in ("en", "fr") if browser.KEEPS else ("fr",):
            await _as(app, page, "supervisor")
            await _as(app, page, "safeguarding")
            await write(app, update(t.accounts).values(language=language))
            await page.goto("/sealed")
            await _both_screens(page, f"sealed-{language}")
            await page.locator(f"form[action='/sealed/{case}'] button").click()
            await expect(page.locator("blockquote")).to_have_text(SEALED)
            await _both_screens(page, f"case-{language}")
            await _as(app, page, "supervisor")
            for name, path in opened_by_a_link.items():
                answer = await page.goto(path)
                assert answer and answer.status == 200, path
                await _both_screens(page, f"{name}-{language}")
        await FORMS["/broadcasts/{broadcast}/again"](app)  # type: ignore[operator]
        await page.goto(f"/broadcasts/{draft}")
        await _both_screens(page, f"broadcast-{language}")
        for path in ("/sealed", f"/sealed/{case}"):
            answer = await page.goto(path)
            assert answer and answer.status == 404, path
        await _as(app, page, "staff")
        for path in opened_by_a_link.values():
            answer = await page.goto(path)
            assert answer and answer.status == 404, path


async def test_nobody_is_asked_to_sign_in(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, locale="fr-FR") as page:
        for path in ("/people", "/access", "/no/such/page"):
            await page.goto(path)
            await expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
        assert await page.evaluate(_FAULTS) == []
        await _keep(page, "nobody-sign-in-fr")


async def test_a_person_is_found_by_keyboard_and_on_a_small_screen(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app, viewport={"width": 360, "height": 640}) as page:
        await _as(app, page, "supervisor")
        await page.goto("/people")
        assert await page.evaluate(_FAULTS) == []
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_label("Name, association, place or number").fill("abahuza odette")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("link", name="Odette Ninahazwe").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Odette Ninahazwe")
        assert await page.evaluate(_FAULTS) == []
        await _keep(page, "phone-person")


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_administrator_enrols_signs_in_and_changes_a_role(
    app: App, chromium: Chromium, scripts: bool
) -> None:
    number, token = await person(app, "admin"), "t" * 43
    secret = pyotp.random_base32()

    async def invited(tx: Any) -> None:
        await links.invite(tx, token, number, app.clock.now(), secret, accounts.LONGEST)

    await app.database.writer.do(each, invited)
    async with opened(chromium, app, java_script_enabled=scripts) as page:
        await page.goto(f"/sign-in/enrol/{token}")
        await _keep(page, "enrol")
        await page.get_by_label("Sign-in name").fill("olivier")
        await page.get_by_label("Password", exact=True).fill(GOOD)
        await page.get_by_label("The same password again").fill(GOOD)
        await page.get_by_label("The six digits").fill(pyotp.TOTP(secret).at(app.clock.now()))
        await page.get_by_role("button", name="Make my account").click()
        await page.get_by_label("Sign-in name").fill("olivier")
        await page.get_by_label("Password").fill(GOOD)
        await page.get_by_label("Code of your authenticator").fill(
            pyotp.TOTP(secret).at(app.clock.now() + timedelta(seconds=30))
        )
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("link", name="Accounts").click()
        app.clock.advance(links.LASTS)
        await page.get_by_role("link", name="Test staff").click()
        assert await page.evaluate(_FAULTS) == []
        await _keep(page, "member")
        await page.get_by_label("Role").select_option("supervisor")
        await page.get_by_role("button", name="Save the role").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Once more, please")
        await _keep(page, "confirm")
        await page.get_by_label("Password or PIN").fill(GOOD)
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_role("status")).to_have_text("The role is changed.")
        await expect(page.locator("tbody tr", has_text="Test staff")).to_contain_text("supervisor")


async def test_an_officer_uses_the_link_and_chooses_a_pin(app: App, chromium: Chromium) -> None:
    number, token = await person(app, "officer"), "u" * 43

    async def linked(tx: Any) -> None:
        await tx.execute(links.MAKE, links.row(token, number, app.clock.now()))

    await app.database.writer.do(each, linked)
    async with opened(chromium, app) as page:
        await page.goto(f"/sign-in/link/{token}")
        await page.get_by_label("New PIN").fill("730192")
        await page.get_by_label("The same PIN again").fill("730192")
        await _keep(page, "link")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("What must be done today?")


async def test_the_demo_opens_its_pages_with_one_click(app: App, chromium: Chromium) -> None:
    async def begun(tx: Any) -> None:
        await singles.put(tx, "demo_begun", "2026-11-23")

    async with opened(chromium, app, viewport={"width": 1280, "height": 800}) as page:
        await page.goto("/")
        assert await page.get_by_role("button", name="a supervisor").count() == 0
        await app.database.writer.do(each, begun)
        await page.goto("/")
        await _keep(page, "demo-simulator")
        for name, first in (("an officer", "What must be done today?"), ("an administrator", "Leaders and places")):
            async with page.context.expect_page() as fresh:
                await page.get_by_role("button", name=name).click()
            pages: Page = await fresh.value
            await expect(pages.get_by_role("heading", level=1)).to_have_text(re.compile(first))
            await pages.close()
            await page.reload()


async def test_the_search_for_faults_finds_pale_words(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app) as page:
        await _as(app, page, "supervisor")
        await page.goto("/account")
        assert await page.evaluate(_FAULTS) == []
        await page.evaluate("document.querySelector('h1').style.color = '#aaa'")
        assert await page.evaluate(_FAULTS) == ["too pale: My account"]


async def test_print_leaves_the_navigation_out(app: App, chromium: Chromium) -> None:
    async with opened(chromium, app) as page:
        await _as(app, page, "supervisor")
        await page.goto("/people")
        await page.emulate_media(media="print")
        await expect(page.locator("header nav")).to_be_hidden()
        await expect(page.locator("table")).to_be_visible()
