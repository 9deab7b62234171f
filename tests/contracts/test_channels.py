"""The contract, for the gateways that are called over HTTP. The payloads are real: Kannel's recorded from
Kannel 1.4.5 with docs/channels/kannel.conf, SMS Gate's from its documentation and source."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.channel_sections import Http as HttpSettings
from bot.channel_sections import Kannel as KannelSettings
from bot.channel_sections import SmsGate as SmsGateSettings
from bot.channels.http import Http
from bot.channels.kannel import Kannel
from bot.channels.smsgate import SmsGate
from tests import faultproxy
from tests.contracts.channel_contract import ChannelContract
from tests.contracts.channel_kit import Answer, Call, Kit, Sample, sending
from tests.contracts.kit_twilio import TwilioKit
from tests.contracts.kit_whatsapp import WhatsAppKit

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
SECRET, PASSWORD, KEY = "secret-of-the-path", "password-of-ours", "signing-key-of-ours"
ID = "631a5a3a-4220-4ac9-ae25-bba385cf4af0"
GENERAL_DOUBT = [
    Answer(200),
    Answer(200, b"\xff\xfe garbage"),
    Answer(200, b"<html>Welcome to the hotel</html>"),
    Answer(200, b"{}"),
    Answer(202),
    Answer(204),
    Answer(500, b"Traceback"),
]


def incoming(query: bytes, method: str = "GET") -> Call:
    path = f"/channels/kannel/{SECRET}/incoming"
    return Call(method, path, query) if method == "GET" else Call(method, path, b"", query)


def status(query: bytes) -> Call:
    return Call("GET", f"/channels/kannel/{SECRET}/status", query)


class KannelKit(Kit):
    secrets = (SECRET, PASSWORD)
    samples = {
        "recorded": Sample(
            incoming(
                b"from=25779123456&to=8585&text=12+11+3+12+7+5+3&id="
                + ID.encode()
                + b"&time=1795487454&charset=UTF-8"
            ),
            1,
        ),
        "recorded, UCS-2": Sample(
            incoming(
                b"from=25779123456&to=8585&text=Ego%2C+%C3%A7a+va+%E2%80%94+w%E2%80%99isoko+%F0%9F%98%80"
                b"&id=963a8d2d-15ec-49db-8076-5a7687606c45&time=1795487454&charset=UTF-8"
            ),
            1,
        ),
        "not recoded": Sample(incoming(b"from=%2B25779123456&text=%00E%00g%00o&id=a&time=1&charset=UTF-16BE"), 1),
        "latin": Sample(incoming(b"from=79123456&text=d%E9j%E0&id=b&charset=ISO-8859-1"), 1),
        "posted": Sample(incoming(b"from=25779123456&text=Ego&id=c&time=2026-11-23+17%3A30%3A00", "POST"), 1),
        "without id": Sample(incoming(b"from=25779123456&text=Ego&time=1795487454"), 1),
        "empty": Sample(incoming(b"from=25779123456&text=&id=d"), 1),
        "short sender": Sample(incoming(b"from=ECONET&to=8585&text=x&id=e&time=yesterday"), 1),
        "not what it says": Sample(incoming(b"from=25779123456&text=a%ff%00b&id=f&charset=UTF-8"), 1),
        "delivered": Sample(status(b"type=1&answer=&smsc=333758fd-494d&id=41"), 0, ("delivered",)),
        "failed": Sample(status(b"type=2&answer=NACK%2F00000045&smsc=7&id=41"), 0, ("failed",)),
        "buffered": Sample(status(b"type=4&answer=&smsc=7&id=41"), 0, ("accepted",)),
        "at the SMSC": Sample(status(b"type=8&answer=ACK%2F&smsc=&id=41"), 0, ("sent",)),
        "rejected": Sample(status(b"type=16&answer=NACK%2F&smsc=&id=41"), 0, ("failed",)),
        "expired": Sample(status(b"type=34&answer=&smsc=7&id=41"), 0, ("failed",)),
        "unknown word": Sample(status(b"type=new&answer=&smsc=7&id=canary"), 0, ("accepted",)),
    }
    ego = (
        incoming(b"from=25779123456&text=Ego&id=1&time=1795487454"),
        incoming(b"from=25779123456&text=Ego&id=2&time=1795487454"),
    )
    sent = (
        Answer(202, b"0: Accepted for delivery"),
        Answer(202, b"3: Queued for later delivery"),
        Answer(202, b"Sent."),
    )
    refused = (
        Answer(400, b"Number(s) has/have been denied by white- and/or black-lists."),
        Answer(403, b"Not routable. Do not try again."),
        Answer(400, b"Charset or body misformed, rejected"),
    )
    misconfigured = (
        Answer(403, b"Authorization failed for sendsms"),
        Answer(401, b""),
        Answer(404, b"Unknown request."),
        Answer(400, b"Sender missing and no global set, rejected"),
        Answer(301, b"", {"Location": "http://127.0.0.1:9/"}),
    )
    later = (Answer(503, b"Temporal failure, try again later."), Answer(429))
    doubtful = (*GENERAL_DOUBT, Answer(502, b"<html>Bad Gateway</html>"), Answer(504))

    def channel(self, url: str) -> Kannel:
        settings = KannelSettings(
            sendsms_url=f"{url}/cgi-bin/sendsms",
            username="kurikirana",
            password=SecretStr(PASSWORD),
            sender="8585",
            secret=SecretStr(SECRET),
        )
        return Kannel(settings, "https://example.org")

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        for wrong in ("x", SECRET[:-1], SECRET + "x", SECRET.upper(), "é" * 9, "\udcff", "%00", " ", PASSWORD):
            yield replace(call, path=call.path.replace(SECRET, wrong)), 403
        for path in (call.path.replace(SECRET, ""), call.path + "x", call.path.replace(SECRET, SECRET + "/x")):
            yield replace(call, path=path), 404


def external(what: str, query: bytes = b"", body: bytes = b"", content: bytes = b"") -> Call:
    headers = ((b"content-type", content),) if content else ()
    return Call("POST" if body else "GET", f"/channels/http/{SECRET}/{what}", query, body, headers)


FORM, JSON = b"application/x-www-form-urlencoded", b"application/json; charset=utf-8"


class HttpKit(Kit):
    """The requests are those of courier's tests for its channel type "external"."""

    secrets = (SECRET, KEY)
    samples = {
        "received": Sample(external("incoming", b"sender=%2B25779123456&text=Join&id=7"), 1),
        "received, form": Sample(external("incoming", b"", b"from=%2B25779123456&text=Join&id=8", FORM), 1),
        "received, date": Sample(external("incoming", b"from=79123456&text=Ego&date=2026-11-23T17:30:00.000Z"), 1),
        "received, JSON": Sample(
            external(
                "incoming", b"", b'{"id": 12, "from": "25779123456", "text": "\xc3\x87a va", "time": null}', JSON
            ),
            1,
        ),
        "RapidPro's own call": Sample(
            external(
                "incoming",
                b"",
                b'{"id":"10","text":"Ego","to":"+25761000000","to_no_plus":"25761000000","from":"+25779123456",'
                b'"from_no_plus":"25779123456","channel":"8eb23e93-5ecb-45ba-b726-3b064e0c56ab"}',
                JSON,
            ),
            1,
        ),
        "empty text": Sample(external("incoming", b"from=25779123456&text=&id=e"), 1),
        "not UTF-8": Sample(external("incoming", b"from=25779123456&text=a%ff%00b&id=f"), 1),
        "sent": Sample(external("status/sent", b"id=41"), 0, ("sent",)),
        "delivered": Sample(external("status/delivered", b"", b"id=41", FORM), 0, ("delivered",)),
        "failed": Sample(external("status/failed", b"", b'{"id": 41}', JSON), 0, ("failed",)),
        "in one": Sample(external("status", b"id=41&status=Delivered"), 0, ("delivered",)),
        "unknown word": Sample(external("status", b"id=canary&status=enroute"), 0, ("accepted",)),
    }
    ego = (external("incoming", b"from=25779123456&text=Ego"), external("incoming", b"from=25779123456&text=Ego"))
    sent = (
        Answer(200, b'{"status":"queued"}'),
        Answer(201, b'[{"status":"queued"}]'),
        Answer(202, b'"status":"queued"'),
    )
    refused = (Answer(400, b"+25779123456 is no number"), Answer(422), Answer(413))
    misconfigured = (Answer(401), Answer(403), Answer(404), Answer(405), Answer(302, b"", {"Location": "/login"}))
    later = (Answer(503), Answer(429))
    doubtful = (*GENERAL_DOUBT, Answer(502, b"<html>"), Answer(504), Answer(408), Answer(200, b'{"status":"error"}'))

    def channel(self, url: str) -> Http:
        settings = HttpSettings.model_validate(
            {
                "send_url": f"{url}/send",
                "headers": {"Authorization": f"Token {KEY}"},
                "accepted": '"status":"queued"',
                "sender": "+25761000000",
                "secret": SECRET,
            }
        )
        return Http(settings, "https://example.org")

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        yield from KannelKit().forgeries(call)


def event(kind: str, payload: dict[str, Any], key: str = "Ey6ECgOkVVFjz3CL48B8C") -> bytes:
    envelope = {"deviceId": "ffffffffceb0b1db0000018e937c815b", "event": kind, "id": key}
    return json.dumps(envelope | {"payload": payload, "webhookId": "kurikirana-sms-received"}).encode()


def signed(body: bytes, key: str = KEY, at: datetime = NOW) -> Call:
    time = str(int(at.timestamp())).encode()
    signature = hmac.new(key.encode(), body + time, hashlib.sha256).hexdigest().encode()
    headers = ((b"content-type", b"application/json"), (b"x-signature", signature), (b"x-timestamp", time))
    return Call("POST", "/channels/smsgate/incoming", b"", body, headers)


AT, A_SECOND_LATER = ({"receivedAt": f"2026-11-23T19:29:{second}.000+02:00"} for second in (11, 12))
SMS = {"messageId": "abc123", "message": "Ego", "phoneNumber": "79123456", "simNumber": 1, **AT}
REPORT = {"messageId": "41-0123456789ab", "phoneNumber": "+25779123456", "simNumber": None}
BOTH = {"sender": "+25779123456", "recipient": "+25761000000"}
MMS = {"messageId": "m1", "phoneNumber": "+25779123456", "transactionId": "T1", "subject": None, "size": 9}


class SmsGateKit(Kit):
    secrets = (KEY, PASSWORD)
    samples = {
        "received": Sample(signed(event("sms:received", SMS)), 1),
        "received, 1.54 on": Sample(signed(event("sms:received", SMS | BOTH)), 1),
        "received, 2.x": Sample(signed(event("sms:received", BOTH | {"message": "Ego é 😀"})), 1),
        "sent": Sample(signed(event("sms:sent", REPORT | {"sentAt": "x", "partsCount": 1})), 0, ("sent",)),
        "delivered": Sample(signed(event("sms:delivered", REPORT)), 0, ("delivered",)),
        "failed": Sample(
            signed(event("sms:failed", REPORT | {"reason": "Invalid number +25779123456"})), 0, ("failed",)
        ),
        "not ours": Sample(signed(event("sms:sent", REPORT | {"messageId": "zXDYfTmTVf3iMd16"})), 0, ("sent",)),
        "mms": Sample(signed(event("mms:received", MMS)), 1),
        "ping": Sample(signed(event("system:ping", {"health": {"status": "pass", "checks": {}}}))),
        "unknown": Sample(signed(event("app:started", {}))),
        "batch": Sample(signed(event("sms:batch:received", {"messages": [SMS]}))),
        "new fields": Sample(signed(event("sms:received", SMS | {"new": [1, {"a": None}]})), 1),
    }
    ego = (signed(event("sms:received", SMS, "a")), signed(event("sms:received", SMS | A_SECOND_LATER, "b")))
    refused = (Answer(400, b'{"message":"Text message is empty"}'), Answer(413), Answer(422))
    misconfigured = (Answer(401), Answer(403), Answer(404), Answer(302, b"", {"Location": "/login"}))
    later = (Answer(503), Answer(502, b"<html>"), Answer(504), Answer(429, b"queue limit"))
    doubtful = (*GENERAL_DOUBT, Answer(202, b'{"id":"another"}'), Answer(202, b'{"id":"41'), Answer(202, b"[]"))

    @property
    def sent(self) -> tuple[Answer, ...]:  # type: ignore[override]
        """The app repeats our id, which the channel makes of the message."""
        states = ("Pending", "Processed", "Sent", "Delivered", "NewWord")
        return (Answer(409), *(Answer(202, json.dumps({"id": OURS, "state": each}).encode()) for each in states))

    def taken(self, order: bytes) -> Answer:
        key = json.loads(order or b"{}").get("id", "")
        return Answer(202, json.dumps({"id": key, "state": "Pending"}).encode())

    def channel(self, url: str) -> SmsGate:
        settings = SmsGateSettings(url=url, username="sms", password=SecretStr(PASSWORD), signing_key=SecretStr(KEY))
        return SmsGate(settings, "https://example.org", lambda: NOW)

    def seal(self, call: Call) -> Call:
        return signed(call.body)

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        right = dict(call.headers)
        for wrong in (b"", b"x", right[b"x-signature"][:-1], b"0" * 64, "é".encode() * 32, b"\xff\0", KEY.encode()):
            yield replace(call, headers=tuple((right | {b"x-signature": wrong}).items())), 401
        for time in (b"", b"-1", b"soon", b"1e9", b"9" * 40, str(int(NOW.timestamp()) + 1).encode()):
            yield replace(call, headers=tuple((right | {b"x-timestamp": time}).items())), 401
        yield replace(call, headers=()), 401
        yield replace(call, body=call.body.replace(b"Ey6", b"Fz7")), 401
        yield replace(signed(call.body, key=PASSWORD)), 401
        yield replace(call, headers=(*call.headers, call.headers[1])), 400


OURS = "41-" + hmac.new(KEY.encode(), b"+25779123456\0No 4127 OK canary-text", hashlib.sha256).hexdigest()[:12]


class TestKannel(ChannelContract):
    kit = KannelKit()


class TestHttp(ChannelContract):
    kit = HttpKit()


class TestSmsGate(ChannelContract):
    kit = SmsGateKit()


class TestTwilio(ChannelContract):
    kit = TwilioKit()


class TestWhatsApp(ChannelContract):
    kit = WhatsAppKit()


async def test_the_contract_would_notice_a_request_sent_twice() -> None:
    """Teeth: asked without our guard, aiohttp repeats a GET by itself. That would be a second SMS."""
    async with sending(KannelKit(), fault=faultproxy.ResetAfterRequest()) as (channel, provider):
        assert isinstance(channel, Kannel)
        with pytest.raises(OSError):
            await channel._http.get(channel.settings.sendsms_url)
        assert len(provider.asked) == 2
