"""The timers of tips: one for each representative who agreed and can be reached, made where none waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, bindparam, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from bot.store.roads import BY_SMS, REACHED, allowed, prefers, reach
from bot.store.tables import addresses, associations, people, people_addresses, timers, tip_sends
from bot.store.timers import Wanted, put, want
from handlers.noun import noun
from handlers.turn import Road, Roads, Timer
from scheduler.cadence import on

MOST_AT_ONCE = 5_000
"""People planned for in one transaction, so that answers do not wait behind a large import."""

_HOUR = "tip_hour"
"""The hour of the settings by which waiting timers were made."""
_PREFERS = prefers("tip")
_WAITING = exists().where(
    timers.c.kind == "tip", timers.c.key == cast(people.c.id, String), timers.c.state == "waiting"
)
_LAST = (
    select(func.max(tip_sends.c.at)).where(tip_sends.c.person_id == people.c.id).correlate(people).scalar_subquery()
)
_WITHOUT = (
    select(
        people.c.id,
        people.c.association_id,
        _PREFERS.label("channel"),
        BY_SMS.label("by_sms"),
        addresses.c.id.label("address_id"),
        addresses.c.scheme,
        _LAST.label("last"),
    )
    .join(associations, associations.c.id == people.c.association_id)
    .join(people_addresses, people_addresses.c.person_id == people.c.id)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(
        people.c.kind == "leader",
        people.c.consent == "yes",
        people.c.left_at.is_(None),
        or_(people.c.can_read.is_(None), people.c.can_read != "no"),
        or_(_PREFERS.is_(None), _PREFERS != "call"),
        associations.c.left_at.is_(None),
        allowed("tip"),
        REACHED,
        ~_WAITING,
    )
    .order_by(people.c.id, addresses.c.id)
    .limit(bindparam("most"))
)
_NOWHERE = delete(timers).where(
    timers.c.kind == "tip",
    timers.c.state == "waiting",
    timers.c.address_id.in_(select(addresses.c.id).where(addresses.c.active.is_(False))),
)
_AHEAD = select(timers.c.id, timers.c.due_at).where(
    timers.c.kind == "tip", timers.c.state == "waiting", timers.c.due_at > bindparam("now")
)
_MOVED = update(timers).where(timers.c.id == bindparam("row")).values(due_at=bindparam("due"))


@noun
class Plan:
    """What a planning needs: the rules of the settings, as a function of (now, day of the last tip, association)."""

    now: datetime
    due: Callable[[datetime, date | None, int], datetime]
    zone: ZoneInfo
    schemes: tuple[str, ...]
    """Of the channels that there are: a phone is no way to her where only chats are."""
    at: time
    """The hour of the settings."""
    allowed: Callable[[datetime], datetime]
    """A moment, or the first one after it in which we may write."""


async def plan(tx: AsyncConnection, items: Sequence[Plan]) -> list[int]:
    """Work for the writer: make the timers that are missing; returns how many people were looked at."""
    return [await _plan(tx, item) for item in items]


async def _plan(tx: AsyncConnection, item: Plan) -> int:
    await tx.execute(_NOWHERE)
    await _follow(tx, item)
    rows: list[Any] = list(await tx.execute(_WITHOUT, {"most": MOST_AT_ONCE, **reach(item.schemes, item.now)}))
    wanted: Wanted = {}
    for person, theirs in groupby(rows, lambda row: int(row.id)):
        ways = list(theirs)
        row = ways[0]
        roads = Roads(tuple(Road(way.address_id, way.scheme) for way in ways), row.channel, bool(row.by_sms))
        assert roads.best is not None, "the rows are those of open roads"
        last = row.last.astimezone(item.zone).date() if row.last else None
        due = item.due(item.now, last, row.association_id)
        want(wanted, roads.best, Timer("tip", str(person), due, {"person": person}))
    await put(tx, wanted)
    return len(rows)


async def _follow(tx: AsyncConnection, item: Plan) -> None:
    """After a change of the hour in the settings what waits for the old one waits for the new one, on its day."""
    hour = f"{item.at:%H:%M}"
    if await singles.once(tx, _HOUR, hour) == hour:
        return
    moved = []
    for row in (await tx.execute(_AHEAD, {"now": item.now})).all():
        day = row.due_at.astimezone(item.zone).date()
        due = item.allowed(on(day, item.at, item.zone))
        if due <= item.now:
            due = item.allowed(on(day + timedelta(days=1), item.at, item.zone))
        moved.append({"row": row.id, "due": due})
    if moved:
        await tx.execute(_MOVED, moved)
    await singles.put(tx, _HOUR, hour)
