"""The demo's smartphone: a chat with buttons, cards that are edited, replies; read from the rows after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from starlette.requests import Request

from bot.app import App
from bot.programme.invented import CHAT
from bot.store import look
from tests.bot.test_attachments import read
from tests.console.chromium import IN_ITS_LOOP, keep
from tests.console.test_simulator import app, page  # noqa: F401
from tests.play_service import service

pytestmark = IN_ITS_LOOP


@pytest.mark.chromium
async def test_a_report_on_one_card(page: Page) -> None:  # noqa: F811
    await page.get_by_label("Whose smartphone").select_option(CHAT)
    await page.get_by_label("Message in the chat").fill("12 11 3 12 7 5 3")
    await page.get_by_label("Message in the chat").press("Enter")
    await page.get_by_role("button", name="Envoyer").click()
    receipt = page.locator(".bubble.us").first
    await expect(receipt).to_contain_text("ABAHUZA : 21 sur 25")
    await expect(receipt.get_by_role("button", name="Corriger")).to_be_visible()
    await expect(page.locator(".bubble.pressed")).to_contain_text("Envoyer")
    await expect(page.locator(".turn").first).to_contain_text("in a chat")
    await keep(page, "simulator-7-smartphone")
    whose, write = page.get_by_label("Whose smartphone"), page.get_by_label("Message in the chat")
    await page.get_by_role("button", name="Reply as the mentor").click()
    await expect(whose).to_have_value("100003")
    await page.get_by_role("button", name="/broadcast as the officer").click()
    await expect(whose).to_have_value("100001")
    await expect(write).to_have_value("/broadcast")
    await expect(write).to_be_focused()


async def _look(app: App) -> dict[str, Any]:  # noqa: F811
    assert app.simulator is not None
    async with app.database.read() as tx:
        return await app.simulator.smartphone.state(tx, CHAT)


async def _answered(app: App) -> dict[str, Any]:  # noqa: F811
    for _ in range(500):
        seen = await _look(app)
        if any(line["side"] == "us" for line in seen["lines"]):
            return seen
        await asyncio.sleep(0.01)
    raise AssertionError(f"no answer: {seen}")


async def test_a_restart_shows_the_same_chat(tmp_path: Path) -> None:
    async with service(tmp_path) as app:  # noqa: F811
        assert app.simulator is not None
        await app.simulator.smartphone.do({"chat": CHAT, "text": "/help"})
        before = await _answered(app)
    assert before["keyboard"], "the main keyboard stays below the chat"
    async with service(tmp_path, fresh=False) as app:
        assert await _look(app) == before


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "chat: the number of a chat"),
        ({"chat": "x", "text": "a"}, "chat: the number of a chat"),
        ({"chat": CHAT, "text": 7}, "text: at most"),
        ({"chat": CHAT, "text": "x" * 5000}, "text: at most"),
    ],
)
async def test_what_cannot_be_taken_is_said(tmp_path: Path, body: dict[str, Any], why: str) -> None:
    from bot.console.smartphone import Wrong

    async with service(tmp_path) as app:  # noqa: F811
        assert app.simulator is not None
        with pytest.raises(Wrong, match=why):
            await app.simulator.smartphone.do(body)


async def test_an_officer_sees_his_day_and_saves_the_late_list(tmp_path: Path) -> None:
    """In the demo as in Telegram: the simulated channels have no gateway, and a file is there to be saved."""
    async with service(tmp_path) as app:  # noqa: F811
        assert app.simulator is not None
        phone = app.simulator.smartphone
        async with app.database.read() as tx:
            officer = next(one.chat for one in await look.chat_owners(tx) if one.role == "officer")

        await phone.do({"chat": officer, "text": "/today"})
        await _seen(app, officer, lambda line: "🕰" in line["text"])
        await phone.do({"chat": officer, "message": "", "data": "late:+:xlsx"})
        file = (await _seen(app, officer, lambda line: "file" in line))["file"]
        assert file["name"].startswith("late-") and file["name"].endswith(".xlsx")
        request = Request({"type": "http", "path_params": {"row": int(file["at"].rpartition("/")[2])}})
        answer = await phone.file(request)
        made = await app.inbox.file("chat", request.path_params["row"])
        assert made and made.name == file["name"], "as for a provider that fetches it"
        assert answer.status_code == 200 and read(bytes(answer.body))[1:]
        request = Request({"type": "http", "path_params": {"row": 999_999}})
        assert (await phone.file(request)).status_code == 404


async def _seen(app: App, chat: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:  # noqa: F811
    assert app.simulator is not None
    for _ in range(500):
        async with app.database.read() as tx:
            lines = (await app.simulator.smartphone.state(tx, chat))["lines"]
        if found := [line for line in lines if line["side"] == "us" and wanted(line)]:
            return dict(found[0])
        await asyncio.sleep(0.01)
    raise AssertionError(f"never seen: {lines}")
