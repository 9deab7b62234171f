"""WhatsApp: what the contract does not ask because it is the Cloud API's alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette

from bot.channels.base import Arrival, Delivery, Message, Recorder
from bot.channels.whatsapp import WhatsApp
from bot.errors import Refused, RetryLater
from tests.contracts.channel_kit import Answer, Call, knock, sending
from tests.contracts.kit_whatsapp import (
    MEDIA,
    NUMBER,
    PATH,
    SENT,
    TOKEN,
    VERIFY,
    WAMID,
    WhatsAppKit,
    pressed,
    refusal,
    said,
    signed,
    status,
    webhook,
)

KIT = WhatsAppKit()


async def arrival(call: Call) -> Arrival:
    intake = Recorder()
    assert await knock(KIT.channel("http://127.0.0.1:9"), intake, call) == 200
    (kept,) = intake.kept
    return kept


async def test_a_text_is_known_by_its_id_and_her_number() -> None:
    assert await arrival(said("text", {"body": "Ego"}, context={"id": "wamid.ours"})) == Arrival(
        "whatsapp",
        WAMID,
        "whatsapp",
        "+25779123456",
        "text",
        "Ego",
        datetime(2026, 11, 24, 2, 30, 54, tzinfo=UTC),
        {"message": WAMID, "reply_to": "wamid.ours"},
    )


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        ("text", {"body": "/start aB3_-x"}, ("start", "/start aB3_-x", {"token": "aB3_-x"})),
        ("text", {"body": "/start"}, ("start", "/start", {})),
        ("text", {"body": 7}, ("text", "", {})),
        ("interactive", pressed("b:match:yes", "Yes"), ("button", "", {"data": "match:yes", "callback": ""})),
        ("interactive", pressed("b:f:2", "Two", "list_reply"), ("button", "", {"data": "f:2", "callback": ""})),
        ("interactive", pressed("w:Report", "Report"), ("text", "Report", {})),
        ("interactive", pressed("share", "My number"), ("contact", "", {"phone": "+25779123456", "own": True})),
        ("interactive", pressed("of another program", "Yes"), ("text", "Yes", {})),
        ("button", {"text": "No", "payload": "No-Button-Payload"}, ("text", "No", {})),
        ("image", MEDIA | {"caption": "list"}, ("photo", "list", {"file_id": MEDIA["id"], "size": 0})),
        ("document", MEDIA, ("photo", "", {"file_id": MEDIA["id"]})),
        ("document", {"id": "1", "mime_type": "application/pdf"}, ("text", "", {"unread": "document"})),
        ("audio", {"id": "7", "voice": True}, ("voice", "", {"file_id": "7", "seconds": 0})),
        ("location", {"latitude": -3.9, "longitude": 30}, ("location", "", {"latitude": -3.9, "longitude": 30})),
        ("location", {"latitude": "x", "longitude": True}, ("text", "", {"unread": "message"})),
        ("sticker", {"id": "7"}, ("sticker", "", {})),
        ("video", {"id": "7", "caption": "see"}, ("text", "see", {"unread": "video"})),
        ("something new", {}, ("text", "", {"unread": "message"})),
        ("request_welcome", {}, ("start", "", {})),
    ],
)
async def test_every_kind_of_message_is_one_of_ours(
    kind: str, content: Any, found: tuple[str, str, dict[str, Any]]
) -> None:
    kept = await arrival(said(kind, content))
    assert (kept.kind, kept.text) == found[:2]
    assert {name: kept.data[name] for name in found[2]} == found[2]


async def test_who_hides_her_number_has_the_id_that_meta_gives_her() -> None:
    message = {"from_user_id": "BI.1234", "id": "w", "type": "interactive", "interactive": pressed("share", "x")}
    kept = await arrival(signed(webhook([message])))
    assert (kept.address, kept.kind, kept.data["phone"]) == ("BI.1234", "contact", "")
    async with sending(KIT) as (channel, provider):
        provider.answer = SENT
        await channel.send(Message(41, "BI.1234", "Ego", 1))
        body = json.loads(provider.asked[-1])
        assert body["recipient"] == "BI.1234" and "to" not in body


@pytest.mark.parametrize(
    ("told", "report"),
    [
        (status("delivered"), ("delivered", "delivered", 41)),
        (status("failed", 131047), ("failed", "failed 131047", 41)),
        (status("failed", 131026, 1), ("failed", "failed 131026", 41)),
        (status("sent", biz_opaque_callback_data="x"), ("sent", "sent", None)),
        (status("sent", biz_opaque_callback_data="²"), ("sent", "sent", None)),
        (status("sent", biz_opaque_callback_data=41), ("sent", "sent", None)),
    ],
)
async def test_a_report_finds_our_message_and_names_nobody(
    told: dict[str, Any], report: tuple[str, str, int | None]
) -> None:
    intake = Recorder()
    assert await knock(KIT.channel("http://127.0.0.1:9"), intake, signed(webhook(statuses=[told]))) == 200
    state, word, ours = report
    assert intake.told == [Delivery("whatsapp", state, word, ours, WAMID, f"{WAMID}.{word}")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "status", "body"),
    [
        ({}, 200, "1158201444"),
        ({"hub.verify_token": "x"}, 403, ""),
        ({"hub.verify_token": ""}, 403, ""),
        ({"hub.verify_token": TOKEN}, 403, ""),
        ({"hub.mode": "unsubscribe"}, 403, ""),
        ({"hub.challenge": ""}, 403, ""),
        ({"hub.challenge": "<script>"}, 403, ""),
        ({"hub.challenge": "1" * 129}, 403, ""),
        ({str(number): "" for number in range(200)}, 403, ""),
    ],
)
async def test_meta_asks_whether_the_address_is_ours(changed: dict[str, str], status: int, body: str) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY} | changed
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: Any) -> None:
        said.append(event)

    scope = {"type": "http", "method": "GET", "path": PATH, "query_string": urlencode(query).encode(), "headers": []}
    await Starlette(routes=list(KIT.channel("http://127.0.0.1:9").routes(Recorder())))(scope, receive, send)
    assert (said[0]["status"], said[1]["body"].decode()) == (status, body)


async def test_a_photo_is_asked_for_its_place_and_fetched_there() -> None:
    async with sending(KIT) as (channel, provider):
        assert isinstance(channel, WhatsApp)
        there = channel.settings.api_url + "/whatsapp_business/attachments/?mid=77&ext=1&hash=A%2Bb"
        found = {"url": there, "mime_type": "image/jpeg", "file_size": 70_000, "id": "77"}
        provider.answers["/77"] = Answer(200, json.dumps(found).encode())
        provider.answers["/whatsapp_business/attachments/"] = Answer(200, b"\xff" * 70_000)
        file = await channel.fetch({"file_id": "77"}, 100_000)
        assert (len(file.content), file.kind) == (70_000, "image/jpeg")
        assert provider.queries[-1] == "mid=77&ext=1&hash=A%2Bb"
        assert provider.headers[-1]["Authorization"] == f"Bearer {TOKEN}"
        for limit in (69_999, 1):
            with pytest.raises(Refused, match="larger"):
                await channel.fetch({"file_id": "77"}, limit)
        provider.answers["/77"] = Answer(200, json.dumps(found | {"file_size": None}).encode())
        with pytest.raises(Refused, match="larger"):
            await channel.fetch({"file_id": "77"}, 69_999)
        for answer, error in [(Answer(404), Refused), (Answer(500), RetryLater), (Answer(200, b"<"), RetryLater)]:
            provider.answers["/77"] = answer
            with pytest.raises(error):
                await channel.fetch({"file_id": "77"}, 100_000)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://lookaside.fbsbx.com/x",
        "https://example.com/x",
        "https://fbsbx.com.example.com/x",
        "https://evilfbsbx.com/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[x",
    ],
)
async def test_the_token_goes_to_nobody_but_meta(url: str) -> None:
    async with sending(KIT) as (channel, provider):
        provider.answer = Answer(200, json.dumps({"url": url}).encode())
        with pytest.raises(Refused):
            await channel.fetch({"file_id": "77"}, 100)
        assert provider.paths == ["GET /77"]


async def test_the_doctor_asks_for_the_number() -> None:
    async with sending(KIT) as (channel, provider):
        for answer, what in [
            (Answer(200, json.dumps({"id": NUMBER, "quality_rating": "GREEN"}).encode()), ""),
            (Answer(200, json.dumps({"id": NUMBER, "quality_rating": "RED"}).encode()), "RED"),
            (Answer(200, b'{"id":"9"}'), "api_url"),
            (Answer(200, b"<html>"), "api_url"),
            (refusal(401, 190), "token"),
            (refusal(400, 100, 33), "phone_number_id"),
        ]:
            provider.answer = answer
            found = await channel.check()
            assert len(found) == bool(what) and what in " ".join(found)
            assert TOKEN not in " ".join(found)
    assert "https://" in (await _unreached())[0]


async def _unreached() -> list[str]:
    async with sending(KIT, "http://127.0.0.1:9") as (channel, _):
        assert isinstance(channel, WhatsApp)
        channel._here = "http://example.org/channels/whatsapp/incoming"
        return await channel.check()
