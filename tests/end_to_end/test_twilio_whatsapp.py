"""The leader's journey in WhatsApp through Twilio: contents for what can be pressed, numbers where there are none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bot.app import App
from bot.channels.twilio_whatsapp import TwilioWhatsApp
from bot.clock import StoppedClock
from bot.programme import roster as rosters
from bot.settings import Settings
from bot.store.engine import Database
from tests.contracts.channel_kit import knock
from tests.contracts.kit_twilio import ACCOUNT, MESSAGES, TOKEN, row
from tests.contracts.kit_twilio_whatsapp import OURS, incoming, pressed, status
from tests.end_to_end.test_whatsapp import Phone
from tests.play_service import NOW
from tests.programme import small_roster


class Chat(Phone):
    """Odette's WhatsApp, with Twilio in between; its calls come to `door`, else to the process that sends."""

    door: TwilioWhatsApp | None = None

    async def take(self, request: web.Request) -> web.Response:
        form = dict(parse_qsl((await request.read()).decode()))
        self.sees.append(form)
        return web.json_response(
            row(sid=f"MM{len(self.sees)}", direction="outbound-api", status="queued"), status=201
        )

    @property
    def text(self) -> str:
        """The last message, and what stands before it when that is only something to press."""
        return "\n".join(_words(each) for each in self.sees[-2:])

    @property
    def choices(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in self.sees[-2:]:
            values = list(json.loads(each.get("ContentVariables", "{}")).values())[1:]
            width = 3 if each.get("ContentSid") == "HXrows" else 2
            for at in range(0, len(values), width):
                long = width == 3 and not values[at + 2].isdecimal()
                found[values[at + 2] if long else values[at]] = values[at + 1]
        return found

    async def writes(self, kind: str, content: Any) -> str:
        self._said += 1
        key = f"SMhers{self._said}"
        call = incoming(Body=content["body"], MessageSid=key) if kind == "text" else pressed(*content, MessageSid=key)
        assert await knock(self.door or self.app.channels["twilio_whatsapp"], self.app.inbox, call) == 200  # type: ignore[arg-type]
        await self.settled()
        return self.text

    async def presses(self, words: str) -> str:
        found = [(label, key) for label, key in self.choices.items() if words in label]
        assert found, (words, self.text, list(self.choices))
        return await self.writes("button", (found[0][1], found[0][0]))


def _words(form: dict[str, str]) -> str:
    return form.get("Body") or str(json.loads(form["ContentVariables"])["1"])


async def _content(request: web.Request) -> web.Response:
    if request.method == "GET":
        return web.json_response({"contents": [], "meta": {"next_page_url": None}})
    kind = "rows" if b"list-picker" in await request.read() else "buttons"
    return web.json_response({"sid": f"HX{kind}"}, status=201)


async def _listed(request: web.Request) -> web.Response:
    return web.json_response({"messages": []})


@pytest.fixture(params=["contents", "numbers"])
async def odette(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Chat]:
    phone = Chat()
    site = web.Application()
    site.router.add_post(MESSAGES, phone.take)
    site.router.add_get(MESSAGES, _listed)
    site.router.add_route("*", "/v1/Content", _content)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    own = {"account_sid": ACCOUNT, "auth_token": TOKEN, "whatsapp": OURS.removeprefix("whatsapp:"), "api_url": url}
    settings = Settings.model_validate(
        {
            "live": True,
            "project": {"name": "Rutana", "start": "2026-04-01"},
            "safeguarding": {"hotline": "22 00 00 00"},
            "web": {"public_url": "https://example.org"},
            "channels": {"twilio": {**own, "content_url": url if request.param == "contents" else ""}},
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


@pytest.mark.parametrize("odette", ["contents"], indirect=True)
async def test_from_a_first_word_to_a_report(odette: Chat) -> None:
    assert list(odette.app.channels) == ["twilio_whatsapp"]
    assert "langue" in await odette.writes("text", {"body": "Hello"})
    assert "share your number" in await odette.presses("English")
    assert "Are you Odette, ABAHUZA, Kivoga?" in await odette.presses("Share my number")
    await odette.presses("Yes")
    assert "Welcome, Odette. Tap" in await odette.presses("English")
    for words in ("Training", "Saturday", "processing", "Next", "12", "5", "5", "3"):
        await odette.presses(words)
    assert "✅ No 1. ABAHUZA: 10 of 25. Thank you, Odette." in await odette.presses("Send")
    (report,) = await odette.rows("reports")
    assert report["source"] == "chat" and report["values"]["women"] == 12


@pytest.mark.parametrize("odette", ["numbers"], indirect=True)
async def test_with_numbers_only(odette: Chat) -> None:
    assert "4. English" in await odette.writes("text", {"body": "Hello"})
    assert "1. " in await odette.writes("text", {"body": "4"})
    settings = odette.app.settings.channels.twilio
    assert settings is not None
    odette.door = TwilioWhatsApp(
        settings, "https://example.org", odette.app.clock.now
    )  # of a process that sent nothing
    assert "Are you Odette, ABAHUZA, Kivoga?" in await odette.writes("text", {"body": "1"})
    await odette.writes("text", {"body": "1"})
    assert "Welcome, Odette" in await odette.writes("text", {"body": "4"})
    assert await odette.rows("facts", name=f"numbered:twilio_whatsapp:{(await odette.rows('addresses'))[-1]['id']}")
    (ours, *_) = await odette.rows("outbox")
    told = status("read", query=f"id={ours['id']}".encode(), MessageSid=ours["provider_id"])
    assert await knock(odette.app.channels["twilio_whatsapp"], odette.app.inbox, told) == 200  # type: ignore[arg-type]
    assert [row["state"] for row in await odette.rows("outbox", id=ours["id"])] == ["read"]
