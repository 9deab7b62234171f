"""Who may sign in to the console, and who is: accounts and sessions. Of a session's token only the digest is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import links
from bot.store.tables import accounts, people, sessions
from bot.store.tokens import digest
from handlers.noun import noun

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written at most so often."""


@noun
class Account:
    """One of the team with what she signs in with; `failed` tries in a row went wrong."""

    person_id: int
    name: str
    role: str
    area: tuple[str, ...]
    language: str
    login: str | None
    password: str | None
    totp: str | None
    totp_step: int | None
    pin: str | None
    failed: int
    locked_until: datetime | None
    revoked: bool


@noun
class Session:
    """A signed-in browser."""

    id: int
    account: Account
    made_at: datetime
    seen_at: datetime
    confirmed_at: datetime


_ACCOUNT = (
    people.c.id.label("person_id"),
    people.c.name,
    people.c.role,
    people.c.area,
    people.c.language.label("reads"),
    accounts.c.login,
    accounts.c.password,
    accounts.c.totp,
    accounts.c.totp_step,
    accounts.c.pin,
    accounts.c.failed,
    accounts.c.locked_until,
    accounts.c.language,
    accounts.c.revoked_at,
)
_MEMBERS = (
    select(*_ACCOUNT)
    .select_from(people.outerjoin(accounts, accounts.c.person_id == people.c.id))
    .where(people.c.kind == "staff", people.c.left_at.is_(None), people.c.erased_at.is_(None))
    .order_by(people.c.id)
)
_MEMBER = _MEMBERS.where(people.c.id == bindparam("who"))
_LOGIN = _MEMBERS.where(accounts.c.login == bindparam("typed"))
_SESSION = (
    _MEMBERS.add_columns(sessions.c.id, sessions.c.made_at, sessions.c.seen_at, sessions.c.confirmed_at)
    .join(sessions, sessions.c.person_id == people.c.id)
    .where(
        sessions.c.digest == bindparam("token"),
        sessions.c.ended_at.is_(None),
        sessions.c.ends_at > bindparam("now", type_=sessions.c.ends_at.type),
        sessions.c.seen_at > bindparam("idle", type_=sessions.c.seen_at.type),
        accounts.c.revoked_at.is_(None),
        accounts.c.login.is_not(None),
    )
)
_OPEN = (
    select(
        sessions.c.id,
        sessions.c.person_id,
        people.c.name,
        people.c.role,
        sessions.c.made_at,
        sessions.c.seen_at,
        sessions.c.ends_at,
        sessions.c.agent,
    )
    .join(people, people.c.id == sessions.c.person_id)
    .where(
        sessions.c.ended_at.is_(None),
        sessions.c.ends_at > bindparam("now", type_=sessions.c.ends_at.type),
        sessions.c.seen_at > bindparam("idle", type_=sessions.c.seen_at.type),
    )
    .order_by(sessions.c.seen_at.desc(), sessions.c.id)
)
_SEEN = update(sessions).where(sessions.c.id == bindparam("which")).values(seen_at=bindparam("at"))
_CONFIRMED = update(sessions).where(sessions.c.id == bindparam("which")).values(confirmed_at=bindparam("at"))
_END = (
    update(sessions)
    .where(sessions.c.id == bindparam("which"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
)
_END_ALL = (
    update(sessions)
    .where(sessions.c.person_id == bindparam("who"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
)
_TRIES = select(accounts.c.failed, accounts.c.locked_until).where(accounts.c.person_id == bindparam("who"))
_TRIES = _TRIES.with_for_update()


def _account(row: Any) -> Account:
    language = row.language or ("en" if row.reads == "en" else "fr")
    return Account(
        person_id=row.person_id,
        name=row.name,
        role=row.role or "",
        area=tuple(word.strip() for word in (row.area or "").split(",") if word.strip()),
        language=language,
        login=row.login,
        password=row.password,
        totp=row.totp,
        totp_step=row.totp_step,
        pin=row.pin,
        failed=row.failed or 0,
        locked_until=row.locked_until,
        revoked=row.revoked_at is not None,
    )


# --- reading ---


async def member(tx: AsyncConnection, person_id: int) -> Account | None:
    """One of the team, whether she has an account or not."""
    row = (await tx.execute(_MEMBER, {"who": person_id})).first()
    return _account(row) if row else None


async def members(tx: AsyncConnection) -> list[Account]:
    """The whole team."""
    return [_account(row) for row in await tx.execute(_MEMBERS)]


async def by_login(tx: AsyncConnection, login: str) -> Account | None:
    """Who types this name."""
    row = (await tx.execute(_LOGIN, {"typed": login})).first()
    return _account(row) if row else None


async def session(tx: AsyncConnection, token: str, now: datetime) -> Session | None:
    """The session of a cookie: neither ended, nor idle for too long, nor of somebody who may not any more."""
    row = (await tx.execute(_SESSION, {"token": digest(token), "now": now, "idle": now - IDLE})).first()
    return Session(row.id, _account(row), row.made_at, row.seen_at, row.confirmed_at) if row else None


async def open_sessions(tx: AsyncConnection, now: datetime, person_id: int | None = None) -> list[dict[str, Any]]:
    """Who is signed in now, the last used first."""
    there = _OPEN if person_id is None else _OPEN.where(sessions.c.person_id == person_id)
    return [dict(row._mapping) for row in await tx.execute(there, {"now": now, "idle": now - IDLE})]


# --- writing ---


async def begin(tx: AsyncConnection, token: str, person_id: int, now: datetime, agent: str) -> int:
    """A new session; the tries that failed are forgotten."""
    row = {"digest": digest(token), "person_id": person_id, "made_at": now, "seen_at": now, "agent": agent}
    made = insert(sessions).returning(sessions.c.id)
    number = (await tx.execute(made, {**row, "ends_at": now + LONGEST, "confirmed_at": now})).scalar_one()
    await change(tx, person_id, failed=0, locked_until=None)
    return int(number)


async def seen(tx: AsyncConnection, number: int, now: datetime) -> None:
    """The session was used."""
    await tx.execute(_SEEN, {"which": number, "at": now})


async def confirmed(tx: AsyncConnection, number: int, now: datetime) -> None:
    """The password or PIN was given once more."""
    await tx.execute(_CONFIRMED, {"which": number, "at": now})


async def end(tx: AsyncConnection, number: int, now: datetime) -> None:
    """Sign this browser out."""
    await tx.execute(_END, {"which": number, "at": now})


async def end_all(tx: AsyncConnection, person_id: int, now: datetime) -> None:
    """Sign this person out everywhere; her one-time addresses end too."""
    await tx.execute(_END_ALL, {"who": person_id, "at": now})
    await links.end_all(tx, person_id, now)


async def may_try(tx: AsyncConnection, person_id: int, now: datetime, most: int, rest: timedelta | None) -> bool:
    """Count a try before it is made, so that many at once count too; a session that begins forgets them.

    After `most` in a row the account rests, or without `rest` stays locked. False: not this one any more.
    """
    row = (await tx.execute(_TRIES, {"who": person_id})).first()
    if row is None:
        return True  # nothing to guess yet: the first PIN is chosen now
    if (row.locked_until and row.locked_until > now) or (rest is None and row.failed >= most):
        return False
    tried = row.failed + 1
    until = now + rest if rest and tried % most == 0 else row.locked_until
    await change(tx, person_id, failed=tried, locked_until=until)
    return True


async def change(tx: AsyncConnection, person_id: int, **columns: Any) -> None:
    """Change columns of an account."""
    await tx.execute(update(accounts).where(accounts.c.person_id == person_id).values(**columns))


async def enrol(tx: AsyncConnection, person_id: int, login: str, now: datetime, **columns: Any) -> bool:
    """Make or renew an account; False when somebody else has this login."""
    taken = select(accounts.c.person_id).where(accounts.c.login == login, accounts.c.person_id != person_id)
    if (await tx.execute(taken)).first():
        return False
    there = select(func.count()).select_from(accounts).where(accounts.c.person_id == person_id)
    fresh = {"login": login, "failed": 0, "locked_until": None, "revoked_at": None, **columns}
    if (await tx.execute(there)).scalar():
        await change(tx, person_id, **fresh)
    else:
        await tx.execute(insert(accounts), {"person_id": person_id, "made_at": now, **fresh})
    return True
