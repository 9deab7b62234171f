"""What goes over the line to and from Twilio for WhatsApp: chats, contents, files. Pure.

What can be pressed has the same ids as with Meta itself (whatsapp_wire), so the conversations see no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.channels import whatsapp_wire as whatsapp
from bot.channels.base import Arrival, Message
from bot.channels.phone_numbers import normalise
from bot.channels.twilio_wire import SID
from handlers.noun import noun
from handlers.turn import NOTHING
from handlers.understand.words import clean

NAME = "twilio_whatsapp"
PREFIX = "whatsapp:"
TEXT, VALUE = 1600, 255
"""Signs of a message; of a value that is put into a content."""
BUTTONS, ROWS = "buttons", "rows"


@noun
class Choice:
    """Something to press: which content of ours shows it, and the values that go into it."""

    kind: str
    options: tuple[tuple[str, str], ...]
    """Id and words of each."""
    text: str
    """What stands above."""
    first: int = 1
    """The number of its first option: a second list goes on counting."""

    @property
    def name(self) -> str:
        """Of its content in the account: there is one for so many buttons, one for so many rows."""
        return f"kurikirana_{self.kind}_{len(self.options)}"

    @property
    def values(self) -> dict[str, str]:
        """{{1}} is the text, then follow each option's words and id, and of a row what stands below it.

        Twilio takes no empty value, and stumbles over a straight apostrophe.
        """
        said = [self.text]
        for number, (key, words) in enumerate(self.options, 1):
            if self.kind == BUTTONS:
                said += [words, key]
            else:
                long = len(words) > whatsapp.ROW
                said += [words[: whatsapp.ROW], key, words[: whatsapp.DESCRIPTION] if long else str(number)]
        return {str(number): value.replace("'", "’") or "-" for number, value in enumerate(said, 1)}

    def content(self) -> dict[str, Any]:
        """What Twilio is told once, to be filled with values ever after."""
        if self.kind == BUTTONS:
            actions = [
                {"type": "QUICK_REPLY", "title": f"{{{{{at}}}}}", "id": f"{{{{{at + 1}}}}}"}
                for at in range(2, 2 + 2 * len(self.options), 2)
            ]
            types: dict[str, Any] = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
        else:
            items = [
                {"item": f"{{{{{at}}}}}", "id": f"{{{{{at + 1}}}}}", "description": f"{{{{{at + 2}}}}}"}
                for at in range(2, 2 + 3 * len(self.options), 3)
            ]
            types = {"twilio/list-picker": {"body": "{{1}}", "button": whatsapp.OPEN_LIST, "items": items}}
        samples = {number: f"{number}" for number in self.values}
        return {"friendly_name": self.name, "language": "en", "variables": samples, "types": types}

    def numbered(self) -> str:
        """The same as a text, where Twilio shows nothing to press: she answers with the number."""
        return "\n".join(
            [self.text, *(f"{number}. {words}" for number, (_, words) in enumerate(self.options, self.first))]
        )


def messages(message: Message) -> Iterator[str | Choice]:
    """The messages that this one becomes, in order: texts, then what can be pressed, with the last line above it."""
    options = list(whatsapp.options(message.data))
    text, above = message.text, whatsapp.MORE
    if options:
        head, _, last = message.text.rpartition("\n")
        if 0 < len(last) <= VALUE:
            text, above = head, last
    if text.strip() or not options:
        yield from whatsapp.parts(text.rstrip(), TEXT)
    for at in range(0, len(options), whatsapp.ROWS):
        yield replace(_choice(whatsapp.MORE if at else above, options[at : at + whatsapp.ROWS]), first=at + 1)


def _choice(text: str, options: Sequence[tuple[str, str]]) -> Choice:
    """At most three short ones as buttons, else a list. Equal words get their number: WhatsApp refuses twins."""
    words = [said for _, said in options]
    if len(set(words)) < len(words):
        options = [(key, f"{number}. {said}") for number, (key, said) in enumerate(options, 1)]
    short = len(options) <= whatsapp.BUTTONS and all(len(said) <= whatsapp.TITLE for _, said in options)
    return Choice(BUTTONS if short else ROWS, tuple(options), text)


def sender(given: str) -> str:
    """Our number as Twilio wants it; a messaging service stays as it is."""
    return given if given.startswith(("MG", PREFIX)) else PREFIX + given


def arrival(fields: Mapping[str, str]) -> Arrival | None:
    """A message of a chat; None for what is none, or has no sender or id."""
    key, given = fields.get("MessageSid", ""), clean(fields.get("From", ""))
    address = normalise(given.removeprefix(PREFIX)) if given.startswith(PREFIX) else ""
    if not (SID.fullmatch(key) and address):
        return None
    what, text, data = _content(fields, address)
    answered = fields.get("OriginalRepliedMessageSid", "")
    more = {"message": key, **({"reply_to": answered} if SID.fullmatch(answered) and what == "text" else {})}
    return Arrival(NAME, key, "whatsapp", address, what, text, None, {**more, **data})


def _content(fields: Mapping[str, str], address: str) -> whatsapp.Content:
    text = clean(fields.get("Body", ""))
    if pressed := fields.get("ButtonPayload") or fields.get("ListId"):
        return whatsapp.pressed(clean(pressed), text, address)
    if place := _place(fields):
        return "location", "", place
    if fields.get("NumMedia", "0").strip("0"):
        media, kind = clean(fields.get("MediaUrl0", "")), clean(fields.get("MediaContentType0", "")).lower()
        if media and kind == "image/webp":
            return "sticker", "", NOTHING
        if media and kind.startswith("image/"):
            return "photo", text, {"file_id": media, "size": 0, "width": 0, "height": 0}
        if media and kind.startswith("audio/"):
            return "voice", "", {"file_id": media, "size": 0, "seconds": 0}
        return "text", text, {"unread": "message"}
    return whatsapp.written(text)


def _place(fields: Mapping[str, str]) -> dict[str, float] | None:
    try:
        found = {name: float(fields[name.capitalize()]) for name in ("latitude", "longitude")}
    except (KeyError, ValueError):
        return None
    return found if all(-180 <= at <= 180 for at in found.values()) else None
