"""The store's contract on what became of a text: states move forward only, doubt is shown, nothing is forgotten."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from bot.store import deliveries, outbox, tables
from bot.store.deliveries import Told
from bot.store.engine import Database
from bot.store.outbox import LEASE, Mark, Wanted
from tests.databases import (
    NOW,
    add_addresses,
    add_outbox,
    count,
    database,
    execute,
    place,
    postgres_server,
    processes,
    rows,
)
from tests.examples import examples

__all__ = ["database", "place", "postgres_server", "processes"]
ORDER = ("queued", "sending", "uncertain", "accepted", "sent", "failed", "delivered", "read")
REPORTED = ("accepted", "sent", "failed", "delivered", "read")
MANY = examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(
    row: int | None, state: Any, *, provider: str | None = None, event: str = "", channel: str = "kannel"
) -> Told:
    return Told(channel, state, "the provider's word", row, provider, event, NOW)


async def state_of(database: Database, row: int) -> str:
    found = await rows(database, select(tables.outbox.c.state).where(tables.outbox.c.id == row))
    return str(found[0].state)


@pytest.fixture
async def address(database: Database) -> AsyncIterator[int]:
    (found,) = await add_addresses(database, 1)
    yield found


async def _sending(database: Database, address: int, **columns: Any) -> int:
    """A row whose send is under way."""
    row = await add_outbox(database, address, **columns)
    claims = await database.writer.do(outbox.claim, Wanted(columns.get("channel", "kannel"), 1, NOW))
    assert [claim.id for claim in claims] == [row]
    return row


@pytest.mark.fault("B17")
@MANY
@given(reports=st.lists(st.sampled_from(REPORTED), max_size=8), mark_at=st.integers(0, 8))
async def test_states_move_forward_only_and_the_order_of_reports_does_not_matter(
    database: Database, address: int, reports: list[str], mark_at: int
) -> None:
    row = await _sending(database, address)
    steps: list[Any] = [(deliveries.deliveries, told(row, state, event=f"{n}")) for n, state in enumerate(reports)]
    steps.insert(mark_at, (outbox.mark, Mark(row, "accepted", NOW)))
    seen = ["sending"]
    for work, item in steps:
        await database.writer.do(work, item)
        seen.append(await state_of(database, row))
    ranks = [ORDER.index(state) for state in seen]
    assert ranks == sorted(ranks), seen
    assert seen[-1] == max([*reports, "accepted"], key=ORDER.index)


@pytest.mark.fault("B17")
async def test_every_report_on_every_state(database: Database, address: int) -> None:
    """All pairs, so that none depends on chance."""
    for was, said in itertools.product((*ORDER[2:], "cancelled"), REPORTED):
        row = await add_outbox(database, address, state=was)
        await database.writer.do(deliveries.deliveries, told(row, said))
        forward = was != "cancelled" and ORDER.index(said) > ORDER.index(was)
        assert await state_of(database, row) == (said if forward else was), (was, said)


@pytest.mark.fault("B15")
async def test_a_report_that_came_before_our_own_mark_is_matched_then(database: Database, address: int) -> None:
    row = await _sending(database, address)
    assert await database.writer.do(deliveries.deliveries, told(None, "delivered", provider="p-1")) is False
    assert await state_of(database, row) == "sending"
    await database.writer.do(outbox.mark, Mark(row, "accepted", NOW, "p-1"))
    assert await state_of(database, row) == "delivered"
    assert [row.matched for row in await rows(database, select(tables.receipts))] == [True]


@pytest.mark.parametrize("state", ["accepted", "sent", "delivered"])
async def test_what_left_is_known_with_its_moment_also_when_it_arrived_at_once(
    database: Database, address: int, state: str
) -> None:
    """A gateway may answer a send with "delivered", and the simulated phones do."""
    row = await _sending(database, address)
    await database.writer.do(outbox.mark, Mark(row, state, NOW, "p-1", day="2026-11-23"))
    (found,) = await rows(database, select(tables.outbox.c.sent_at).where(tables.outbox.c.id == row))
    assert found.sent_at == NOW


@pytest.mark.parametrize("other", ["p_1", "p%", "p-1:x", "P-1", "p", "p-"])
async def test_a_report_is_matched_to_its_own_message_only(database: Database, address: int, other: str) -> None:
    """Providers' ids are theirs to choose: nothing in them is a pattern, and channels do not share them."""
    for reported in ("p-1", "p-1:x:y"):
        await database.writer.do(deliveries.deliveries, told(None, "failed", provider=reported))
    await database.writer.do(deliveries.deliveries, told(None, "failed", provider=other, channel="smsgate"))
    row = await _sending(database, address)
    await database.writer.do(outbox.mark, Mark(row, "accepted", NOW, other))
    assert await state_of(database, row) == "accepted"


async def test_a_report_that_names_no_message_moves_none(database: Database, address: int) -> None:
    row = await _sending(database, address)
    await database.writer.do(outbox.mark, Mark(row, "accepted", NOW))  # a provider that gives no id
    for provider in (None, ""):
        assert await database.writer.do(deliveries.deliveries, told(None, "failed", provider=provider)) is False
    assert await state_of(database, row) == "accepted"


@pytest.mark.fault("B15")
async def test_unknown_reports_are_kept_and_repeats_change_nothing(database: Database, address: int) -> None:
    for _ in range(3):
        assert await database.writer.do(deliveries.deliveries, told(9999, "delivered", event="e")) is False
    (kept,) = await rows(database, select(tables.receipts))
    assert (kept.matched, kept.state, kept.word) == (False, "delivered", "the provider's word")
    row = await _sending(database, address)
    for _ in range(3):
        assert await database.writer.do(deliveries.deliveries, told(row, "delivered", event="f")) is True
    assert len(await rows(database, select(tables.receipts))) == 2


async def test_a_report_of_a_text_that_waits_for_its_second_try_stops_that_try(
    database: Database, address: int
) -> None:
    row = await _sending(database, address)
    await database.writer.do(outbox.mark, Mark(row, "queued", NOW, reason="no whole answer"))
    await database.writer.do(deliveries.deliveries, told(row, "sent"))
    assert await database.writer.do(outbox.claim, Wanted("kannel", 1, NOW)) == []
    assert await state_of(database, row) == "sent"


@pytest.mark.fault("B21")
@pytest.mark.parametrize(
    ("kind", "channel", "attempts", "becomes"),
    [
        ("reply", "kannel", 1, "queued"),
        ("reply", "kannel", 2, "uncertain"),
        ("reply", "smsgate", 2, "queued"),
        ("broadcast", "kannel", 1, "uncertain"),
        ("tip", "kannel", 1, "uncertain"),
        ("reminder", "kannel", 1, "uncertain"),
        ("reminder", "smsgate", 3, "queued"),
    ],
)
async def test_what_was_being_sent_when_the_process_died(
    database: Database, address: int, kind: str, channel: str, attempts: int, becomes: str
) -> None:
    columns = {"kind": kind, "channel": channel, "attempts": attempts, "state": "sending", "lease_until": NOW}
    row = await add_outbox(database, address, **columns)
    (other,) = [await add_outbox(database, address, state="accepted", channel=channel)]
    assert await database.writer.do(outbox.interrupted, (NOW, True, ("smsgate",))) == 1
    assert await state_of(database, row) == becomes
    assert await state_of(database, other) == "accepted"
    again = await database.writer.do(outbox.claim, Wanted(channel, 9, NOW))
    assert [(claim.id, claim.attempts) for claim in again] == ([(row, attempts + 1)] if becomes == "queued" else [])


async def test_a_living_process_keeps_its_lease(database: Database, address: int) -> None:
    row = await _sending(database, address)
    early, late = NOW + LEASE, NOW + LEASE + timedelta(seconds=1)
    assert await database.writer.do(outbox.interrupted, (early, False, ())) == 0
    assert await state_of(database, row) == "sending"
    assert await database.writer.do(outbox.interrupted, (late, False, ())) == 1
    assert await state_of(database, row) == "queued"


async def test_a_mark_that_comes_after_the_lease_was_taken_over_changes_nothing(
    database: Database, address: int
) -> None:
    row = await add_outbox(database, address, kind="broadcast", state="uncertain", attempts=1)
    await database.writer.do(outbox.mark, Mark(row, "queued", NOW))
    assert await state_of(database, row) == "uncertain"


def test_the_order_tested_is_the_order_there_is() -> None:
    assert deliveries.STATES == ORDER
    assert Path(deliveries.__file__).read_text(encoding="utf-8").count(" < ".join(ORDER)) == 1


@pytest.mark.fault("B15")
async def test_a_report_that_fits_nothing_is_tried_again_for_72_hours(processes: list[Database]) -> None:
    """The mark and the report were written at the same moment, each before it saw the other (PostgreSQL)."""
    first, last = processes[0], processes[-1]
    (address,) = await add_addresses(first, 1)
    row = await add_outbox(first, address, state="sent")
    for provider in ("a:b/1", "never"):
        assert await last.writer.do(deliveries.deliveries, told(None, "delivered", provider=provider)) is False
    assert await first.writer.do(deliveries.match_again, NOW) == 0
    await execute(first, update(tables.outbox).where(tables.outbox.c.id == row).values(provider_id="a:b/1"))
    assert await first.writer.do(deliveries.match_again, NOW + timedelta(hours=71)) == 1
    assert await first.writer.do(deliveries.match_again, NOW + timedelta(hours=71)) == 0
    ((state,),) = await rows(last, select(tables.outbox.c.state).where(tables.outbox.c.id == row))
    assert state == "delivered"
    assert await count(last, tables.receipts) == 2
    await first.writer.do(deliveries.match_again, NOW + timedelta(hours=73))
    assert await count(last, tables.receipts) == 1, "what fitted nothing has gone, the other stays known"


@pytest.mark.parametrize("association", [None, 1])
@pytest.mark.parametrize("state", ["delivered", "failed", "read"])
async def test_what_was_reported_before_our_own_note_of_it_has_left_all_the_same(
    database: Database, address: int, state: str, association: int | None
) -> None:
    """Its provider named our id, so that the report waited for nothing. It is counted once."""
    if association:
        where = {"commune_old": "Giharo", "commune_now": "Giharo", "colline": "Kivoga"}
        names = {"no": "01", "name": "Abahuza", "sms_name": "ABAHUZA"}
        await execute(database, insert(tables.associations), {"id": association, **names, **where})
    row = await _sending(database, address, association_id=association)
    early = Told("kannel", state, "word", row, None, "", NOW, day="2026-11-23")
    await database.writer.do(deliveries.deliveries, early)
    await database.writer.do(outbox.mark, Mark(row, "accepted", NOW, "p-1", day="2026-11-23"))
    columns = (tables.outbox.c.state, tables.outbox.c.sent_at, tables.outbox.c.provider_id)
    (found,) = await rows(database, select(*columns).where(tables.outbox.c.id == row))
    assert tuple(found) == (state, NOW, "p-1")
    days = tables.message_days.c
    counted = await rows(database, select(func.sum(days.messages)).where(days.association_id == (association or -1)))
    assert counted[0][0] == (1 if association else None)


async def test_what_is_uncertain_and_arrived_has_left(database: Database, address: int) -> None:
    row = await _sending(database, address)
    await database.writer.do(outbox.mark, Mark(row, "uncertain", NOW))
    await database.writer.do(deliveries.deliveries, told(row, "delivered"))
    (found,) = await rows(database, select(tables.outbox.c.sent_at).where(tables.outbox.c.id == row))
    assert found.sent_at == NOW
