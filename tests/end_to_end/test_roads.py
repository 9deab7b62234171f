"""A chat that is closed: what was meant for it takes the next road that she agreed to, or a person calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import inbox
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

SMS = {"kannel": {"sendsms_url": "http://127.0.0.1:9/", "username": "u", "password": "p", "secret": "s" * 16}}
"""Nobody listens there: what would leave by SMS stays in the outbox."""
WORDS = "Eric: bring the ledger on Friday"


async def eric_says(chats: Chats, address: int) -> None:
    """As his answer does it, her conversation is woken with his words; and it is told that her chat is closed."""
    data = {"timer": "wake", "what": "said", "task": 1, "text": WORDS}
    event = {"channel": "timer", "dedupe_key": "wake:1", "address_id": address, "kind": "timer", "text": ""}

    async def wake(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        await tx.execute(insert(inbox), {**event, "data": data, "received_at": NOW})
        return [None]

    await chats.app.database.writer.do(wake, None)
    chats.app.inbox.notify(address)
    for _ in range(400):
        if await chats.rows("inbox", kind="blocked", state="done"):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody noticed that the chat is closed")


async def chat_of(chats: Chats) -> dict[str, Any]:
    """Odette's chat."""
    (row,) = await chats.rows("addresses", value="4711")
    return dict(row)


async def test_by_sms_when_she_agreed_to_sms(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, channels=SMS) as chats:
        await chats.odette()
        botapi.blocked.add(4711)
        await eric_says(chats, (await chat_of(chats))["id"])
        for _ in range(200):
            if texts := await chats.rows("outbox", channel="kannel"):
                break
            await asyncio.sleep(0.02)
        assert [row["text"] for row in texts] == [WORDS]
        assert not (await chat_of(chats))["active"]
        assert await chats.rows("tasks") == []
        (refused,) = await chats.rows("outbox", state="failed")
        assert "blocked by the user" in refused["reason"]


async def test_a_person_calls_when_she_agreed_in_the_chat_only(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, consent="none", channels=SMS) as chats:
        odette = await chats.odette()
        await chats.presses(odette, "I agree")
        botapi.blocked.add(4711)
        await eric_says(chats, (await chat_of(chats))["id"])
        assert await chats.rows("outbox", channel="kannel") == []
        (task,) = await chats.rows("tasks")
        assert (task["kind"], task["about"]) == ("call", "blocked us, and agreed to no other road")
        assert task["person_id"] and task["association_id"]
        botapi.blocked.discard(4711)
        assert "ABAHUZA" in (await chats.says(odette, "/totals")).text
        assert (await chat_of(chats))["active"], "she writes from there, so it works"
