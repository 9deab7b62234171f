"""What is counted, read: of a place and a period, with the reports and messages behind it.

A place is `ids`, the associations it has; None is all of them. A period is two ISO dates, both included; everything
since the start is from "" on, so that a report without a date is in it. Sums of trainings: `training_sums`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.figures import COUNTED
from bot.store.leaving import STAYS
from bot.store.message_days import TOGETHER
from bot.store.places import Ids, both, by_association, read
from bot.store.prepared import rows
from bot.store.tables import (
    associations,
    businesses,
    consents,
    inbox,
    message_days,
    outbox,
    people,
    reports,
)
from handlers.turn import Viewer

_SEEN = select(associations).where(associations.c.id.in_(AREA)).order_by(associations.c.no)
_TRAINED = and_(people.c.kind == "leader", people.c.practice.is_(False))
_REPRESENTATIVES = both(
    select(
        people.c.id,
        people.c.association_id,
        people.c.sms_name,
        people.c.sex,
        people.c.erased_at.is_not(None).label("erased"),
        people.c.reports,
    )
    .where(_TRAINED, STAYS, people.c.association_id.is_not(None))
    .order_by(people.c.association_id, people.c.id),
    people.c.association_id,
)
_TRAINED_BY_PROJECT = both(
    select(people.c.association_id, func.count().label("people"))
    .where(_TRAINED, STAYS, people.c.association_id.is_not(None))
    .group_by(people.c.association_id),
    people.c.association_id,
)


_REPORT = select(
    reports.c.number,
    reports.c.association_id,
    reports.c.person_id,
    reports.c.day,
    reports.c["values"],
    reports.c.state,
    reports.c.doubt,
    reports.c.verdict,
    reports.c.new_found,
    reports.c.revision,
    reports.c.source,
    reports.c.inbox_ids,
    reports.c.created_at,
).order_by(reports.c.number)
_NUMBERED = _REPORT.where(reports.c.number.in_(bindparam("numbers", expanding=True)))
_TRAINING = _REPORT.where(reports.c.form == "training", reports.c.practice.is_(False))
_UNTIL = reports.c.day <= bindparam("last", type_=String)
_TRAININGS = by_association(
    _TRAINING.where(reports.c.day >= bindparam("first", type_=String), _UNTIL), reports.c.association_id
)
_SINCE_START = both(_TRAINING.where(or_(_UNTIL, reports.c.day.is_(None))), reports.c.association_id)


def _last_before(skipped: int) -> Any:
    """The last of an association's trainings that count and lie before a day, or an earlier one."""
    return (
        select(reports.c.number)
        .where(
            reports.c.association_id == associations.c.id,
            reports.c.form == "training",
            reports.c.day < bindparam("first", type_=String),
            reports.c.state.in_(COUNTED),
            reports.c.verdict != "rejected",
            reports.c.practice.is_(False),
        )
        .order_by(reports.c.day.desc(), reports.c.number.desc())
        .limit(1)
        .offset(skipped)
        .scalar_subquery()
    )


_LAST_TWO = select(_last_before(0), _last_before(1)).where(associations.c.id.in_(bindparam("ids", expanding=True)))


def _talk(of: Any) -> Any:
    there = message_days.c
    kinds = (there.direction, there.channel, there.language)
    within = there.day.between(bindparam("first", type_=String), bindparam("last", type_=String))
    return select(*kinds, func.sum(there.messages).label("messages")).where(within, of).group_by(*kinds)


_whose = message_days.c.association_id
_TALK = (_talk(_whose == TOGETHER), _talk(_whose.in_(bindparam("ids", expanding=True))))


def _talk_rows(table: Any, at: Any, direction: str) -> tuple[Any, Any]:
    there = (
        select(table.c.id, literal(direction).label("direction"), at.label("at"))
        .where(
            table.c.association_id.is_not(None),
            at >= bindparam("starts", type_=at.type),
            at < bindparam("ends", type_=at.type),
        )
        .order_by(table.c.id)
    )
    return by_association(there, table.c.association_id)


_ARRIVED = _talk_rows(inbox, inbox.c.received_at, "in")
_LEFT = _talk_rows(outbox, outbox.c.sent_at, "out")
_AGREED = (
    select(consents.c.person_id)
    .where(consents.c.person_id.in_(bindparam("people", expanding=True)), consents.c.inbox_id.is_not(None))
    .distinct()
)
_WROTE = (
    select(inbox.c.person_id)
    .where(
        inbox.c.association_id.in_(bindparam("ids", expanding=True)),
        inbox.c.person_id.in_(bindparam("people", expanding=True)),
    )
    .distinct()
)
_BUSINESSES = both(select(businesses).order_by(businesses.c.no), businesses.c.association_id)
_OF_BUSINESSES = (
    reports.c.form == "business",
    reports.c.practice.is_(False),
    reports.c.state.in_(COUNTED),
    reports.c.verdict != "rejected",
)
_MONTHLY = both(
    select(
        reports.c.number,
        reports.c.association_id,
        reports.c.person_id,
        reports.c["values"],
        reports.c.state,
        reports.c.verdict,
        reports.c.inbox_ids,
        reports.c.created_at,
    )
    .where(
        *_OF_BUSINESSES,
        reports.c.created_at >= bindparam("starts", type_=reports.c.created_at.type),
        reports.c.created_at < bindparam("ends", type_=reports.c.created_at.type),
    )
    .order_by(reports.c.number),
    reports.c.association_id,
)
_EVER = both(
    select(reports.c["values"], reports.c.created_at).where(*_OF_BUSINESSES).order_by(reports.c.number),
    reports.c.association_id,
)
"""Without a time: with one, SQLite reads the reports of all associations for the few of one."""


async def seen(tx: AsyncConnection, viewer: Viewer) -> Sequence[Any]:
    """The associations that somebody sees, by number; also those that left, whose figures stay."""
    return (await tx.execute(_SEEN, binds(viewer))).all()


async def trainings(tx: AsyncConnection, first: str, last: str, ids: Ids) -> Sequence[Any]:
    """Every training report of these days, also those that do not count, by number."""
    if not first:
        return await read(tx, _SINCE_START, ids, last=last)
    return await read(tx, _TRAININGS, ids, first=first, last=last)


async def last_two_before(tx: AsyncConnection, first: str, ids: Sequence[int]) -> Sequence[Any]:
    """Of each of these associations the last two trainings before a day that count, by number."""
    there = await rows(tx, _LAST_TWO, {"first": first, "ids": list(ids)}) if ids else []
    numbers = [number for pair in there for number in pair if number is not None]
    return await rows(tx, _NUMBERED, {"numbers": numbers}) if numbers else []


async def representatives(tx: AsyncConnection, ids: Ids) -> Sequence[Any]:
    """Who was trained by the project itself, by association; names are personal data."""
    return await read(tx, _REPRESENTATIVES, ids)


async def direct(tx: AsyncConnection, ids: Ids) -> dict[int, int]:
    """How many representatives each association has."""
    return {row.association_id: row.people for row in await read(tx, _TRAINED_BY_PROJECT, ids)}


async def talk(tx: AsyncConnection, first: str, last: str, ids: Ids) -> Sequence[Any]:
    """Messages by direction, channel and language."""
    return await read(tx, _TALK, ids, first=first, last=last)


async def talk_ids(tx: AsyncConnection, starts: datetime, ends: datetime, ids: Ids) -> tuple[list[int], list[int]]:
    """Ids of what arrived (inbox) and of what left (outbox) from one moment to before another."""
    arrived = await read(tx, _ARRIVED, ids, starts=starts, ends=ends)
    left = await read(tx, _LEFT, ids, starts=starts, ends=ends)
    return [row.id for row in arrived], [row.id for row in left]


async def wrote(tx: AsyncConnection, whose: Mapping[int, int]) -> set[int]:
    """Which of these people (person to association) have ever written.

    Messages have no index by person: who answered whether she agrees is known from that, and only the associations of
    the others are read.
    """
    found = {row.person_id for row in await rows(tx, _AGREED, {"people": list(whose)})} if whose else set()
    left = sorted(whose.keys() - found)
    if left:
        ids = sorted({whose[person] for person in left})
        found |= {row.person_id for row in await rows(tx, _WROTE, {"ids": ids, "people": left})}
    return found


async def business_list(tx: AsyncConnection, ids: Ids) -> Sequence[Any]:
    """The businesses, by number; also those that left the roster."""
    return await read(tx, _BUSINESSES, ids)


async def business_reports(tx: AsyncConnection, starts: datetime, ends: datetime, ids: Ids) -> Sequence[Any]:
    """The business reports that count, made from one moment to before another, by number."""
    return await read(tx, _MONTHLY, ids, starts=starts, ends=ends)


async def business_reports_ever(tx: AsyncConnection, ids: Ids) -> Sequence[Any]:
    """What all that count said since the start, and when, by number; no more of them, since they are many."""
    return await read(tx, _EVER, ids)
