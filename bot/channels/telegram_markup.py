"""Our words as Telegram takes them: texts of at most 4,096 units, keyboards of three kinds. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.errors import Refused

UNITS = 4096
"""UTF-16 units of one message: Telegram counts an emoji as two."""
CAPTION_UNITS = 1024
"""Of the text below a file."""
DATA_BYTES = 64
LONGEST_SIGN = 32
JOINER, SELECTOR = "\u200d", "\ufe0f"

ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def units(text: str) -> int:
    """The text's length as Telegram counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def is_caption(text: str) -> bool:
    """Whether the text can stand below a file."""
    return units(text) <= CAPTION_UNITS


def parts(text: str, limit: int = UNITS) -> list[str]:
    """The text in parts of at most `limit` units that together are the text again.

    Cut after a line if one ends in the second half, else after a word, else between two signs.
    """
    found: list[str] = []
    while units(text) > limit:
        end = _cut(text, limit)
        found.append(text[:end])
        text = text[end:]
    return [*found, text] if text else found


def _cut(text: str, limit: int) -> int:
    end = limit
    while units(text[:end]) > limit:
        end -= max(1, (units(text[:end]) - limit) // 2)
    for mark in ("\n", " "):
        after = text.rfind(mark, end // 2, end) + 1
        if after:
            return after
    whole = end
    while whole > max(1, end - LONGEST_SIGN) and _inside_sign(text, whole):
        whole -= 1
    return end if _inside_sign(text, whole) else whole


def _inside_sign(text: str, at: int) -> bool:
    """Whether a cut here would part a letter from its accent or an emoji from its skin."""
    after = text[at]
    return (
        text[at - 1] == JOINER
        or after in (JOINER, SELECTOR)
        or bool(unicodedata.combining(after))
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )


def markup(data: Mapping[str, Any]) -> ReplyMarkup | None:
    """The keyboard of a message. A message has one: where there are buttons, the reply keyboard waits.

    Raises Refused for a button whose data Telegram would not take: that is a fault of ours, and the
    message has not left.
    """
    if rows := data.get("buttons"):
        return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows])
    kind = data.get("keyboard")
    rows = _rows(data.get("words") or ())
    if kind == "main" and rows:
        return ReplyKeyboardMarkup(rows, resize_keyboard=True, is_persistent=True)
    if kind == "contact" and rows:
        share, *others = [word for row in rows for word in row]
        keys = [[KeyboardButton(share, request_contact=True)], *([KeyboardButton(word)] for word in others)]
        return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove() if kind == "remove" else None


def is_reply(keyboard: ReplyMarkup | None) -> bool:
    """Whether it is a reply keyboard (or takes one away): an edited message can have buttons only."""
    return keyboard is not None and not isinstance(keyboard, InlineKeyboardMarkup)


def _button(button: Mapping[str, Any]) -> InlineKeyboardButton:
    data = button["data"]
    if not 1 <= len(data.encode()) <= DATA_BYTES:
        raise Refused(f"a button's data has {len(data.encode())} bytes; Telegram takes 1 to {DATA_BYTES}")
    return InlineKeyboardButton(button["text"], callback_data=data)


def _rows(words: Sequence[str | Sequence[str]]) -> list[list[str]]:
    """Rows as they are; words in a row of their own, two by two."""
    if all(isinstance(row, str) for row in words):
        return [[str(word) for word in words[at : at + 2]] for at in range(0, len(words), 2)]
    return [[row] if isinstance(row, str) else list(row) for row in words]
