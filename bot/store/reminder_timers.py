"""The timers of an association: of each form's reminders, and of its monthly totals; made when missing, never twice.

Run at start, after a roster import and now and then: what is there stays as it is (UNIQUE kind, key).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, exists, literal, or_, select, update
from sqlalchemy import bindparam as given
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from bot.store.inserts import if_new, or_update
from bot.store.reminders import FORMS, KIND, last_news
from bot.store.tables import associations, businesses, inbox, timers
from bot.store.waking import brief
from bot.store.written import written
from handlers import monthly
from handlers.reminders import key
from handlers.turn import When

_MADE_AT_ONCE = 5_000
_HOURS, _DAYS = "reminder_hours", "reminder_days"
"""The hours of the settings by which waiting timers were made, and the days without news."""


def _lacking(form: str, kind: str = KIND) -> Any:
    its_key = literal(f"{form}:", String) + cast(associations.c.id, String)
    statement = select(
        associations.c.id,
        associations.c.no,
        associations.c.name,
        associations.c.commune_old,
        associations.c.commune_now,
    ).where(associations.c.left_at.is_(None), ~exists().where(timers.c.kind == kind, timers.c.key == its_key))
    if form == "business":
        theirs = exists().where(businesses.c.association_id == associations.c.id, businesses.c.left_at.is_(None))
        statement = statement.where(theirs)
    return statement.order_by(associations.c.id).limit(_MADE_AT_ONCE)


_LACKING = {form: _lacking(form) for form in FORMS}
_LACKING_TOTALS = _lacking("month", monthly.KIND)
_BEGUN = frozenset(("touch", "day0", "later"))
"""In a timer's data: its ladder has begun, or a leader has chosen the day."""
_KINDS = (KIND, monthly.KIND)
_MAKE = if_new(timers, "kind", "key")
_GONE = delete(timers).where(
    timers.c.kind.in_(_KINDS),
    timers.c.association_id.in_(select(associations.c.id).where(associations.c.left_at.is_not(None))),
)
_OF_ASSOCIATIONS = (
    select(
        timers.c.id.label("timer"),
        timers.c.key,
        timers.c.due_at,
        timers.c.data,
        associations.c.id,
        associations.c.no,
        associations.c.name,
        associations.c.commune_old,
        associations.c.commune_now,
    )
    .join(associations, associations.c.id == timers.c.association_id)
    .where(timers.c.kind.in_(_KINDS))
)
_FIRED = _OF_ASSOCIATIONS.where(timers.c.state == "fired")
_AHEAD = _OF_ASSOCIATIONS.where(timers.c.state == "waiting", timers.c.due_at > given("now"))
_UNDER_WAY = select(inbox.c.dedupe_key).where(
    inbox.c.state == written("new"),
    inbox.c.channel == "timer",
    or_(*(inbox.c.dedupe_key.startswith(f"{kind}:") for kind in _KINDS)),
)
_AGAIN = update(timers).where(timers.c.id == given("row")).values(state="waiting", due_at=given("due"))

_WHICH = select(timers).where(timers.c.kind == KIND, timers.c.key == given("which"))
_BY_HAND = or_update(timers, ["kind", "key"], ["due_at", "data", "state"])


async def now(tx: AsyncConnection, association_id: int, at: datetime) -> None:
    """An officer sends the next training reminder by hand: it is due at once."""
    which = key("training", association_id)
    row = (await tx.execute(_WHICH, {"which": which})).first()
    data = {name: value for name, value in dict(row.data or {} if row else {}).items() if name in ("touch", "day0")}
    await tx.execute(
        _BY_HAND[tx.dialect.name],
        {
            "kind": KIND,
            "key": which,
            "association_id": association_id,
            "due_at": at,
            "data": {"form": "training", **data, "by_hand": True},
            "state": "waiting",
        },
    )


async def make(tx: AsyncConnection, items: Sequence[tuple[datetime, When]]) -> list[int]:
    """Work for the writer: how many timers were made, or brought back after their turn was set aside."""
    return [await _make(tx, now, when) for now, when in items]


async def _make(tx: AsyncConnection, now: datetime, when: When) -> int:
    await tx.execute(_GONE)
    await _follow(tx, now, when)
    made = await _bring_back(tx, now, when)
    for form in FORMS:
        while lacking := (await tx.execute(_LACKING[form])).all():
            news = await last_news(tx, [row.id for row in lacking])
            rows = [_row(row, form, news.get((row.id, form)), now, when) for row in lacking]
            await tx.execute(_MAKE[tx.dialect.name], rows)
            made += len(rows)
    while lacking := (await tx.execute(_LACKING_TOTALS)).all():
        rows = [row for one in lacking if (row := _of_totals(one, now, when))]
        if not rows:
            break  # they are switched off
        await tx.execute(_MAKE[tx.dialect.name], rows)
        made += len(rows)
    return made


def _of_totals(row: Any, now: datetime, when: When) -> dict[str, Any] | None:
    if (due := when.month_end(brief(row), now)) is None:
        return None
    return {
        "kind": monthly.KIND,
        "key": monthly.key(row.id),
        "association_id": row.id,
        "due_at": due,
        "data": {"month": due.isoformat()},
        "state": "waiting",
    }


def _row(row: Any, form: str, heard: Any, now: datetime, when: When) -> dict[str, Any]:
    association = brief(row)
    due = when.first(association, form, heard.at if heard and form == "training" else now)
    return {
        "kind": KIND,
        "key": key(form, row.id),
        "association_id": row.id,
        "due_at": due if due > now else when.next_hour(association, now),
        "data": {"form": form},
        "state": "waiting",
    }


async def _follow(tx: AsyncConnection, now: datetime, when: When) -> None:
    """After a change of the settings what waits for the old hour waits for the new one, on its day, and what waits
    for so many days without news for the new number of them."""
    hours, days = dict(when.wall_hours()), dict(when.news_days())
    before = await singles.once(tx, _DAYS, days)
    if await singles.once(tx, _HOURS, hours) == hours and before == days:
        return
    moved = []
    for row in (await tx.execute(_AHEAD, {"now": now})).all():
        data, there = row.data or {}, brief(row)
        for_news = data.get("form") == "training" and _BEGUN.isdisjoint(data)
        at = when.by_days(there, row.due_at, before) if for_news else when.on_its_day(there, row.due_at)
        if not data.get("by_hand"):
            moved.append({"row": row.timer, "due": at if at > now else when.next_hour(there, now)})
    if moved:
        await tx.execute(_AGAIN, moved)
    await singles.put(tx, _HOURS, hours)
    await singles.put(tx, _DAYS, days)


async def _bring_back(tx: AsyncConnection, now: datetime, when: When) -> int:
    """A turn that was set aside after repeated failures must not end the reminders of its association."""
    fired = (await tx.execute(_FIRED)).all()
    if not fired:
        return 0
    under_way = {":".join(name.split(":")[1:3]) for name in (await tx.execute(_UNDER_WAY)).scalars()}
    lost = [row for row in fired if row.key not in under_way]
    if lost:
        again = [{"row": r.timer, "due": when.next_hour(brief(r), now)} for r in lost]
        await tx.execute(_AGAIN, again)
    return len(lost)
