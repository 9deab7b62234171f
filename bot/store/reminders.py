"""Reminders: what was last heard of an association, what was written unasked, who has no timer yet.

Every statement serves a whole group of turns. What must stay cheap, with 100,000 timers due at once: `News` reads
each association's reports by `ix_reports_day`, `Unasked` a person's texts by `ix_outbox_unasked`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.prepared import rows
from bot.store.tables import outbox, people_addresses, reports, tasks, zero_reports
from bot.store.written import written
from handlers.turn import Association, Fact, Heard, News, Unasked

Associations = dict[int, Association]
Values = dict[Fact, Any]

KIND = "reminder"
"""Of the timers: one row for each association and form, with the key "training:7"."""
FORMS = ("training", "business")

ZERO = insert(zero_reports)
NEED = update(zero_reports).where(zero_reports.c.inbox_id == bindparam("which")).values(need=bindparam("what"))
CALLED_OFF = (
    update(tasks)
    .where(
        tasks.c.association_id == bindparam("association"),
        tasks.c.kind == "call",
        tasks.c.state == written("open"),
        tasks.c.about.like(bindparam("begins")),
    )
    .values(state="closed", closed_at=bindparam("at"), result=bindparam("how"))
)
"""Runs for every report: `ix_tasks_association` holds the open ones only."""

_IDS: Any = bindparam("ids", expanding=True)
_REPORTED = (
    select(reports.c.association_id, reports.c.form, func.max(reports.c.created_at).label("at"))
    .where(reports.c.association_id.in_(_IDS), reports.c.state != "withdrawn", reports.c.practice.is_(False))
    .group_by(reports.c.association_id, reports.c.form)
)
_ZERO = (
    select(zero_reports.c.association_id, zero_reports.c.form, func.max(zero_reports.c.at).label("at"))
    .where(zero_reports.c.association_id.in_(_IDS))
    .group_by(zero_reports.c.association_id, zero_reports.c.form)
)
_BUSINESSES = select(reports.c.association_id, reports.c.created_at, reports.c["values"]).where(
    reports.c.association_id.in_(_IDS),
    reports.c.form == "business",
    reports.c.state != "withdrawn",
    reports.c.practice.is_(False),
    reports.c.created_at >= bindparam("since"),
)
_TO_CALL = select(tasks.c.association_id, tasks.c.about).where(
    tasks.c.association_id.in_(_IDS), tasks.c.kind == "call", tasks.c.state == written("open")
)
UNASKED = (
    select(people_addresses.c.person_id, outbox.c.made_at)
    .join(outbox, outbox.c.address_id == people_addresses.c.address_id)
    .where(
        or_(
            outbox.c.person_id == people_addresses.c.person_id,
            outbox.c.person_id.is_(None),
            outbox.c.kind == written("broadcast"),
        ),
        outbox.c.urgency > written(0),
        outbox.c.made_at > bindparam("since"),
        outbox.c.state.not_in(("cancelled", "failed")),
    )
)
"""What counts against a leader's week, wherever it is asked: on a shared phone what was for her, or for all there."""
_UNASKED = UNASKED.where(people_addresses.c.person_id.in_(_IDS))


def about(form: str, why: str) -> str:
    """What a task to call says; its beginning is what a report of that form finds it by."""
    return f"{form}: {why}"


def begins(form: str) -> str:
    """The pattern of `about` for a form."""
    return f"{form}: %"


async def last_news(tx: AsyncConnection, ids: Sequence[int]) -> dict[tuple[int, str], Heard]:
    """When each association was last heard of, by form: two queries."""
    found: dict[tuple[int, str], Heard] = {}
    for zero, statement in ((False, _REPORTED), (True, _ZERO)):
        for row in await rows(tx, statement, {"ids": list(ids)}):
            before = found.get((row.association_id, row.form))
            if before is None or before.at is None or row.at > before.at:
                reported = (before.at if before else None) if zero else row.at
                found[row.association_id, row.form] = Heard(row.at, zero, reported_at=reported)
    return found


async def to_call(tx: AsyncConnection, ids: Sequence[int]) -> set[tuple[int, str]]:
    """Associations and forms about which an officer has to call."""
    found = await rows(tx, _TO_CALL, {"ids": list(ids)})
    return {(row.association_id, row.about.partition(":")[0]) for row in found}


async def _news(tx: AsyncConnection, wanted: list[News], known: Associations) -> Values:
    ids = sorted({fact.association_id for fact in wanted})
    last, calls = await last_news(tx, ids), await to_call(tx, ids)
    reported: dict[int, list[tuple[datetime, str]]] = {}
    if of_business := [fact for fact in wanted if fact.form == "business"]:
        since = min(fact.since for fact in of_business)
        theirs = sorted({fact.association_id for fact in of_business})
        for row in await rows(tx, _BUSINESSES, {"ids": theirs, "since": since}):
            reported.setdefault(row.association_id, []).append((row.created_at, str(row[2].get("business"))))
    values: Values = {}
    for fact in wanted:
        heard = last.get((fact.association_id, fact.form), Heard())
        theirs_ = reported.get(fact.association_id, ()) if fact.form == "business" else ()
        numbers = frozenset(no for at, no in theirs_ if at >= fact.since)
        to_be_called = (fact.association_id, fact.form) in calls
        values[fact] = replace(heard, businesses=numbers, to_call=to_be_called)
    return values


async def unasked_to(tx: AsyncConnection, people_ids: Sequence[int], since: datetime) -> dict[int, list[datetime]]:
    """When something was written to these people unasked."""
    times: dict[int, list[datetime]] = {}
    for row in await rows(tx, _UNASKED, {"ids": list(people_ids), "since": since}):
        times.setdefault(row.person_id, []).append(row.made_at)
    return times


async def _unasked(tx: AsyncConnection, wanted: list[Unasked], known: Associations) -> Values:
    everybody, since = sorted({fact.person_id for fact in wanted}), min(fact.since for fact in wanted)
    times = await unasked_to(tx, everybody, since)
    return {fact: tuple(sorted(t for t in times.get(fact.person_id, ()) if t > fact.since)) for fact in wanted}


LOADERS: dict[type, Any] = {News: _news, Unasked: _unasked}
"""A fact of reminders -> its loader."""


def noted(facts: dict[Fact, Any], people_ids: Iterable[int], now: datetime) -> None:
    """Later turns of the group know that something unasked was just written to these people."""
    for person in people_ids:
        fact = Unasked.in_week(person, now)
        if fact in facts:
            facts[fact] = (*facts[fact], now)
