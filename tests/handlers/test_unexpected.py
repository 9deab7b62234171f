"""What nobody expects in a chat: a button of a question before, a line into a card, a command into a draft.

Each of these was once a message that no turn survived; tests/handlers/test_everybody_talks.py met them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App
from bot.store import listing
from bot.store.tables import inbox, outbox
from tests.databases import rows
from tests.play_lines import Ask, ChatLine
from tests.play_people import share
from tests.play_service import asking, service

ODETTE, ERIC = "200001", "100001"
NOT_KNOWN = "Iryo jambo sindizi. /imfashanyo"


class Chats:
    """Two chats of a running service."""

    def __init__(self, app: App, ask: Ask) -> None:
        self._app = app
        self._lines = {chat: ChatLine(app, ask, chat) for chat in (ODETTE, ERIC)}

    async def says(self, chat: str, text: str) -> str:
        """What a message is answered with, the last text of it."""
        await self._lines[chat].send(text)
        return await self._answer(chat)

    async def presses(self, chat: str, data: str) -> str:
        """The same of a button of the card that was shown last: what stands behind the card's number."""
        cards = await rows(self._app.database, select(outbox.c.card).where(outbox.c.card.is_not(None)))
        head, _, action = data.partition(":")
        await self._lines[chat].press(f"{head}:{cards[-1].card}:{action}")
        return await self._answer(chat)

    async def _answer(self, chat: str) -> str:
        answers = [said.text for said in await self._lines[chat].answers()]
        states = {row.state for row in await rows(self._app.database, select(inbox.c.state))}
        assert states == {"done"}, "a turn failed"
        return answers[-1] if answers else ""


@pytest.fixture
async def chats(tmp_path: Path) -> AsyncIterator[Chats]:
    async with service(tmp_path) as app, asking(tmp_path, "") as ask:
        async with app.database.read() as tx:
            (person,) = await listing.people_named(tx, "ABAHUZA ODETTE")
        await app.database.writer.do(share, ("telegram", ODETTE, person["id"]))
        yield Chats(app, ask)


async def test_a_line_that_is_not_clear_while_a_card_is_open(chats: Chats) -> None:
    await chats.says(ODETTE, "/language")
    await chats.says(ODETTE, "4")
    assert "When was it?" in await chats.says(ODETTE, "1")
    assert "is not clear to us" in await chats.says(ODETTE, "12/11 f12 m7 3 n8")


async def test_a_choice_of_several_that_was_asked_before(chats: Chats) -> None:
    await chats.says(ODETTE, "/language")
    await chats.says(ODETTE, "4")
    review = await chats.says(ODETTE, "12 11 3 12 7 5 3")
    assert await chats.presses(ODETTE, "form:+:2") == review
    assert "How many women?" in await chats.presses(ODETTE, "form:?:women")
    assert "How many women?" in await chats.presses(ODETTE, "form:+:2")
    assert "How many women?" in await chats.presses(ODETTE, "form:?:gone")


async def test_a_command_with_something_behind_it_while_a_broadcast_waits_for_its_text(chats: Chats) -> None:
    await chats.says(ERIC, "/broadcast")
    asks = await chats.presses(ERIC, "bc:to:late")
    assert "{name}" in asks
    assert await chats.says(ERIC, "/stop 31") == NOT_KNOWN
    assert await chats.says(ERIC, "/stop@kurikirana_bot 31") == NOT_KNOWN
    assert (await chats.says(ERIC, "Venez lundi")).startswith("Venez lundi"), "it still waits for its text"


async def test_back_before_there_is_a_text(chats: Chats) -> None:
    first = await chats.says(ERIC, "/broadcast")
    asks = await chats.presses(ERIC, "bc:to:late")
    await chats.says(ERIC, "Venez lundi")
    assert await chats.presses(ERIC, "bc:back") == asks
    assert await chats.presses(ERIC, "bc:back:once more") == first
