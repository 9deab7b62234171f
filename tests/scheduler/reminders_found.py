"""What is looked for in the rows after a run of `reminders_model`, with a second, simple idea of quiet hours."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables as t

MINUTE = timedelta(minutes=1)
LIMIT = timedelta(hours=24)
HOLIDAY = date(2027, 1, 1)


def _open(local: datetime, market: bool) -> bool:
    """A second, simple idea of the hours: 07:30 to 19:30, not Saturday before 12, Sunday before 13, the holiday."""
    minute, day = local.hour * 60 + local.minute, local.weekday()
    if local.date() == HOLIDAY or not 450 <= minute < 1170:
        return False
    return minute >= {5: 720, 6: 780, 1: 840 if market else 0}.get(day, 0)


async def found_in(tx: AsyncConnection, zone: ZoneInfo, now: datetime, associations: int) -> dict[str, Any]:
    """How often each thing happened: what was promised not to, and what else."""
    found = Counter[str]()
    events = {row.id: row for row in await tx.execute(select(t.inbox).where(t.inbox.c.channel == "timer"))}
    texts = (await tx.execute(select(t.outbox).where(t.outbox.c.kind == "reminder").order_by(t.outbox.c.id))).all()
    said, dues = {text.inbox_id for text in texts}, Counter[tuple[int, str]]()
    for event in events.values():
        why = event.understood or ""
        accounted = event.id in said or (event.state == "done" and why.startswith("reminder training: "))
        found["dropped"] += not accounted
        found["expired"] += "expired" in why
        found["waited"] += event.id not in said and "expired" not in why
    for text in texts:
        event = events[text.inbox_id]
        due, market = datetime.fromisoformat(event.data["due"]), event.data["association"] % 5 == 0
        if text.state == "cancelled":
            found["expired"] += 1
            found["dropped"] += text.reason != "too late"
            continue
        if text.state == "queued" and text.expires_at > now:
            continue  # the run ended at night
        found["dropped"] += text.state != "sent"
        if text.state != "sent":
            continue
        dues[event.data["association"], event.data["due"]] += 1
        found["sent"] += 1
        found["late"] += text.sent_at - due > MINUTE
        found["over_limit"] += text.sent_at - due >= LIMIT
        found["night"] += not _open(text.sent_at.astimezone(zone), False)
        found["market"] += not _open(text.made_at.astimezone(zone), market)
    found["double"] += sum(times - 1 for times in dues.values())
    timers = (await tx.execute(select(t.timers))).all()
    found["lost"] += associations - sum(row.state == "waiting" and row.due_at >= now for row in timers)
    found["events"] += len(events)
    return dict(found)
