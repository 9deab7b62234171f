"""The team in its chats: what is whose, and what a reply answers."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import facts, tables
from handlers.turn import Replied, RepliedTo
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, chats_fixture  # noqa: F401
from tests.play_service import NOW


async def test_a_command_that_is_not_hers_is_answered_as_one_that_nobody_knows(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    assert "/today" in (await chats.says(eric, "/help")).text
    assert (await chats.says(eric, "/nonsense")).text == (await chats.says(odette, "/today")).text


async def test_the_text_that_was_replied_to_is_known(chats: Chats) -> None:
    eric = await chats.eric()
    shown = await chats.says(eric, "/help")
    eric.replies(shown, "thank you")
    await chats.settled()
    last = (await chats.rows("inbox"))[-1]
    assert last["data"]["reply_to"] == str(shown.id)
    fact = RepliedTo(last["address_id"], str(shown.id))
    async with chats.app.database.read() as tx:
        assert await facts.load(tx, [fact], {}) == {fact: Replied("O.help", None)}
        other = RepliedTo(last["address_id"] + 1, str(shown.id))
        assert await facts.load(tx, [other], {}) == {other: None}


async def test_what_had_woken_the_chat_is_known(chats: Chats) -> None:
    eric = await chats.eric()
    address = (await chats.rows("inbox"))[-1]["address_id"]

    async def write(tx: AsyncConnection, items: list[None]) -> list[None]:
        row = {"channel": "timer", "dedupe_key": "w", "address_id": address, "kind": "timer", "text": ""}
        woken = {"timer": "wake", "what": "question", "number": 612}
        more = {"data": woken, "received_at": NOW, "state": "done"}
        number = (await tx.execute(insert(tables.inbox).values(row | more))).inserted_primary_key[0]
        text = {"inbox_id": number, "address_id": address, "channel": "telegram", "key": "H1", "kind": "reply"}
        text |= {"language": "en", "text": "x", "parts": 1, "state": "sent", "due_at": NOW, "made_at": NOW}
        await tx.execute(insert(tables.outbox).values(text | {"provider_id": "77", "task_id": 5}))
        return [None] * len(items)

    await chats.app.database.writer.do(write, None)
    fact = RepliedTo(address, "77")
    async with chats.app.database.read() as tx:
        expected = Replied("H1", 5, {"what": "question", "number": 612})
        assert await facts.load(tx, [fact], {}) == {fact: expected}
    assert eric.sees


async def test_fix_of_an_officer_who_took_no_report_says_how_to_take_one(chats: Chats) -> None:
    """It said "send 1", which does nothing in the team's chats."""
    eric, beatrice = await chats.eric(), await chats.beatrice()
    for text in ("FIX", "FIX 4127", "BACK 4127"):
        assert "/report_for 07" in (await chats.says(eric, text)).text, text
    assert (await chats.says(beatrice, "FIX")).text.endswith("/help"), "she takes no reports"


async def test_what_is_not_understood_of_a_report_by_phone_is_a_task_for_nobody(chats: Chats) -> None:
    """It came back to all officers as a message of a number that ends in 02, and she was promised a call."""
    eric = await chats.eric()
    await chats.says(eric, "/report_for 07")
    await chats.presses(eric, "Business")
    await chats.says(eric, "she says that the mill stands still")
    assert "/report_for 07" in (await chats.says(eric, "since the belt broke on Monday")).text
    assert await chats.rows("tasks") == []


async def test_one_of_the_team_who_said_stop_is_told_of_by_name(chats: Chats) -> None:
    """She was "a number that ends in 42", and got the confirmation in Kirundi, which nobody had chosen for her."""
    eric, beatrice = await chats.eric(), chats.botapi.user(42, "Beatrice")
    beatrice.starts(await chats.token("Beatrice"))
    assert "Revenir" in (await chats.says(beatrice, "STOP")).text
    await chats.says(beatrice, "please call Odette")
    assert eric.sees[-1].text == "☎️ Beatrice: asked to be called."
