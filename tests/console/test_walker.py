"""Walks every page of the console: sign-in, role, form token, headers, audit and area hold for each of them.

The pages come from the console itself, so that a new one is walked by being there. What a path or a form needs
stands in walking.py; a page that is missing there fails here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.console import roles
from bot.console.ask import PICTURE_POLICY, Ask
from bot.console.gate import HEADERS
from bot.console.page import Page
from bot.console.site import Console
from bot.store import tables as t
from tests.console.site import ROLES, Browser, console, person, rows, signed_in, write
from tests.console.walking import (
    CANARIES,
    INSIDE,
    OUTSIDE,
    SEALED,
    SIGNING_IN,
    TOKENS,
    canary,
    form_of,
    path_of,
    sealed_canary,
)
from tests.examples import THOROUGH


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The console; the canaries are in the programme and have written, the officer looks after association 07."""
    async with console(tmp_path) as running:
        for who, no in ((INSIDE, "07"), (OUTSIDE, "11")):
            await canary(running, who, no)
        await write(running, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
        yield running


def _walked(app: App, method: str) -> list[Page]:
    found = [page for page in app.console.pages if page.method == method and page.path not in TOKENS]
    assert len(found) > 6
    return found


async def _send(app: App, browser: Browser, page: Page, **more: Any) -> httpx.Response:
    path = await path_of(app, page)
    if page.method == "GET":
        return await browser.get(path, **more)
    form = await form_of(app, page)
    files = {name: ("sent.xlsx", form.pop(name)) for name, value in dict(form).items() if isinstance(value, bytes)}
    return await browser.http.post(path, data={"csrf": browser.token, **form}, files=files or None, **more)


def _bare(answer: httpx.Response) -> tuple[int, str, list[str]]:
    """What somebody could tell two addresses apart by."""
    text = re.sub(r'name="csrf" value="\w+"', "", answer.text)
    return answer.status_code, text, sorted(answer.headers.keys() - {"content-length", "set-cookie"})


async def test_every_page_has_its_roles_and_every_line_a_page(app: App) -> None:
    assert {page.path for page in app.console.pages} == set(roles.MAY)
    assert len(roles.MAY) > 15
    assert set().union(*roles.MAY.values()) - {""} <= set(ROLES)


async def test_a_stranger_is_asked_to_sign_in_everywhere_also_where_nothing_is(app: App) -> None:
    walked = 0
    for method in ("GET", "POST"):
        nothing = _bare(await Browser(app).http.request(method, "/no/such/page"))
        assert nothing[0] == 303
        for page in _walked(app, method):
            if "" in roles.MAY[page.path]:
                continue
            walked += 1
            answer = await Browser(app).http.request(method, await path_of(app, page))
            assert answer.headers["location"].startswith("/sign-in"), page.path
            assert _bare(answer) == nothing, page.path
    assert walked > 12


def _tried(pages: list[Page], role: str) -> list[Page]:
    """Those of this role, and of the others each by one whose it is not, the roles in turn; all if it is thorough."""
    strangers = [[one for one in ROLES if one not in roles.MAY[page.path]] for page in pages]
    in_turn = [there[place % len(there)] if there else "" for place, there in enumerate(strangers)]
    theirs = zip(pages, in_turn, strict=True)
    return [page for page, stranger in theirs if THOROUGH or role in roles.MAY[page.path] or role == stranger]


@pytest.mark.parametrize("role", ROLES)
async def test_a_page_is_there_for_its_roles_and_nothing_for_the_others(app: App, role: str) -> None:
    browser, there = await signed_in(app, role), 0
    nothing = _bare(await browser.get("/no/such/page"))
    assert nothing[0] == 404
    for page in _tried(_walked(app, "GET"), role):
        answer = await _send(app, browser, page)
        if role in roles.MAY[page.path]:
            there += 1
            assert answer.status_code in (200, 303), (page.path, answer.text)
            assert len(answer.content) < 100_000 or "content-disposition" in answer.headers, page.path
        else:
            assert _bare(answer) == nothing, page.path
    await browser.get("/account")
    for page in _tried(_walked(app, "POST"), role):
        if role not in roles.MAY[page.path]:
            assert _bare(await _send(app, browser, page))[0] == 404, page.path
    assert there > 2


@pytest.mark.fault("E11")
async def test_every_answer_has_the_headers(app: App) -> None:
    browsers = [Browser(app), await signed_in(app, "admin"), await signed_in(app, "supervisor")]
    for browser in browsers:
        for page in [*_walked(app, "GET"), Page("/no/such/page", app.console.pages[0].do)]:
            answer = await _send(app, browser, page)
            picture = answer.headers.get("content-type") == "image/svg+xml"
            own = {"content-security-policy": PICTURE_POLICY} if picture else {}
            for name, value in {**HEADERS, **own}.items():
                assert answer.headers[name] == value, (page.path, name)
            assert "server" not in answer.headers
            assert "<script" not in answer.text.replace("<script src=", "")
            inline = re.search(r"<script(?! src=)|<style|style=|\son\w+=|javascript:", answer.text)
            assert picture or not inline, page.path


async def _allowed(app: App, page: Page) -> Browser:
    role = sorted(roles.MAY[page.path] & set(ROLES), key=lambda one: (one != "admin", one != "supervisor", one))[0]
    browser = await signed_in(app, role)
    await browser.get("/account")
    return browser


@pytest.mark.fault("E7")
async def test_a_form_needs_its_own_sessions_token_and_our_own_site(app: App) -> None:
    other = await signed_in(app, "admin")
    await other.get("/account")
    for page in _walked(app, "POST"):
        if page.path in SIGNING_IN:
            continue
        browser, before = await _allowed(app, page), await _audited(app)
        path, form = await path_of(app, page), await form_of(app, page)
        form = {name: value for name, value in form.items() if not isinstance(value, bytes)}
        for token in ("", "0" * 64, other.token):
            answer = await browser.http.post(path, data={**form, "csrf": token})
            assert answer.status_code == 403, (page.path, token)
        for header in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            answer = await browser.http.post(path, data={**form, "csrf": browser.token}, headers=header)
            assert answer.status_code == 403, (page.path, header)
        large = {**form, "csrf": browser.token, "more": "x" * (page.largest + 1)}
        assert (await browser.http.post(path, data=large)).status_code == 413, page.path
        assert await _audited(app) == before, page.path


async def _audited(app: App, who: int | None = None) -> list[str]:
    """Without what the service writes down by itself meanwhile: that an officer was told of a task."""
    there = select(t.audit.c.what).where(t.audit.c.what != "task told").order_by(t.audit.c.id)
    if who is not None:
        there = there.where(t.audit.c.who == f"person {who}")
    return [row.what for row in await rows(app, there)]


async def _audited_since(app: App, before: list[str], most: int) -> list[str]:
    """What was written down since, once there is so much of it; less after ten seconds."""
    for _ in range(1_000):
        if len(since := (await _audited(app))[len(before) :]) >= most:
            break
        await asyncio.sleep(0.01)
    return since


async def test_what_is_done_is_in_the_audit_by_whom(app: App) -> None:
    for page in _walked(app, "POST"):
        if page.path in SIGNING_IN:
            continue
        browser = await _allowed(app, page)
        who, before = await person(app, browser.role), await _audited(app)
        answer = await _send(app, browser, page)
        assert answer.status_code in (200, 303), (page.path, answer.text)
        if page.path != "/confirm":
            turns = {"/sign-in/link": ["console link"]}.get(page.path, [])  # written down by the turn that it wakes
            written = await _audited_since(app, before, 1 + len(turns))
            assert written == [page.writes, *turns], f"{page.path}: done once, written down once"
        if "" not in roles.MAY[page.path] and page.path != "/confirm":
            assert page.writes in await _audited(app, who), page.path


async def test_what_needs_the_password_once_more_asks_and_changes_nothing(app: App) -> None:
    asked = [page for page in _walked(app, "POST") if page.confirm and page.path != "/confirm"]
    assert len(asked) > 3
    for page in asked:
        browser = await _allowed(app, page)
        stale = app.clock.now() - timedelta(minutes=6)
        await write(app, update(t.sessions).values(confirmed_at=stale))
        before = await _audited(app)
        answer = await _send(app, browser, page)
        assert 'name="confirm"' in answer.text, page.path
        assert await _audited(app) == before, page.path


async def test_what_is_read_is_in_the_audit_and_nothing_personal_is_shown_without(app: App) -> None:
    read = 0
    for page in _walked(app, "GET"):
        browser = await _allowed(app, page)
        who, before = await person(app, browser.role), await _audited(app)
        answer = await _send(app, browser, page)
        written = (await _audited(app, who))[-1:] if len(await _audited(app)) > len(before) else []
        if page.reads and answer.status_code == 200:
            read += 1
            assert written == [f"{page.reads} read"], page.path
        else:
            shown = [canary for who_ in CANARIES.values() for canary in who_ if canary in answer.text]
            assert not shown, f"{page.path} shows {shown}: declare what it reads"
    assert read > 3


@pytest.mark.fault("E9")
async def test_nobody_sees_what_is_outside_the_area(app: App) -> None:
    """The officer's pages, and their files, with another association's people in the programme."""
    officer, supervisor = await signed_in(app, "officer"), await signed_in(app, "supervisor")
    seen: dict[str, set[str]] = {INSIDE: set(), OUTSIDE: set()}
    for page in _walked(app, "GET"):
        if "officer" not in roles.MAY[page.path]:
            continue
        path = await path_of(app, page)
        for ending in ("", ".json", ".csv") if page.table and not page.persons else ("",):
            text = (await officer.get(path + ending)).text
            assert not [canary for canary in CANARIES[OUTSIDE] if canary in text], path + ending
            everything = text + (await supervisor.get(path + ending)).text
            for who, canaries in CANARIES.items():
                seen[who] |= {canary for canary in canaries if canary in everything}
    assert seen[INSIDE] == set(CANARIES[INSIDE])
    assert seen[OUTSIDE] == set(CANARIES[OUTSIDE]), "the search must be able to find"


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_sees_what_came_through_the_problem_door(app: App, role: str) -> None:
    """Pages that are not for this role are nothing to it, as a test above says: they are tried if it is thorough."""
    await sealed_canary(app)
    browser, seen = await signed_in(app, role), 0
    for page in _walked(app, "GET"):
        if role not in roles.MAY[page.path] and not THOROUGH:
            continue
        path = await path_of(app, page)
        for ending in ("", ".json", ".csv") if page.table and not page.persons else ("",):
            text = (await browser.get(path + ending)).text
            seen += len(text)
            assert SEALED not in text and "a canary calls" not in text, path + ending
    assert seen > 2_000


async def test_another_areas_person_is_as_missing_as_nobody(app: App) -> None:
    officer = await signed_in(app, "officer")
    outside = (await rows(app, select(t.people.c.id).where(t.people.c.name == OUTSIDE)))[0][0]
    answers = [_bare(await officer.get(f"/people/{number}")) for number in (outside, 999_999)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


# --- planted faults: the walls must be there when somebody forgets ---


async def _answer_of(app: App, page: Page) -> int:
    """What the gate makes of this page in the place of /account."""
    app.gate._found = [(page if one.path == "/account" else one, pattern) for one, pattern in app.gate._found]
    return (await (await signed_in(app, "officer")).get("/account")).status_code


async def test_a_page_that_does_not_say_what_it_read_is_not_shown(app: App) -> None:
    async def silent(ask: Ask) -> Any:
        return ask.show("account.html", sessions=[], this=0, by_pin=False, problem="")

    assert await _answer_of(app, Page("/account", silent)) == 200
    assert await _answer_of(app, Page("/account", silent, reads="people")) == 500


async def test_a_page_without_roles_stops_the_start(app: App) -> None:
    extra = replace(app.console.pages[0], path="/new")
    with pytest.raises(RuntimeError, match="/new"):
        Console(app, (*app.console.pages, extra))
