"""What the Bot API hands over, read into Arrivals.

Pure, and it never raises: Telegram may send new shapes any day, and one update that cannot be read
must not stand in the way of the others. So nothing is assumed of the JSON; every value is looked at
before it is used. What cannot be read but has a chat becomes an empty text from there, so that the
person gets an answer; the rest is told by one word, for the log.

Field names: https://core.telegram.org/bots/api#update (Bot API 10.0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from bot.channels.base import Arrival
from bot.channels.phone_numbers import is_number, normalise
from handlers.turn import NOTHING, Kind
from handlers.understand.words import clean

WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates we ask Telegram for."""
START = re.compile(r"/start(?:@\w+)?\s+([A-Za-z0-9_-]{1,64})\s*")
"""The deep link of a certificate's QR code; a bare /start is a command like the others."""
GROUPS = ("group", "supergroup", "channel")
UNREAD = ("video", "video_note", "animation", "document", "dice", "poll", "story", "game", "paid_media", "checklist")
"""What a person may send and we cannot read; she is answered as to an empty text."""
SERVICE = frozenset(
    (
        *("pinned_message", "message_auto_delete_timer_changed", "successful_payment", "refunded_payment"),
        *("users_shared", "chat_shared", "connected_website", "write_access_allowed", "passport_data"),
        *("proximity_alert_triggered", "chat_background_set", "boost_added", "gift", "unique_gift"),
        *("web_app_data", "giveaway_created", "giveaway_completed"),
    )
)
"""Notes of Telegram's own in a private chat; nobody waits for an answer to them."""
LAST_DATE = 4_102_444_800
"""2100: a date after it was not meant."""
ID_LENGTH = 256

Content = tuple[Kind, str, Mapping[str, Any]]


def read(update: object, bot: str) -> Arrival | str:
    """The update as an Arrival, or in a word why nothing is kept of it. `bot` is the bot's id.

    The key is the bot's id and update_id: a second bot counts its updates by itself.
    """
    fields = _object(update)
    number = update_id(update)
    if number is None:
        return "no update_id"
    for name, reader in _READERS.items():
        if name in fields:
            return reader(_object(fields[name]), f"{bot}:{number}")
    return "other"


def update_id(update: object) -> int | None:
    """The update's number, None when it has none that can be used as an offset."""
    number = _id(_object(update).get("update_id"))
    return int(number) if number and int(number) >= 0 else None


def _message(fields: Mapping[str, Any], key: str) -> Arrival | str:
    address, group = _place(fields)
    if not address:
        return "no address"
    sent_at = _moment(fields.get("date"))
    if group:
        return _arrival(key, address, "group", sent_at=sent_at)
    if not SERVICE.isdisjoint(fields):
        return "service message"
    kind, text, data = _content(fields)
    message = _id(fields.get("message_id"))
    answers = _id(_object(fields.get("reply_to_message")).get("message_id"))
    return _arrival(
        key, address, kind, text, sent_at, {"message": message, **({"reply_to": answers} if answers else {}), **data}
    )


def _edited(fields: Mapping[str, Any], key: str) -> Arrival | str:
    address, group = _place(fields)
    text = fields.get("text", fields.get("caption"))
    if not address or group or not isinstance(text, str):
        return "edited, but no text of a person"  # a live location is "edited" every few seconds
    sent_at = _moment(fields.get("edit_date")) or _moment(fields.get("date"))
    return _arrival(key, address, "edited", clean(text), sent_at, {"message": _id(fields.get("message_id"))})


def _button(fields: Mapping[str, Any], key: str) -> Arrival | str:
    """The press has no date of its own; the card's date is not when it was pressed."""
    message = _object(fields.get("message"))
    address, group = _place({"from": fields.get("from"), "chat": message.get("chat")})
    if not address:
        return "no address"
    if group:
        return _arrival(key, address, "group")
    data = {
        "data": _string(fields.get("data")),
        "callback": _string(fields.get("id")),
        "message": _id(message.get("message_id")),
    }
    return _arrival(key, address, "button", data=data)


def _member(fields: Mapping[str, Any], key: str) -> Arrival | str:
    address, group = _place(fields)
    status = _object(fields.get("new_chat_member")).get("status")
    if not address or group or status != "kicked":
        return "member"
    return _arrival(key, address, "blocked", sent_at=_moment(fields.get("date")))


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Arrival | str]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _button,
    "my_chat_member": _member,
    "channel_post": _message,
}


def _place(fields: Mapping[str, Any]) -> tuple[str, bool]:
    """The chat's id and whether it is no private chat. Without a chat, who wrote: their ids are the same."""
    chat = _object(fields.get("chat"))
    address = _id(chat.get("id")) or _id(_object(fields.get("from")).get("id"))
    return address, chat.get("type") in GROUPS or address.startswith("-")


def _arrival(
    key: str,
    address: str,
    kind: Kind,
    text: str = "",
    sent_at: datetime | None = None,
    data: Mapping[str, Any] = NOTHING,
) -> Arrival:
    return Arrival("telegram", key, "telegram", address, kind, text, sent_at, data)


def _content(fields: Mapping[str, Any]) -> Content:
    """What a private message holds; an empty text with what it was, when it cannot be read."""
    for name, reader in _CONTENTS.items():
        if name in fields and (content := reader(fields)):
            return content
    what = next((name for name in UNREAD if name in fields), "message")
    return "text", _string(fields.get("caption"), None), {"unread": what}


def _text(fields: Mapping[str, Any]) -> Content | None:
    text = fields["text"]
    if not isinstance(text, str):
        return None
    text = clean(text)
    if start := START.fullmatch(text):
        return "start", text, {"token": start[1]}
    return "text", text, NOTHING


def _contact(fields: Mapping[str, Any]) -> Content | None:
    """`own` is decided by Telegram's ids, since anyone can send somebody else's card."""
    contact = _object(fields["contact"])
    given = _string(contact.get("phone_number"))
    phone = normalise(given if given.startswith(("+", "0")) else "+" + given)
    owner, sender = _id(contact.get("user_id")), _id(_object(fields.get("from")).get("id"))
    return "contact", "", {"phone": phone if is_number(phone) else "", "own": bool(owner) and owner == sender}


def _photo(fields: Mapping[str, Any]) -> Content | None:
    """The largest of the sizes; a picture sent as a file keeps its quality and has one size."""
    sizes = fields["photo"] if isinstance(fields["photo"], list) else []
    largest = max((_object(size) for size in sizes), key=_area, default=NOTHING)
    return _file("photo", largest, fields, "width", "height")


def _document(fields: Mapping[str, Any]) -> Content | None:
    document = _object(fields["document"])
    if not _string(document.get("mime_type")).lower().startswith("image/"):
        return None
    return _file("photo", document, fields, "width", "height")


def _area(size: Mapping[str, Any]) -> tuple[int, int]:
    return _count(size.get("width")) * _count(size.get("height")), _count(size.get("file_size"))


def _voice(fields: Mapping[str, Any]) -> Content | None:
    voice = _object(fields.get("voice")) or _object(fields.get("audio"))
    content = _file("voice", voice, fields)
    return content and ("voice", content[1], {**content[2], "seconds": _count(voice.get("duration"))})


def _file(kind: Kind, file: Mapping[str, Any], fields: Mapping[str, Any], *counts: str) -> Content | None:
    file_id = _string(file.get("file_id"))
    if not file_id:
        return None
    data = {"file_id": file_id, "size": _count(file.get("file_size")), **{n: _count(file.get(n)) for n in counts}}
    return kind, _string(fields.get("caption"), None), data


def _location(fields: Mapping[str, Any]) -> Content | None:
    place = _object(fields["location"])
    latitude, longitude = place.get("latitude"), place.get("longitude")
    for value in (latitude, longitude):
        if not isinstance(value, int | float) or isinstance(value, bool) or not -180 <= value <= 180:
            return None
        if not isfinite(value):
            return None
    return "location", "", {"latitude": latitude, "longitude": longitude}


def _sticker(fields: Mapping[str, Any]) -> Content | None:
    return "sticker", "", NOTHING


_CONTENTS: Mapping[str, Callable[[Mapping[str, Any]], Content | None]] = {
    "text": _text,
    "contact": _contact,
    "photo": _photo,
    "document": _document,
    "voice": _voice,
    "audio": _voice,
    "location": _location,
    "sticker": _sticker,
}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else NOTHING


def _id(value: object) -> str:
    """A whole number of 64 bits as text, '' for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        return ""
    return str(value)


def _count(value: object) -> int:
    number = _id(value)
    return max(0, int(number)) if number else 0


def _string(value: object, limit: int | None = ID_LENGTH) -> str:
    return clean(value)[:limit] if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """Epoch seconds; None for 0 (Telegram's "not known") and for what is no date."""
    number = _count(value)
    return datetime.fromtimestamp(number, UTC) if 0 < number < LAST_DATE else None
