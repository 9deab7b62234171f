"""WhatsApp: how our texts, buttons and files leave."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import whatsapp_wire
from bot.channels.base import Attached, Message
from bot.channels.whatsapp import WhatsApp
from bot.errors import Ambiguous, Refused, RetryLater
from tests.contracts.channel_kit import PHONE, Answer, outcome, sending
from tests.contracts.kit_whatsapp import (
    NUMBER,
    SENT,
    TOKEN,
    WAMID,
    WhatsAppKit,
    refusal,
)

KIT = WhatsAppKit()


def buttons(*words: str) -> dict[str, Any]:
    return {"buttons": [[{"text": word, "data": f"d:{number}"}] for number, word in enumerate(words)]}


async def posted(message: Message, **settings: str) -> list[dict[str, Any]]:
    async with sending(KIT) as (channel, provider):
        assert isinstance(channel, WhatsApp)
        channel.settings = channel.settings.model_copy(update=settings)
        provider.answer = SENT
        sent = await channel.send(message)
        assert (sent.provider_id, sent.state) == (WAMID, "accepted")
        assert set(provider.paths) == {f"POST /{NUMBER}/messages"}
        assert provider.headers[-1]["Authorization"] == f"Bearer {TOKEN}"
        return [json.loads(body) for body in provider.asked]


async def test_a_text_is_ordered_as_meta_documents() -> None:
    assert await posted(Message(41, PHONE, "No 4127 OK", 1)) == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": PHONE[1:],
            "type": "text",
            "text": {"body": "No 4127 OK", "preview_url": False},
            "biz_opaque_callback_data": "41",
        }
    ]


async def test_three_short_choices_are_buttons() -> None:
    (body,) = await posted(Message(41, PHONE, "Right?", 1, buttons("Yes", "No", "Later")))
    assert body["type"] == "interactive"
    assert body["interactive"] == {
        "type": "button",
        "body": {"text": "Right?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "b:d:0", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "b:d:1", "title": "No"}},
                {"type": "reply", "reply": {"id": "b:d:2", "title": "Later"}},
            ]
        },
    }


async def test_more_or_longer_ones_are_a_list() -> None:
    long = "Transformation et conservation des produits"
    (body,) = await posted(Message(41, PHONE, "Which?", 1, buttons(long, "B")))
    action = body["interactive"]["action"]
    assert body["interactive"]["type"] == "list" and action["button"] == whatsapp_wire.OPEN_LIST
    assert action["sections"] == [
        {"rows": [{"id": "b:d:0", "title": long[:24], "description": long}, {"id": "b:d:1", "title": "B"}]}
    ]


async def test_more_than_ten_go_on_in_another_list_and_twins_are_numbered() -> None:
    first, second = await posted(Message(41, PHONE, "How many?", 1, buttons(*["0", "all"] * 7)))
    assert first["interactive"]["body"]["text"] == "How many?"
    rows = [row for body in (first, second) for row in body["interactive"]["action"]["sections"][0]["rows"]]
    assert [row["id"] for row in rows] == [f"b:d:{number}" for number in range(14)]
    titles = [row["title"] for row in first["interactive"]["action"]["sections"][0]["rows"]]
    assert len(set(titles)) == 10


async def test_the_keyboard_is_a_list_of_its_words() -> None:
    words = ["Report", "Business", "Help"]
    (body,) = await posted(Message(41, PHONE, "Welcome", 1, {"keyboard": "main", "words": words}))
    replies = [button["reply"] for button in body["interactive"]["action"]["buttons"]]
    assert replies == [{"id": f"w:{word}", "title": word} for word in words]
    (body,) = await posted(Message(41, PHONE, "Your number?", 1, {"keyboard": "contact", "words": ["Share", "No"]}))
    assert [button["reply"]["id"] for button in body["interactive"]["action"]["buttons"]] == ["share", "w:No"]
    (body,) = await posted(Message(41, PHONE, "Bye", 1, {"keyboard": "remove", "words": []}))
    assert body["type"] == "text"


async def test_what_nobody_asked_for_is_a_template_where_one_is_named() -> None:
    unasked = Message(41, PHONE, "Odette,\n\n how many   trainings?", 1, buttons("None"), asked=False)
    (body,) = await posted(unasked, template="kurikirana_note", template_language="fr")
    parameter = {"type": "text", "text": "Odette, how many trainings?"}
    assert body["template"] == {
        "name": "kurikirana_note",
        "language": {"code": "fr"},
        "components": [{"type": "body", "parameters": [parameter]}],
    }
    (body,) = await posted(unasked)
    assert body["type"] == "interactive"
    (body,) = await posted(Message(41, PHONE, "OK", 1), template="kurikirana_note")
    assert body["type"] == "text", "an answer is inside the 24 hours"


@given(st.text(min_size=1, max_size=9000), st.integers(0, 25))
def test_nothing_of_a_text_or_its_choices_is_lost(text: str, count: int) -> None:
    message = Message(41, PHONE, text, 1, buttons(*[f"{number}" * 9 for number in range(count)]))
    bodies = list(whatsapp_wire.bodies(message, "", "fr"))
    texts = [body["text"]["body"] for body in bodies if body["type"] == "text"]
    choices = [body["interactive"] for body in bodies if body["type"] == "interactive"]
    shown = texts + [choice["body"]["text"] for choice in choices[:1]]
    assert "".join(shown) == text
    assert all(0 < len(part) <= 4096 for part in texts)
    assert all(0 < len(choice["body"]["text"]) <= 1024 for choice in choices)
    ids = []
    for choice in choices:
        action = choice["action"]
        rows = (
            action["sections"][0]["rows"] if "sections" in action else [each["reply"] for each in action["buttons"]]
        )
        assert 1 <= len(rows) <= (10 if "sections" in action else 3)
        assert all(0 < len(row["title"]) <= 24 for row in rows)
        ids += [row["id"] for row in rows]
    assert ids == [f"b:d:{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("kind", "shown"), [("photo", "image"), ("voice", "audio"), ("document", "document")], ids=str
)
async def test_a_file_is_put_at_metas_and_shown_before_its_text(kind: Any, shown: str) -> None:
    async with sending(KIT) as (channel, provider):
        provider.answer, provider.answers[f"/{NUMBER}/media"] = SENT, Answer(200, b'{"id":"77"}')
        await channel.send(Message(41, PHONE, "The sheet", 1, file=Attached(kind, "sheet.xlsx", b"\x00content")))
        assert provider.paths == [f"POST /{NUMBER}/{place}" for place in ("media", "messages", "messages")]
        assert b"\x00content" in provider.asked[0] and b"whatsapp" in provider.asked[0]
        file, text = (json.loads(body) for body in provider.asked[1:])
        assert file["type"] == shown and file[shown]["id"] == "77"
        assert text["text"]["body"] == "The sheet"


async def test_until_something_has_left_a_try_may_be_repeated_and_after_it_not() -> None:
    async with sending(KIT) as (channel, provider):
        message = Message(41, PHONE, "The sheet", 1, file=Attached("photo", "", b"x"))
        provider.answer, provider.answers[f"/{NUMBER}/media"] = SENT, Answer(500)
        assert type(await outcome(channel, message)) is RetryLater
        provider.answer, provider.answers[f"/{NUMBER}/media"] = refusal(400, 131026), Answer(200, b'{"id":"77"}')
        assert type(await outcome(channel, message)) is Refused
        provider.answers[f"/{NUMBER}/media"] = Answer(200, b"{}")
        assert type(await outcome(channel, message)) is RetryLater


async def test_a_part_that_left_makes_the_rest_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sending(KIT) as (channel, _):
        replies = iter([None, Refused("x")])

        async def post(message: Message, body: Any) -> Any:
            if error := next(replies):
                raise error
            return whatsapp_wire.Sent(WAMID, "accepted")

        monkeypatch.setattr(channel, "_post", post)
        assert type(await outcome(channel, Message(41, PHONE, "x" * 5000, 1))) is Ambiguous
