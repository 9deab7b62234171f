"""From an approved list to the outbox: begun in time, moved in chunks, finished. Work for the writer.

Consent is looked at again in the transaction that queues a text. What leaves is one outbox row for each recipient,
linked to it in the same transaction: killed at any moment, nobody is queued twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts.acts import wording_of
from bot.programme.broadcasts.recipients import STOPPED
from bot.programme.broadcasts.wording import Wording
from bot.store import broadcasts as store
from bot.store import recipients
from scheduler import late
from scheduler.repeat import kept, next_time

MUCH_MORE = 1.5
TOO_LATE = "too late"
KEY = "broadcast"
"""In the outbox's column for a catalogue key: the words are the writer's own."""
ANSWERS = [[{"text": "1", "data": "broadcast:{}:yes"}, {"text": "2", "data": "broadcast:{}:no"}]]


@dataclass(frozen=True, slots=True)
class Begin:
    """Begin what is due, look at what is late."""

    broadcast: int
    now: datetime
    due_at: datetime
    """When it could first leave."""
    zone: ZoneInfo
    """In which it is repeated."""


@dataclass(frozen=True, slots=True)
class Move:
    """Move the next recipients of a broadcast on a channel into the outbox."""

    broadcast: int
    channel: str
    rich: bool
    sender: str
    most: int
    now: datetime


async def begin(tx: AsyncConnection, items: Sequence[Begin]) -> list[str]:
    """Begin a broadcast that is due; one that is hours late asks a person again. Returns its state."""
    return [await _begin(tx, item) for item in items]


def over(row: Any, due_at: datetime, now: datetime) -> str:
    """Why one that was to leave at `due_at` may not go on: TOO_LATE after its last moment, else how late, or ''."""
    if row.expires_at and row.expires_at <= now:
        return TOO_LATE
    return late.reason("broadcast", due_at if row.state == "approved" else max(row.ends_at or due_at, due_at), now)


async def _begin(tx: AsyncConnection, item: Begin) -> str:
    row = await store.held(tx, item.broadcast)
    if row is None or row.state not in ("approved", "sending"):
        return row.state if row else "stopped"
    if row.state == "approved" and row.every:
        await _repeat(tx, row, item)
    why = over(row, item.due_at, item.now)
    if why == TOO_LATE:
        await recipients.take_back(tx, row.id, TOO_LATE)
        await recipients.stop(tx, row.id, TOO_LATE)
        await store.change(tx, row.id, state="done", finished_at=item.now)
        return "done"
    if why:
        await recipients.take_back(tx, row.id, TOO_LATE)
        if row.state == "sending" and await _finish(tx, row.id, item.now):
            return "done"  # all had left
        return await ask_again(tx, row, "is hours late", item.now)
    if row.state == "approved" and await _grew(tx, row):
        return await ask_again(tx, row, "goes to many more than it was approved for", item.now)
    if row.state == "approved":
        await store.change(tx, row.id, state="sending")
    return "sending"


async def _repeat(tx: AsyncConnection, row: Any, item: Begin) -> None:
    """The next one is made whatever becomes of this one, and as long as it is still to come."""
    every = kept(row.starts_at, row.every, item.zone)
    at = next_time(row.starts_at, every, item.zone)
    while at <= item.now:
        at = next_time(at, every, item.zone)
    await store.repeat(tx, row, every, at, item.now)


async def _grew(tx: AsyncConnection, row: Any) -> bool:
    """Whether a repetition, whose list is made when it is due, goes to far more than a person approved."""
    number = (await recipients.states(tx, row.id)).get("waiting", 0)
    return bool(row.number and number > MUCH_MORE * row.number)


async def ask_again(tx: AsyncConnection, row: Any, why: str, now: datetime) -> str:
    """It waits for a person: what waits in the outbox too."""
    await recipients.take_back(tx, row.id, TOO_LATE)
    await store.change(tx, row.id, state="asks")
    about = f"broadcast {row.id} {why}: look at it, then send or stop it"
    await store.tell(tx, about, row.made_by, now + timedelta(hours=2), now)
    return "asks"


async def move(tx: AsyncConnection, items: Sequence[Move]) -> list[int]:
    """Queue the next texts; returns how many recipients were dealt with, 0 when none waits or it was stopped."""
    return [await _move(tx, item) for item in items]


async def _move(tx: AsyncConnection, item: Move) -> int:
    row = await store.held(tx, item.broadcast)
    if row is None or row.state != "sending":
        return 0
    waiting = await recipients.chunk(tx, item.broadcast, item.channel, item.most)
    wording, constant = wording_of(row), _constant(row, item)
    texts, left = [], {}
    for reader in waiting:
        if reader.consent == "yes" and reader.left_at is None and reader.active:
            texts.append({**constant, **_text(reader, wording, item)})
        else:
            left[reader.address_id] = STOPPED if reader.active else "the number no longer works"
    await recipients.queue(tx, item.broadcast, item.channel, texts, left)
    return len(waiting)


def _constant(row: Any, item: Move) -> dict[str, Any]:
    asks = item.rich and row.asks
    hours_late = late.expires("broadcast", max(row.ends_at or item.now, item.now))  # then a person is asked (`over`)
    buttons = [[{**b, "data": b["data"].format(row.id)} for b in line] for line in ANSWERS]
    return {
        "channel": item.channel,
        "key": KEY,
        "kind": "broadcast",
        "urgency": 1,
        "broadcast_id": row.id,
        "expires_at": min(filter(None, (row.expires_at, hours_late))),
        "data": {"buttons": buttons} if asks else None,
        "due_at": item.now,
        "made_at": item.now,
        "state": "queued",
    }


def _text(reader: Any, wording: Wording, item: Move) -> Mapping[str, Any]:
    association, officer = reader.association or item.sender, reader.officer or item.sender
    text, parts = wording.say(reader.language, reader.sms_name, association, officer, rich=item.rich)
    return {
        "address_id": reader.address_id,
        "person_id": reader.person_id,
        "association_id": None if reader.practice else reader.association_id,
        "language": reader.language,
        "text": text,
        "parts": parts,
    }


async def finish(tx: AsyncConnection, items: Sequence[tuple[int, datetime]]) -> list[bool]:
    """End broadcasts of which nothing waits or is under way; items are (id, now)."""
    return [await _finish(tx, number, now) for number, now in items]


async def _finish(tx: AsyncConnection, number: int, now: datetime) -> bool:
    row = await store.held(tx, number)
    if row is None or row.state != "sending" or not await recipients.is_settled(tx, number):
        return False
    await store.change(tx, number, state="done", finished_at=now)
    return True
