"""Sending by Telegram: the press is answered, the text leaves in parts or edits a card in place.

A file leaves with its text below it, or before a text that is longer than Telegram takes there.
"""

from __future__ import annotations

import contextlib
from typing import Any

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, TelegramError

from bot.channels import telegram_markup, telegram_profile
from bot.channels.base import Attached, Message, Sent
from bot.channels.telegram_wire import Pace, SlowDown, decided
from bot.errors import Ambiguous, Refused, RetryLater, SendError

log = structlog.get_logger(__name__)

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What PTB raises for an answer whose shape it does not know."""
UNEDITABLE = ("message to edit not found", "can't be edited", "message_id_invalid", "message identifier")
NO_TEXT = "no text in the message to edit"
"""Of a photo or a document: its caption is edited."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram would open a link to show what is behind it."""
UNDER_WAY = 1000
"""Half-sent texts that are remembered; beyond that a text begins again with its first part."""


class Sending:
    """One per bot. `answer_s`: seconds that the answer to a button press may take."""

    def __init__(self, bot: Bot, pace: Pace, answer_s: float) -> None:
        self._bot, self._pace, self._answer_s = bot, pace, answer_s
        self._under_way: dict[int, int] = {}

    async def send(self, message: Message) -> Sent:
        """Answer the button press, then send or edit the text. Raises a SendError.

        A text over 4,096 units leaves in parts; the last one has the buttons, so its id is the
        message's. When a part fails, the next try begins with that part (in this process).
        """
        callback = message.data.get("callback")
        if callback:
            await self._answer(str(callback))
        if commands := message.data.get("commands"):
            await self._commands(message.address, *commands)
        pieces = [piece for piece in telegram_markup.parts(message.text) if piece.strip()]
        if message.file and (len(pieces) != 1 or not telegram_markup.is_caption(message.text)):
            pieces = ["", *pieces]
        if not pieces:
            if callback:
                return Sent(None)
            raise Refused("there is no text to send")
        provider_id = ""
        for index in range(self._under_way.pop(message.id, 0), len(pieces)):
            try:
                last = index == len(pieces) - 1
                provider_id = await self._piece(message, pieces[index], first=index == 0, last=last)
            except SendError:
                if index and len(self._under_way) < UNDER_WAY:
                    self._under_way[message.id] = index
                raise
        return Sent(provider_id)

    async def _answer(self, callback: str) -> None:
        """Stop the button's clock. A press older than some minutes cannot be answered any more."""
        if self._pace.paused:
            return
        try:
            await self._bot.answer_callback_query(callback, read_timeout=self._answer_s)
        except TelegramError as error:
            if isinstance(error, SlowDown):
                self._pace.pause(error.seconds)
            log.info("button press not answered", channel="telegram", error=type(error).__name__)

    async def _commands(self, chat: str, whose: str, language: str) -> None:
        """The list is a help only: a text does not wait for it."""
        try:
            await telegram_profile.show(self._bot, chat, whose, language)
        except (TelegramError, *UNREADABLE) as error:
            log.info("commands not shown", channel="telegram", error=type(error).__name__)

    async def _piece(self, message: Message, text: str, first: bool, last: bool) -> str:
        """The id of the message that has this part. A reply keyboard can only come with a new message."""
        keyboard = telegram_markup.markup(message.data) if last else None
        if first and message.file:
            return await self._call(message.address, text, keyboard, file=message.file)
        edit = str(message.data.get("edit") or "")
        if not first or not edit.isdecimal() or telegram_markup.is_reply(keyboard):
            edit = ""
        return (edit and await self._call(message.address, text, keyboard, edit)) or await self._call(
            message.address, text, keyboard
        )

    async def _call(
        self, address: str, text: str, keyboard: Any, edit: str = "", file: Attached | None = None
    ) -> str:
        """The id of the sent or edited message; '' when it can be edited no more. Raises SendError."""
        leaving = await self._pace.turn(address)
        chat = {"chat_id": address, "reply_markup": keyboard}
        try:
            if edit:
                return await self._edited(int(edit), text, chat)
            if file:
                return str((await self._uploaded(file, text, chat)).message_id)
            return str((await self._bot.send_message(text=text, link_preview_options=_NO_PREVIEW, **chat)).message_id)
        except BadRequest as error:
            said = error.message.lower()
            if edit and "message is not modified" in said:
                return edit
            if edit and any(words in said for words in UNEDITABLE):
                return ""
            raise decided(error) from None
        except TelegramError as error:
            if isinstance(error, SlowDown):
                self._pace.pause(error.seconds)
            found: SendError = decided(error)
        except UNREADABLE:
            found = Ambiguous("Telegram's answer could not be read")
        finally:
            self._pace.arrived(leaving)
        if edit and isinstance(found, Ambiguous):
            raise RetryLater("an edit without an answer does no harm twice", 5.0)
        raise found

    async def _edited(self, message: int, text: str, chat: dict[str, Any]) -> str:
        """The id of the message; '' when its file cannot have so long a text. Raises TelegramError."""
        try:
            await self._bot.edit_message_text(message_id=message, text=text, link_preview_options=_NO_PREVIEW, **chat)
        except BadRequest as error:
            if NO_TEXT not in error.message.lower():
                raise
            if not telegram_markup.is_caption(text):
                return ""
            await self._bot.edit_message_caption(message_id=message, caption=text, **chat)
        return str(message)

    async def _uploaded(self, file: Attached, text: str, chat: dict[str, Any]) -> TelegramMessage:
        """A photo or voice note that Telegram, or her own settings, will not have as one goes as a document."""
        more = {**chat, "caption": text or None, "filename": file.name}
        with contextlib.suppress(BadRequest):
            if file.kind == "photo":
                return await self._bot.send_photo(photo=file.content, **more)
            if file.kind == "voice":
                return await self._bot.send_voice(voice=file.content, **more)
        return await self._bot.send_document(document=file.content, **more)
