"""WhatsApp through Twilio: what the contract does not ask because it is this provider's alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from starlette.applications import Starlette

from bot.channels import twilio_whatsapp_wire as wire
from bot.channels.base import Arrival, Attached, Message, Recorder
from bot.channels.twilio_whatsapp import TwilioWhatsApp
from bot.errors import Ambiguous, Refused, RetryLater
from tests.contracts.channel_kit import PHONE, Call, knock
from tests.contracts.kit_twilio import ACCOUNT, MESSAGES, SID, TwilioKit, row
from tests.contracts.kit_twilio import incoming as by_sms
from tests.contracts.kit_twilio_whatsapp import HERS, MEDIA, OURS, TwilioWhatsAppKit, chosen, incoming, pressed
from tests.databases import NOW

KIT = TwilioWhatsAppKit()
YES_NO = {"buttons": [[{"text": "Yes", "data": "match:yes"}, {"text": "No", "data": "match:no"}]]}
TOPICS = {"buttons": [[{"text": f"topic {number}", "data": f"f:{number}"}] for number in range(12)]}


class Twilio:
    """An account: its contents, what it was told to send, and a picture."""

    def __init__(self) -> None:
        self.contents: list[dict[str, Any]] = []
        self.sent: list[dict[str, str]] = []
        self.refuses, self.url = False, ""

    async def messages(self, request: web.Request) -> web.Response:
        self.sent.append(dict(parse_qsl((await request.read()).decode(), keep_blank_values=True)))
        return web.json_response(row(direction="outbound-api", status="queued"), status=201)

    async def content(self, request: web.Request) -> web.Response:
        if self.refuses:
            return web.json_response({"code": 20003}, status=401)
        if request.method == "POST":
            self.contents.append(json.loads(await request.read()) | {"sid": f"HX{len(self.contents)}"})
            return web.json_response(self.contents[-1], status=201)
        at = int(request.query.get("Page", 0))
        more = f"{self.url}/v1/Content?PageSize=1&Page={at + 1}" if at + 1 < len(self.contents) else None
        return web.json_response({"contents": self.contents[at : at + 1], "meta": {"next_page_url": more}})

    async def media(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Basic ")
        there = {"MEa": f"{self.url}/kept", "MEb": "https://example.com/kept", "MEc": "https://[", "MEd": ""}
        if not (where := there.get(request.match_info["name"])):
            return web.Response(status=404 if where is None else 500)
        return web.Response(status=307, headers={"Location": where})

    async def kept(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers, "the token is Twilio's alone"
        return web.Response(body=b"a picture")


@asynccontextmanager
async def account(**more: Any) -> AsyncIterator[tuple[TwilioWhatsApp, Twilio]]:
    twilio = Twilio()
    site = web.Application()
    site.router.add_post(MESSAGES, twilio.messages)
    site.router.add_route("*", "/v1/Content", twilio.content)
    site.router.add_get(MEDIA.removeprefix("https://api.twilio.com").replace("MEa", "{name}"), twilio.media)
    site.router.add_get("/kept", twilio.kept)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    twilio.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        channel = KIT.channel(twilio.url, **more)
        await channel.start(http)
        yield channel, twilio
    await runner.cleanup()


def text(words: str, asked: bool = True, file: Attached | None = None, **data: Any) -> Message:
    return Message(41, PHONE, words, 1, data, file, asked)


async def read(call: Call, channel: TwilioWhatsApp | None = None, numbered: Message | None = None) -> Arrival:
    """What is kept of a call. `numbered`: the text before it, whose choices went as numbers."""
    intake = Recorder(numbers={PHONE: numbered.data} if numbered else {})
    assert await knock(channel or KIT.channel("http://127.0.0.1:9"), intake, call) == 200
    (kept,) = intake.kept
    return kept


async def got(channel: TwilioWhatsApp, path: str, intake: Recorder) -> tuple[int, bytes]:
    """Ask the channel's addresses by GET: status and body."""
    said: list[Any] = []

    async def send(event: Any) -> None:
        said.append(event)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "root_path": ""}
    await Starlette(routes=list(channel.routes(intake)))(scope, receive, send)
    return said[0]["status"], b"".join(event.get("body", b"") for event in said[1:])


# --- what is brought ---


async def test_a_chat_is_an_address_of_its_own() -> None:
    kept = await read(incoming(OriginalRepliedMessageSid="SMours"))
    assert (kept.channel, kept.scheme, kept.address, kept.key) == ("twilio_whatsapp", "whatsapp", PHONE, SID)
    assert kept.data == {"message": SID, "reply_to": "SMours"}


@pytest.mark.parametrize(
    ("call", "kind", "said", "data"),
    [
        (incoming(Body="/start abc"), "start", "/start abc", {"token": "abc"}),
        (pressed("b:match:yes", "Yes"), "button", "", {"data": "match:yes", "callback": ""}),
        (chosen("w:Rapport", "📋 Rapport"), "text", "Rapport", {}),
        (chosen("share", "Share"), "contact", "", {"phone": PHONE, "own": True}),
        (pressed("", "No"), "text", "No", {}),
        (incoming(Latitude="-3.9", Longitude="30"), "location", "", {"latitude": -3.9, "longitude": 30.0}),
        (incoming(Latitude="900", Longitude="nan"), "text", "Ego", {}),
        (incoming(NumMedia="1", MediaUrl0="", Body="x"), "text", "x", {"unread": "message"}),
    ],
)
async def test_what_a_message_is(call: Call, kind: str, said: str, data: dict[str, Any]) -> None:
    kept = await read(call)
    assert (kept.kind, kept.text) == (kind, said)
    assert {name: value for name, value in kept.data.items() if name != "message"} == data


async def test_sms_and_whatsapp_do_not_mix() -> None:
    """Each is brought to its own address; at the other's it is refused, whoever signs it."""
    intake = Recorder()
    wrong = by_sms(From=HERS, To=OURS)
    assert await knock(TwilioKit().channel("http://127.0.0.1:9"), intake, wrong) == 400
    assert await knock(KIT.channel("http://127.0.0.1:9"), intake, incoming(From=PHONE)) == 400
    assert not intake.kept


# --- what is sent ---


async def test_a_text_goes_from_chat_to_chat() -> None:
    async with account() as (channel, twilio):
        assert (await channel.send(text("Ego\n1 & 2"))).provider_id == SID
        await channel.send(text("word " * 500))
    first, *parts = twilio.sent
    callback = "https://example.org/channels/twilio/whatsapp/status?id=41"
    assert first == {"To": HERS, "From": OURS, "Body": "Ego\n1 & 2", "StatusCallback": callback}
    assert [len(part["Body"]) <= wire.TEXT for part in parts] == [True, True]
    assert ["StatusCallback" in part for part in parts] == [False, True], "the last one is reported"


async def test_buttons_are_a_content_that_is_made_once() -> None:
    async with account() as (channel, twilio):
        await channel.send(text("Figures\nAre you Odette, ABAHUZA's?", **YES_NO))
        await channel.send(text("x" * 300, **YES_NO))
        again = KIT.channel(twilio.url)
        await again.start(channel._http)
        twilio.contents.insert(0, {"friendly_name": "of another program", "sid": "HXother"})
        await again.send(text("Again?", **YES_NO))
    (made,) = (each for each in twilio.contents if each["sid"] != "HXother")
    assert made["friendly_name"] == "kurikirana_buttons_2"
    assert made["types"]["twilio/quick-reply"]["actions"][1] == {
        "type": "QUICK_REPLY",
        "title": "{{4}}",
        "id": "{{5}}",
    }
    bodies = [(each.get("Body"), each.get("ContentSid")) for each in twilio.sent]
    assert bodies == [("Figures", None), (None, "HX0"), ("x" * 300, None), (None, "HX0"), (None, "HX0")]
    values = json.loads(twilio.sent[1]["ContentVariables"])
    assert values == {"1": "Are you Odette, ABAHUZA’s?", "2": "Yes", "3": "b:match:yes", "4": "No", "5": "b:match:no"}
    assert json.loads(twilio.sent[3]["ContentVariables"])["1"] == "…"


async def test_many_choices_are_lists_of_ten() -> None:
    async with account() as (channel, twilio):
        await channel.send(text("Topic?", **TOPICS))
    assert [each["friendly_name"] for each in twilio.contents] == ["kurikirana_rows_10", "kurikirana_buttons_2"]
    items = twilio.contents[0]["types"]["twilio/list-picker"]["items"]
    assert len(items) == 10 and items[9] == {"item": "{{29}}", "id": "{{30}}", "description": "{{31}}"}
    values = json.loads(twilio.sent[0]["ContentVariables"])
    assert (values["29"], values["30"], values["31"]) == ("topic 9", "b:f:9", "10")
    assert all(0 < len(value) <= wire.VALUE for each in twilio.sent for value in _values(each))


def _values(sent: dict[str, str]) -> list[str]:
    return list(json.loads(sent["ContentVariables"]).values())


@pytest.mark.parametrize("refuses", [True, False])
async def test_without_contents_choices_are_numbers_that_can_be_answered(refuses: bool) -> None:
    async with account(**({} if refuses else {"content_url": ""})) as (channel, twilio):
        twilio.refuses = refuses
        offered = text("Figures\nTopic?", **TOPICS)
        assert (await channel.send(offered)).numbered
        assert [each["Body"].splitlines()[-1] for each in twilio.sent] == ["Figures", "10. topic 9", "12. topic 11"]
        for typed, data in (("2", "f:1"), ("12.", "f:11")):
            kept = await read(incoming(Body=typed), numbered=offered)
            assert (kept.kind, kept.data["data"]) == ("button", data), "whichever process is called"
        for typed in ("13", "0", "two", "1 2", "٣"):
            assert (await read(incoming(Body=typed), channel, offered)).kind == "text"
        assert (await channel.send(text("How many women?"))).numbered is False
        assert (await read(incoming(Body="2"), channel)).kind == "text", "the last message offered nothing"


async def test_unasked_texts_are_templates() -> None:
    async with account(template="HXours") as (channel, twilio):
        await channel.send(text("A tip\nfor\tyou " + "x" * 300, asked=False))
        await channel.send(text("an answer"))
    assert [each.get("ContentSid") for each in twilio.sent] == ["HXours", "HXours", None]
    first, second = (json.loads(each["ContentVariables"])["1"] for each in twilio.sent[:2])
    assert first.startswith("A tip for you") and "".join((first + second).split()) == "Atipforyou" + "x" * 300


async def test_a_file_is_fetched_from_an_address_that_nobody_can_guess() -> None:
    async with account() as (channel, twilio):
        file = Attached("document", "october.xlsx", b"a table")
        await channel.send(text("October", file=file))
        path = twilio.sent[0]["MediaUrl"].removeprefix("https://example.org")
        kept = Recorder(files={41: file, 42: file})
        other = KIT.channel("http://127.0.0.1:9")  # another process, or after a restart
        assert await got(other, path, kept) == (200, b"a table")
        for wrong in (path[:-1], path.replace("/41-", "/42-"), path + "0"):
            assert await got(other, wrong, kept) == (404, b"")
        assert await got(other, path, Recorder()) == (404, b""), "erased since"
        other.now = lambda: NOW + timedelta(hours=1)
        assert await got(other, path, kept) == (404, b"")
    assert twilio.sent[1]["Body"] == "October"


async def test_a_later_part_in_doubt_is_not_sent_again() -> None:
    async with account() as (channel, twilio):
        asked = channel._ask

        async def breaks(method: str, path: str, **more: Any) -> Any:
            if twilio.sent:
                raise RetryLater("twilio cannot be reached")
            return await asked(method, path, **more)

        channel._ask = breaks  # type: ignore[method-assign]
        with pytest.raises(Ambiguous, match="only a part has left"):
            await channel.send(text("word " * 500))


# --- photos and voice notes ---


async def test_a_photo_is_fetched_where_twilio_says_without_the_token() -> None:
    async with account() as (channel, twilio):
        there = MEDIA.replace("https://api.twilio.com", twilio.url)
        assert (await channel.fetch({"file_id": there}, 100)).content == b"a picture"
        with pytest.raises(Refused, match="larger"):
            await channel.fetch({"file_id": there}, 3)
        for name in ("MEb", "MEc", "MEx"):
            with pytest.raises(Refused):
                await channel.fetch({"file_id": there.replace("MEa", name)}, 100)
        with pytest.raises(RetryLater):
            await channel.fetch({"file_id": there.replace("MEa", "MEd")}, 100)
        for elsewhere in ("", "https://example.com/a", f"{twilio.url}.example.com/", there.replace("MEa", "../../x")):
            with pytest.raises(Refused, match="not where Twilio"):
                await channel.fetch({"file_id": elsewhere}, 100)


# --- the list ---


async def test_the_list_brings_chats_to_this_channel_only() -> None:
    rows = [row(**{"from": HERS, "to": OURS, "sid": "SM1"}), row(sid="SM2")]
    rows.append(row(**{"from": OURS, "to": HERS, "sid": "SM3", "direction": "outbound-api", "status": "read"}))
    for channel, keys, told in (
        (KIT.channel("http://127.0.0.1:9"), ["SM1"], ["read"]),
        (TwilioKit().channel("http://127.0.0.1:9"), ["SM2"], []),
    ):

        async def listed(side: Any, since: Any) -> list[Any]:
            return list(rows)

        channel._sides = lambda: [{}]  # type: ignore[method-assign]
        channel._listed = listed  # type: ignore[method-assign]
        intake = Recorder()
        await channel._pull(intake, channel.now())
        assert [each.key for each in intake.kept] == keys
        assert [each.state for each in intake.told] == told
        assert {each.channel for each in intake.told} <= {channel.name}


def test_the_account_is_named_in_no_content() -> None:
    choice = wire.Choice(wire.ROWS, (("b:1", "it's"), ("b:2", "")), "")
    assert choice.values == {"1": "-", "2": "it’s", "3": "b:1", "4": "1", "5": "-", "6": "b:2", "7": "2"}
    assert ACCOUNT not in json.dumps(choice.content())
