"""The operation before an export: who may have what, noted in the access log before a file is made."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import desk
from bot.render.sentences import Sentence
from bot.store import accounts, audit, export_requests, singles

KEY = "export_key"
PERSONS: frozenset[str] = frozenset(("admin", "supervisor"))
"""Roles with the second right: who may export persons, always with a reason."""
KEY_BYTES = 32
MOST = 500
"""Persons that one alone may take away."""
LASTS = timedelta(hours=24)
"""So long somebody else may agree, and her yes holds."""


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
    key = await singles.once(tx, KEY, secrets.token_hex(KEY_BYTES))
    return {"by": name, "key": key, "at": now.isoformat()}


async def many(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Whether a list of more than MOST persons may leave: `agreed`, else it waits as `number` for somebody else.

    `what`, `persons`, `reason`, and `by` (a person's id) or `who` (a name). What is asked for is in the access log.
    """
    by = int(details["by"]) if "by" in details else (await desk.member(tx, str(details["who"])) or {})["id"]
    what, persons = str(details["what"]), int(details["persons"])
    asked = await export_requests.of(tx, by, what, persons, now)
    if asked is None or asked.agreed is False:
        until = now + LASTS
        number = await export_requests.ask(tx, by, what, persons, str(details["reason"]), now, until)
        await audit.note(tx, now, f"person {by}", "export asked for", {"request": number, "persons": persons})
        return {"agreed": False, "number": number, "until": until}
    return {"agreed": bool(asked.agreed), "number": asked.id, "until": asked.expires_at}


async def decide(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """A second person agrees, or does not. `request`, `by`, `yes`. Raises BotError."""
    by = await accounts.member(tx, int(details["by"]))
    asked = await export_requests.waiting(tx, int(details["request"]), now)
    if asked is None:
        raise BotError(Sentence("This request was decided, or its day is over."))
    if by is None or not may_decide(by, asked):
        raise BotError(
            Sentence("Somebody else has to agree: an administrator, or a supervisor of the same area or of all.")
        )
    await export_requests.decide(tx, asked.id, by.person_id, now, yes=bool(details["yes"]))
    what = "export agreed to" if details["yes"] else "export refused"
    await audit.note(tx, now, f"person {by.person_id}", what, {"request": asked.id, "persons": asked.persons})
    return {"number": asked.id, "agreed": bool(details["yes"])}


def may_decide(account: accounts.Account, asked: Any) -> bool:
    """Never who asked; nobody for more than she sees herself."""
    alike = account.area in ((), _area(asked.area)) or account.role == "admin"
    return account.role in PERSONS and account.person_id != asked.asked_by and alike


def _area(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


OPERATIONS = {"export": export, "export many": many, "export decide": decide}
