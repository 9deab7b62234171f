"""What may not have arrived, in an officer's chat: counted in /today, shown, decided once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import outbox
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, chats_fixture  # noqa: F401


async def cut_off(chats: Chats, address: int) -> list[int]:
    """The texts to this address were cut off; those to a person, since others are for administrators only."""

    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        await tx.execute(update(outbox).where(outbox.c.address_id == address).values(state="uncertain", reason="cut"))
        return [None]

    await chats.app.database.writer.do(work, None)
    return [row["id"] for row in await chats.rows("outbox", state="uncertain") if row["person_id"]]


async def test_an_officer_settles_them_one_by_one(chats: Chats) -> None:
    odette, eric = await chats.odette(), await chats.eric()
    assert "Perhaps" not in (await chats.says(eric, "/today")).text
    await chats.says(odette, "/totals")
    (address,) = await chats.rows("addresses", value="4711")
    texts = await cut_off(chats, address["id"])
    shown = await chats.says(eric, "/today")
    assert shown.text.endswith(f"Perhaps not arrived: {len(texts)}")
    before, hers = len(eric.sees), len(odette.sees)
    await chats.presses(eric, "Perhaps not arrived", shown)
    cards = eric.sees[before:]
    assert len(cards) == len(texts) >= 2
    assert "Odette, ABAHUZA: an answer of" in cards[0].text
    assert "OIM" not in cards[0].text, "never its words"
    await chats.presses(eric, "It arrived", cards[0])
    assert cards[0].text == "Noted, it arrived: Odette, ABAHUZA"
    await chats.presses(eric, "Send again", cards[1])
    await chats.botapi.until(lambda: len(odette.sees) == hers + 1, 10)
    await chats.settled()
    states = {row["id"]: row["state"] for row in await chats.rows("outbox", address_id=address["id"])}
    assert (states[texts[0]], states[texts[1]]) == ("delivered", "sent")
    assert [row["what"] for row in await chats.rows("audit")][-3:] == [
        "uncertain texts shown",
        "uncertain text arrived",
        "uncertain text again",
    ]
    assert ("Perhaps" in (await chats.says(eric, "/today")).text) == (len(texts) > 2)
