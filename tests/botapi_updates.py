"""Who and what the Bot API emulator knows: people, the bot's messages in their chats, faults.

Everything handed to a bot is read once by python-telegram-bot's own types (`checked`): a field that
PTB does not know or misses is a fault of the emulator and fails the test.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram import Message, TelegramObject

if TYPE_CHECKING:
    from tests.botapi import Emulator

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 60 + b"\xff\xd9"


def checked(kind: type[TelegramObject], data: dict[str, Any]) -> dict[str, Any]:
    """The data, if PTB reads all of it. Raises AssertionError otherwise."""
    try:
        thing = kind.de_json(dict(data), None)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise AssertionError(f"PTB cannot read this {kind.__name__}: {error}: {data}") from error
    unknown = sorted(_unknown(thing))
    assert not unknown, f"PTB does not know {unknown} of this {kind.__name__}: {data}"
    return data


def _unknown(thing: object) -> Iterator[str]:
    if isinstance(thing, (list, tuple)):
        for item in thing:
            yield from _unknown(item)
    if isinstance(thing, TelegramObject):
        yield from thing.api_kwargs
        for slots in (getattr(kind, "__slots__", ()) for kind in type(thing).__mro__):
            for name in slots:
                if not name.startswith("_") and name != "api_kwargs":
                    yield from _unknown(getattr(thing, name, None))


@dataclass(frozen=True)
class Fault:
    """What becomes of the next call: answered with `status` and `body`, or done and badly answered."""

    status: int = 0
    body: Any = None
    how: str = "answer"
    seconds: float = 0.0


def error(status: int, description: str, **parameters: Any) -> Fault:
    """An answer in Telegram's form."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return Fault(status, body | ({"parameters": parameters} if parameters else {}))


def flood(retry_after: Any = 1) -> Fault:
    """429; None leaves retry_after out."""
    parameters = {} if retry_after is None else {"retry_after": retry_after}
    return error(429, f"Too Many Requests: retry after {retry_after}", **parameters)


def unauthorized() -> Fault:
    """401: the token was revoked."""
    return error(401, "Unauthorized")


def html(status: int = 502) -> Fault:
    """What nginx before the Bot API answers when it gives up."""
    return Fault(status, b"<html><head><title>502 Bad Gateway</title></head></html>")


def swallow() -> Fault:
    """Done, and then silence until the caller leaves."""
    return Fault(how="swallow")


def cut() -> Fault:
    """Done, and the answer breaks off in the middle."""
    return Fault(how="cut")


def slow(seconds: float) -> Fault:
    """Done and answered, after so many seconds."""
    return Fault(how="slow", seconds=seconds)


def drip(seconds: float) -> Fault:
    """Done and answered one byte every so many seconds."""
    return Fault(how="drip", seconds=seconds)


@dataclass(eq=False)
class Shown:
    """A message of the bot as the person sees it now; `history` has what it was before each edit."""

    chat_id: int
    id: int
    text: str
    markup: dict[str, Any] | None = None
    history: list[tuple[str, list[list[tuple[str, str]]]]] = field(default_factory=list)
    file: tuple[str, bytes] | None = None
    """A photo's or document's name and content."""
    date: int = 0

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """Rows of (text, data)."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[(key["text"], key.get("callback_data", "")) for key in row] for row in rows]

    @property
    def labels(self) -> list[str]:
        """The buttons' texts, in reading order."""
        return [text for row in self.buttons for text, _ in row]

    @property
    def keyboard(self) -> list[list[str]]:
        """Rows of the reply keyboard that came with it."""
        rows = (self.markup or {}).get("keyboard", [])
        return [[key if isinstance(key, str) else key["text"] for key in row] for row in rows]

    @property
    def removes_keyboard(self) -> bool:
        return bool((self.markup or {}).get("remove_keyboard"))

    def change(self, text: str, markup: dict[str, Any] | None) -> None:
        """An edit by the bot."""
        self.history.append((self.text, self.buttons))
        self.text, self.markup = text, markup


class User:
    """A person with Telegram. Every act puts an update before the bot; a message's id is returned."""

    def __init__(self, emulator: Emulator, chat_id: int, name: str) -> None:
        self.emulator, self.chat_id, self.name = emulator, chat_id, name
        self.chat = {"id": chat_id, "type": "private", "first_name": name}
        self.account = {"id": chat_id, "is_bot": False, "first_name": name, "language_code": "fr"}

    @property
    def sees(self) -> list[Shown]:
        """What the bot has sent her."""
        return self.emulator.sent(self.chat_id)

    def _message(self, message_id: int = 0, **content: Any) -> dict[str, Any]:
        message_id = message_id or self.emulator.next_message()
        now = int(time.time())
        message = {"message_id": message_id, "date": now, "chat": self.chat, "from": self.account, **content}
        return checked(Message, message)

    def writes(self, **content: Any) -> int:
        """A message of any content."""
        message = self._message(**content)
        self.emulator.push({"message": message})
        return int(message["message_id"])

    def says(self, text: str) -> int:
        """A text, or a command."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])} if text[:1] == "/" else None
        return self.writes(text=text, **({"entities": [command]} if command else {}))

    def replies(self, shown: Shown, text: str) -> int:
        """Telegram's own reply to a message of the bot's."""
        return self.writes(text=text, reply_to_message=self.emulator.message(shown))

    def starts(self, token: str = "") -> int:
        """Press Start, from a link with a token or without."""
        return self.says(f"/start {token}".strip())

    def taps(self, key: str) -> int:
        """A word of the reply keyboard that she sees."""
        keyboards = [shown for shown in self.sees if shown.keyboard or shown.removes_keyboard]
        known = [word for row in keyboards[-1].keyboard for word in row] if keyboards else []
        assert key in known, f"{key!r} is not on the keyboard {known}"
        return self.says(key)

    def presses(self, shown: Shown, button: str) -> str:
        """A button under a message; its text may be a part of the label. The callback's id is returned."""
        found = [data for row in shown.buttons for text, data in row if text == button]
        found = found or [data for row in shown.buttons for text, data in row if button in text]
        assert found, f"no button {button!r} under {shown.text!r}, only {shown.labels}"
        return self.emulator.press(self, shown, found[0])

    def shares_contact(self, phone: str, own: bool = True) -> int:
        """Her own number by the keyboard's button, or somebody's card from the address book."""
        contact = {"phone_number": phone, "first_name": self.name} | ({"user_id": self.chat_id} if own else {})
        return self.writes(contact=contact)

    def sends_photo(self, content: bytes = JPEG, caption: str = "", as_file: bool = False) -> int:
        """A photo in two sizes, or the picture as a file."""
        text = {"caption": caption} if caption else {}
        if as_file:
            document = self._file(content, "documents", "jpg", file_name="sheet.jpg", mime_type="image/jpeg")
            return self.writes(document=document, **text)
        small = self._file(content[:40], "photos", "jpg", width=90, height=67)
        return self.writes(photo=[small, self._file(content, "photos", "jpg", width=1280, height=960)], **text)

    def sends_voice(self, content: bytes = b"OggS" + b"\0" * 60, seconds: int = 4) -> int:
        return self.writes(voice=self._file(content, "voice", "oga", duration=seconds, mime_type="audio/ogg"))

    def sends_location(self, latitude: float, longitude: float) -> int:
        return self.writes(location={"latitude": latitude, "longitude": longitude})

    def sends_sticker(self, emoji: str = "👍") -> int:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": emoji}
        return self.writes(sticker=self._file(b"RIFF", "stickers", "webp", width=512, height=512, **kind))

    def _file(self, content: bytes, folder: str, ending: str, **more: Any) -> dict[str, Any]:
        file_id = self.emulator.keep_file(content, folder, ending)
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(content), **more}

    def edits(self, message_id: int, text: str) -> None:
        """She changes a message that she has sent."""
        message = self._message(message_id, text=text, edit_date=int(time.time()))
        self.emulator.push({"edited_message": message})

    def blocks(self) -> None:
        """From now on the bot may not write to her."""
        self.emulator.blocked.add(self.chat_id)
        self._member("member", "kicked")

    def unblocks(self) -> None:
        self.emulator.blocked.discard(self.chat_id)
        self._member("kicked", "member")

    def _member(self, before: str, after: str) -> None:
        def member(status: str) -> dict[str, Any]:
            return {"user": self.emulator.bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})

        change = {"chat": self.chat, "from": self.account, "date": int(time.time())}
        change |= {"old_chat_member": member(before), "new_chat_member": member(after)}
        self.emulator.push({"my_chat_member": change})

    def says_in_group(self, group_id: int, text: str, kind: str = "supergroup") -> int:
        """A message in a group that has the bot in it."""
        chat = {"id": group_id, "type": kind, "title": "A group"}
        self.emulator.chats[group_id] = chat
        return self.writes(text=text, chat=chat)
