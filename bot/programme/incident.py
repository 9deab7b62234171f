"""When data may have leaked: everybody is signed out, and it is said who has read whom since then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import access, audit, incident


async def begin(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """An operation: sessions, one-time addresses and links of the team end at once; how many of each."""
    ended = await incident.end_everything(tx, now)
    await audit.note(tx, now, str(details["user"]), "incident", ended)
    return ended


async def readings(tx: AsyncConnection, since: datetime) -> list[dict[str, Any]]:
    """Who did what, how often, and with whom (ids), by the audit since then; who reached most persons first.

    `uncounted`: how many persons at most were in lists of which only the length was written down.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in await access.since(tx, since):
        key = (row["name"], row["what"])
        fresh = {"who": row["name"], "role": row["role"], "what": row["what"]}
        one = found.setdefault(key, {**fresh, "times": 0, "people": set(), "uncounted": 0})
        named = (row["details"] or {}).get("people", [])
        one["times"], one["last"] = one["times"] + 1, row["at"]
        one["people"].update(named if isinstance(named, list) else [])
        one["uncounted"] = max(one["uncounted"], named if isinstance(named, int) else 0)
    told = [{**one, "people": sorted(one["people"])} for one in found.values()]
    return sorted(told, key=lambda one: (-max(len(one["people"]), one["uncounted"]), one["who"], one["what"]))
