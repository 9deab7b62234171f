"""Texts that may or may not have left: listed with who they are for and never with their words, decided by a person.

Where a provider still says what became of one, its word counts (store/deliveries.py) and it is no longer here. What
came through the neutral door, and what focal points are told, is in no list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import bindparam, case, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.store import audit
from bot.store.area import AREA, binds
from bot.store.tables import associations, outbox, people
from bot.store.written import written
from handlers.turn import Association, Viewer
from handlers.turn.uncertain import Choice, UncertainText, UncertainTexts

LEFT = "left as it is, says a person"
_UNCERTAIN = outbox.c.state == written("uncertain")
"""Written out, so that both databases take the partial index."""
_LISTED = (
    select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.channel,
        outbox.c.address_id,
        outbox.c.due_at,
        outbox.c.reason,
        people.c.sms_name,
        associations.c.id.label("place"),
        associations.c.no,
        associations.c.sms_name.label("association"),
    )
    .select_from(
        outbox.outerjoin(people, people.c.id == outbox.c.person_id).outerjoin(
            associations, associations.c.id == func.coalesce(people.c.association_id, outbox.c.association_id)
        )
    )
    .where(
        _UNCERTAIN,
        or_(outbox.c.reason.is_(None), outbox.c.reason != LEFT),
        or_(outbox.c.key < "J", outbox.c.key >= "K"),
        or_(outbox.c.key < "S", outbox.c.key >= "T"),
    )
    .order_by(outbox.c.id)
)
_IN_AREA = associations.c.id.in_(AREA)
_WHICH = (outbox.c.id == bindparam("which"), _UNCERTAIN)
_late = outbox.c.expires_at < bindparam("at", type_=outbox.c.expires_at.type)
DECIDE = {
    "again": update(outbox)
    .where(*_WHICH)
    .values(
        state="queued",
        due_at=bindparam("at", type_=outbox.c.due_at.type),
        expires_at=case((_late, null()), else_=outbox.c.expires_at),
        reason=None,
    ),
    "arrived": update(outbox).where(*_WHICH).values(state="delivered", reason="arrived, says a person"),
    "left": update(outbox).where(*_WHICH).values(reason=LEFT),
}
assert set(DECIDE) == set(get_args(Choice))
WRITTEN = {"again": "uncertain text sent again", "arrived": "uncertain text arrived", "left": "uncertain text left"}
"""As the audit has them."""


async def listed(tx: AsyncConnection, viewer: Viewer | None = None) -> Sequence[Any]:
    """Oldest first: what each is, where it goes, who it is for; None sees everything."""
    if viewer is None or viewer.everything:
        return (await tx.execute(_LISTED)).all()
    return (await tx.execute(_LISTED.where(_IN_AREA), binds(viewer))).all()


async def decide(tx: AsyncConnection, number: int, choice: Choice, viewer: Viewer | None, now: datetime) -> bool:
    """False when it is none that this person may decide about, or was settled meanwhile."""
    if number not in {row.id for row in await listed(tx, viewer)}:
        return False
    return (await tx.execute(DECIDE[choice], {"which": number, "at": now})).rowcount > 0


async def by_command(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Decide about these `texts`; sending again needs `yes`, their number. Raises BotError; nothing is done then."""
    choice, wanted = details["choice"], list(dict.fromkeys(details["texts"]))
    there = {row.id for row in await listed(tx)}
    if missing := [number for number in wanted if number not in there]:
        raise BotError(f"{', '.join(map(str, missing))}: not uncertain any more, or never was. See `uncertain`.")
    if choice == "again" and details.get("yes") != (count := len(wanted)):
        raise BotError(f"Nothing was sent. To send {count} once more, which may make two each, add --yes {count}.")
    for number in wanted:
        await tx.execute(DECIDE[choice], {"which": number, "at": now})
    await audit.note(tx, now, details["user"], WRITTEN[choice], {"texts": wanted})
    return {"choice": choice, "texts": wanted}


async def _texts(tx: AsyncConnection, wanted: list[UncertainTexts], known: dict[int, Association]) -> dict[Any, Any]:
    values: dict[Any, Any] = {}
    for fact in wanted:
        values[fact] = tuple(
            UncertainText(row.id, row.kind, row.channel, row.due_at, row.sms_name or "", known.get(row.place))
            for row in await listed(tx, fact.viewer)
        )
    return values


LOADERS: dict[type, Any] = {UncertainTexts: _texts}
"""A fact about uncertain texts -> its loader."""
