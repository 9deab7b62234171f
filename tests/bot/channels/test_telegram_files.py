"""Files that go along with a text by Telegram: below it, before it, edited, refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.channels.base import Attached, Message
from bot.errors import RetryLater
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_bots import channel, started
from tests.botapi_updates import JPEG, error, flood

ODETTE = 4711
BUTTONS = [[{"text": "Yes", "data": "y"}, {"text": "No", "data": "n"}]]


def message(text: str, number: int = 1, **data: Any) -> Message:
    return Message(number, str(ODETTE), text, 1, data)


@pytest.mark.parametrize(
    ("file", "method"),
    [
        (Attached("photo", "a.jpg", JPEG), "sendPhoto"),
        (Attached("voice", "a.ogg", b"OggS"), "sendVoice"),
        (Attached("document", "late.xlsx", b"PK"), "sendDocument"),
    ],
)
async def test_a_file_has_its_text_below_it_which_is_edited(botapi: Emulator, file: Attached, method: str) -> None:
    officer = botapi.user(ODETTE)
    async with started(channel(botapi.settings)) as telegram:
        sent = await telegram.send(replace(message("Photo for No 5", buttons=BUTTONS), file=file))
        assert len(botapi.called(method)) == 1
        assert await telegram.send(message("Checked", 2, edit=sent.provider_id)) == sent
        assert await telegram.send(message("Checked", 3, edit=sent.provider_id)) == sent, "not modified is sent"
        anew = await telegram.send(message("x" * 1025, 4, edit=sent.provider_id))
    first, second = officer.sees
    assert (first.text, first.file, str(first.id)) == ("Checked", (file.name, file.content), sent.provider_id)
    assert first.history == [("Photo for No 5", [[("Yes", "y"), ("No", "n")]])]
    assert (str(second.id), second.file) == (anew.provider_id, None)


async def test_a_file_goes_before_a_long_text_and_is_not_sent_twice(botapi: Emulator) -> None:
    officer, file = botapi.user(ODETTE), Attached("photo", "a.jpg", JPEG)
    long = replace(message("x" * 1025, buttons=BUTTONS), file=file)
    botapi.fail("sendMessage", flood(1))
    async with started(channel(botapi.settings)) as telegram:
        with pytest.raises(RetryLater):
            await telegram.send(long)
        sent = await telegram.send(long)
    assert [(shown.text[:1], shown.file is not None, bool(shown.buttons)) for shown in officer.sees] == [
        ("", True, False),
        ("x", False, True),
    ]
    assert sent.provider_id == str(officer.sees[1].id), "what is replied to is the text"


async def test_a_photo_that_telegram_will_not_have_goes_as_a_document(botapi: Emulator) -> None:
    officer = botapi.user(ODETTE)
    botapi.fail("sendPhoto", error(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    async with started(channel(botapi.settings)) as telegram:
        await telegram.send(replace(message("Photo for No 5"), file=Attached("photo", "a.jpg", JPEG)))
    (shown,) = officer.sees
    assert (shown.text, shown.file) == ("Photo for No 5", ("a.jpg", JPEG))
    assert botapi.called("sendDocument")
