"""/console in Telegram: who signs in by a link gets one that works, others the address; nothing of it stays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.console.cookies import BROWSER
from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.console.site import Browser
from tests.end_to_end.chats import Chats, programme

_LINK = re.compile(r"http://127\.0\.0\.1:8080(/sign-in/link/[\w-]{43})")


@pytest.fixture
async def chats(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    async with programme(botapi, tmp_path, monkeypatch, staff=(Staff("Bosco", "staff"),)) as running:
        yield running


def _path(text: str) -> str:
    found = _LINK.search(text)
    assert found, text
    return found[1]


async def test_an_officer_gets_a_link_that_signs_in_once(chats: Chats) -> None:
    eric = await chats.eric()
    path = _path((await chats.says(eric, "/console")).text)
    browser = Browser(chats.app)
    await browser.get(path)
    assert (await browser.post(path, pin="730192", again="730192")).headers["location"] == "/today"
    assert (await browser.get("/today")).status_code == 200
    assert (await Browser(chats.app).get(path)).status_code == 422


async def test_the_sign_in_page_has_the_bot_send_a_link_for_this_browser_only(chats: Chats) -> None:
    eric, browser, thief = await chats.eric(), Browser(chats.app), Browser(chats.app)
    before = len(eric.sees)
    await browser.get("/sign-in")
    for name in ("Nobody Known", "Eric"):
        answer = await browser.post("/sign-in/link", name=name)
        assert answer.headers["location"] == "/sign-in"
    await chats.settled()
    assert len(eric.sees) == before + 1
    path = _path(eric.sees[-1].text)
    await thief.get(path)
    assert (await thief.post(path, pin="730192", again="730192")).status_code == 422
    await browser.get(path)
    assert browser.http.cookies[BROWSER]
    assert (await browser.post(path, pin="730192", again="730192")).status_code == 303


async def test_staff_get_the_address_only_and_a_leader_nothing(chats: Chats) -> None:
    bosco, odette = await chats.one_of_the_team("Bosco", 32), await chats.odette()
    said = (await chats.says(bosco, "/console")).text
    assert said.startswith("The pages are at http://127.0.0.1:8080/sign-in.")
    assert "/link/" not in (await chats.says(odette, "/console")).text
    assert await chats.rows("sign_in_links") == []


async def test_no_token_stays_in_the_database(chats: Chats) -> None:
    eric = await chats.eric()
    token = _path((await chats.says(eric, "/console")).text).rpartition("/")[2]
    for _ in range(100):
        await chats.app.erasures.look()
        left = [row for table in ("outbox", "inbox", "sign_in_links", "audit") for row in await chats.rows(table)]
        if token not in str(left):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the token is still there")
