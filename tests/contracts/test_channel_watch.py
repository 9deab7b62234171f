"""Which waiting texts are a trouble of their channel, and whose chats are woken, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.errors import ChannelMisconfigured
from bot.store import tables
from bot.store.engine import Database
from bot.workers.channel_watch import ChannelWatch
from bot.workers.outbox import OutboxWorker
from scheduler.pace import Limits
from tests.bot.test_outbox_pace import HOURS
from tests.databases import NOW, add_outbox, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
TEAM = [("officer", "none"), ("admin", "none"), ("officer", "none"), ("admin", "stopped"), ("mentor", "none")]
MINUTE = timedelta(minutes=1)


async def fill(database: Database) -> None:
    """The team: person n with chat n; and a leader's phone, number 100."""
    for n, (role, consent) in enumerate(TEAM, 1):
        who = {"id": n, "kind": "staff", "role": role, "name": "N", "sms_name": "N", "consent": consent}
        await execute(database, insert(tables.people), who)
        await execute(database, insert(tables.addresses), {"id": n, "scheme": "telegram", "value": f"{n}"})
        await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": n})
    await execute(database, insert(tables.addresses), {"id": 100, "scheme": "tel", "value": "+25779123456"})


def watching(database: Database, channels: Any, clock: list[datetime]) -> tuple[OutboxWorker, ChannelWatch]:
    """What looks in one process. A phone sends seven parts a day."""
    limits = {"smsgate": Limits(per_day=7)}
    outbox = OutboxWorker(database, channels, lambda: clock[0], limits, HOURS, Path())
    return outbox, ChannelWatch(database, lambda: clock[0], channels, outbox, lambda address: None)


async def alarms(database: Database) -> list[tuple[int, str, int]]:
    found = await rows(database, select(tables.inbox).order_by(tables.inbox.c.id))
    return [(row.address_id, row.data["trouble"], row.data["texts"]) for row in found]


@pytest.mark.fault("B3")
async def test_an_answer_that_does_not_leave_is_a_trouble_and_what_waits_for_its_hour_is_none(
    database: Database,
) -> None:
    await fill(database)
    _, watch = watching(database, {"kannel": SimpleNamespace(window=1)}, [NOW])
    old = {"channel": "kannel", "made_at": NOW - 90 * MINUTE, "due_at": NOW - 90 * MINUTE}
    await add_outbox(database, 100, kind="broadcast", urgency=1, **old)
    await add_outbox(database, 100, kind="reply", urgency=0, **(old | {"due_at": NOW + 90 * MINUTE}))
    await add_outbox(database, 100, kind="reply", urgency=0, channel="kannel", made_at=NOW, due_at=NOW)
    await watch.look()
    assert await alarms(database) == []
    tried = {"made_at": NOW - 16 * MINUTE, "due_at": NOW + MINUTE, "attempts": 3}
    await add_outbox(database, 100, kind="reply", urgency=0, channel="kannel", **tried)
    asked = {"due_at": NOW + 60 * MINUTE, "reason": "kannel asks us to slow down"}
    await add_outbox(database, 100, kind="reply", urgency=0, channel="kannel", **(tried | asked))
    await watch.look()
    await watch.look()
    assert await alarms(database) == [(2, "stuck", 2), (1, "stuck", 2)], "an administrator, then an officer"


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_what_one_process_knows_of_a_channel_all_know_a_minute_later(processes: list[Database]) -> None:
    """The phone's calls reach one of two, which also sends by it: the other one called it silent."""
    await fill(processes[0])
    clock, states = [NOW], []
    for ours, one in zip((True, False), processes, strict=True):
        phone = SimpleNamespace(heard_at=None, warns=(), window=1)
        outbox, watch = watching(one, {"smsgate": phone}, clock)
        outbox.holds = lambda name, ours=ours: ours  # type: ignore[misc]
        states.append((phone, outbox, watch))
    (phone, outbox, watch), (other, others, looks) = states
    for minute in range(0, 40, 5):
        clock[0] = phone.heard_at = NOW + minute * MINUTE
        phone.warns = ("battery",) if minute < 5 else ()
        for each in (watch, looks):
            await each.look()
    assert (other.heard_at, other.warns, others.rest("smsgate")) == (phone.heard_at, (), 7)
    outbox._paces["smsgate"].left(clock[0], 7)
    await watch.look()
    await looks.look()
    assert (others.full, others.rest("smsgate")) == (["smsgate"], 0)
    assert [trouble for _, trouble, _ in (await alarms(processes[0]))[::2]] == ["battery", "over", "full"]


async def test_a_refused_account_is_known_to_all_processes_and_after_a_restart_until_it_works(
    database: Database,
) -> None:
    """Only who had sent by it said so; after a restart nobody did until the next text."""
    await fill(database)
    clock, wrong = [NOW], ["channels.kannel: the password is wrong"]

    async def check() -> list[str]:
        return wrong

    def started() -> tuple[OutboxWorker, ChannelWatch]:
        return watching(database, {"kannel": SimpleNamespace(window=1, check=check)}, clock)

    async def known(minute: float, *processes: tuple[OutboxWorker, ChannelWatch]) -> list[list[str]]:
        clock[0] = NOW + minute * MINUTE
        for _, watch in processes:
            await watch.look()
        return [outbox.broken for outbox, _ in processes]

    first, second = started(), started()
    first[0]._break("kannel", ChannelMisconfigured("refused", "look"))
    assert await known(0, first, second) == [["kannel"], ["kannel"]]
    again = started()
    assert await known(1, again) == await known(30, again) == [["kannel"]], "nothing was sent since"
    wrong.clear()
    assert await known(31, again) == [[]], "who had seen it is gone, and the account is there again"
    first[0]._heal("kannel")
    second[0]._break("kannel", ChannelMisconfigured("refused", "look"))
    assert await known(32, second, again) == [["kannel"], ["kannel"]]
    again[0]._heal("kannel")
    second[0]._heal("kannel")
    assert await known(33, again, second, started()) == [[], [], []], "it worked"


async def test_what_comes_back_within_the_hour_is_told_at_its_end_by_one_process(database: Database) -> None:
    """In the hour of "works again" nothing more was told, and afterwards neither: the trouble lasted unseen."""
    await fill(database)
    clock = [NOW]
    both = [watching(database, {"kannel": SimpleNamespace(window=1)}, clock) for _ in "ab"]

    async def told(minute: int, *broken: str) -> list[str]:
        before = len(await alarms(database))
        clock[0] = NOW + minute * MINUTE
        for outbox, watch in both:
            outbox.unheard = set(broken)
            await watch.look()
        return [trouble for _, trouble, _ in (await alarms(database))[before::2]]

    assert await told(0, "kannel") == ["refused"]
    assert await told(10) == ["over"]
    assert await told(20, "kannel") == await told(59, "kannel") == []
    assert await told(60, "kannel") == ["refused"]
    assert await told(61, "kannel") == await told(65) == []
    assert await told(70) == ["over"]
    assert await told(71) == await told(200) == []
