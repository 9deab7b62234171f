"""Promise 6: after a stored STOP nothing leaves but its confirmation, until START or DELETE.

Random talks are played against the real service with SQLite, as fast as they can be sent; then every
text that was written after a STOP, and every text that was waiting when it came, is looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.base import Arrival
from bot.store import listing, look
from bot.store import tables as t
from handlers.understand.words import is_stop, keyword
from tests.examples import examples
from tests.play_service import NOW, service

TEXTS = (
    "STOP", "stop.", "ARRET", "Hagarika", "ACHA", "START", "start", "DELETE", "HELP", "", "1", "2", "3", "4", "5",
    "6", "7", "8", "9", "0", "55", "12 7", "5 3", "12/11", "12 11 3 12 7 5 3", "14 11 1 9 2 1 0", "FIX", "BACK",
    "CANCEL", "he beat me", "hello, we need help", "please stop the machine", "stop 12345", "12 11 3 12 7 8",
)  # fmt: skip
TALKS = st.lists(st.tuples(st.sampled_from((0, 0, 0, 1)), st.sampled_from(TEXTS)), min_size=2, max_size=14)
"""(which of her two addresses, what she sends)"""


class Service:
    """One service for all examples, in a loop of its own; Odette has a second address."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._count = 0
        self.app: App = self._run(self._stack.enter_async_context(service(folder)))
        self.person, self.phones = self._run(self._second_address())

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        self._run(self._stack.aclose())
        self._loop.close()

    async def _second_address(self) -> tuple[int, tuple[str, str]]:
        async with self.app.database.read() as tx:
            odette = (await listing.people_named(tx, "ABAHUZA ODETTE"))[0]
        number = (
            insert(t.addresses)
            .values(scheme="tel", value="+25700099999", channel="phone")
            .returning(t.addresses.c.id)
        )

        async def add(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
            row = (await tx.execute(number)).scalar_one()
            await tx.execute(insert(t.people_addresses).values(person_id=odette["id"], address_id=row))
            return [None] * len(items)

        await self.app.database.writer.do(add, None)
        return int(odette["id"]), (odette["phone"], "+25700099999")

    def play(self, talk: Sequence[tuple[int, str]], at_once: bool) -> list[Any]:
        """Send it; the inbox rows with the texts each of them wrote, in order."""
        return self._run(self._play(talk, at_once))  # type: ignore[no-any-return]

    async def _play(self, talk: Sequence[tuple[int, str]], at_once: bool) -> list[Any]:
        await self.app.database.writer.do(self._afresh, None)
        waits: list[Any] = []
        for which, said in talk:
            self._count += 1
            arrival = Arrival("phone", f"stop-{self._count}", "tel", self.phones[which], "text", said, NOW)
            waits.append(self.app.inbox.arrivals([arrival]))
            if not at_once:
                await waits.pop()
                await self._quiet()
        for one in waits:
            await one
        await self._quiet()
        async with self.app.database.read() as tx:
            hers = select(t.addresses.c.id).where(t.addresses.c.value.in_(self.phones))
            theirs = select(t.inbox).where(t.inbox.c.address_id.in_(hers))  # the team hears of it in its own chats
            rows = (await tx.execute(theirs.order_by(t.inbox.c.id))).all()
            texts = (await tx.execute(select(t.outbox).order_by(t.outbox.c.id))).all()
        return [(row, [one for one in texts if one.inbox_id == row.id]) for row in rows]

    async def _afresh(self, tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        """She is there, agreed, and nothing was said."""
        ids = select(t.addresses.c.id).where(t.addresses.c.value.in_(self.phones))
        for table in (t.outbox, t.inbox, t.conversations, t.timers, t.tasks):
            await tx.execute(delete(table))
        odette = {"consent": "yes", "language": "en", "left_at": None, "erased_at": None, "sms_name": "Odette"}
        await tx.execute(update(t.people).where(t.people.c.id == self.person).values(**odette))
        await tx.execute(update(t.addresses).where(t.addresses.c.id.in_(ids)).values(active=True, reason=None))
        there = set(
            (
                await tx.execute(
                    select(t.people_addresses.c.address_id).where(t.people_addresses.c.person_id == self.person)
                )
            ).scalars()
        )
        for row in (await tx.execute(ids)).scalars().all():
            if row not in there:
                await tx.execute(insert(t.people_addresses).values(person_id=self.person, address_id=row))
        return [None] * len(items)

    async def _quiet(self) -> None:
        """Until no turn is under way; texts may still be waiting to leave."""
        async with asyncio.timeout(20):
            while True:
                async with self.app.database.read() as tx:
                    left = [await look.unfinished(tx, phone) for phone in self.phones]
                if not any(left):
                    return
                await asyncio.sleep(0.005)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    it = Service(tmp_path_factory.mktemp("stop"))
    yield it
    it.close()


def _command(said: str) -> str:
    return "stop" if is_stop(said) else (keyword(said) or ("",))[0]


def check(turns: Sequence[Any]) -> int:
    """Assert the promise over one talk; returns how many messages arrived after a STOP."""
    stopped, silent = False, 0
    asks: set[int] = set()  # from where she asked after a STOP to be erased: STOP at the other phone leaves that open
    erased = next((n for n, (row, _) in enumerate(turns) if row.understood == "erased"), len(turns))
    for row, texts in turns[: erased + 1]:  # after an erasure her two numbers are two strangers
        keys = [text.key for text in texts]
        command = _command(row.text) if row.text else ""
        if command == "delete" and stopped:
            asks.add(row.address_id)
        if command in ("start", "delete"):
            stopped = False
        if stopped and not (row.address_id in asks and keys in (["I4keep"], ["I5"])):
            silent += 1
            assert keys == [], f"{row.text!r} after STOP was answered with {keys}"
        if command == "stop":
            assert keys in ([], ["I1"])
            stopped = True
            asks.discard(row.address_id)
    return silent


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "all at once"])
@examples(25, suppress_health_check=list(HealthCheck))
@given(talk=TALKS)
@example(talk=[(0, "1"), (1, "STOP"), (0, "12/11"), (0, "HELP"), (1, "9")])
@example(talk=[(0, "STOP"), (0, "DELETE"), (0, "55"), (0, "hello")])
@example(talk=[(0, "STOP"), (0, "DELETE"), (0, "STOP"), (0, "1")])
@example(talk=[(0, "DELETE"), (0, "55"), (0, "STOP"), (1, "STOP")])
@example(talk=[(1, "DELETE"), (0, "STOP"), (1, "1")])
@example(talk=[(1, "DELETE"), (0, "STOP"), (1, "55")])
@example(talk=[(0, "STOP"), (1, "DELETE"), (0, "STOP"), (1, "1")])
@example(talk=[(0, "STOP"), (1, "12 11 3 12 7 5 3"), (0, "he beat me"), (0, "START"), (1, "5")])
def test_after_stop_nothing_is_written(talk: list[tuple[int, str]], at_once: bool, running: Service) -> None:
    check(running.play(talk, at_once))


def test_the_check_sees_a_text_after_stop(running: Service) -> None:
    """The planted fault: an answer to what came after STOP must be found."""
    turns = running.play([(0, "STOP"), (0, "HELP"), (1, "9")], at_once=False)
    assert check(turns) == 2
    turns[1][1].append(turns[0][1][0])
    with pytest.raises(AssertionError, match="after STOP was answered"):
        check(turns)


def test_stop_cancels_what_waits_at_every_address_of_hers(running: Service) -> None:
    """Texts that could not leave yet, for her chat and for her phone, do not leave after STOP."""

    async def queue(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        for phone in running.phones:
            address = (await tx.execute(select(t.addresses.c.id).where(t.addresses.c.value == phone))).scalar_one()
            row: dict[str, Any] = {"address_id": address, "channel": "later", "key": "F1", "kind": "reminder"}
            row |= {"language": "en", "text": "a reminder", "parts": 1, "due_at": NOW, "made_at": NOW}
            await tx.execute(insert(t.outbox).values(**row))
        return [None] * len(items)

    async def talk() -> list[tuple[str, str]]:
        writer = running.app.database.writer
        await writer.do(running._afresh, None)
        await writer.do(queue, None)
        await running.app.inbox.arrivals([Arrival("phone", "cancel", "tel", running.phones[0], "text", "STOP", NOW)])
        async with asyncio.timeout(20):
            while True:
                async with running.app.database.read() as tx:
                    rows = (await tx.execute(select(t.outbox.c.key, t.outbox.c.state).order_by(t.outbox.c.id))).all()
                if len(rows) == 3 and rows[2].state == "delivered":
                    return [(row.key, row.state) for row in rows]
                await asyncio.sleep(0.01)

    assert running._run(talk()) == [("F1", "cancelled"), ("F1", "cancelled"), ("I1", "delivered")]
