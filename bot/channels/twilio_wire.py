"""What goes over the line to and from Twilio: signatures, forms, rows of the list, codes. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl

from bot.channels import web
from bot.channels.base import Arrival, Delivery, Sent, State
from bot.channels.json_answers import said, string
from bot.channels.phone_numbers import normalise
from bot.errors import Ambiguous, ChannelMisconfigured, RecipientStopped, Refused, RetryLater, SendError
from handlers.turn import NOTHING
from handlers.understand.words import clean

NAME = "twilio"
STATES: dict[str, State] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
"""Every other word (accepted, scheduled, queued, sending, one that is new) says that Twilio has it."""
STOPPED = 21610
OURS = {
    20003: "the auth token is wrong",
    20005: "the account is not active",
    20006: "the account may not do this",
    20008: "these are test credentials",
    20404: "there is no such account",
    21212: "the sender is no number of Twilio's",
    21603: "the sender is missing",
    21606: "the sender cannot send SMS",
    21609: "web.public_url is no address that Twilio can call",
    21659: "the sender is no number of Twilio's",
    21660: "the sender belongs to another account",
    21661: "the sender cannot send SMS",
    21655: "there is no such template; write the HX... of one that is approved",
    63007: "the sender is no WhatsApp sender of the account",
    21701: "there is no such messaging service",
    21703: "the messaging service has no sender",
}
"""Codes that are about our account, whoever the message is for."""
LATER = {14107, 20429, 20503, 21611, 30001, 63018}
"""Twilio's own limits and a queue that is full: nothing left."""
WHY = {
    21211: "no such number",
    21217: "no such number",
    21408: "the account may not send to that country: see Geo permissions in Twilio's console",
    21608: "a trial account sends to verified numbers only",
    21612: "no way from this sender to that number",
    21614: "no mobile number",
    63003: "not on WhatsApp",
    63016: "more than 24 hours since her last message, and no template",
    63024: "not on WhatsApp",
    21617: "longer than 1,600 signs",
}
SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
BASE64 = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")


def signature(token: bytes, address: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Base64 of HMAC-SHA1 over the address and the form, sorted, each pair once (Latin-1 for bytes)."""
    form = "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(token, address.encode() + form.encode("latin-1"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """The form's fields, bytes as Latin-1. Raises Unwanted(400) for more than web.FIELDS."""
    try:
        return parse_qsl(raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=web.FIELDS)
    except ValueError:
        raise web.Unwanted(400) from None


def spelt(address: str) -> tuple[str, str]:
    """The address without a port and with one: Twilio has signed either, its own library tries both."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    name, port = re.fullmatch(r"(.*?)(:\d+)?", host).groups()  # type: ignore[union-attr]
    usual = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{name}{slash}{path}", f"{scheme}://{name}{port or usual}{slash}{path}"


def arrival(fields: Mapping[str, str]) -> Arrival | None:
    """None without a sender or an id; an MMS is one, whatever is in it."""
    key, given = fields.get("MessageSid", ""), clean(fields.get("From", ""))
    sender = "" if given.startswith("whatsapp:") else normalise(given)
    if not (SID.fullmatch(key) and sender):
        return None
    text = clean(fields.get("Body", ""))
    plain = _unwrapped(text)
    return Arrival(
        channel=NAME,
        key=key,
        scheme="tel",
        address=sender,
        kind="mms" if fields.get("NumMedia", "0").strip("0") else "text",
        text=plain,
        sent_at=_moment(fields.get("DateSent", "")),
        data=NOTHING if plain == text else {"base64": text},
    )


def _unwrapped(text: str) -> str:
    """Twilio brings some long SMS as base64; the text itself, unless that is what it plainly is."""
    if len(text) % 4 or not BASE64.fullmatch(text):
        return text
    plain = clean(base64.b64decode(text).decode("utf-8", "ignore"))
    readable = sum(letter.isascii() and (letter.isprintable() or letter.isspace()) for letter in plain)
    return plain if len(plain) > 30 and 2 * readable > len(plain) else text


def delivery(channel: str, fields: Mapping[str, str], ours: int | None) -> Delivery | None:
    """What has become of a message; None when it says of none."""
    theirs = fields.get("MessageSid", "")
    if not SID.fullmatch(theirs):
        return None
    said = " ".join(clean(fields.get(name, "")).strip() for name in ("MessageStatus", "ErrorCode")).strip()[:60]
    state: State = STATES.get(said.partition(" ")[0], "accepted")
    stopped = state == "failed" and fields.get("ErrorCode") == str(STOPPED)  # of a messaging service it comes late
    return Delivery(channel, state, said, ours, theirs, f"{theirs}.{said}", stopped)


def as_form(row: Mapping[str, Any]) -> dict[str, str]:
    """A row of the list as the same message's webhook would say it."""
    names = {"sid": "MessageSid", "from": "From", "body": "Body", "num_media": "NumMedia"}
    names |= {"status": "MessageStatus", "error_code": "ErrorCode", "date_sent": "DateSent"}
    return {theirs: str(row[name]) for name, theirs in names.items() if row.get(name) is not None}


def row_key(row: Mapping[str, Any]) -> tuple[str, str]:
    """What the list said of a message: the same pair says nothing new."""
    return str(row.get("sid")), str(row.get("status"))


def _moment(time: str) -> datetime | None:
    """RFC 2822, as in the list."""
    try:
        return parsedate_to_datetime(time).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def taken(reply: web.Reply) -> Sent:
    """What Twilio says of a message that it took. Without its Sid nothing is sure: Ambiguous."""
    if reply.status not in (200, 201):
        raise refusal(reply)
    message = said(reply)
    if not SID.fullmatch(theirs := string(message.get("sid"))):
        raise Ambiguous("twilio answered something unknown")
    if message.get("status") in ("failed", "undelivered", "canceled"):
        raise Refused("twilio could not send this message")
    return Sent(theirs, "accepted")


def refusal(reply: web.Reply) -> SendError:
    """The error that an answer is; the code decides. Nothing Twilio wrote is quoted: it names the number."""
    code = said(reply).get("code")
    code = code if isinstance(code, int) else 0
    what = f"twilio answered {reply.status}" + (f", code {code}" if code else "")
    if code == STOPPED:
        return RecipientStopped(f"{what}: she wrote STOP to this sender")
    if code in WHY:
        return Refused(f"{what}: {WHY[code]}")
    if code in LATER or reply.status == 503:
        return RetryLater(what, reply.after_s)
    if code in OURS or reply.status in (401, 403, 404):
        todo = OURS.get(code, "compare account_sid, auth_token and api_url with Twilio's console")
        return ChannelMisconfigured(what, todo)
    return Refused(f"{what}: this message cannot be delivered") if 400 <= reply.status < 500 else Ambiguous(what)
