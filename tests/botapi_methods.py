"""The Bot API's methods as the emulator answers them: sending, editing, files, commands, profile."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from telegram import (
    BotCommand,
    File,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    TelegramObject,
)

from tests.botapi_updates import Fault, Shown, checked, error

if TYPE_CHECKING:
    from tests.botapi import Emulator

Answer = Any
MARKUPS: dict[str, type[TelegramObject]] = {
    "inline_keyboard": InlineKeyboardMarkup,
    "keyboard": ReplyKeyboardMarkup,
    "remove_keyboard": ReplyKeyboardRemove,
    "force_reply": ForceReply,
}
TEXT_UNITS, CAPTION_UNITS, FILE_BYTES = 4096, 1024, 20 << 20
OLD_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"
SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


class Unhappy(Exception):
    """The method is answered with this error."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.fault: Fault = error(status, description, **parameters)


class Methods:
    """Each method takes the call's parameters and returns its result. Raises Unhappy."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.profile: dict[tuple[str, str], Any] = {}

    def getMe(self, given: dict[str, Any]) -> Answer:
        return {
            **self.emulator.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def sendMessage(self, given: dict[str, Any]) -> Answer:
        return self._show(given, given.get("text", ""), TEXT_UNITS)

    def sendPhoto(self, given: dict[str, Any]) -> Answer:
        return self._show(given, given.get("caption", ""), CAPTION_UNITS, "photo")

    def sendDocument(self, given: dict[str, Any]) -> Answer:
        return self._show(given, given.get("caption", ""), CAPTION_UNITS, "document")

    def sendVoice(self, given: dict[str, Any]) -> Answer:
        return self._show(given, given.get("caption", ""), CAPTION_UNITS, "voice")

    def sendChatAction(self, given: dict[str, Any]) -> Answer:
        self._chat(given)
        return True

    def editMessageText(self, given: dict[str, Any]) -> Answer:
        shown = self._editable(given)
        if shown.file:
            raise Unhappy(400, "Bad Request: there is no text in the message to edit")
        return self._edit(shown, _fitting(given.get("text", ""), TEXT_UNITS), self._inline(given))

    def editMessageCaption(self, given: dict[str, Any]) -> Answer:
        shown = self._editable(given)
        return self._edit(shown, _fitting(given.get("caption", ""), CAPTION_UNITS, empty=True), self._inline(given))

    def editMessageReplyMarkup(self, given: dict[str, Any]) -> Answer:
        shown = self._editable(given)
        return self._edit(shown, shown.text, self._inline(given))

    def answerCallbackQuery(self, given: dict[str, Any]) -> Answer:
        callback = given.get("callback_query_id", "")
        if callback not in self.emulator.callbacks:
            raise Unhappy(400, OLD_QUERY)
        self.emulator.answered.append(callback)
        return True

    def getFile(self, given: dict[str, Any]) -> Answer:
        found = self.emulator.files.get(given.get("file_id", ""))
        if found is None:
            raise Unhappy(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        path, content = found
        if len(content) > FILE_BYTES:
            raise Unhappy(400, "Bad Request: file is too big")
        ids = {"file_id": given["file_id"], "file_unique_id": f"u{given['file_id']}"}
        return checked(File, {**ids, "file_size": len(content), "file_path": path})

    def setMyCommands(self, given: dict[str, Any]) -> Answer:
        commands = [checked(BotCommand, command) for command in json.loads(given["commands"])]
        for command in commands:
            if not 1 <= len(command["command"]) <= 32 or not 1 <= len(command["description"]) <= 256:
                raise Unhappy(400, "Bad Request: BOT_COMMAND_INVALID")
        self.profile["commands", _scope(given)] = commands
        return True

    def getMyCommands(self, given: dict[str, Any]) -> Answer:
        return self.profile.get(("commands", _scope(given)), [])

    def setMyName(self, given: dict[str, Any]) -> Answer:
        return self._describe("name", given, 64)

    def setMyDescription(self, given: dict[str, Any]) -> Answer:
        return self._describe("description", given, 512)

    def setMyShortDescription(self, given: dict[str, Any]) -> Answer:
        return self._describe("short_description", given, 120)

    def getMyName(self, given: dict[str, Any]) -> Answer:
        return {"name": self.profile.get(("name", given.get("language_code", "")), self.emulator.bot["first_name"])}

    def getMyDescription(self, given: dict[str, Any]) -> Answer:
        return {"description": self.profile.get(("description", given.get("language_code", "")), "")}

    def getMyShortDescription(self, given: dict[str, Any]) -> Answer:
        return {"short_description": self.profile.get(("short_description", given.get("language_code", "")), "")}

    def _describe(self, what: str, given: dict[str, Any], limit: int) -> bool:
        text = given.get(what, "")
        if len(text) > limit:
            raise Unhappy(400, f"Bad Request: {what} is too long")
        self.profile[what, given.get("language_code", "")] = text
        return True

    def _chat(self, given: dict[str, Any]) -> int:
        chat_id = int(given["chat_id"])
        if moved := self.emulator.moved.get(chat_id):
            raise Unhappy(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=moved)
        if chat_id not in self.emulator.chats:
            raise Unhappy(400, "Bad Request: chat not found")
        if chat_id in self.emulator.blocked:
            raise Unhappy(403, "Forbidden: bot was blocked by the user")
        if chat_id in self.emulator.deactivated:
            raise Unhappy(403, "Forbidden: user is deactivated")
        return chat_id

    def _show(self, given: dict[str, Any], text: str, limit: int, file: str = "") -> Answer:
        chat_id = self._chat(given)
        text = _fitting(text, limit, empty=bool(file))
        shown = Shown(chat_id, self.emulator.next_message(), text, _markup(given), date=int(time.time()))
        if file:
            shown.file = self._upload(given, file)
        self.emulator.shown.append(shown)
        return self.emulator.message(shown)

    def _upload(self, given: dict[str, Any], name: str) -> tuple[str, bytes]:
        value = given.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = given.get(value.removeprefix("attach://"))
        if isinstance(value, str) and value in self.emulator.files:
            return self.emulator.files[value]
        if not isinstance(value, tuple) or not value[1]:
            raise Unhappy(400, "Bad Request: there is no file in the request")
        return value

    def _editable(self, given: dict[str, Any]) -> Shown:
        chat_id = self._chat(given)
        for shown in self.emulator.shown:
            if (shown.chat_id, shown.id) == (chat_id, int(given["message_id"])):
                if shown.markup and "inline_keyboard" not in shown.markup:
                    raise Unhappy(400, "Bad Request: message can't be edited")
                return shown
        raise Unhappy(400, "Bad Request: message to edit not found")

    def _inline(self, given: dict[str, Any]) -> dict[str, Any] | None:
        markup = _markup(given)
        if markup and "inline_keyboard" not in markup:
            raise Unhappy(400, "Bad Request: object expected as reply markup")
        return markup if markup and markup["inline_keyboard"] else None

    def _edit(self, shown: Shown, text: str, markup: dict[str, Any] | None) -> Answer:
        if (text, markup) == (shown.text, shown.markup):
            raise Unhappy(400, SAME)
        shown.change(text, markup)
        return self.emulator.message(shown) | {"edit_date": int(time.time())}


def _fitting(text: str, limit: int, empty: bool = False) -> str:
    text = text.strip()
    if not text and not empty:
        raise Unhappy(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > limit:
        raise Unhappy(400, "Bad Request: message is too long")
    return text


def _scope(given: dict[str, Any]) -> str:
    scope = json.loads(given["scope"]) if "scope" in given else {"type": "default"}
    return "/".join([given.get("language_code", ""), *map(str, scope.values())])


def _markup(given: dict[str, Any]) -> dict[str, Any] | None:
    """The keyboard, read by PTB's types and held against the Bot API's limits."""
    if "reply_markup" not in given:
        return None
    markup: dict[str, Any] = json.loads(given["reply_markup"])
    kind = next((kind for name, kind in MARKUPS.items() if name in markup), None)
    assert kind, f"no keyboard: {markup}"
    checked(kind, {name: value for name, value in markup.items() if name not in ("remove_keyboard", "force_reply")})
    for row in markup.get("inline_keyboard", []) + markup.get("keyboard", []):
        for key in row:
            if not (key if isinstance(key, str) else key["text"]).strip():
                raise Unhappy(400, "Bad Request: button text can't be empty")
    for row in markup.get("inline_keyboard", []):
        for key in row:
            if not 1 <= len(key["callback_data"].encode()) <= 64:
                raise Unhappy(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup


def message(shown: Shown, chat: dict[str, Any], bot: dict[str, Any]) -> dict[str, Any]:
    """A message of the bot's as the Bot API shows it: reply keyboards are not shown."""
    data: dict[str, Any] = {"message_id": shown.id, "date": shown.date, "chat": chat, "from": bot}
    if shown.file:
        ids = {"file_id": f"sent{shown.id}", "file_unique_id": f"u{shown.id}", "file_size": len(shown.file[1])}
        data |= {"document": {**ids, "file_name": shown.file[0]}} | ({"caption": shown.text} if shown.text else {})
    else:
        data["text"] = shown.text
    if shown.buttons:
        data["reply_markup"] = shown.markup
    return checked(Message, data)
