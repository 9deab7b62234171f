"""The contract, for Telegram: by webhook, and polling the Bot API emulator."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from bot.channel_sections import Telegram as Settings
from bot.channels.base import Channel, Recorder
from bot.channels.telegram import Telegram, Waits
from bot.errors import DatabaseError
from tests.botapi import TOKEN, Emulator
from tests.botapi_bots import no_pace, started
from tests.botapi_methods import message
from tests.botapi_updates import Shown
from tests.contracts.channel_contract import ChannelContract, Receiving
from tests.contracts.channel_kit import PATIENCE, Answer, Call, Kit, Sample
from tests.contracts.test_channels import GENERAL_DOUBT

SECRET = "the_secret-of-the-webhook"
CHAT = {"id": 4711, "type": "private", "first_name": "Odette"}
FROM = {"id": 4711, "is_bot": False, "first_name": "Odette"}
BOT = {"id": 7, "is_bot": True, "first_name": "Rutana"}
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 900}
QUICK = Waits(poll=1, back_off=(0.01,), conflict=0.1)


def call(**update: Any) -> Call:
    headers = ((b"content-type", b"application/json"), (b"x-telegram-bot-api-secret-token", SECRET.encode()))
    body = json.dumps({"update_id": 880_001, **update}).encode()
    return Call("POST", "/channels/telegram/incoming", b"", body, headers)


def wrote(number: int = 880_001, **content: Any) -> Call:
    return call(
        update_id=number, message={"message_id": 3, "date": 1_795_488_258, "chat": CHAT, "from": FROM, **content}
    )


def said(description: str, code: int, **parameters: Any) -> Answer:
    body = {"ok": False, "error_code": code, "description": description}
    return Answer(code, json.dumps(body | ({"parameters": parameters} if parameters else {})).encode())


def result(of: Any) -> Answer:
    return Answer(200, json.dumps({"ok": True, "result": of}).encode())


class Webhook(Kit):
    mode: Literal["polling", "webhook"] = "webhook"
    secrets = (TOKEN.partition(":")[2], SECRET)
    samples = {
        "text": Sample(wrote(text="12 11 3 12 7 5 3"), 1),
        "not clean": Sample(wrote(text="a\0b \ud83d"), 1),
        "start": Sample(wrote(text="/start aZ0-_9"), 1),
        "contact": Sample(wrote(contact={"phone_number": "25779123456", "first_name": "O", "user_id": 4711}), 1),
        "photo": Sample(wrote(photo=[{**FILE, "width": 1280, "height": 960}], caption="No 4127"), 1),
        "voice": Sample(wrote(voice={**FILE, "duration": 4}), 1),
        "place": Sample(wrote(location={"latitude": -3.9, "longitude": 30.0}), 1),
        "cannot be read": Sample(wrote(dice={"emoji": "x", "value": 1}), 1),
        "edited": Sample(call(edited_message={"message_id": 3, "date": 5, "chat": CHAT, "text": "13"}), 1),
        "button": Sample(call(callback_query={"id": "99", "from": FROM, "chat_instance": "1", "data": "x"}), 1),
        "blocked": Sample(call(my_chat_member={"chat": CHAT, "new_chat_member": {"status": "kicked"}}), 1),
        "group": Sample(wrote(chat={"id": -100, "type": "group"}, text="hello"), 1),
        "pinned": Sample(wrote(pinned_message={})),
        "poll": Sample(call(poll={})),
    }
    ego = (wrote(1, text="Ego"), wrote(2, text="Ego"))
    sent = (result(message(Shown(4711, 5, "No 4127 OK", date=5), CHAT, BOT)),)
    refused = (said("Bad Request: message is too long", 400), said("Bad Request: x", 400, migrate_to_chat_id="x"))
    misconfigured = (
        said("Unauthorized", 401),
        said("Not Found", 404),
        said("Misdirected Request", 421),
        Answer(302, b"", {"Location": "http://127.0.0.1:9/"}),
    )
    later = (said("Too Many Requests: retry after 9", 429, retry_after=9),)
    doubtful = (
        *GENERAL_DOUBT,
        said("Internal Server Error: restart", 500),
        Answer(502, b"<html><title>502 Bad Gateway</title>"),
        Answer(503),
        Answer(200, b'{"ok": false}'),
        result(None),
        result({"message_id": 1}),
        Answer(500, b'["list"]'),
    )

    def channel(self, url: str) -> Telegram:
        settings = Settings(token=SecretStr(TOKEN), api_url=url, mode=self.mode, secret=SecretStr(SECRET))
        return Telegram(settings, "https://example.org", waits=QUICK, pace=no_pace())

    def hurry(self, channel: Channel) -> None:
        assert isinstance(channel, Telegram) and PATIENCE.total
        for wire in channel._wires:
            wire.whole_s = PATIENCE.total

    def slow_down(self, seconds: str | None) -> Answer:
        """A number in the answer's parameters; Telegram could write anything there."""
        if seconds is None:
            return said("Too Many Requests", 429)
        wait = int(seconds) if seconds.lstrip("-").isdecimal() else seconds
        return said("Too Many Requests", 429, retry_after=wait)

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        kind, (name, right) = call.headers
        for wrong in (b"x", right[:-1], right + b"x", right.upper(), "é".encode(), b"\xff\0", TOKEN.encode()):
            yield replace(call, headers=(kind, (name, wrong))), 403
        yield replace(call, headers=(kind, (name, b""))), 401
        yield replace(call, headers=(kind,)), 401
        yield replace(call, headers=(*call.headers, (name, right))), 400
        yield replace(call, path=call.path + "/x"), 404
        for body in (call.body[:-9], b"", b"[]", b"\xff", b"[" * 100_000):
            yield replace(call, body=body), 400


class Polling(Webhook):
    mode = "polling"
    botapi: Emulator

    async def deliver(self, intake: Recorder, *calls: Call) -> set[int]:
        """200: the offset was raised above them; 503: they are asked for again and again."""
        botapi = self.botapi
        botapi.forget()
        for one in calls:
            update = json.loads(one.body)
            botapi.push(update, check=False, number=update.pop("update_id"))
        async with started(self.channel(botapi.url)) as channel:
            running = asyncio.create_task(channel.run(intake))
            asked = botapi.called
            try:
                await botapi.until(lambda: running.done() or not botapi.queue.pending or len(asked("getUpdates")) > 3)
                if running.done():
                    running.result()
                assert bool(botapi.queue.pending) is isinstance(intake.broken, DatabaseError)
                return {503 if botapi.queue.pending else 200}
            finally:
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError, RuntimeError):
                    await running


class TestTelegramWebhook(ChannelContract):
    kit = Webhook()


class TestTelegramPolling(Receiving):
    """It sends as the one with a webhook does."""

    kit = Polling()

    @pytest.fixture(autouse=True)
    def bot_api(self) -> Iterator[None]:
        with Emulator() as self.kit.botapi:
            yield
