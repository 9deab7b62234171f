"""What a visitor of the demo's page does: she moves the clock, writes from phones, presses in chats, and sees arrive
a mentor's answer, a broadcast, a reminder and a tip."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.app import App
from bot.store import listing, look
from bot.store.tables import addresses, outbox
from tests.play_service import service

PATIENCE_S = 30.0


class Visitor:
    """The page's own requests; what is seen is what the page is told."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._pressed: dict[str, Any] = {}
        """Of each chat the text under which she pressed last: above it are buttons of earlier questions."""

    async def does(self, what: str, **body: Any) -> None:
        async with self._http.post(f"/sim/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def presses(self, chat: str, *labels: str) -> str:
        """The newest button that begins with one of these labels, once it is there; its label, once it has worked."""

        async def there() -> tuple[dict[str, Any], dict[str, str]] | None:
            for line in (await self._said(chat))[::-1]:
                if found := [one for row in line["buttons"] for one in row if one["text"].startswith(labels)]:
                    return line, found[0]
                if line["id"] == self._pressed.get(chat):
                    break
            return None

        line, button = await _until(there, f"{labels} in chat {chat}")
        before, self._pressed[chat] = await self._said(chat), line["id"]
        await self.does("chat", chat=chat, message=line["id"], data=button["data"])

        async def worked() -> bool:
            return await self._said(chat) != before

        await _until(worked, f"an answer to {button['text']}")
        return str(button["text"])

    async def chat(self, chat: str, words: str) -> dict[str, Any]:
        """The newest text to this chat with these words, once it is there."""

        async def found() -> dict[str, Any] | None:
            return next((one for one in (await self._said(chat))[::-1] if words in one["text"]), None)

        there: dict[str, Any] = await _until(found, f"{words} in chat {chat}")
        return there

    async def _said(self, chat: str) -> list[dict[str, Any]]:
        return [one for one in (await self._asks(f"/sim/chat?chat={chat}"))["lines"] if one["side"] == "us"]

    async def phone(self, phone: str, words: str) -> None:
        """A text with these words is on this phone's screen."""

        async def found() -> bool:
            shown = (await self._asks(f"/sim/state?phones={phone.replace('+', '%2B')}"))["phones"][phone]["lines"]
            return any(line["side"] == "us" and words in line["text"] for line in shown)

        await _until(found, f"{words} on {phone}")

    async def _asks(self, address: str) -> Any:
        async with self._http.get(address) as answer:
            return await answer.json()


async def _until(found: Any, what: str) -> Any:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (there := await found()):
                await asyncio.sleep(0.02)
            return there
    except TimeoutError:
        raise AssertionError(f"never seen: {what}") from None


async def test_a_visitor_sees_an_answer_a_broadcast_a_reminder_and_a_tip(tmp_path: Path) -> None:
    async with (
        service(tmp_path, web=True, on=frozenset(("reminders", "tips"))) as app,
        aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as http,
    ):
        visitor = Visitor(http)
        async with app.database.read() as tx:
            (odette,) = [one["phone"] for one in await listing.people_named(tx, "ABAHUZA ODETTE")]
            chats = {one.role: one.chat for one in (await look.chat_owners(tx))[::-1]}
        await _a_mentors_answer(visitor, odette, chats["mentor"])
        await _a_broadcast(visitor, odette, chats["officer"])
        kinds: set[str] = set()
        while not {"reminder", "tip"} <= kinds:
            await visitor.does("clock", hours="next")
            kinds = {row.kind for row in await _arrived(app)}
        for row in {row.kind: row for row in await _arrived(app) if row.kind in ("reminder", "tip")}.values():
            await visitor.phone(row.phone, row.text)


async def _a_mentors_answer(visitor: Visitor, phone: str, mentor: str) -> None:
    await visitor.does("send", phone=phone, text="6")
    await visitor.does("send", phone=phone, text="4")
    await visitor.does("send", phone=phone, text="3 How do I dry rice?")
    await visitor.phone(phone, "your question went to mentor Jean")
    question = await visitor.chat(mentor, "How do I dry rice?")
    await visitor.does("chat", chat=mentor, text="In the shade, turned often.", reply_to=question["id"])
    await visitor.phone(phone, "In the shade, turned often. Helped? 1 yes 2 no")


async def _a_broadcast(visitor: Visitor, phone: str, officer: str) -> None:
    await visitor.does("chat", chat=officer, text="/language")
    await visitor.presses(officer, "English")
    await visitor.does("chat", chat=officer, text="/broadcast")
    for label in ("One association", "07 ABAHUZA"):
        await visitor.presses(officer, label)
    await visitor.does("chat", chat=officer, text="OIM: {name}, the Fair is on 12/12")
    await visitor.presses(officer, "English")
    while not (await visitor.presses(officer, "Send them English", "Continue", "Send to")).startswith("Send to"):
        pass
    await visitor.does("clock", hours=1)
    await visitor.phone(phone, "OIM: Odette, the Fair is on 12/12")


async def _arrived(app: App) -> Sequence[Any]:
    """(kind, phone, text) of what a phone has shown."""
    there = select(outbox.c.kind, addresses.c.value.label("phone"), outbox.c.text).join(
        addresses, addresses.c.id == outbox.c.address_id
    )
    async with app.database.read() as tx:
        return (await tx.execute(there.where(outbox.c.state == "delivered", addresses.c.scheme == "tel"))).all()
