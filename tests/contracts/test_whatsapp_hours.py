"""WhatsApp's 24 hours, for each person: within a day of her words any, then a template, or else her next road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.asked_for import asked_for
from bot.channels.base import Channel
from bot.programme.broadcasts import acts
from bot.store import outbox, roads, tables, tip_timers, waking
from bot.store.engine import Database
from bot.store.outbox import Wanted
from bot.store.tip_timers import Plan
from tests.contracts.kit_twilio_whatsapp import TwilioWhatsAppKit
from tests.contracts.kit_whatsapp import WhatsAppKit
from tests.contracts.test_broadcasts import MEANS, SETUP, TEXT, do
from tests.databases import NOW, add_outbox, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
ZONE = MEANS.hours.zone
TALKED = {1: timedelta(hours=1), 2: timedelta(hours=23, minutes=59), 3: timedelta(hours=24), 4: timedelta(days=9)}
"""How long ago each leader wrote by WhatsApp; the fifth never did. Each has a phone too, and agreed on paper."""
OPEN, SHUT = {1, 2}, {3, 4, 5}


async def fill(database: Database) -> None:
    """Address n is her phone, 10 + n her WhatsApp, which she prefers."""
    for n in (*TALKED, 5):
        there = {"commune_old": "x", "commune_now": "x", "colline": "x"}
        first = {"id": n, "no": f"0{n}", "name": "A", "sms_name": "A", **there}
        await execute(database, insert(tables.associations), first)
        who = {"id": n, "kind": "leader", "association_id": n, "name": "N", "sms_name": "N", "consent": "yes"}
        await execute(database, insert(tables.people), {**who, "language": "en", "channel": "whatsapp"})
        said = {"person_id": n, "given": "yes", "how": "paper", "at": NOW}
        await execute(database, insert(tables.consents), said)
        for number, scheme in ((n, "tel"), (10 + n, "whatsapp")):
            address = {"id": number, "scheme": scheme, "value": f"+2577900000{n}"}
            await execute(database, insert(tables.addresses), address)
            await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": number})
    for n, ago in TALKED.items():
        row = {"address_id": 10 + n, "kind": "text", "text": "x", "state": "done", "received_at": NOW - ago}
        await execute(database, insert(tables.inbox), {**row, "channel": "whatsapp", "dedupe_key": f"{n}"})
        # a timer of ours is no word of hers
        await execute(
            database, insert(tables.inbox), {**row, "channel": "timer", "dedupe_key": f"{n}", "received_at": NOW}
        )


def channel(scheme: str, within: bool = False) -> Any:
    return SimpleNamespace(scheme=scheme, within_a_day=within)


@pytest.mark.parametrize("kit", [WhatsAppKit(), TwilioWhatsAppKit()])
def test_a_channel_without_a_template_is_reached_within_a_day(kit: Any) -> None:
    made = kit.channel("http://127.0.0.1:9")
    assert roads.reached([made, channel("tel")]) == {"whatsapp?", "tel"}
    made.settings = made.settings.model_copy(update={"template": "HX1"})
    assert roads.reached([made, channel("tel")]) == {"whatsapp", "tel"}
    assert roads.reached([made, channel("whatsapp", True)]) == {"whatsapp"}, "one of two has a template"


@pytest.mark.parametrize("template", [True, False])
async def test_every_way_of_choosing_looks_at_each_persons_hours(database: Database, template: bool) -> None:
    await fill(database)
    schemes = roads.reached([channel("tel"), channel("whatsapp", not template)])
    due = {n: 10 + n if template or n in OPEN else n for n in OPEN | SHUT}

    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
        hers = await roads.of(tx, due, schemes, NOW)
        contacts = await waking.contacts(tx, list(due), schemes, NOW)
        await tip_timers.plan(
            tx, [Plan(NOW, lambda now, last, who: now, ZONE, tuple(schemes), time(12), lambda at: at)]
        )
        return [({n: one.best for n, one in hers.items()}, {n: one.address_id for n, one in contacts.items()})]

    assert await database.writer.do(work, None) == (due, due)
    planned = await rows(database, tables.timers.select().where(tables.timers.c.kind == "tip"))
    assert {int(row.key): row.address_id for row in planned} == due
    first = {"tel": "kannel", "whatsapp": "whatsapp"}
    setup = replace(SETUP, first=first, channels=("kannel", "whatsapp"), rich=("whatsapp",), per_week=9)
    setup = setup if template else replace(setup, within_a_day=("whatsapp",))
    number = (await do(database, "make", **acts.as_details(TEXT), audience={"asked": "all"}, submitted="s"))["id"]
    whom = acts.whom("all", acts.Audience())
    await do(database, "freeze", id=number, after=None, setup=acts.setup_details(setup), **whom)
    listed = await rows(database, tables.recipients.select())
    assert {row.person_id: row.address_id for row in listed} == due


async def test_what_leaves_is_an_answer_within_a_day_whoever_began(database: Database) -> None:
    await fill(database)
    for n in OPEN | SHUT:
        await add_outbox(database, 10 + n, channel="whatsapp", kind="reply" if n % 2 else "broadcast", urgency=0)
    claims = await database.writer.do(outbox.claim, Wanted("whatsapp", 100, NOW, True))
    theirs = cast(Channel, channel("whatsapp"))
    asked = {claim.address_id - 10: await asked_for(database, theirs, claim, NOW) for claim in claims}
    assert asked == {n: n in OPEN for n in OPEN | SHUT}
    by_sms = {
        claim.address_id - 10: await asked_for(database, cast(Channel, channel("tel")), claim, NOW)
        for claim in claims
    }
    assert by_sms == {n: n % 2 == 1 for n in OPEN | SHUT}


async def test_the_hours_are_found_by_their_own_index(database: Database) -> None:
    await fill(database)
    if database.shared:
        return  # PostgreSQL reads five rows without any
    sql = (
        "select 1 from inbox where address_id = 11 and received_at > 1 and channel in ('whatsapp', 'twilio_whatsapp')"
    )
    async with database.read() as tx:
        plan = str((await tx.execute(text(f"explain query plan {sql}"))).all())
        compiled = str(roads._TALKS.compile(dialect=tx.dialect))
    assert "ix_inbox_whatsapp" in plan and "IN ('whatsapp', 'twilio_whatsapp')" in compiled
