"""The outbox: what must leave. Every row ends as sent, delivered, failed, uncertain or cancelled.

What a provider says of it later is in deliveries.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, bindparam, case, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import message_days, numbered, sessions
from bot.store.deliveries import rematch
from bot.store.markets import Opens, unless_there
from bot.store.prepared import apart, rows, write
from bot.store.tables import addresses, consents, outbox, people, people_addresses
from bot.store.types import Moment
from bot.store.written import written
from handlers.noun import noun
from scheduler.pace import MANY

INSERT = insert(outbox)
LEASE = timedelta(minutes=10)
"""How long another process waits before it takes over a row whose sender went silent."""

_earlier = outbox.alias("earlier")
_QUEUED, _SENDING = written("queued"), written("sending")
FREE = and_(
    outbox.c.state == _QUEUED,
    outbox.c.due_at <= bindparam("now"),
    ~exists().where(
        _earlier.c.address_id == outbox.c.address_id,
        _earlier.c.id < outbox.c.id,
        # an answer passes a broadcast that waits for the morning
        or_(_earlier.c.state == _SENDING, _earlier.c.urgency <= outbox.c.urgency),
        _earlier.c.state.in_((_QUEUED, _SENDING)),
    ),
)
"""Due `now`, and nothing of its address goes before."""
_DUE = (
    select(outbox.c.id)
    .where(outbox.c.channel == bindparam("on_channel"), outbox.c.urgency == bindparam("which_urgency"), FREE)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIMED = (
    "id",
    "address_id",
    "kind",
    "text",
    "parts",
    "attempts",
    "data",
    "card",
    "expires_at",
    "urgency",
    "person_id",
    "made_at",
    "key",
)
"""What a sender must know; every other column of a row costs its conversion for each text."""
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(_DUE.scalar_subquery()))
    .values(state="sending", attempts=outbox.c.attempts + 1, lease_until=bindparam("lease"))
    .returning(*(outbox.c[name] for name in _CLAIMED))
)
_TOO_LATE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="cancelled", reason="too late", attempts=outbox.c.attempts - 1, lease_until=None)
)
_NO_MORE = ("stopped", "no")
_theirs = people_addresses.c
_willing = and_(people.c.left_at.is_(None), people.c.consent.not_in(_NO_MORE))
_WHERE = (
    select(
        addresses.c.id,
        addresses.c.value,
        addresses.c.reason,
        func.max(case((_willing, 1), else_=0)).label("willing"),
        func.count(people.c.id).label("people"),
    )
    .outerjoin(people_addresses, _theirs.address_id == addresses.c.id)
    .outerjoin(people, people.c.id == _theirs.person_id)
    .where(addresses.c.id.in_(bindparam("ids", expanding=True)))
    .group_by(addresses.c.id, addresses.c.value, addresses.c.reason)
)
"""Where texts go. Joined, not asked whether somebody exists: PostgreSQL would read all people for each claim."""
_STOPPED = select(people.c.id).where(
    people.c.id.in_(bindparam("people", expanding=True)), people.c.consent.in_(_NO_MORE)
)
_STOPPED_AT = (
    select(_theirs.address_id, func.max(consents.c.at))
    .join(consents, consents.c.person_id == _theirs.person_id)
    .where(_theirs.address_id.in_(bindparam("ids", expanding=True)), consents.c.given.in_(_NO_MORE))
    .group_by(_theirs.address_id)
)
_SAID_STOP = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(state="cancelled", reason="said stop", attempts=outbox.c.attempts - 1, lease_until=None)
)
_CARD = (
    select(outbox.c.card, outbox.c.provider_id)
    .where(outbox.c.card.in_(bindparam("cards", expanding=True)), outbox.c.provider_id.is_not(None))
    .order_by(outbox.c.id)  # the last one wins: a card that could not be edited any more was sent anew
)
_REPORTED = ("accepted", "sent", "failed", "delivered", "read")
_new, _why = bindparam("new_state", type_=String), bindparam("why", type_=String)
_due, _at = bindparam("due", type_=Moment), bindparam("at", type_=Moment)


def _unless_reported(new: Any, old: Any) -> Any:
    """A delivery report may be there before our own mark: what it says stays."""
    return case((outbox.c.state == "sending", new), else_=old)


MARK = apart(
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state.in_(("sending", *_REPORTED)))
    .values(
        state=_unless_reported(_new, outbox.c.state),
        provider_id=func.coalesce(bindparam("provider", type_=String), outbox.c.provider_id),
        reason=_unless_reported(_why, outbox.c.reason),
        due_at=_unless_reported(_due, outbox.c.due_at),
        sent_at=_unless_reported(_at, func.coalesce(outbox.c.sent_at, _at)),
        lease_until=None,
    )
)


@noun
class Claim:
    """A row to send now; `attempts` already counts this try."""

    id: int
    address_id: int
    address: str
    kind: str
    text: str
    parts: int
    attempts: int
    data: dict[str, Any]


SCREEN, ANSWER, UNASKED = -1, 0, 1
"""Urgencies: answers leave first and at any hour; a screen, which somebody waits for, before anything else."""


@noun
class Wanted:
    """How many rows of a channel a sender can take; `unasked`: also `few` that nobody asked for, when it `opens`."""

    channel: str
    most: int
    now: datetime
    unasked: bool = False
    opens: Opens | None = None
    screens: int = 0
    few: int = MANY


@noun
class Mark:
    """What became of a try; `day` is the programme's, of what left; `parts` those of a screen that left by SMS.

    `numbered`: whether its choices went as numbers, where the channel may have to; None elsewhere.
    """

    row: int
    state: str
    at: datetime
    provider_id: str | None = None
    reason: str | None = None
    due_at: datetime | None = None
    day: str = ""
    parts: int | None = None
    numbered: bool | None = None


async def claim(tx: AsyncConnection, items: Sequence[Wanted]) -> list[list[Claim]]:
    """Take due rows, at most one per address, in order; the try is counted before the network call."""
    return [await _claim(tx, item) for item in items]


async def _taken(tx: AsyncConnection, wanted: Wanted, urgency: int, most: int) -> list[Any]:
    which = {"on_channel": wanted.channel, "which_urgency": urgency, "now": wanted.now}
    return list(await rows(tx, _CLAIM, {**which, "most": most, "lease": wanted.now + LEASE}))


async def _in_time(tx: AsyncConnection, rows: list[Any], now: datetime) -> list[Any]:
    """The rows that are not too late; the others end here, with the reason."""
    gone = [row.id for row in rows if row.expires_at is not None and row.expires_at <= now]
    if gone:
        await tx.execute(_TOO_LATE, [{"row": number} for number in gone])
    return [row for row in rows if row.expires_at is None or row.expires_at > now]


async def _claim(tx: AsyncConnection, wanted: Wanted) -> list[Claim]:
    taken = await _taken(tx, wanted, SCREEN, wanted.screens) if wanted.screens else []
    if wanted.most > 0:
        taken += await _taken(tx, wanted, ANSWER, wanted.most)
    if wanted.unasked and (few := min(wanted.most - len(taken), wanted.few)) > 0:
        unasked = await _in_time(tx, await _taken(tx, wanted, UNASKED, few), wanted.now)
        taken += await unless_there(tx, unasked, wanted.opens, wanted.now) if wanted.opens else unasked
    taken.sort(key=lambda row: int(row.id))
    if not taken:
        return []
    where = {row.id: row for row in await rows(tx, _WHERE, {"ids": [row.address_id for row in taken]})}
    taken = await _unless_stopped(tx, taken, where)
    cards = [row.card for row in taken if row.card is not None]
    edits: dict[int, str] = {}
    if cards:
        edits = {row[0]: row[1] for row in await rows(tx, _CARD, {"cards": cards})}
    claims = []
    for row in taken:
        data = dict(row.data or {})
        if row.card in edits:
            data["edit"] = edits[row.card]
        address = where[row.address_id].value
        claim = Claim(row.id, row.address_id, address, row.kind, row.text, row.parts, row.attempts, data)
        claims.append(claim)
    return claims


def _silent(address: Any) -> bool:
    """Whether everybody here said stop, or had herself erased."""
    return _stopped(address) or address.reason in ("erasing", "erased")


def _stopped(address: Any) -> bool:
    return bool(address.people) and not address.willing


async def _unless_stopped(tx: AsyncConnection, taken: list[Any], where: dict[int, Any]) -> list[Any]:
    """No send begins after a stored STOP but its confirmation, and answers to what she wrote afterwards (DELETE).

    STOP itself cancels what waits. Here ends what was being sent when it came and shall be tried again, and what was
    written later by something that looked before: a broadcast on its way into the outbox, another process.
    """
    unasked = [row.person_id for row in taken if row.urgency == UNASKED and row.person_id is not None]
    said = {row.id for row in await rows(tx, _STOPPED, {"people": unasked})} if unasked else set()
    silent = [row.address_id for row in taken if _stopped(where[row.address_id])]
    since = {row[0]: row[1] for row in await rows(tx, _STOPPED_AT, {"ids": silent})} if silent else {}
    gone = {
        row.id
        for row in taken
        if (row.urgency == UNASKED and (row.person_id in said or _silent(where[row.address_id])))
        or row.made_at < since.get(row.address_id, row.made_at)
        or not (row.text or row.data)  # blanked by an erasure while it was being sent
    }
    if gone:
        await tx.execute(_SAID_STOP, [{"row": number} for number in sorted(gone)])
    return [row for row in taken if row.id not in gone]


async def mark(tx: AsyncConnection, items: Sequence[Mark]) -> list[None]:
    """Write down what became of the tries; a row that a delivery report already moved stays."""
    now = [
        {
            "row": m.row,
            "new_state": m.state,
            "provider": m.provider_id,
            "why": m.reason,
            "due": m.due_at or m.at,
            "at": m.at if m.state in message_days.LEFT else None,
        }
        for m in items
    ]
    await message_days.left(tx, [(m.day, m.row) for m in items if m.state in message_days.LEFT])
    await write(tx, MARK, now)
    await sessions.left(tx, [(m.row, m.parts) for m in items if m.parts])
    await numbered.keep(tx, [(m.row, m.numbered) for m in items if m.numbered is not None])
    # A provider may report before our own mark was committed: those reports waited unmatched.
    await rematch(tx, {m.row: m.provider_id for m in items if m.provider_id is not None})
    return [None] * len(items)


async def interrupted(tx: AsyncConnection, items: Sequence[tuple[datetime, bool, tuple[str, ...]]]) -> list[int]:
    """Rows that were being sent when their process died: at start on SQLite, by lease elsewhere.

    Each item is (now, everything, keyed channels). On a keyed channel the provider knows our id: send
    again. Otherwise a reply is tried once more, all else is held as uncertain for a person.
    """
    now, everything, keyed = items[0]
    left = and_(outbox.c.state == "sending", outbox.c.state.in_((_QUEUED, _SENDING)))
    if not everything:
        left = and_(left, outbox.c.lease_until < now)
    again = or_(outbox.c.channel.in_(keyed), and_(outbox.c.kind == "reply", outbox.c.attempts < 2))
    unclear, repeated = update(outbox).where(left, ~again), update(outbox).where(left, again)
    held = await tx.execute(unclear.values(state="uncertain", reason="interrupted while sending"))
    tried = await tx.execute(repeated.values(state="queued", due_at=now, lease_until=None))
    return [held.rowcount + tried.rowcount] * len(items)
