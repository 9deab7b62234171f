"""The leader's journey in WhatsApp: the chat is linked by its own number, and the form fits its buttons and lists."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.app import App
from bot.clock import StoppedClock
from bot.programme import roster as rosters
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.tables import metadata
from tests.contracts.channel_kit import knock
from tests.contracts.kit_whatsapp import NUMBER, SECRET, TOKEN, VERIFY, pressed, said, signed, status, webhook
from tests.play_service import NOW
from tests.programme import small_roster

SETTLES_S = 8.0


class Phone:
    """Odette's WhatsApp, with Meta in between."""

    def __init__(self) -> None:
        self.sees: list[dict[str, Any]] = []
        self.app: App
        self._said = 0

    async def take(self, request: web.Request) -> web.Response:
        self.sees.append(json.loads(await request.read()))
        return web.json_response({"messages": [{"id": f"wamid.{len(self.sees)}"}]})

    @property
    def text(self) -> str:
        """What she was told last, be it in a text or above something to press."""
        last = self.sees[-1]
        return str(last["text"]["body"] if last["type"] == "text" else last["interactive"]["body"]["text"])

    @property
    def choices(self) -> dict[str, str]:
        """Words -> id of what can be pressed below the last messages; of equal words the newest."""
        found: dict[str, str] = {}
        for seen in self.sees[-2:]:
            action = seen["interactive"]["action"] if seen["type"] == "interactive" else {"buttons": []}
            listed = "sections" in action
            rows = action["sections"][0]["rows"] if listed else [one["reply"] for one in action["buttons"]]
            found |= {row.get("description", row["title"]): row["id"] for row in rows}
        return found

    async def writes(self, kind: str, content: Any) -> str:
        self._said += 1
        call = said(kind, content, f"wamid.hers.{self._said}")
        assert await knock(self.app.channels["whatsapp"], self.app.inbox, call) == 200  # type: ignore[arg-type]
        await self.settled()
        return self.text

    async def presses(self, words: str) -> str:
        found = [(label, key) for label, key in self.choices.items() if words in label]
        assert found, (words, self.text, list(self.choices))
        return await self.writes("interactive", pressed(found[0][1], found[0][0], "list_reply"))

    async def rows(self, table: str, **wanted: Any) -> list[Any]:
        of = metadata.tables[table]
        query = select(of).where(*(of.c[name] == value for name, value in wanted.items()))
        async with self.app.database.read() as tx:
            return [row._mapping for row in await tx.execute(query)]

    async def settled(self) -> None:
        for _ in range(int(SETTLES_S / 0.01)):
            busy = await self.rows("inbox", state="new") or await self.rows("outbox", state="queued")
            if not busy and not await self.rows("outbox", state="sending"):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("still waiting")


@pytest.fixture
async def odette(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = Phone()
    site = web.Application()
    site.router.add_post(f"/{NUMBER}/messages", phone.take)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    own = {"phone_number_id": NUMBER, "token": TOKEN, "app_secret": SECRET, "verify_token": VERIFY}
    settings = Settings.model_validate(
        {
            "live": True,
            "project": {"name": "Rutana", "start": "2026-04-01"},
            "safeguarding": {"hotline": "22 00 00 00"},
            "channels": {"whatsapp": {**own, "api_url": f"http://127.0.0.1:{runner.addresses[0][1]}"}},
            "folder": tmp_path,
        }
    )
    database = await Database.open(settings.database.url, tmp_path)
    people = replace(small_roster(), staff=())

    async def load(tx: Any, items: Any) -> list[None]:
        await rosters.load(tx, people, NOW, "test")
        return [None] * len(items)

    await database.writer.do(load, None)
    await database.close()
    async with App.running(settings, StoppedClock(NOW), web=False) as phone.app:
        yield phone
    await runner.cleanup()


async def test_from_a_first_word_to_a_report(odette: Phone) -> None:
    assert "langue" in await odette.writes("text", {"body": "Hello"})
    assert "share your number" in await odette.presses("English")
    assert await odette.presses("Share my number") == "Are you Odette, ABAHUZA, Kivoga?"
    await odette.presses("Yes")
    assert await odette.presses("English") == "Welcome, Odette. Tap 📋 after each training."
    for words in ("Training", "Saturday", "processing", "Next", "12", "5", "5", "3"):
        await odette.presses(words)
    assert (await odette.presses("Send")).startswith("✅ No 1. ABAHUZA: 10 of 25. Thank you, Odette.")
    (report,) = await odette.rows("reports")
    assert report["source"] == "chat"
    assert {name: report["values"][name] for name in ("women", "men", "new_women", "new_men")} == {
        "women": 12,
        "men": 5,
        "new_women": 5,
        "new_men": 3,
    }


async def test_a_report_of_meta_reaches_our_message_and_a_stranger_cannot_take_her_number(odette: Phone) -> None:
    await odette.writes("text", {"body": "Hello"})
    (ours,) = await odette.rows("outbox")
    known = {"id": ours["provider_id"], "biz_opaque_callback_data": str(ours["id"])}
    told = signed(webhook(statuses=[status("read", **known)]))
    assert await knock(odette.app.channels["whatsapp"], odette.app.inbox, told) == 200  # type: ignore[arg-type]
    assert [row["state"] for row in await odette.rows("outbox")] == ["read"]
    card = {"phones": [{"phone": "+257 79 12 34 57", "wa_id": "25779123457"}]}
    await odette.writes("contacts", [card])
    assert not [row for row in await odette.rows("addresses", scheme="whatsapp") if row["value"] != "+25779123456"]
