"""Broadcasts on both databases: frozen, approved by their number, moved once, stopped, late, sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.control import run_all
from bot.operations import Asked
from bot.programme.broadcasts import acts
from bot.programme.broadcasts.acts import BroadcastError
from bot.programme.broadcasts.audience import Audience
from bot.programme.broadcasts.plan import Means, Plan
from bot.programme.broadcasts.recipients import Setup
from bot.programme.broadcasts.wording import Wording
from bot.store import consent, outbox, tables
from bot.store.engine import Database
from bot.store.outbox import Mark, Wanted
from bot.workers.broadcasts import BroadcastWorker
from scheduler.quiet import Hours
from tests.databases import NOW, database, execute, place, postgres_server, processes, rows

__all__ = ["database", "place", "postgres_server", "processes"]
PEOPLE = 25
HOURS = Hours.parse(time(7, 30), time(23, 0), (), (), ZoneInfo("Africa/Bujumbura"))
SETUP = Setup("OIM", True, {"tel": "kannel"}, ("kannel",), (), 2, "Africa/Bujumbura", "2026-04-01", 14)
MEANS = Means(SETUP, HOURS, {})
SET = acts.setup_details(SETUP)
TEXT = Wording({"en": "{name}: come"})


class Clock:
    """What time it is; moved by the test."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def fill(database: Database) -> None:
    """People with a phone each, all of whom agreed."""
    place = {"commune_old": "x", "commune_now": "x", "colline": "x"}
    await execute(database, insert(tables.associations), {"id": 1, "no": "01", "name": "A", "sms_name": "A", **place})
    for n in range(1, PEOPLE + 1):
        person = {"id": n, "kind": "leader", "association_id": 1, "name": "N", "sms_name": f"N{n}", "consent": "yes"}
        await execute(database, insert(tables.people), {**person, "language": "en"})
        await execute(database, insert(tables.addresses), {"id": n, "scheme": "tel", "value": f"+2577{n:07}"})
        await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": n})


async def do(database: Database, name: str, now: datetime = NOW, **details: Any) -> Any:
    return await database.writer.do(run_all, Asked(f"broadcast {name}", details, now))


async def draft(database: Database, monkeypatch: pytest.MonkeyPatch, **more: Any) -> int:
    """A draft with its list, made in pages of 10."""
    monkeypatch.setattr(acts, "PAGE", 10)
    details = {**acts.as_details(TEXT), "audience": {"asked": "all"}, "submitted": "s", **more}
    number, after = (await do(database, "make", **details))["id"], None
    while True:
        after = await freeze(database, number, after)
        if after is None:
            return int(number)


async def freeze(database: Database, number: int, after: int | None, plan: Plan | None = None) -> Any:
    """One page of its list."""
    whom = acts.whom(plan.asked, plan.audience) if plan else acts.whom("all", Audience())
    return await do(database, "freeze", id=number, after=after, setup=acts.setup_details(MEANS.setup), **whom)


async def approve(database: Database, number: int, count: int, starts_at: datetime = NOW) -> Any:
    ends = starts_at + timedelta(minutes=5)
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends.isoformat()}
    return await do(database, "approve", id=number, number=count, **times)


def worker(database: Database, clock: Clock) -> BroadcastWorker:
    async def notify() -> None: ...

    return BroadcastWorker(database, clock, MEANS, notify)


async def states(database: Database, number: int) -> dict[str, int]:
    """Of recipients, and below `out` of their texts."""
    one, out = tables.recipients, tables.outbox
    found = select(one.c.state, func.count()).where(one.c.broadcast_id == number).group_by(one.c.state)
    texts = select(out.c.state, func.count()).where(out.c.broadcast_id == number).group_by(out.c.state)
    return {
        **{row[0]: row[1] for row in await rows(database, found)},
        **{f"out {row[0]}": row[1] for row in await rows(database, texts)},
    }


async def state(database: Database, number: int) -> str:
    return str(
        (await rows(database, select(tables.broadcasts.c.state).where(tables.broadcasts.c.id == number)))[0][0]
    )


async def send_all(database: Database, now: datetime = NOW) -> None:
    """The sender takes everything that is queued."""
    while claims := await database.writer.do(outbox.claim, Wanted("kannel", 100, now, True)):
        for claim in claims:
            await database.writer.do(outbox.mark, Mark(claim.id, "sent", now))


async def test_only_the_right_number_sends_and_the_list_stays_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await draft(database, monkeypatch)
    with pytest.raises(BroadcastError, match=f"goes to {PEOPLE} phones and chats, not 24.*Nothing was sent"):
        await approve(database, number, 24)
    assert (await approve(database, number, PEOPLE))["state"] == "approved"
    with pytest.raises(BroadcastError, match="is approved"):
        await freeze(database, number, None)
    with pytest.raises(BroadcastError, match="is approved"):
        await approve(database, number, PEOPLE)
    await execute(
        database, update(tables.people).where(tables.people.c.id == 3).values(sms_name="OTHER", language="fr")
    )
    await worker(database, Clock()).look()
    assert await states(database, number) == {"queued": PEOPLE, "out queued": PEOPLE}
    linked = select(func.count(func.distinct(tables.recipients.c.outbox_id)))
    assert (await rows(database, linked))[0][0] == PEOPLE
    await send_all(database)
    await worker(database, Clock()).look()
    assert await state(database, number) == "done"


@pytest.mark.fault("C6")
async def test_two_services_and_two_looks_at_once_queue_each_text_once(
    processes: Sequence[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(processes[0])
    number = await draft(processes[0], monkeypatch)
    await approve(processes[0], number, PEOPLE)
    monkeypatch.setattr("bot.workers.broadcasts.CHUNK", 3)
    await asyncio.gather(*(worker(one, Clock()).look() for one in processes for _ in range(3)))
    assert await states(processes[0], number) == {"queued": PEOPLE, "out queued": PEOPLE}


@pytest.mark.fault("C9")
async def test_submitted_by_many_at_once_it_is_made_once(processes: Sequence[Database]) -> None:
    details = {**acts.as_details(TEXT), "audience": {"asked": "all"}, "submitted": "s"}
    made = await asyncio.gather(*(do(one, "make", **details) for one in processes for _ in range(4)))
    assert len({one["id"] for one in made}) == 1
    assert sum(not one["already"] for one in made) == 1
    later = await do(processes[0], "make", NOW + timedelta(minutes=11), **details)
    assert later["id"] != made[0]["id"], "an hour later it is meant"


async def test_who_says_stop_gets_none_whether_it_waits_or_is_queued(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await draft(database, monkeypatch)
    await approve(database, number, PEOPLE)
    people = tables.people

    async def says_stop(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
        for person in items:
            await tx.execute(consent.STATE, {"person": person, "new_consent": "stopped"})
            await tx.execute(consent.CANCEL, {"person": person, "this": 0})
        return [None for _ in items]

    await database.writer.do(says_stop, 3)
    await worker(database, Clock()).look()
    await database.writer.do(says_stop, 7)
    await send_all(database)
    sent = select(tables.outbox.c.person_id).where(tables.outbox.c.state == "sent")
    assert {row[0] for row in await rows(database, sent)} == {*range(1, PEOPLE + 1)} - {3, 7}
    assert await states(database, number) == {"queued": 24, "cancelled": 1, "out sent": 23, "out cancelled": 1}
    assert (await rows(database, select(people.c.consent).where(people.c.id == 3)))[0][0] == "stopped"


async def test_stopped_in_the_middle_the_rest_stays(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(database)
    number = await draft(database, monkeypatch)
    await approve(database, number, PEOPLE)
    here = worker(database, Clock())
    monkeypatch.setattr("bot.workers.broadcasts.MOST_QUEUED", 10)
    row = (await rows(database, select(tables.broadcasts)))[0]
    await here._advance(row)
    await here.fill(number, 10)
    assert (await states(database, number))["out queued"] <= 20
    (claim,) = await database.writer.do(outbox.claim, Wanted("kannel", 1, NOW, True))
    stopped = await do(database, "stop", id=number)
    assert stopped["stopped"] == PEOPLE - 1
    await database.writer.do(outbox.mark, Mark(claim.id, "sent", NOW))
    await here.look()
    assert await database.writer.do(outbox.claim, Wanted("kannel", 100, NOW, True)) == []
    assert (await states(database, number))["out sent"] == 1
    with pytest.raises(BroadcastError, match="is stopped"):
        await do(database, "stop", id=number)


async def test_after_its_last_moment_the_rest_is_not_sent(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    last = NOW + timedelta(hours=1)
    number, clock = await draft(database, monkeypatch, not_after=last.isoformat()), Clock()
    await approve(database, number, PEOPLE)
    clock.now = last
    await worker(database, clock).look()
    assert await state(database, number) == "done"
    assert await states(database, number) == {"cancelled": PEOPLE}


async def test_what_failed_is_sent_again_by_its_number_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number = await draft(database, monkeypatch)
    await approve(database, number, PEOPLE)
    here = worker(database, Clock())
    await here.look()
    ends = ["failed"] * 2 + ["uncertain"] * 3 + ["sent"] * (PEOPLE - 5)
    claims = await database.writer.do(outbox.claim, Wanted("kannel", 100, NOW, True))
    for claim, end in zip(claims, ends, strict=True):
        await database.writer.do(outbox.mark, Mark(claim.id, end, NOW))
    await here.look()
    later = (NOW + timedelta(hours=1)).isoformat()
    with pytest.raises(BroadcastError, match="2 texts .* not 5"):
        await do(database, "retry", id=number, what="failed", number=5, ends_at=later, setup=SET)
    assert (await do(database, "retry", id=number, what="failed", number=2, ends_at=later, setup=SET))["number"] == 2
    await here.look()
    await send_all(database)
    await here.look()
    assert await states(database, number) == {"queued": PEOPLE, "out sent": 22, "out failed": 2, "out uncertain": 3}


async def test_it_is_repeated_to_those_who_are_there_then(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number, clock = await draft(database, monkeypatch, every="weekly"), Clock()
    await approve(database, number, PEOPLE)
    await worker(database, clock).look()
    await execute(database, update(tables.people).where(tables.people.c.id <= 5).values(consent="stopped"))
    clock.now = NOW + timedelta(days=6, hours=23)
    await worker(database, clock).look()
    assert await states(database, number + 1) == {}
    clock.now = NOW + timedelta(days=7)
    await worker(database, clock).look()
    await worker(database, clock).look()
    assert await states(database, number + 1) == {"queued": PEOPLE - 5, "left_out": 5, "out queued": PEOPLE - 5}


async def test_each_month_it_is_repeated_at_the_same_hour(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(database)
    number, clock = await draft(database, monkeypatch, every="monthly"), Clock()
    await approve(database, number, PEOPLE)
    await worker(database, clock).look()
    starts = await rows(database, select(tables.broadcasts.c.starts_at).where(tables.broadcasts.c.id == number + 1))
    assert [row[0] for row in starts] == [NOW.replace(month=12)]
    clock.now = NOW.replace(month=12)
    await worker(database, clock).look()
    assert (await states(database, number + 1))["queued"] == PEOPLE
