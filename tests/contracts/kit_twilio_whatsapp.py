"""Twilio's WhatsApp payloads as it documents them, signed as its own library signs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from bot.channel_sections import Twilio as Settings
from bot.channels.twilio_whatsapp import TwilioWhatsApp
from tests.contracts.channel_kit import Answer, Call, Sample
from tests.contracts.kit_twilio import ACCOUNT, FIELDS, NOW, SID, TOKEN, TwilioKit, refusal, row, signed

OURS, HERS = "whatsapp:+14155238886", "whatsapp:+25779123456"
CHAT = {name: FIELDS[name] for name in ("SmsMessageSid", "SmsSid", "MessageSid", "AccountSid", "ApiVersion", "Body")}
CHAT |= {"From": HERS, "To": OURS, "WaId": "25779123456", "ProfileName": "Odette canary", "SmsStatus": "received"}
CHAT |= {"NumMedia": "0", "NumSegments": "1", "ReferralNumMedia": "0", "MessageType": "text"}
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}/Media/MEa"
REPORT = {
    "MessageSid": SID,
    "SmsSid": SID,
    "AccountSid": ACCOUNT,
    "From": OURS,
    "To": HERS,
    "ChannelPrefix": "whatsapp",
}


def incoming(fields: Mapping[str, str] = CHAT, **more: str) -> Call:
    return signed(Call("POST", "/channels/twilio/whatsapp/incoming", b"", urlencode({**fields, **more}).encode()))


def status(word: str, query: bytes = b"id=41", **more: str) -> Call:
    body = urlencode({**REPORT, "MessageStatus": word, **more}).encode()
    return signed(Call("POST", "/channels/twilio/whatsapp/status", query, body))


def pressed(key: str, title: str, **more: str) -> Call:
    return incoming(MessageType="button", ButtonPayload=key, ButtonText=title, Body=title, **more)


def chosen(key: str, title: str) -> Call:
    return incoming(MessageType="interactive", ListId=key, ListTitle=title, Body=title)


class TwilioWhatsAppKit(TwilioKit):
    samples = {
        "text": Sample(incoming(), 1),
        "with an accent": Sample(incoming(Body="Ego, ça va — w’isoko 😀"), 1),
        "empty": Sample(incoming(Body=""), 1),
        "token": Sample(incoming(Body="/start abc"), 1),
        "answer to ours": Sample(incoming(OriginalRepliedMessageSid=SID, OriginalRepliedMessageSender=OURS), 1),
        "button of ours": Sample(pressed("b:match:yes", "Yes"), 1),
        "row of a list": Sample(chosen("b:f:topic:2", "2"), 1),
        "button of a template": Sample(pressed("", "No"), 1),
        "image": Sample(
            incoming(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="image/jpeg", MessageType="image"), 1
        ),
        "voice note": Sample(incoming(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="audio/ogg", Body=""), 1),
        "document": Sample(incoming(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="application/pdf"), 1),
        "sticker": Sample(incoming(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="image/webp", Body=""), 1),
        "location": Sample(incoming(Latitude="-3.9", Longitude="30.0", MessageType="location", Body=""), 1),
        "queued": Sample(status("queued"), 0, ("accepted",)),
        "sent": Sample(status("sent"), 0, ("sent",)),
        "delivered": Sample(status("delivered"), 0, ("delivered",)),
        "read": Sample(status("read"), 0, ("read",)),
        "undelivered": Sample(status("undelivered", ErrorCode="63016"), 0, ("failed",)),
        "failed": Sample(status("failed", ErrorCode="63003"), 0, ("failed",)),
        "unknown word": Sample(status("huh", ErrorCode="99999"), 0, ("accepted",)),
    }
    ego = (incoming(MessageSid="SMa"), incoming(MessageSid="SMb"))
    refused = (
        *(refusal(400, code) for code in (63003, 63016, 63024, 21656, 99999)),
        Answer(400, b"<html>"),
        Answer(201, json.dumps(row(status="failed", error_code=63016)).encode()),
    )
    misconfigured = (*TwilioKit.misconfigured, refusal(400, 63007), refusal(400, 21655))

    def channel(self, url: str, public_url: str = "https://example.org", **more: Any) -> TwilioWhatsApp:  # type: ignore[override]
        own = {"account_sid": ACCOUNT, "auth_token": SecretStr(TOKEN), "whatsapp": OURS, "content_url": url, **more}
        return TwilioWhatsApp(Settings(api_url=url, **own), public_url, lambda: NOW)
