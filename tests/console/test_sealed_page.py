"""/sealed: for focal points only; nothing of a case before it is opened, and that is written down with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.app import App
from bot.store import tables as t
from tests.console.site import ROLES, console, person, rows, signed_in, write
from tests.console.walking import INSIDE, PHONES, SEALED, canary, sealed_canary

HERS = (*INSIDE.split(), PHONES[INSIDE], SEALED, "a woman shall call")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        await canary(running, INSIDE, "07")
        await sealed_canary(running)
        await write(running, update(t.tasks).where(t.tasks.c.sealed.is_(True)).values(about="a woman calls"))
        yield running


async def _tasks(app: App) -> list[Any]:
    there = select(t.tasks).where(t.tasks.c.sealed.is_(True)).order_by(t.tasks.c.id)
    return await rows(app, there)


async def _audit(app: App) -> list[Any]:
    found = await rows(app, select(t.audit.c.who, t.audit.c.what, t.audit.c.details).order_by(t.audit.c.id))
    return [tuple(row) for row in found if row.what.startswith("sealed")]


async def test_a_case_is_listed_opened_and_closed(app: App) -> None:
    browser, who = await signed_in(app, "safeguarding"), await person(app, "safeguarding")
    ((number, *_),) = await _tasks(app)
    listed = (await browser.get("/sealed")).text
    assert f"Case {number}" in listed
    assert "not opened yet" in listed
    assert not [one for one in HERS if one in listed]
    assert await _audit(app) == [(f"person {who}", "sealed list read", {"tasks": [number]})]
    case = await browser.post(f"/sealed/{number}")
    assert case.status_code == 200
    assert not [one for one in HERS if one not in case.text]
    assert (await _audit(app))[-1] == (f"person {who}", "sealed opened", {"tasks": [number]})
    assert (await browser.post(f"/sealed/{number}/closed", result="elsewhere")).status_code == 422
    tried = await browser.post(f"/sealed/{number}/closed", result="not_reached")
    assert (tried.status_code, (await _tasks(app))[0].state) == (303, "open")
    assert (await _audit(app))[-1][1:] == ("sealed not reached", {"tasks": [number], "result": "not_reached"})
    done = await browser.post(f"/sealed/{number}/closed", result="referred")
    assert done.headers["location"] == "/sealed"
    (task,) = await _tasks(app)
    assert (task.state, task.closed_by, task.result) == ("closed", who, "referred")
    assert (await _audit(app))[-1] == (
        f"person {who}",
        "sealed closed",
        {"tasks": [number], "result": "referred"},
    )
    assert "Nobody waits" in (await browser.get("/sealed")).text
    assert (await browser.post(f"/sealed/{number}")).status_code == 422


async def test_opening_asks_for_the_password_and_shows_nothing_before(app: App) -> None:
    browser = await signed_in(app, "safeguarding")
    ((number, *_),) = await _tasks(app)
    await browser.get("/sealed")
    await write(app, update(t.sessions).values(confirmed_at=app.clock.now() - timedelta(minutes=6)))
    asked = await browser.post(f"/sealed/{number}")
    assert 'name="confirm"' in asked.text
    assert not [one for one in HERS if one in asked.text]
    assert [row.seen_at for row in await _tasks(app)] == [None]
    assert "sealed opened" not in [what for _who, what, _details in await _audit(app)]
    assert (await browser.get(f"/sealed/{number}")).status_code == 404, "a case has no address that shows it again"


async def test_what_came_after_it_was_read_is_read_before_it_is_closed(app: App) -> None:
    browser = await signed_in(app, "safeguarding")
    (first,) = await _tasks(app)
    await browser.get("/sealed")
    await browser.post(f"/sealed/{first.id}")
    again = {"kind": "sealed", "sealed": True, "about": "today", "address_id": first.address_id}
    now = app.clock.now()
    await write(app, insert(t.tasks).values(due_at=now, made_at=now, person_id=first.person_id, **again))
    refused = await browser.post(f"/sealed/{first.id}/closed", result="called")
    assert refused.status_code == 422
    assert "read it first" in refused.text
    assert {row.state for row in await _tasks(app)} == {"open"}
    assert "today" in (await browser.post(f"/sealed/{first.id}")).text
    assert (await browser.post(f"/sealed/{first.id}/closed", result="called")).status_code == 303
    assert {row.state for row in await _tasks(app)} == {"closed"}


@pytest.mark.parametrize("role", sorted({*ROLES} - {"safeguarding"}))
async def test_nobody_else_finds_it_or_a_link_to_it(app: App, role: str) -> None:
    browser = await signed_in(app, role)
    ((number, *_),) = await _tasks(app)
    for page in ("/account", app.console.home(role)):
        assert "/sealed" not in (await browser.get(page)).text
    assert (await browser.get("/sealed")).status_code == 404
    for path in (f"/sealed/{number}", f"/sealed/{number}/closed"):
        assert (await browser.post(path, result="called")).status_code == 404
    assert [row.state for row in await _tasks(app)] == ["open"]
    assert await _audit(app) == []


def test_no_template_links_to_it_but_its_own() -> None:
    folder = Path(__file__).parents[2] / "templates/console"
    linking = {one.name for one in folder.glob("*.html") if "/sealed" in one.read_text(encoding="utf-8")}
    assert linking == {"sealed.html", "sealed_case.html"}
