"""The operation before an export: who may have what, noted in the access log before a file is made."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import desk
from bot.store import audit, singles

KEY = "export_key"
PERSONS: frozenset[str] = frozenset(("admin", "supervisor"))
"""Roles with the second right: who may export persons, always with a reason."""
KEY_BYTES = 32


async def export(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Note it. Returns `by`, to be printed, and `key`, of the pseudonyms: the same in every export.

    Raises BotError when persons are asked for without the right or without a reason.
    """
    who = await desk.member(tx, str(details.get("who") or ""))
    name = who["sms_name"] if who else str(details["user"])
    about = {field: details[field] for field in ("kind", "of", "period")}
    if not details.get("persons"):
        await audit.note(tx, now, name, "export", about)
    else:
        reason = " ".join(str(details.get("reason") or "").split())
        if who is None or who["role"] not in PERSONS:
            raise BotError("Persons are exported by administrators and supervisors only: --as NAME, one of them.")
        if not reason:
            raise BotError("Persons are exported with a reason only: --reason TEXT. It is kept in the access log.")
        await audit.note(tx, now, name, "export of persons", {**about, "reason": reason})
    return {"by": name, "key": await singles.once(tx, KEY, secrets.token_hex(KEY_BYTES))}


OPERATIONS = {"export": export}
