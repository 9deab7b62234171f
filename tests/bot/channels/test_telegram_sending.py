"""Sending by Telegram, over loopback: what leaves, what only Telegram decides, how fast it may go.

What every channel decides stands in tests/contracts/test_channels_telegram.py.
"""

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Message, Recorder, Sent
from bot.channels.telegram_markup import parts, units
from bot.channels.telegram_wire import Pace
from bot.errors import (
    AddressMoved,
    RecipientStopped,
    Refused,
    RetryLater,
    SendError,
)
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_bots import channel, polling, started
from tests.botapi_updates import Fault, cut, error, flood, html, slow, swallow, unauthorized

ODETTE = 4711
BUTTONS = [[{"text": "Yes", "data": "y"}, {"text": "No", "data": "n"}], [{"text": "Later", "data": "é" * 32}]]
MAIN = [["📋 Formation", "🏪 Activité"], ["❓ Mentor", "💡 Leçon"]]


def message(text: str = "Murakoze *_[", number: int = 1, address: str = str(ODETTE), **data: Any) -> Message:
    return Message(number, address, text, 1, data)


@pytest.mark.fault("D13")
async def test_a_text_leaves_as_it_is(botapi: Emulator) -> None:
    odette = botapi.user(ODETTE)
    async with started(channel(botapi.settings)) as telegram:
        sent = await telegram.send(message())
    assert [shown.text for shown in odette.sees] == ["Murakoze *_["]
    assert sent == Sent(str(odette.sees[0].id), "sent")
    no_preview = '{"is_disabled": true}'  # Telegram would open what a link leads to
    assert botapi.called("sendMessage") == [
        {"chat_id": "4711", "text": "Murakoze *_[", "link_preview_options": no_preview}
    ]


KEYBOARDS: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({}, None),
    (
        {"buttons": BUTTONS},
        {"inline_keyboard": [[{"text": b["text"], "callback_data": b["data"]} for b in row] for row in BUTTONS]},
    ),
    ({"keyboard": "main", "words": MAIN}, {"is_persistent": True, "resize_keyboard": True, "keyboard": MAIN}),
    (
        {"keyboard": "main", "words": sum(MAIN, [])},
        {"is_persistent": True, "resize_keyboard": True, "keyboard": MAIN},
    ),
    (
        {"keyboard": "contact", "words": ["Share", "No number"]},
        {
            "one_time_keyboard": True,
            "resize_keyboard": True,
            "keyboard": [[{"text": "Share", "request_contact": True}], [{"text": "No number"}]],
        },
    ),
    ({"keyboard": "remove"}, {"remove_keyboard": True}),
    ({"keyboard": "main", "words": []}, None),
]


@pytest.mark.parametrize("data, markup", KEYBOARDS)
async def test_keyboards(botapi: Emulator, data: Any, markup: Any) -> None:
    odette = botapi.user(ODETTE)
    async with started(channel(botapi.settings)) as telegram:
        await telegram.send(message(**data))
    shown = odette.sees[0].markup
    if shown and "keyboard" in shown:
        keys = [[{"text": key} if isinstance(key, str) else key for key in row] for row in markup["keyboard"]]
        assert shown == {**markup, "keyboard": keys}
    else:
        assert shown == markup


@pytest.mark.parametrize("data", ["", "x" * 65, "é" * 33])
async def test_a_button_that_telegram_would_refuse_is_refused_here(botapi: Emulator, data: str) -> None:
    async with started(channel(botapi.settings)) as telegram:
        with pytest.raises(Refused, match="bytes"):
            await telegram.send(message(buttons=[[{"text": "x", "data": data}]]))
    assert not botapi.called("sendMessage")


async def test_a_card_is_edited_and_the_press_answered_first(botapi: Emulator) -> None:
    odette, recorder = botapi.user(ODETTE), Recorder()
    async with polling(botapi, recorder) as telegram:
        card = (await telegram.send(message("1/5", buttons=BUTTONS))).provider_id
        odette.presses(odette.sees[0], "Yes")
        await botapi.until(lambda: recorder.kept)
        press = {"callback": recorder.kept[0].data["callback"], "edit": card}
        assert await telegram.send(message("2/5", 2, buttons=BUTTONS, **press)) == Sent(card)
        assert await telegram.send(message("2/5", 3, buttons=BUTTONS, **press)) == Sent(card), "not modified is sent"
        assert await telegram.send(message("", 4, **press)) == Sent(None)
        assert await telegram.send(message("done", 5, edit=card)) == Sent(card)
        anew = await telegram.send(message("menu", 6, edit=card, keyboard="main", words=MAIN))
        assert (await telegram.send(message("x", 7, edit=anew.provider_id))).provider_id != anew.provider_id
        assert (await telegram.send(message("y", 8, edit="99"))).provider_id == str(odette.sees[-1].id)
    assert [shown.text for shown in odette.sees] == ["done", "menu", "x", "y"]
    assert [text for text, _ in odette.sees[0].history] == ["1/5", "2/5"]
    methods = [call.method for call in botapi.calls if "edit" in call.method or "answer" in call.method]
    assert methods[:3] == ["answerCallbackQuery", "editMessageText", "answerCallbackQuery"]


@pytest.mark.parametrize("fault", [None, flood(1), swallow(), html(), unauthorized()])
async def test_a_press_that_cannot_be_answered_fails_nothing(botapi: Emulator, fault: Fault | None) -> None:
    odette = botapi.user(ODETTE)
    botapi.fail("answerCallbackQuery", *([fault] if fault else []))
    async with started(channel(botapi.settings)) as telegram:
        await telegram.send(message("Ego", callback="too old"))
        assert await telegram.send(message("", 2, callback="too old")) == Sent(None)
        with pytest.raises(Refused):
            await telegram.send(message(" \n"))
    assert [shown.text for shown in odette.sees] == ["Ego"]


ERRORS: list[tuple[Fault, type[SendError], int]] = [
    (flood(3600 * 24), RetryLater, 3600),
    (error(403, "Forbidden: bot was blocked by the user"), RecipientStopped, 0),
    (error(403, "Forbidden: user is deactivated"), RecipientStopped, 0),
    (error(400, "Bad Request: chat not found"), RecipientStopped, 0),
    (error(400, "Bad Request: PEER_ID_INVALID"), RecipientStopped, 0),
    (error(400, "Bad Request: upgraded", migrate_to_chat_id=-1009), AddressMoved, 0),
    (Fault(400, b'{"parameters": [1], "description": 5}'), Refused, 0),
]


@pytest.mark.fault("B7", "B8")
@pytest.mark.parametrize("fault, decision, seconds", ERRORS)
async def test_errors_decide(botapi: Emulator, fault: Fault, decision: type[SendError], seconds: int) -> None:
    botapi.user(ODETTE)
    botapi.fail("sendMessage", fault)
    async with started(channel(botapi.settings)) as telegram:
        with pytest.raises(SendError) as caught:
            await telegram.send(message())
    assert type(caught.value) is decision
    assert botapi.token not in str(caught.value)
    assert len(botapi.called("sendMessage")) == 1, "one call, never two"
    if isinstance(caught.value, RetryLater):
        assert caught.value.after_s == seconds
    if isinstance(caught.value, AddressMoved):
        assert caught.value.address == "-1009"


async def test_the_emulator_refuses_like_telegram(botapi: Emulator) -> None:
    botapi.user(ODETTE).blocks()
    botapi.user(2)
    botapi.deactivated.add(2)
    botapi.moved[3] = -1003
    async with started(channel(botapi.settings)) as telegram:
        for address, decision in {"4711": RecipientStopped, "2": RecipientStopped, "9": RecipientStopped}.items():
            with pytest.raises(decision):
                await telegram.send(message(address=address))
        with pytest.raises(AddressMoved):
            await telegram.send(message(address="3"))


async def test_an_edit_without_an_answer_may_be_repeated(botapi: Emulator) -> None:
    odette = botapi.user(ODETTE)
    async with started(channel(botapi.settings)) as telegram:
        card = (await telegram.send(message("1"))).provider_id
        botapi.fail("editMessageText", cut())
        with pytest.raises(RetryLater):
            await telegram.send(message("2", 2, edit=card))
        assert await telegram.send(message("2", 2, edit=card)) == Sent(card)
    assert [shown.text for shown in odette.sees] == ["2"]


async def test_a_long_text_leaves_in_parts_and_goes_on_where_it_failed(botapi: Emulator) -> None:
    odette = botapi.user(ODETTE)
    text = "\n".join("Murakoze cane " * 20 for _ in range(40))
    async with started(channel(botapi.settings)) as telegram:
        botapi.fail("sendMessage", slow(0), error(403, "Forbidden: x"))
        with pytest.raises(RecipientStopped):
            await telegram.send(message(text, buttons=BUTTONS))
        sent = await telegram.send(message(text, buttons=BUTTONS))
    assert [line for shown in odette.sees for line in shown.text.split()] == text.split()
    assert len(odette.sees) == 3 and sent.provider_id == str(odette.sees[-1].id)
    assert [len(shown.labels) for shown in odette.sees] == [0, 0, 3], "the buttons stand under the last part"


LETTER = st.sampled_from(["a", " ", "\n", "é", "e\u0301", "👍🏽", "👩\u200d🌾", "\U0001f600", "ibitigiri "])


@pytest.mark.fault("D2")
@given(st.lists(LETTER, max_size=60).map("".join), st.integers(8, 20))
def test_the_parts_are_the_text_and_no_sign_is_torn(text: str, limit: int) -> None:
    found = parts(text, limit)
    assert "".join(found) == text
    assert all(0 < units(part) <= limit and len(part.encode("utf-16-le")) == 2 * units(part) for part in found)
    assert not any(part[0] in "\u0301\u200d\U0001f3fd" for part in found)


@pytest.mark.fault("B3")
async def test_a_429_stops_the_whole_bot(botapi: Emulator) -> None:
    botapi.user(ODETTE)
    botapi.user(2)
    botapi.fail("sendMessage", flood(60))
    async with started(channel(botapi.settings)) as telegram:
        with pytest.raises(RetryLater):
            await telegram.send(message())
        with pytest.raises(RetryLater) as caught:
            await telegram.send(message("other", 2, address="2", callback="1"))
    assert 50 < caught.value.after_s <= 60
    assert len(botapi.called("sendMessage")) == 1 and not botapi.called("answerCallbackQuery")


async def test_pace_starts_empty_and_keeps_both_limits() -> None:
    begun = time.monotonic()
    pace = Pace(per_second=50, per_chat_s=0.1)
    await pace.turn("1")
    assert time.monotonic() - begun >= 0.1, "a process just started has no credit"
    begun = time.monotonic()
    for number in range(11):
        await pace.turn(str(number + 2))
    assert 0.19 <= time.monotonic() - begun < 0.5
    begun = time.monotonic()
    for _ in range(3):
        await pace.turn("1")
    assert 0.2 <= time.monotonic() - begun < 0.5
    pace.pause(0.2)
    await pace.turn("99")
    assert time.monotonic() - begun >= 0.4


async def test_no_second_has_more_than_its_limit_however_many_wait_and_however_late_they_are() -> None:
    pace, left = Pace(per_second=40, per_chat_s=0.0), list[float]()

    async def sends(number: int) -> None:
        leaving = await pace.turn(str(number))
        left.append(time.monotonic())
        pace.arrived(leaving)

    waiting = [asyncio.create_task(sends(number)) for number in range(100)]
    await asyncio.sleep(1.1)
    time.sleep(0.3)  # noqa: ASYNC251 - the whole process stood still
    await asyncio.gather(*waiting)
    assert all(later - first >= 1.0 for first, later in zip(left, left[40:], strict=False))
    assert len(left) / (left[-1] - left[0]) > 0.75 * 40, "and it is caught up with what stood still"


async def test_fetch_brings_a_file_up_to_the_limit(botapi: Emulator) -> None:
    odette, recorder = botapi.user(ODETTE), Recorder()
    odette.sends_photo(b"\xff\xd8" + b"x" * 998)
    odette.sends_voice()
    async with polling(botapi, recorder) as telegram:
        await botapi.until(lambda: len(recorder.kept) == 2)
        photo, voice = (arrival.data for arrival in recorder.kept)
        file = await telegram.fetch(photo, 1000)
        assert (len(file.content), file.kind) == (1000, "image/jpeg")
        assert (await telegram.fetch(voice, 1000)).kind == "audio/ogg"
        with pytest.raises(Refused, match="larger"):
            await telegram.fetch(photo, 999)
        assert len(botapi.called("getFile")) == 2, "too large is known without asking"
        with pytest.raises(Refused, match="larger"):
            await telegram.fetch({**photo, "size": 0}, 999)
        with pytest.raises(Refused):
            await telegram.fetch({"file_id": "unknown"}, 999)
        botapi.fail("getFile", html(), flood(9))
        for _ in range(2):
            with pytest.raises(RetryLater):
                await telegram.fetch(photo, 1000)
        path, _ = botapi.files.pop(photo["file_id"])
        with pytest.raises(RetryLater, match="404"):
            await telegram._download(f"{telegram._files}{path}", 1000)


async def test_photos_and_documents_reach_the_person(botapi: Emulator) -> None:
    """sendPhoto and sendDocument of the emulator, as PTB posts them (multipart)."""
    odette = botapi.user(ODETTE)
    async with started(channel(botapi.settings)) as telegram:
        await telegram._bot.send_document(ODETTE, b"a,b", filename="export.csv", caption="Export")
        await telegram._bot.send_photo(ODETTE, b"\x89PNG", filename="chart.png")
        await telegram._bot.send_chat_action(ODETTE, "typing")
    assert [shown.file for shown in odette.sees] == [("export.csv", b"a,b"), ("chart.png", b"\x89PNG")]
