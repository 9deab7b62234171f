"""The store's contract, on SQLite and PostgreSQL: what arrives is kept once, in order, and handed out once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import inbox, outbox, tables
from bot.store.engine import Database
from bot.store.outbox import Mark, Wanted
from tests.databases import (
    NOW,
    add_addresses,
    add_outbox,
    count,
    database,
    message,
    place,
    postgres_server,
    processes,
    rows,
)

__all__ = ["database", "place", "postgres_server", "processes"]
CALLERS = 48


# --- the inbox ---


@pytest.mark.fault("B11")
async def test_a_key_is_kept_once_whoever_brings_it_how_often(processes: list[Database]) -> None:
    chance = random.Random(1)
    keys = [f"id-{number}" for number in range(60)]

    async def caller(number: int) -> set[int]:
        mine = keys[:]
        chance.shuffle(mine)
        writer = processes[number % len(processes)].writer
        return {await writer.do(inbox.keep, message(key, f"+2577900{int(key[3:]) % 7:04}")) for key in mine}

    found = await asyncio.gather(*(caller(number) for number in range(CALLERS)))
    kept = await rows(processes[0], select(tables.inbox.c.dedupe_key, tables.inbox.c.address_id))
    assert sorted(row.dedupe_key for row in kept) == sorted(keys)
    assert all(ids == {row.address_id for row in kept} for ids in found)
    assert await count(processes[0], tables.addresses) == 7


async def test_a_lone_caller_who_loses_the_race_is_told_that_it_is_kept(processes: list[Database]) -> None:
    """One message at a time, the same to both processes at once: nobody hears of a broken constraint."""
    for number in range(80):
        ids = await asyncio.gather(*(one.writer.do(inbox.keep, message(f"id-{number}")) for one in processes))
        assert len(set(ids)) == 1
    assert await count(processes[0], tables.inbox) == 80


async def test_a_key_counts_once_within_a_group_and_per_channel(database: Database) -> None:
    async def work(tx: AsyncConnection, _items: Sequence[None]) -> list[list[int]]:
        items = [message("a"), message("b"), message("a"), message("a", channel="smsgate"), message("b")]
        return [await inbox.keep(tx, items)]

    ids = await database.writer.do(work, None)
    kept = await rows(database, select(tables.inbox.c.channel, tables.inbox.c.dedupe_key).order_by(tables.inbox.c.id))
    assert [tuple(row) for row in kept] == [("kannel", "a"), ("kannel", "b"), ("smsgate", "a")]
    assert len(set(ids)) == 1


@pytest.mark.fault("B12")
async def test_rows_of_an_address_keep_the_order_of_arrival(processes: list[Database]) -> None:
    """Two processes may receive at once; one address is heard at one of them at a time."""

    async def sender(number: int) -> None:
        writer = processes[number % len(processes)].writer
        for place_in_line in range(25):
            await writer.do(inbox.keep, message(f"{number}-{place_in_line}", f"+25779{number:06}"))

    await asyncio.gather(*(sender(number) for number in range(CALLERS)))
    order: dict[str, list[int]] = defaultdict(list)
    for row in await rows(processes[0], select(tables.inbox.c.dedupe_key).order_by(tables.inbox.c.id)):
        sender_number, place_in_line = row.dedupe_key.split("-")
        order[sender_number].append(int(place_in_line))
    assert len(order) == CALLERS
    assert all(line == list(range(25)) for line in order.values())


async def _handle(tx: AsyncConnection, items: Sequence[int]) -> list[tuple[list[Any], bool]]:
    """Take and finish the rows of these addresses, as a turn does."""
    found, held = await inbox.take(tx, list(dict.fromkeys(items)))
    done = [{"row": row.id, "at": NOW, "person": None, "words": None, "whose": None} for row in found]
    if done:
        await tx.execute(inbox.DONE, done)
    mine: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        mine[row.address_id].append(row)
    return [(mine.pop(item, []), item in held) for item in items]


async def test_each_row_is_taken_by_one_and_each_address_by_one_at_a_time(processes: list[Database]) -> None:
    chance = random.Random(2)
    put = processes[0].writer.put
    await asyncio.gather(*(put(inbox.keep, message(str(n), f"+25779{n % 30:06}")) for n in range(600)))
    addresses = [row.id for row in await rows(processes[0], select(tables.addresses.c.id))]
    taken: list[tuple[int, int]] = []

    async def worker(number: int) -> None:
        writer = processes[number % len(processes)].writer
        left = chance.sample(addresses, len(addresses))
        while left:
            address = left.pop(0)
            found, held = await writer.do(_handle, address)
            taken.extend((row.address_id, row.id) for row in found)
            if held:
                left.append(address)

    await asyncio.gather(*(worker(number) for number in range(32)))
    assert Counter(Counter(row for _, row in taken).values()) == {1: 600}
    for address in addresses:
        mine = [row for where, row in taken if where == address]
        assert mine == sorted(mine)
    assert await inbox_is_done(processes[0])


async def inbox_is_done(database: Database) -> bool:
    async with database.read() as tx:
        return await inbox.count_waiting(tx) == 0


async def test_a_process_may_keep_while_another_takes_the_same_address(processes: list[Database]) -> None:
    """A webhook is not made to wait for a turn of the same person."""
    (address,) = await add_addresses(processes[0], 1)
    value = (await rows(processes[0], select(tables.addresses.c.value)))[0].value
    taking, kept = asyncio.Event(), asyncio.Event()

    async def slow(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
        await inbox.take(tx, items)
        taking.set()
        if len(processes) > 1:
            await asyncio.wait_for(kept.wait(), 5)
        return [None]

    turn = asyncio.ensure_future(processes[0].writer.do(slow, address))
    await taking.wait()
    assert await processes[-1].writer.do(inbox.keep, message("k", value)) == address
    kept.set()
    await turn


async def test_a_message_is_set_aside_only_while_it_waits_and_nobody_has_its_phone_in_hand(
    processes: list[Database],
) -> None:
    first, other = processes[0], processes[-1]
    address = await first.writer.do(inbox.keep, message("poison"))
    (row,) = await rows(first, select(tables.inbox.c.id))
    in_hand, go = asyncio.Event(), asyncio.Event()

    async def hold(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
        await inbox.take(tx, items)
        in_hand.set()
        await go.wait()
        return [None]

    if other is not first:
        holds = asyncio.create_task(other.writer.do(hold, address))
        await in_hand.wait()
        assert not await first.writer.do(inbox.quarantine, (row.id, address))
        go.set()
        await holds
    assert await first.writer.do(inbox.quarantine, (row.id, address))
    assert not await other.writer.do(inbox.quarantine, (row.id, address)), "it waits no more"
    assert [found.state for found in await rows(first, select(tables.inbox.c.state))] == ["quarantined"]


# --- the outbox ---


async def test_each_text_is_claimed_once_one_per_address_in_order(processes: list[Database]) -> None:
    chance = random.Random(3)
    addresses = await add_addresses(processes[0], 20)
    order = [(await add_outbox(processes[0], chance.choice(addresses))) for _ in range(240)]
    under_way: set[int] = set()
    sent: dict[int, list[int]] = defaultdict(list)

    async def sender(number: int) -> None:
        writer, idle = processes[number % len(processes)].writer, 0
        while idle < 20:
            claims = await writer.do(outbox.claim, Wanted("kannel", chance.randint(1, 5), NOW))
            idle = 0 if claims else idle + 1
            for claim in claims:
                assert claim.address_id not in under_way
                assert claim.attempts == 1
                under_way.add(claim.address_id)
            await asyncio.sleep(chance.random() / 200)
            for claim in claims:
                sent[claim.address_id].append(claim.id)
                under_way.discard(claim.address_id)
                await writer.do(outbox.mark, Mark(claim.id, "accepted", NOW))

    await asyncio.gather(*(sender(number) for number in range(16)))
    assert sorted(row for line in sent.values() for row in line) == sorted(order)
    assert all(line == sorted(line) for line in sent.values())


async def test_a_text_is_not_claimed_before_it_is_due_or_for_another_channel(database: Database) -> None:
    (address,) = await add_addresses(database, 1)
    later = NOW.replace(hour=18)
    await add_outbox(database, address, due_at=later)
    await add_outbox(database, address)
    do = database.writer.do
    assert await do(outbox.claim, Wanted("kannel", 9, NOW)) == [], "the second may not overtake the first"
    assert await do(outbox.claim, Wanted("telegram", 9, later)) == []
    assert len(await do(outbox.claim, Wanted("kannel", 9, later))) == 1


async def test_a_claim_takes_no_more_than_was_asked_for(processes: list[Database]) -> None:
    for address in await add_addresses(processes[0], 40):
        await add_outbox(processes[0], address)
    wanted = Wanted("kannel", 5, NOW)
    claims = await asyncio.gather(*(processes[n % len(processes)].writer.do(outbox.claim, wanted) for n in range(10)))
    assert all(len(claim) <= 5 for claim in claims)
    assert len({claim.id for group in claims for claim in group}) == sum(map(len, claims)) > 5
