"""Links from the bot and PINs: used once, by the button, soon, in the browser that asked; the PIN again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.console import passwords
from bot.console.cookies import BROWSER
from bot.console.limits import PIN_TRIES
from bot.console.page import each
from bot.errors import DatabaseError
from bot.store import links
from bot.store import tables as t
from bot.store.tokens import digest
from tests.console.site import Browser, console, person, rows, signed_in


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def _link(app: App, browser: Browser | None = None) -> str:
    """A link for the officer, as the bot's turn keeps it; bound to a browser when it was asked for in one."""
    who, token = await person(app, "officer"), passwords.new_token()
    bound = digest(browser.http.cookies[BROWSER]) if browser else None

    async def work(tx: Any) -> None:
        await tx.execute(links.MAKE, links.row(token, who, app.clock.now(), browser=bound))

    await app.database.writer.do(each, work)
    return f"/sign-in/link/{token}"


@pytest.mark.fault("E6")
async def test_a_link_is_used_by_the_button_not_by_looking(app: App) -> None:
    path, browser = await _link(app), Browser(app)
    for _ in range(5):
        assert (await browser.get(path)).status_code == 200
    assert (await browser.post(path, pin="123456", again="123456")).status_code == 422
    assert (await browser.post(path, pin="730192", again="730193")).status_code == 422
    answer = await browser.post(path, pin="730192", again="730192")
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    again = Browser(app)
    assert (await again.get(path)).status_code == 422
    second = await _link(app)
    await again.get(second)
    assert (await again.post(second, pin="730192")).status_code == 303


async def test_a_link_lives_ten_minutes_and_only_in_the_browser_that_asked(app: App) -> None:
    asked = Browser(app)
    await asked.get("/sign-in")
    path, thief = await _link(app, asked), Browser(app)
    await thief.get(path)
    assert (await thief.post(path, pin="730192", again="730192")).status_code == 422
    await asked.get(path)
    assert (await asked.post(path, pin="730192", again="730192")).status_code == 303
    old = await _link(app)
    app.clock.advance(timedelta(minutes=11))
    assert (await Browser(app).get(old)).status_code == 422


async def test_after_five_wrong_pins_a_supervisor_unlocks(app: App) -> None:
    path, browser = await _link(app), Browser(app)
    await browser.get(path)
    await browser.post(path, pin="730192", again="730192")
    thief = Browser(app)
    for _ in range(PIN_TRIES):
        path = await _link(app)
        await thief.get(path)
        assert (await thief.post(path, pin="730191")).status_code == 401
    assert "locked" in (await thief.post(path, pin="730192")).text
    supervisor = await signed_in(app, "supervisor")
    await supervisor.get("/account")
    await supervisor.post("/accounts/unlock", person=str(await person(app, "officer")))
    assert (await thief.post(path, pin="730192")).status_code == 303


async def test_what_needs_the_pin_again_takes_it_and_counts_wrong_ones(app: App) -> None:
    path, browser = await _link(app), Browser(app)
    await browser.get(path)
    await browser.post(path, pin="730192", again="730192")
    app.clock.advance(timedelta(minutes=6))
    page = await browser.get("/confirm?next=/people")
    assert 'value="/people"' in page.text
    assert "not right" in (await browser.post("/confirm", next="/people", confirm="730191")).text
    answer = await browser.post("/confirm", next="/people", confirm="730192")
    assert answer.headers["location"] == "/people"
    for bad in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"):
        assert (await browser.post("/confirm", next=bad, confirm="730192")).headers["location"] == "/account"


async def test_an_export_of_persons_needs_a_right_a_reason_and_is_written_down(app: App) -> None:
    officer, supervisor = await signed_in(app, "officer"), await signed_in(app, "supervisor")
    assert (await officer.get("/people.xlsx?reason=visit+plan")).status_code == 404
    assert (await supervisor.get("/people.xlsx")).status_code == 422
    answer = await supervisor.get("/people.csv?reason=visit+plan")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    last = (await rows(app, select(t.audit).order_by(t.audit.c.id.desc())))[0]
    assert (last.what, last.details["reason"]) == ("people exported", "visit plan")
    app.clock.advance(timedelta(minutes=6))
    asked = await supervisor.get("/people.csv?reason=visit+plan")
    assert asked.headers["location"].startswith("/confirm?next=/people.csv%3Freason")


@pytest.mark.fault("E5")
async def test_many_tries_at_once_are_not_more_tries(app: App) -> None:
    path, browser = await _link(app), Browser(app)
    await browser.get(path)
    await browser.post(path, pin="730192", again="730192")
    path, thief = await _link(app), Browser(app)
    await thief.get(path)
    pins = [f"{number:06}" for number in range(20)]
    answers = await asyncio.gather(*(thief.post(path, pin=pin) for pin in pins))
    assert sorted(answer.status_code for answer in answers) == [401] * PIN_TRIES + [422] * (20 - PIN_TRIES)


async def test_a_database_that_does_not_answer_is_said_so(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await signed_in(app, "officer")

    def broken() -> Any:
        raise DatabaseError("the disk is gone")

    monkeypatch.setattr(app.database, "read", broken)
    answer = await browser.get("/today")
    assert answer.status_code == 503
    assert "disk" not in answer.text and "does not answer" in answer.text
