"""What goes over the line to and from WhatsApp's Cloud API: payloads, buttons, codes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.channels import web
from bot.channels.base import Arrival, Delivery, Message, Sent, State
from bot.channels.json_answers import items, mapping, said, string
from bot.channels.phone_numbers import is_number, normalise
from bot.errors import Ambiguous, ChannelMisconfigured, Refused, RetryLater, SendError
from handlers.turn import NOTHING, Kind
from handlers.understand.words import clean

NAME = "whatsapp"
STATES: dict[str, State] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
TEXT, BODY, BUTTONS, ROWS = 4096, 1024, 3, 10
"""Signs of a text; of a text above buttons or below a file; buttons of a message; rows of a list."""
TITLE, ROW, DESCRIPTION = 20, 24, 72
"""Signs of a button, of a row, and of what stands below it."""
OPEN_LIST, MORE = "☰", "…"
"""What one presses to see a list, and what stands above its second part: no word, so in every language."""
PRESS, WORD, SHARE = "b:", "w:", "share"
"""How the ids of what can be pressed begin: a button's data, a word of the keyboard, her own number."""
START = re.compile(r"/start(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
CODES_OF_OURS = {
    0: "the token is wrong or has ended; make one of a system user, which does not end",
    3: "the token may not do this; it needs whatsapp_business_messaging",
    10: "the token may not do this; it needs whatsapp_business_messaging",
    33: "there is no such phone_number_id",
    190: "the token is wrong or has ended; make one of a system user, which does not end",
    368: "Meta has blocked the account; see WhatsApp Manager",
    131005: "the token may not do this; it needs whatsapp_business_messaging",
    131031: "Meta has locked the account; see WhatsApp Manager",
    131037: "the number's display name is not approved yet; see WhatsApp Manager",
    131042: "Meta has no valid means of payment; see WhatsApp Manager",
    131045: "the number is not registered; register it in WhatsApp Manager",
    133010: "the number is not registered; register it in WhatsApp Manager",
}
"""Codes about our account, whoever the message is for; 200 to 299 are permissions too."""
LATER = {2: 30.0, 4: 60.0, 80007: 60.0, 130429: 30.0, 131016: 60.0, 131048: 3600.0, 131056: 10.0, 131057: 300.0}
"""Codes of "not now", with the seconds to wait where the answer names none."""
WHY = {
    131021: "this is our own number",
    131026: "not on WhatsApp, or her app is too old",
    131030: "a test number sends to its listed numbers only",
    131047: "her last message is more than 24 hours ago, and there is no template",
    131049: "Meta holds back: she had too many such messages",
    130497: "Meta lets the account write to nobody in her country",
    131050: "she wants no such messages of ours: Meta takes the template for marketing",
    130472: "Meta holds back: she is in an experiment of its own",
}
NOTICES = ("unsupported", "video", "document", "order", "ephemeral", "unknown")
Content = tuple[Kind, str, Mapping[str, Any]]


def read(event: Mapping[str, Any], phone_number_id: str) -> tuple[list[Arrival], list[Delivery]]:
    """What a webhook says of our number; what cannot be read is left out, for Meta would bring it for days."""
    arrivals: list[Arrival] = []
    deliveries: list[Delivery] = []
    for entry in items(event.get("entry")):
        for change in items(mapping(entry).get("changes")):
            value = mapping(mapping(change).get("value"))
            if mapping(value.get("metadata")).get("phone_number_id") != phone_number_id:
                continue
            came = (_arrival(mapping(each)) for each in items(value.get("messages")))
            said = (_delivery(mapping(each)) for each in items(value.get("statuses")))
            arrivals += [arrival for arrival in came if arrival]
            deliveries += [delivery for delivery in said if delivery]
    return arrivals, deliveries


def _arrival(message: Mapping[str, Any]) -> Arrival | None:
    key, address = _word(message.get("id"), 200), _sender(message)
    kind = string(message.get("type"))
    if not (key and address) or kind == "reaction" or (kind == "system" and not _moved(mapping(message.get(kind)))):
        return None
    time = web.moment(string(message.get("timestamp")))
    grouped: Content = ("group", "", NOTHING)
    what, text, data = grouped if message.get("group_id") else _content(kind, message, address)
    answered = _word(mapping(message.get("context")).get("id"), 200)
    more = {"message": key, **({"reply_to": answered} if answered and what == "text" else {})}
    return Arrival(NAME, key, NAME, address, what, text, time, {**more, **data})


def _sender(message: Mapping[str, Any]) -> str:
    """Her number; of who hides it behind a user name, the id that Meta gives her towards us."""
    given = _word(message.get("from"), 64)
    if given.isdecimal():
        return normalise("+" + given)
    return given or _word(message.get("from_user_id"), 64)


def _content(kind: str, message: Mapping[str, Any], address: str) -> Content:
    reader = _CONTENTS.get(kind)
    found = reader(mapping(message.get(kind)), address) if reader else None
    if found:
        return found
    caption = string(mapping(message.get(kind)).get("caption"))
    return "text", clean(caption), {"unread": kind if kind in NOTICES else "message"}


def _text(fields: Mapping[str, Any], address: str) -> Content | None:
    return written(clean(string(fields.get("body"))))


def written(text: str) -> Content:
    """A typed message: `/start TOKEN`, or words."""
    if start := START.fullmatch(text):
        return "start", text, {"token": start[1]} if start[1] else NOTHING
    return "text", text, NOTHING


def _interactive(fields: Mapping[str, Any], address: str) -> Content | None:
    reply = mapping(fields.get(string(fields.get("type"))))
    return pressed(clean(string(reply.get("id"))), clean(string(reply.get("title"))), address)


def pressed(key: str, title: str, address: str) -> Content:
    """What a press means, by the id that we put there; what has none of ours is its words."""
    key = key[:256]
    if key == SHARE:  # Meta has told us the number; now she has said that it is to be used
        return "contact", "", {"phone": address if is_number(address) else "", "own": True}
    if key.startswith(WORD):
        return "text", key.removeprefix(WORD), NOTHING
    if key.startswith(PRESS):
        return "button", "", {"data": key.removeprefix(PRESS), "callback": ""}
    return "text", title, NOTHING


def _template_button(fields: Mapping[str, Any], address: str) -> Content | None:
    return "text", clean(string(fields.get("text"))), NOTHING


def _photo(fields: Mapping[str, Any], address: str) -> Content | None:
    if not (media := _word(fields.get("id"), 200)):
        return None
    return "photo", clean(string(fields.get("caption"))), {"file_id": media, "size": 0, "width": 0, "height": 0}


def _document(fields: Mapping[str, Any], address: str) -> Content | None:
    return _photo(fields, address) if string(fields.get("mime_type")).startswith("image/") else None


def _voice(fields: Mapping[str, Any], address: str) -> Content | None:
    media = _word(fields.get("id"), 200)
    return ("voice", "", {"file_id": media, "size": 0, "seconds": 0}) if media else None


def _location(fields: Mapping[str, Any], address: str) -> Content | None:
    place = {name: fields.get(name) for name in ("latitude", "longitude")}
    whole = all(
        isinstance(at, int | float) and not isinstance(at, bool) and -180 <= at <= 180 for at in place.values()
    )
    return ("location", "", place) if whole else None


def _moved(fields: Mapping[str, Any], address: str = "") -> Content | None:
    """Her number is another one now; whatever else Meta notes of her is nothing to us."""
    number = _word(fields.get("wa_id") or fields.get("new_wa_id"), 20)
    theirs = string(fields.get("type")).endswith("_changed_number") and number.isdecimal()
    return ("blocked", "", {"ends_in": number[-2:]}) if theirs else None


_CONTENTS: Mapping[str, Callable[[Mapping[str, Any], str], Content | None]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _template_button,
    "image": _photo,
    "document": _document,
    "audio": _voice,
    "voice": _voice,
    "location": _location,
    "sticker": lambda fields, address: ("sticker", "", NOTHING),
    "request_welcome": lambda fields, address: ("start", "", NOTHING),
    "system": _moved,
}


def _delivery(status: Mapping[str, Any]) -> Delivery | None:
    theirs, word = _word(status.get("id"), 200), _word(status.get("status"), 40)
    if not (theirs and word):
        return None
    code = next((mapping(error).get("code") for error in items(status.get("errors"))), None)
    said = f"{word} {code}" if isinstance(code, int) else word
    ours = string(status.get("biz_opaque_callback_data"))
    known = int(ours) if ours.isascii() and ours.isdecimal() and len(ours) < 19 else None
    return Delivery(NAME, STATES.get(word, "accepted"), said, known, theirs, f"{theirs}.{said}"[:250])


def bodies(message: Message, template: str, language: str) -> Iterator[dict[str, Any]]:
    """The messages that this one becomes, in order: long texts in parts, then what can be pressed.

    What nobody asked for goes as a template if one is named: Meta takes nothing else after 24 hours.
    """
    if template and not message.asked:
        yield {"type": "template", "template": _template(template, language, message.text)}
        return
    choices = list(options(message.data))
    texts = parts(message.text, BODY if choices else TEXT)
    last = texts.pop() if choices else ""
    for part in texts:
        yield {"type": "text", "text": {"body": part, "preview_url": False}}
    for at in range(0, len(choices), ROWS):
        yield {"type": "interactive", "interactive": _choice(MORE if at else last or MORE, choices[at : at + ROWS])}


def _template(name: str, language: str, text: str) -> dict[str, Any]:
    """One with {{1}} for the text; Meta takes no new line in it."""
    parameter = {"type": "text", "text": " ".join(text.split())[:BODY]}
    components = [{"type": "body", "parameters": [parameter]}]
    return {"name": name, "language": {"code": language}, "components": components}


def options(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Id and words of everything that can be pressed: the buttons, else the words of the keyboard."""
    if rows := data.get("buttons"):
        yield from ((PRESS + button["data"], button["text"]) for row in rows for button in row)
    elif data.get("keyboard") in ("main", "contact"):
        words = [word for row in data.get("words") or () for word in ([row] if isinstance(row, str) else row)]
        for at, word in enumerate(words):
            yield (SHARE if at == 0 and data["keyboard"] == "contact" else (WORD + word)[:200], word)


def _choice(text: str, options: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """At most three short ones as buttons, else a list. Equal words get their number: Meta refuses twins."""
    titles = [words for _, words in options]
    if len(set(titles)) < len(titles):
        titles = [f"{number}. {words}" for number, words in enumerate(titles, 1)]
    if len(options) <= BUTTONS and all(len(title) <= TITLE for title in titles):
        replies = [{"id": key, "title": title} for (key, _), title in zip(options, titles, strict=True)]
        action: dict[str, Any] = {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}
        return {"type": "button", "body": {"text": text}, "action": action}
    rows = [
        {"id": key, "title": title[:ROW], **({"description": title[:DESCRIPTION]} if len(title) > ROW else {})}
        for (key, _), title in zip(options, titles, strict=True)
    ]
    action = {"button": OPEN_LIST, "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": text}, "action": action}


def parts(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` signs, cut after a line or a word where there is one."""
    found = []
    while len(text) > limit:
        cut = max(text.rfind("\n", limit // 2, limit), text.rfind(" ", limit // 2, limit)) + 1 or limit
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text] if text else found or [""]


def taken(reply: web.Reply) -> Sent:
    """What Meta says of a message that it took. Without its id nothing is sure: Ambiguous."""
    if reply.status not in (200, 201):
        raise refusal(reply)
    messages = items(said(reply).get("messages"))
    if not messages or not (theirs := _word(mapping(messages[0]).get("id"), 200)):
        raise Ambiguous("whatsapp answered something unknown")
    return Sent(theirs, "accepted")


def media_id(reply: web.Reply) -> str:
    """The id of a file that was put at Meta's. Raises a SendError."""
    if reply.status not in (200, 201):
        raise refusal(reply)
    if not (media := _word(said(reply).get("id"), 200)):
        raise Ambiguous("whatsapp answered something unknown")
    return media


def refusal(reply: web.Reply) -> SendError:
    """The error that an answer is; the code decides. Nothing Meta wrote is quoted: it may name the number."""
    error = mapping(said(reply).get("error"))
    code = error.get("code")
    code = 33 if code == 100 and error.get("error_subcode") == 33 else code
    code = code if isinstance(code, int) and not isinstance(code, bool) else -1
    what = f"whatsapp answered {reply.status}" + (f", code {code}" if code >= 0 else "")
    if code in WHY or 132000 <= code < 133000:
        return Refused(f"{what}: {WHY.get(code, 'the template is not as Meta has it')}")
    if code in LATER or reply.status == 503:
        return RetryLater(what, LATER.get(code, reply.after_s))
    if code in CODES_OF_OURS or 200 <= code < 300 or reply.status in (401, 403, 404):
        return ChannelMisconfigured(what, CODES_OF_OURS.get(code, "compare phone_number_id, token and api_url"))
    return Refused(f"{what}: this message cannot be delivered") if 400 <= reply.status < 500 else Ambiguous(what)


def _word(value: Any, limit: int) -> str:
    """A short text that is no person's: an id, a word of Meta's."""
    return str(clean(string(value))).strip()[:limit]
