"""The Cloud API's payloads as Meta documents them and as courier's tests recorded them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from bot.channel_sections import Whatsapp as Settings
from bot.channels.whatsapp import WhatsApp
from tests.contracts.channel_kit import Answer, Call, Kit, Sample

NUMBER, TOKEN, SECRET, VERIFY = "1234567890", "EAAtoken-of-ours", "app-secret-of-ours", "verify-word-of-ours"
PATH = "/channels/whatsapp/incoming"
WAMID = "wamid.HBgLMjU3NzkxMjM0NTYVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA="
FROM = {"from": "25779123456", "timestamp": "1795487454"}


def webhook(
    messages: Sequence[dict[str, Any]] = (), statuses: Sequence[dict[str, Any]] = (), number: str = NUMBER
) -> bytes:
    value: dict[str, Any] = {"messaging_product": "whatsapp"}
    value["metadata"] = {"display_phone_number": "+250 788 123 200", "phone_number_id": number}
    if messages:
        value["contacts"] = [{"profile": {"name": "Odette canary"}, "wa_id": "25779123456"}]
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    change = {"value": value, "field": "messages"}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "8856996819413533", "changes": [change]}]}
    ).encode()


def signed(body: bytes, secret: str = SECRET) -> Call:
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = ((b"content-type", b"application/json"), (b"x-hub-signature-256", signature.encode()))
    return Call("POST", PATH, b"", body, headers)


def said(kind: str, content: Any, key: str = WAMID, **more: Any) -> Call:
    return signed(webhook([{**FROM, "id": key, "type": kind, kind: content, **more}]))


def status(word: str, *codes: int, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"id": WAMID, "status": word, "timestamp": "1795487460", "recipient_id": "25779123456"}
    told |= {"biz_opaque_callback_data": "41", "pricing": {"billable": False, "category": "service"}}
    if codes:
        told["errors"] = [{"code": code, "title": "Re-engagement message to +25779123456"} for code in codes]
    return told | more


def pressed(key: str, title: str, kind: str = "button_reply") -> dict[str, Any]:
    return {"type": kind, kind: {"id": key, "title": title}}


def refusal(status: int, code: int, subcode: int | None = None) -> Answer:
    error: dict[str, Any] = {"message": f"(#{code}) Recipient 25779123456", "type": "OAuthException", "code": code}
    error |= {"error_data": {"messaging_product": "whatsapp", "details": "25779123456"}, "fbtrace_id": "Az8or2"}
    return Answer(status, json.dumps({"error": error | ({"error_subcode": subcode} if subcode else {})}).encode())


SENT = Answer(
    200,
    json.dumps(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": "25779123456", "wa_id": "25779123456"}],
            "messages": [{"id": WAMID, "message_status": "accepted"}],
        }
    ).encode(),
)
MEDIA = {"id": "1908647269898587", "mime_type": "image/jpeg", "sha256": "29ed500fa64eb55fc19dc4124acb300e5dcca0f8"}


class WhatsAppKit(Kit):
    secrets = (TOKEN, SECRET, VERIFY)
    samples = {
        "text": Sample(said("text", {"body": "Ego"}), 1),
        "text, hidden number": Sample(
            signed(webhook([{"from_user_id": "BI.1234", "id": "w", "type": "text", "text": {"body": "Ego"}}])), 1
        ),
        "answer to ours": Sample(said("text", {"body": "Ego"}, context={"from": "1", "id": "wamid.ours"}), 1),
        "button of ours": Sample(said("interactive", pressed("b:match:yes", "Yes")), 1),
        "row of a list": Sample(said("interactive", pressed("b:f:topic:2", "2", "list_reply")), 1),
        "button of a template": Sample(said("button", {"text": "No", "payload": "No-Button-Payload"}), 1),
        "a form of Meta's": Sample(said("interactive", pressed("", "", "nfm_reply")), 1),
        "image": Sample(said("image", {**MEDIA, "caption": "liste"}), 1),
        "voice note": Sample(said("audio", {**MEDIA, "mime_type": "audio/ogg; codecs=opus", "voice": True}), 1),
        "document": Sample(said("document", {**MEDIA, "mime_type": "application/pdf", "filename": "a.pdf"}), 1),
        "video": Sample(said("video", MEDIA), 1),
        "sticker": Sample(said("sticker", {**MEDIA, "mime_type": "image/webp"}), 1),
        "location": Sample(said("location", {"latitude": -3.9, "longitude": 30.0, "name": "Rutana"}), 1),
        "card": Sample(said("contacts", [{"name": {"formatted_name": "B canary"}, "phones": []}]), 1),
        "unsupported": Sample(said("unsupported", {}, errors=[{"code": 131051, "title": "Unsupported"}]), 1),
        "in a group": Sample(said("text", {"body": "Ego"}, group_id="120363"), 1),
        "first opening": Sample(said("request_welcome", {}), 1),
        "reaction": Sample(said("reaction", {"message_id": "wamid.ours", "emoji": "\U0001f44d"})),
        "new number": Sample(said("system", {"body": "canary", "wa_id": "25761", "type": "user_changed_number"}), 1),
        "new number, older": Sample(said("system", {"new_wa_id": "25761", "type": "customer_changed_number"}), 1),
        "new number, not said": Sample(said("system", {"body": "canary", "type": "user_changed_number"})),
        "new id": Sample(said("system", {"user_id": "BI.77", "type": "user_changed_user_id"})),
        "identity": Sample(said("system", {"wa_id": "25779", "type": "customer_identity_changed"})),
        "without sender": Sample(signed(webhook([{"id": "w", "type": "text", "text": {"body": "x"}}]))),
        "another number of the account": Sample(signed(webhook([{**FROM, "id": "w", "type": "text"}], number="9"))),
        "another subject": Sample(
            signed(b'{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"account_alerts"}]}]}')
        ),
        "sent": Sample(signed(webhook(statuses=[status("sent")])), 0, ("sent",)),
        "delivered": Sample(signed(webhook(statuses=[status("delivered")])), 0, ("delivered",)),
        "read": Sample(signed(webhook(statuses=[status("read")])), 0, ("read",)),
        "played": Sample(signed(webhook(statuses=[status("played")])), 0, ("read",)),
        "failed": Sample(signed(webhook(statuses=[status("failed", 131047)])), 0, ("failed",)),
        "unknown word": Sample(signed(webhook(statuses=[status("deleted")])), 0, ("accepted",)),
        "all at once": Sample(
            signed(
                webhook(
                    [{**FROM, "id": f"w{number}", "type": "text", "text": {"body": "Ego"}} for number in range(3)],
                    [status("sent"), status("delivered"), {"status": "sent"}, {"id": 7}],
                )
            ),
            3,
            ("sent", "delivered"),
        ),
    }
    ego = (said("text", {"body": "Ego"}, "wamid.a"), said("text", {"body": "Ego"}, "wamid.b"))
    sent = (SENT, Answer(201, SENT.body), Answer(200, b'{"messages":[{"id":"157b5e14568e8"}],"new":[]}'))
    refused = (
        *(
            refusal(400, code)
            for code in (100, 131047, 131026, 131030, 131021, 131049, 131050, 130472, 130497, 131009, 132001)
        ),
        refusal(404, 132001),
        refusal(400, 99999),
        Answer(400, b"<html>"),
        Answer(400, b'{"error":"x"}'),
    )
    misconfigured = (
        refusal(401, 190),
        refusal(401, 0),
        refusal(400, 100, 33),
        refusal(500, 3),
        *(refusal(403, code) for code in (10, 200, 299, 368, 131005, 131031)),
        *(refusal(400, code) for code in (131042, 131045, 133010)),
        Answer(404),
        Answer(302, b"", {"Location": "/login"}),
    )
    later = (
        *(refusal(400, code) for code in (4, 80007, 130429, 131048, 131056)),
        refusal(503, 2),
        refusal(500, 131016),
        Answer(503),
        Answer(429),
    )
    doubtful = (
        Answer(200),
        Answer(200, b"\xff\xfe garbage"),
        Answer(200, b"<html>Welcome to the hotel</html>"),
        Answer(200, b"{}"),
        Answer(200, b'{"messages":[]}'),
        Answer(200, b'{"messages":[7]}'),
        Answer(202),
        Answer(204),
        Answer(502, b"<html>Bad Gateway</html>"),
        Answer(504),
        refusal(500, 131000),
        refusal(500, 1),
    )

    def channel(self, url: str, public_url: str = "https://example.org", **more: str) -> WhatsApp:
        secrets = {"token": SecretStr(TOKEN), "app_secret": SecretStr(SECRET), "verify_token": SecretStr(VERIFY)}
        return WhatsApp(Settings(phone_number_id=NUMBER, api_url=url, **secrets, **more), public_url)  # type: ignore[arg-type]

    def seal(self, call: Call) -> Call:
        return signed(call.body)

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        mine = dict(call.headers)[b"x-hub-signature-256"]
        bare = mine.removeprefix(b"sha256=")
        for wrong in (b"", b"x", mine[:-1], bare, b"sha1=" + bare, mine.upper(), b"sha256=", b"sha256=" + b"0" * 64):
            yield replace(call, headers=((b"x-hub-signature-256", wrong),)), 401
        for wrong in ("sha256=é".encode(), b"sha256=\xff\0", SECRET.encode(), TOKEN.encode(), VERIFY.encode()):
            yield replace(call, headers=((b"x-hub-signature-256", wrong),)), 401
        sha1 = hmac.new(SECRET.encode(), call.body, hashlib.sha1).hexdigest().encode()
        yield replace(call, headers=((b"x-hub-signature", b"sha1=" + sha1),)), 401
        yield replace(call, headers=()), 401
        yield replace(call, headers=(call.headers[1], call.headers[1])), 400
        yield replace(call, body=call.body + b" "), 401
        yield replace(call, body=call.body.replace(b"whatsapp", b"whatsapq")), 401
        yield signed(call.body, TOKEN), 401
        yield signed(call.body, ""), 401
