"""Twilio's payloads as it documents them and as courier's tests recorded them, signed as its own library signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pydantic import SecretStr

from bot.channel_sections import Twilio as Settings
from bot.channels.twilio import Twilio
from tests.contracts.channel_kit import Answer, Call, Kit, Sample

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
HERE = "https://example.org/channels/twilio"
ACCOUNT, TOKEN, SENDER = "AC0123456789abcdef0123456789abcdef", "auth-token-of-ours", "+12028831111"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SID = "SMe287d7109a5a925f182f0e07fe5b223b"
FIELDS = {
    "ToCountry": "US",
    "ToState": "District Of Columbia",
    "SmsMessageSid": SID,
    "NumMedia": "0",
    "ToCity": "",
    "SmsSid": SID,
    "SmsStatus": "received",
    "Body": "Ego",
    "FromCountry": "BI",
    "To": SENDER,
    "NumSegments": "1",
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "+25779123456",
    "ApiVersion": "2010-04-01",
}
REPORT = {"MessageSid": SID, "SmsSid": SID, "AccountSid": ACCOUNT, "From": SENDER, "To": "+25779123456"}


def right(token: str, address: str, body: bytes) -> bytes:
    """The signature as Twilio's security page words it, written apart from ours."""
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    text = address.encode("latin-1") + b"".join(
        name.encode("latin-1") + value.encode("latin-1") for name, value in sorted(set(pairs))
    )
    return base64.b64encode(hmac.new(token.encode(), text, hashlib.sha1).digest())


def signed(call: Call, token: str = TOKEN, here: str = HERE) -> Call:
    address = here + call.path.removeprefix("/channels/twilio")
    if call.query:
        address += "?" + call.query.decode("latin-1")
    signature = right(token, address, call.body)
    return replace(call, headers=((b"x-twilio-signature", signature), *KIND))


KIND = ((b"content-type", b"application/x-www-form-urlencoded; charset=UTF-8"),)


def incoming(fields: Mapping[str, str] = FIELDS, **more: str) -> Call:
    return signed(Call("POST", "/channels/twilio/incoming", b"", urlencode({**fields, **more}).encode()))


def status(word: str, query: bytes = b"id=41", **more: str) -> Call:
    body = urlencode({**REPORT, "MessageStatus": word, **more}).encode()
    return signed(Call("POST", "/channels/twilio/status", query, body))


def refusal(status: int, code: int) -> Answer:
    said = {"code": code, "message": "The 'To' number +25779123456 is not a valid phone number.", "status": status}
    return Answer(status, json.dumps(said | {"more_info": "https://www.twilio.com/docs/errors"}).encode())


def row(**more: Any) -> dict[str, Any]:
    """One message of the list."""
    fields: dict[str, Any] = {"sid": SID, "account_sid": ACCOUNT, "body": "Ego", "direction": "inbound"}
    fields |= {"from": "+25779123456", "to": SENDER, "num_media": "0", "num_segments": "1", "status": "received"}
    fields |= {"error_code": None, "error_message": None, "price": None, "messaging_service_sid": None}
    fields |= {"date_sent": "Mon, 23 Nov 2026 17:29:11 +0000", "date_created": "Mon, 23 Nov 2026 17:29:10 +0000"}
    return fields | more


class TwilioKit(Kit):
    secrets = (TOKEN,)
    samples = {
        "received": Sample(incoming(), 1),
        "with an accent": Sample(incoming(Body="Ego, ça va — w’isoko 😀"), 1),
        "empty": Sample(incoming(Body=""), 1),
        "only spaces": Sample(incoming(Body="   "), 1),
        "button": Sample(incoming(ButtonText="Confirm"), 1),
        "opt-out of Twilio's own": Sample(incoming(Body="STOP", OptOutType="STOP"), 1),
        "two pictures": Sample(incoming(NumMedia="2", MediaUrl0="cat.jpg", MediaUrl1="dog.jpg"), 1),
        "a named sender": Sample(incoming(From="ECONET"), 1),
        "queued": Sample(status("queued"), 0, ("accepted",)),
        "sending": Sample(status("sending"), 0, ("accepted",)),
        "sent": Sample(status("sent"), 0, ("sent",)),
        "delivered": Sample(status("delivered", RawDlrDoneDate="2611231930"), 0, ("delivered",)),
        "undelivered": Sample(status("undelivered", ErrorCode="30003"), 0, ("failed",)),
        "failed": Sample(status("failed", ErrorCode="30008"), 0, ("failed",)),
        "stopped": Sample(status("failed", ErrorCode="21610"), 0, ("failed",)),
        "canceled": Sample(status("canceled"), 0, ("failed",)),
        "read": Sample(status("read"), 0, ("read",)),
        "unknown word": Sample(status("huh", ErrorCode="99999"), 0, ("accepted",)),
        "of another program": Sample(status("sent", b""), 0, ("sent",)),
        "of nothing": Sample(signed(Call("POST", "/channels/twilio/status", b"", b" "))),
    }
    ego = (incoming(MessageSid="SMa"), incoming(MessageSid="SMb"))
    sent = tuple(
        Answer(201, json.dumps(row(direction="outbound-api", status=word)).encode())
        for word in ("queued", "accepted", "sending", "sent", "delivered", "scheduled", "new word")
    )
    refused = (
        *(refusal(400, code) for code in (21211, 21614, 21408, 21608, 21612, 21617, 30007, 99999)),
        refusal(403, 21408),
        Answer(400, b"<html>"),
        Answer(201, json.dumps(row(status="failed", error_code=30008)).encode()),
    )
    misconfigured = (
        refusal(401, 20003),
        refusal(400, 20003),
        refusal(403, 20005),
        refusal(404, 20404),
        *(refusal(400, code) for code in (21212, 21603, 21606, 21609, 21659, 21660, 21661, 21701, 21703)),
        Answer(401),
        Answer(301, b"", {"Location": "http://127.0.0.1:9/"}),
    )
    later = (refusal(429, 20429), Answer(429), *(refusal(400, code) for code in (14107, 21611, 30001)), Answer(503))
    doubtful = (
        Answer(200),
        Answer(200, b"\xff\xfe garbage"),
        Answer(200, b"<html>Welcome to the hotel</html>"),
        Answer(200, b"{}"),
        Answer(201, b'{"sid": 7}'),
        Answer(201, b'{"sid": "SM'),
        Answer(202),
        Answer(204),
        Answer(502, b"<html>Bad Gateway</html>"),
        Answer(504),
        refusal(500, 20500),
    )

    def channel(self, url: str, sender: str = SENDER, public_url: str = "https://example.org") -> Twilio:
        settings = Settings(account_sid=ACCOUNT, auth_token=SecretStr(TOKEN), api_url=url, sender=sender)
        return Twilio(settings, public_url, lambda: NOW)

    def seal(self, call: Call) -> Call:
        return signed(call)

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        mine = dict(call.headers)[b"x-twilio-signature"]
        for wrong in (
            b"",
            b"x",
            mine[:-1],
            mine.lower(),
            mine.upper(),
            b"A" * 27 + b"=",
            "é".encode(),
            TOKEN.encode(),
        ):
            yield replace(call, headers=((b"x-twilio-signature", wrong),)), 401
        yield replace(call, headers=()), 401
        yield replace(call, headers=(call.headers[0], call.headers[0])), 400
        yield replace(call, body=call.body + b"&From=%2B25768123456"), 401
        yield replace(call, body=call.body.replace(b"SM", b"MM") + b"&x="), 401
        yield replace(call, query=call.query + b"&id=42"), 401
        yield signed(call, "another token"), 401
        yield signed(call, here="https://example.com/channels/twilio"), 401
        yield signed(call, here="http://example.org/channels/twilio"), 401
        elsewhere = signed(replace(call, path="/channels/twilio/elsewhere"))
        yield replace(call, headers=elsewhere.headers), 401
        proxy = ((b"x-forwarded-host", b"example.com"), (b"x-forwarded-proto", b"http"), (b"host", b"example.com"))
        yield replace(call, headers=(*signed(call, here="http://example.com/channels/twilio").headers, *proxy)), 401
