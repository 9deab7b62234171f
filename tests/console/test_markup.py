"""Whatever leaders and staff write, every page keeps its own elements: 2,000 payloads, read by a browser's parser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from sqlalchemy import insert, update

from bot.app import App
from bot.console import roles
from bot.store import tables as t
from tests.console.canaries import INSIDE, canary
from tests.console.chromium import IN_ITS_LOOP
from tests.console.markup import BREAKS, FAULTS, FIELDS, PAYLOADS, VECTORS, plant, uncovered
from tests.console.site import ROLES, Browser, console, signed_in, write
from tests.console.walking import FORMS, SAMPLES, TOKENS, form_of, path_of

pytestmark = pytest.mark.chromium
TEAM = frozenset(f"Test {role}" for role in ROLES)
ASKED = ("q", "place", "period", "kind", "show", "language", "state", "text", "next", "reason", "until", "file", "of")


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        await canary(running, INSIDE, "07")
        yield running


async def _paths(app: App) -> dict[str, tuple[str, str]]:
    """Address of a page -> whose it is, and its own path; made before anything is planted."""
    found = {}
    for page in app.console.pages:
        if page.method == "GET" and page.path not in TOKENS:
            role = sorted(roles.MAY[page.path] & set(ROLES), key=lambda one: (one != "supervisor", one != "admin"))
            found[page.path] = (role[0] if role else "", await path_of(app, page))
    return found


@IN_ITS_LOOP
@pytest.mark.fault("D12")
async def test_no_page_takes_an_element_from_what_people_write(app: App, chromium: Chromium) -> None:
    assert len(set(PAYLOADS)) == len(BREAKS) * len(VECTORS) == 2_000
    assert uncovered() == set(), "personal columns that nobody plants: see FIELDS"
    paths = await _paths(app)
    browsers = {role: await signed_in(app, role) for role in {one for one, _path in paths.values() if one}}
    browsers[""] = Browser(app)
    await _more_rows(app)
    assert await plant(app, TEAM) > len(PAYLOADS)
    page, seen, faults = await chromium.new_page(), 0, {}
    for path, (role, address) in paths.items():
        answer = await browsers[role].get(address)
        assert answer.status_code in (200, 303), (path, answer.text[:300])
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind in ("text/html", "image/svg+xml"):
            seen += answer.text.lower().count("zxss")
            faults[path] = (await page.evaluate(FAULTS, [[answer.text], kind]))[0]
    assert {path: found for path, found in faults.items() if found} == {}
    assert seen > 5_000, "the payloads must be there to be seen"


async def _more_rows(app: App) -> None:
    """What the invented programme has none of."""
    now = app.clock.now()
    at = {"at": now}
    await write(
        app,
        insert(t.notes).values(address_id=1, text="x", **at),
        insert(t.visits).values(kind="note", association_id=1, day="2026-11-20", note="x", **at),
        update(t.tasks).values(result="x"),
    )
    assert set(FIELDS)


@IN_ITS_LOOP
@pytest.mark.fault("D12")
async def test_no_page_takes_an_element_from_its_address_or_a_form(app: App, chromium: Chromium) -> None:
    paths, page, seen = await _paths(app), await chromium.new_page(), 0
    browsers = {role: await signed_in(app, role) for role in {one for one, _path in paths.values() if one}}
    browsers[""] = Browser(app)
    asked = {name: " ".join(PAYLOADS[place::97])[:600] for place, name in enumerate(ASKED)}
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    for path, (role, address) in paths.items():
        answer = await browsers[role].get(f"{address}?{query}")
        assert answer.status_code < 500, (path, answer.text[:300])
        if answer.headers.get("content-type", "").startswith("text/html"):
            seen += answer.text.count("zxss")
            assert await page.evaluate(FAULTS, [[answer.text], "text/html"]) == [[]], path
    for form in app.console.pages:
        if form.method != "POST" or form.path not in FORMS or form.path in ("/sign-out", "/account/end"):
            continue
        role = sorted(roles.MAY[form.path] & set(ROLES), key=lambda one: (one != "supervisor", one != "admin"))[0]
        browser, there = await signed_in(app, role), await path_of(app, form)
        await browser.get("/account")
        given = {name: " ".join(PAYLOADS[7::211]) for name in await form_of(app, form)}
        answer = await browser.http.post(there, data={**given, "csrf": browser.token})
        assert answer.status_code < 500, (form.path, answer.text[:300])
        seen += answer.text.count("zxss")
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert await page.evaluate(FAULTS, [[answer.text], "text/html"]) == [[]], form.path
    assert seen > 250
    assert SAMPLES


@IN_ITS_LOOP
async def test_the_search_finds_what_comes_through(chromium: Chromium) -> None:
    """A page that forgot to escape: in a text, in two kinds of attribute, in a title."""
    hosts = ("<p>{}</p>", '<a href="{}">x</a>', "<title>{}</title>", "<input value='{}'>")
    pages = [f"<!doctype html>{host.replace('{}', text)}" for text in PAYLOADS for host in hosts]
    found = await (await chromium.new_page()).evaluate(FAULTS, [pages, "text/html"])
    each = [any(found[place : place + len(hosts)]) for place in range(0, len(pages), len(hosts))]
    missed = [text for text, seen in zip(PAYLOADS, each, strict=True) if not seen]
    assert missed == []


def test_no_template_says_that_a_text_is_safe() -> None:
    for file in (Path(__file__).parents[2] / "templates" / "console").glob("*.html"):
        assert "|safe" not in file.read_text("utf-8").replace(" ", ""), file.name
