"""One-time addresses of the console: to sign in, or to enrol. Of their tokens only digests are kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.consent import WAKE_CHAT
from bot.store.tables import sign_in_links
from bot.store.tokens import digest
from handlers.turn import ConsoleLink, Fact

LASTS = timedelta(minutes=10)
_LINK = select(sign_in_links).where(
    sign_in_links.c.digest == bindparam("token"),
    sign_in_links.c.used_at.is_(None),
    sign_in_links.c.expires_at > bindparam("now", type_=sign_in_links.c.expires_at.type),
)
_USE = (
    update(sign_in_links)
    .where(sign_in_links.c.digest == bindparam("token"), sign_in_links.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_USE_ALL = (
    update(sign_in_links)
    .where(sign_in_links.c.person_id == bindparam("who"), sign_in_links.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)


async def find(tx: AsyncConnection, token: str, now: datetime) -> Mapping[str, Any] | None:
    """A one-time address that can still be used."""
    found = (await tx.execute(_LINK, {"token": digest(token), "now": now})).first()
    return dict(found._mapping) if found else None


MAKE = insert(sign_in_links)


def row(
    token: str,
    person_id: int,
    now: datetime,
    *,
    kind: str = "sign_in",
    browser: str | None = None,
    totp: str | None = None,
    lasts: timedelta = LASTS,
) -> dict[str, Any]:
    """A one-time address for MAKE; of the token only its digest."""
    there = {"digest": digest(token), "person_id": person_id, "kind": kind, "browser": browser, "totp": totp}
    return {**there, "made_at": now, "expires_at": now + lasts}


async def invite(tx: AsyncConnection, token: str, person_id: int, now: datetime, totp: str, lasts: timedelta) -> None:
    """An address to set password and authenticator; older ones of this person end."""
    await tx.execute(_USE_ALL, {"who": person_id, "at": now})
    await tx.execute(MAKE, row(token, person_id, now, kind="enrol", totp=totp, lasts=lasts))


async def wake(tx: AsyncConnection, person_id: int, browser: str, now: datetime) -> None:
    """Have this person's chat send her a link that works in this browser only."""
    what = {"timer": "wake", "what": "console", "browser": browser}
    key = f"wake:console:{person_id}:{int(now.timestamp() * 1000)}"
    await tx.execute(WAKE_CHAT, {"wake_key": key, "what": what, "at": now, "person": person_id})


async def use(tx: AsyncConnection, token: str, now: datetime) -> bool:
    """Use it up; False when somebody was quicker."""
    return bool((await tx.execute(_USE, {"token": digest(token), "at": now})).rowcount)


async def end_all(tx: AsyncConnection, person_id: int, now: datetime) -> None:
    """None of this person's addresses can be used any more."""
    await tx.execute(_USE_ALL, {"who": person_id, "at": now})


async def _console_link(tx: AsyncConnection, wanted: list[ConsoleLink], known: Any) -> dict[Fact, Any]:
    return {fact: secrets.token_urlsafe(32) for fact in wanted}


LOADERS: dict[type, Any] = {ConsoleLink: _console_link}
