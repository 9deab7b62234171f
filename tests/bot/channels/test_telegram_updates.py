"""Raw update JSON to Arrival: what is kept, what is not, and that nothing at all makes it raise."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.channels import telegram_updates
from bot.channels.base import Arrival
from tests.cases import cases

CHAT = {"id": 4711, "type": "private", "first_name": "Odette"}
FROM = {"id": 4711, "is_bot": False, "first_name": "Odette"}
DATE = 1_795_488_258
SMALL = {"file_id": "s", "file_unique_id": "1", "width": 90, "height": 60, "file_size": 900}
LARGE = {"file_id": "l", "file_unique_id": "2", "width": 1280, "height": 960, "file_size": 90_000}
STICKER = {"file_id": "x", "file_unique_id": "3", "width": 1, "height": 1, "type": "regular"}
PRESS = {"id": "99", "from": FROM, "chat_instance": "1", "data": "card:next"}


def message(**content: Any) -> dict[str, Any]:
    return {"update_id": 7, "message": {"message_id": 3, "date": DATE, "chat": CHAT, "from": FROM, **content}}


def read(update: object) -> Arrival | str:
    return telegram_updates.read(update, "42")


def document(kind: str) -> dict[str, Any]:
    return {"file_id": "d", "mime_type": kind, "file_size": 5}


ME = {"message": "3"}
KEPT = [
    (message(text="12 11 3 12 7 5 3"), "text", "12 11 3 12 7 5 3", ME),
    (message(text="/report"), "text", "/report", ME),
    (message(text="/start"), "text", "/start", ME),
    (message(text="/start aZ0-_9"), "start", "/start aZ0-_9", ME | {"token": "aZ0-_9"}),
    (message(text="/start@rutana_bot abc"), "start", "/start@rutana_bot abc", ME | {"token": "abc"}),
    (message(text="/start " + "a" * 65), "text", "/start " + "a" * 65, ME),
    (message(text="/start a b"), "text", "/start a b", ME),
    (message(text="a\x00b \ud83d \ud83d\ude00"), "text", "a\ufffdb \ufffd \U0001f600", ME),
    (message(text=""), "text", "", ME),
    (
        message(contact={"phone_number": "25779123456", "first_name": "O", "user_id": 4711}),
        "contact",
        "",
        ME | {"phone": "+25779123456", "own": True},
    ),
    (
        message(contact={"phone_number": "+254 712 345678", "first_name": "E", "user_id": 8}),
        "contact",
        "",
        ME | {"phone": "+254712345678", "own": False},
    ),
    (message(contact={"phone_number": "8585", "first_name": "E"}), "contact", "", ME | {"phone": "", "own": False}),
    (
        message(photo=[LARGE, SMALL], caption="No 4127"),
        "photo",
        "No 4127",
        ME | {"file_id": "l", "size": 90_000, "width": 1280, "height": 960},
    ),
    (message(document=document("image/png")), "photo", "", ME | {"file_id": "d", "size": 5, "width": 0, "height": 0}),
    (message(document=document("application/pdf"), caption="a"), "text", "a", ME | {"unread": "document"}),
    (message(voice={"file_id": "v", "duration": 4}), "voice", "", ME | {"file_id": "v", "size": 0, "seconds": 4}),
    (message(audio={"file_id": "a", "duration": 9}), "voice", "", ME | {"file_id": "a", "size": 0, "seconds": 9}),
    (
        message(location={"latitude": -3.9, "longitude": 30}),
        "location",
        "",
        ME | {"latitude": -3.9, "longitude": 30},
    ),
    (message(sticker=STICKER), "sticker", "", ME),
    (message(dice={"emoji": "x", "value": 1}), "text", "", ME | {"unread": "dice"}),
    (message(text="ok", reply_to_message={"message_id": 2}), "text", "ok", ME | {"reply_to": "2"}),
    (message(text="ok", reply_to_message={"message_id": "2"}), "text", "ok", ME),
    (message(something_of_tomorrow={}), "text", "", ME | {"unread": "message"}),
    (message(photo=[]), "text", "", ME | {"unread": "message"}),
    (message(location={"latitude": float("nan"), "longitude": 1}), "text", "", ME | {"unread": "message"}),
    (message(text=["no"]), "text", "", ME | {"unread": "message"}),
    ({"update_id": 7, "message": {"from": FROM, "date": DATE}}, "text", "", {"message": "", "unread": "message"}),
    (
        {"update_id": 7, "edited_message": message(text="13", edit_date=DATE)["message"]},
        "edited",
        "13",
        ME,
    ),
    (
        {"update_id": 7, "callback_query": {**PRESS, "message": message()["message"]}},
        "button",
        "",
        {"data": "card:next", "callback": "99", "message": "3"},
    ),
    (
        {"update_id": 7, "callback_query": {"id": "99", "from": FROM}},
        "button",
        "",
        {"data": "", "callback": "99", "message": ""},
    ),
    (
        {"update_id": 7, "my_chat_member": {"chat": CHAT, "date": DATE, "new_chat_member": {"status": "kicked"}}},
        "blocked",
        "",
        {},
    ),
]

NOT_KEPT = [
    (message(pinned_message={}), "service message"),
    ({"update_id": 7, "edited_message": message(location={})["message"]}, "edited, but no text of a person"),
    ({"update_id": 7, "my_chat_member": {"chat": CHAT, "new_chat_member": {"status": "member"}}}, "member"),
    ({"update_id": 7, "message": {"text": "from nowhere"}}, "no address"),
    ({"update_id": 7, "message": None}, "no address"),
    ({"update_id": 7, "callback_query": {"id": "1"}}, "no address"),
    ({"update_id": 7, "poll": {}}, "other"),
    ({"message": {"chat": CHAT}}, "no update_id"),
    ({"update_id": True, "message": {"chat": CHAT}}, "no update_id"),
    ({"update_id": 2**70, "message": {"chat": CHAT}}, "no update_id"),
    ("nonsense", "no update_id"),
]


@cases("update kind text data", KEPT)
def test_kept(update: Any, kind: str, text: str, data: Any) -> None:
    arrival = read(update)
    assert isinstance(arrival, Arrival)
    assert (arrival.channel, arrival.scheme, arrival.key, arrival.address) == ("telegram", "telegram", "42:7", "4711")
    assert (arrival.kind, arrival.text, dict(arrival.data)) == (kind, text, data)
    assert arrival.sent_at == (None if kind == "button" else datetime.fromtimestamp(DATE, UTC))


@cases("update what", NOT_KEPT)
def test_not_kept(update: Any, what: str) -> None:
    assert read(update) == what


@cases("kind", ["group", "supergroup", "channel"])
def test_a_group_is_told_by_its_id_and_nothing_of_its_words_is_kept(kind: str) -> None:
    chat = {"id": -100, "type": kind, "title": "Ingabire"}
    for update in (
        message(chat=chat, text="secret"),
        {"update_id": 7, "channel_post": {"chat": chat, "text": "secret"}},
    ):
        arrival = read(update)
        assert isinstance(arrival, Arrival)
        assert (arrival.kind, arrival.address, arrival.text, dict(arrival.data)) == ("group", "-100", "", {})
    assert (
        read({"update_id": 7, "edited_message": {"chat": chat, "text": "secret"}})
        == "edited, but no text of a person"
    )


@cases("date", [0, -5, "tomorrow", None, 2**40, 1.5, True, [DATE]])
def test_a_date_that_cannot_be_read_is_none(date: Any) -> None:
    arrival = read(message(text="Ego", date=date))
    assert isinstance(arrival, Arrival)
    assert arrival.sent_at is None


WORDS = """message edited_message callback_query my_chat_member chat from id type text caption date edit_date
    message_id contact phone_number user_id photo document mime_type voice audio location latitude longitude sticker
    file_id width height duration data new_chat_member status update_id"""
NAMES = WORDS.split()
LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["private", "kicked", "+2"])
)
ANY = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=30,
)


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.dictionaries(st.sampled_from(NAMES), ANY, max_size=8),
)
def test_nothing_makes_it_raise_and_all_it_keeps_can_be_stored(kind: str, content: dict[str, Any]) -> None:
    arrival = read({"update_id": 7, kind: {"chat": CHAT, **content}})
    if isinstance(arrival, str):
        return
    assert arrival.key == "42:7" and arrival.address.lstrip("-").isdecimal()
    stored = json.dumps([arrival.text, dict(arrival.data)], allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in stored and stored.encode("utf-8")


@given(ANY)
def test_nothing_at_all_makes_it_raise(update: Any) -> None:
    read(update)
