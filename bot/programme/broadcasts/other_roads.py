"""A text that failed for good at an address goes by her next road when it is sent again. Work for the writer.

Which road it is, and whether she agreed to it, handlers/turn/roads.py says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts.recipients import UNKNOWN_LANGUAGE, Setup
from bot.programme.broadcasts.states import may_arrive
from bot.programme.broadcasts.wording import LEAVE_OUT, Wording
from bot.store import recipient_roads, recipients, roads
from bot.store.roads import TALKING
from handlers.turn import Roads

Next = dict[int, list[Any]]
"""Another address -> the people who are reached there."""
AT_ONCE = 5_000
"""People whose roads one query looks up."""


async def closed(tx: AsyncConnection, broadcast: int, setup: Setup, now: datetime) -> dict[int, Next]:
    """The addresses that are off, or where it would fail again, and where their leaders are reached instead, if
    anywhere: asked before they wait again."""
    leaders = [row for row in await recipient_roads.failed(tx, broadcast) if not row.active or not may_arrive(row)]
    schemes = [scheme + TALKING * (scheme in setup.within_a_day) for scheme in setup.first]
    ids = sorted({row.person_id for row in leaders})
    hers: dict[int, Roads] = {}
    for first in range(0, len(ids), AT_ONCE):
        hers |= await roads.of(tx, ids[first : first + AT_ONCE], schemes, now)
    return {address: dict(_next(list(rows), hers)) for address, rows in groupby(leaders, lambda row: row.address_id)}


async def take(
    tx: AsyncConnection, broadcast: int, other: Mapping[int, Next], wording: Wording, setup: Setup
) -> None:
    """Let those who wait again and have another road wait there; who has none stays where she was."""
    targets = {address for each in other.values() for address in each}
    there, taken = await recipient_roads.where(tx, targets), await recipient_roads.listed(tx, broadcast, targets)
    moved, added, dropped = list[Any](), list[Any](), list[int]()
    for address, each in other.items():
        free = [target for target in each if target not in taken and _said(each[target], wording)]
        taken.update(free)
        if free:
            moved.append({"from_address": address, **_row(there[free[0]], each[free[0]], wording, setup)})
            added += [_row(there[target], each[target], wording, setup) for target in free[1:]]
        elif each:
            dropped.append(address)
    await recipient_roads.move(tx, broadcast, moved, dropped)
    await recipients.add(tx, broadcast, [_added(row) for row in added])


def _next(leaders: Sequence[Any], hers: Mapping[int, Roads]) -> Iterator[tuple[int, list[Any]]]:
    found: Next = {}
    for row in leaders:
        roads_ = hers[row.person_id].of("broadcast").in_order
        order = [road.address_id for road in roads_ if road.address_id != row.address_id]
        if order:
            found.setdefault(order[0], []).append(row)
    yield from found.items()


def _said(leaders: Sequence[Any], wording: Wording) -> bool:
    return wording.for_reader(leaders[0].language or UNKNOWN_LANGUAGE) not in (None, LEAVE_OUT)


def _row(place: Any, leaders: Sequence[Any], wording: Wording, setup: Setup) -> dict[str, Any]:
    channel = place.channel if place.channel in setup.channels else setup.first[place.scheme]
    language = wording.for_reader(leaders[0].language or UNKNOWN_LANGUAGE)
    who = {"person": leaders[0].person_id, "how_many": len(leaders), "said_in": language}
    return {"to_address": place.id, "on_channel": channel, **who}


def _added(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "address_id": row["to_address"],
        "person_id": row["person"],
        "people": row["how_many"],
        "channel": row["on_channel"],
        "language": row["said_in"],
        "parts": 1,
        "state": "waiting",
        "reason": None,
    }
