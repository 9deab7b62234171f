"""Conversations as the team's pages show them: who wrote lately, and one thread.

Within the viewer's area, and never what came through the neutral door. A thread is all that one phone or chat said
and was told. An index for it would be paid by every report: rows are walked back from the newest, so many at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.pages import OPENLY, behind
from bot.store.tables import (
    addresses,
    associations,
    inbox,
    lessons,
    media,
    outbox,
    people,
    people_addresses,
    questions,
    tasks,
)
from bot.store.written import written
from handlers.noun import noun
from handlers.turn import Viewer

STRETCH = 5_000
"""Rows of the inbox that are looked at in one query."""
SHOWN = 60
"""Messages of a thread on one page."""
_IDS: Any = bindparam("ids", expanding=True)
_writer = people.alias("writer")
_HERS = (
    select(people_addresses.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(people.c.kind == "leader", people.c.association_id.in_(AREA))
)
_ROWS = (
    select(
        inbox.c.id,
        inbox.c.address_id,
        inbox.c.received_at,
        inbox.c.kind,
        inbox.c.text,
        _writer.c.sms_name,
        _writer.c.language,
        associations.c.no,
        associations.c.sms_name.label("association"),
    )
    .select_from(inbox)
    .outerjoin(_writer, _writer.c.id == inbox.c.person_id)
    .outerjoin(associations, associations.c.id == _writer.c.association_id)
    .where(
        inbox.c.id < bindparam("before"),
        inbox.c.id >= bindparam("down_to"),
        inbox.c.address_id.in_(_HERS),
        or_(inbox.c.person_id.is_(None), _writer.c.association_id.in_(AREA)),
        OPENLY,
    )
    .order_by(inbox.c.id.desc())
)
_NEWEST = select(func.coalesce(func.max(inbox.c.id), 0) + 1)


async def newest(tx: AsyncConnection) -> int:
    """The row before which a walk begins."""
    return int((await tx.execute(_NEWEST)).scalar_one())


async def stretch(tx: AsyncConnection, viewer: Viewer, before: int) -> Sequence[Any]:
    """What leaders of her area wrote in the STRETCH rows below `before`, newest first."""
    there = {**binds(viewer), "before": before, "down_to": max(1, before - STRETCH)}
    return (await tx.execute(_ROWS, there)).all()


async def asked_or_told(tx: AsyncConnection, before: int) -> tuple[set[int], set[int]]:
    """The inbox rows of this stretch that became a question to a mentor, or a lesson."""
    found = []
    for table in (questions, lessons):
        between = table.c.inbox_id.between(max(1, before - STRETCH), before)
        found.append(set((await tx.execute(select(table.c.inbox_id).where(between))).scalars()))
    return found[0], found[1]


# --- one thread ---


@noun
class Door:
    """A phone or a chat that somebody opens. `whole`: everything said there is hers to read."""

    address_id: int
    scheme: str
    value: str
    active: bool
    people: tuple[Any, ...]
    """The leaders who use it, of her area: id, name, sms_name, language, consent, association."""
    whole: bool


_ADDRESS = select(addresses).where(addresses.c.id == bindparam("which"), addresses.c.scheme != "erased")
_USERS = (
    select(
        people.c.id,
        people.c.kind,
        people.c.name,
        people.c.sms_name,
        people.c.language,
        people.c.consent,
        people.c.association_id,
        associations.c.no,
        associations.c.sms_name.label("association"),
        people.c.association_id.in_(AREA).label("hers"),
    )
    .join(people_addresses, people_addresses.c.person_id == people.c.id)
    .outerjoin(associations, associations.c.id == people.c.association_id)
    .where(people_addresses.c.address_id == bindparam("which"))
    .order_by(people.c.id)
)
_ITS_TASKS: Any = (
    select(literal_column("1"))
    .where(
        tasks.c.address_id == bindparam("which"),
        tasks.c.sealed.is_(False),
        or_(
            and_(tasks.c.association_id.is_(None), bindparam("nobody", type_=Boolean)),
            and_(tasks.c.state == "open", tasks.c.made_at <= bindparam("since", type_=tasks.c.made_at.type)),
        ),
    )
    .limit(1)
)


async def door(tx: AsyncConnection, viewer: Viewer, address_id: int, absent_since: datetime) -> Door | None:
    """A phone or chat of her area, one that nobody is known of, or one whose officer has not come to it for a day."""
    there = {"which": address_id, **binds(viewer)}
    row = (await tx.execute(_ADDRESS, there)).first()
    users = (await tx.execute(_USERS, there)).all() if row else []
    if row is None or any(user.kind == "staff" for user in users):
        return None
    hers = tuple(user for user in users if user.hers)
    asked = {"which": address_id, "nobody": not users, "since": absent_since}
    everybodys = (await tx.execute(_ITS_TASKS, asked)).first() is not None
    if not hers and not everybodys:
        return None
    whole = everybodys or len(hers) == len(users)
    seen = tuple(users) if everybodys else hers
    return Door(row.id, row.scheme, row.value, bool(row.active), seen, whole)


_MINE = bindparam("whole", type_=Boolean)
_CAME = (
    select(
        inbox.c.id,
        inbox.c.received_at.label("at"),
        inbox.c.kind,
        inbox.c.text,
        _writer.c.sms_name,
        media.c.kind.label("file_kind"),
    )
    .select_from(inbox)
    .outerjoin(_writer, _writer.c.id == inbox.c.person_id)
    .outerjoin(media, and_(media.c.inbox_id == inbox.c.id, media.c.state == written("kept")))
    .where(
        inbox.c.address_id == bindparam("which"),
        inbox.c.id < bindparam("before"),
        or_(_MINE, inbox.c.person_id.in_(_IDS)),
        OPENLY,
    )
    .order_by(inbox.c.id.desc())
    .limit(SHOWN)
)
_LEFT = (
    select(
        outbox.c.id,
        outbox.c.made_at.label("at"),
        outbox.c.kind,
        outbox.c.text,
        outbox.c.parts,
        outbox.c.channel,
        outbox.c.sent_at,
        outbox.c.attempts,
        outbox.c.state.label("sent_state"),
        outbox.c.reason.label("sent_reason"),
        literal_column("'queued'").label("state"),
        literal_column("null").label("reason"),
    )
    .where(
        outbox.c.address_id == bindparam("which"),
        outbox.c.id < bindparam("before"),
        outbox.c.text != "",
        outbox.c.key.not_like("J%"),
        ~behind(outbox.c.inbox_id),
        or_(_MINE, outbox.c.person_id.in_(_IDS)),
    )
    .order_by(outbox.c.id.desc())
    .limit(SHOWN)
)


async def said(tx: AsyncConnection, there: Door, came: int, left: int) -> tuple[Sequence[Any], Sequence[Any]]:
    """What came below the inbox row `came`, and what left below the outbox row `left`; each newest first."""
    inward = (await tx.execute(_CAME, {**_which(there), "before": came})).all()
    return inward, (await tx.execute(_LEFT, {**_which(there), "before": left})).all()


def _which(there: Door) -> dict[str, Any]:
    return {"which": there.address_id, "whole": there.whole, "ids": [one.id for one in there.people]}


_FILE = (
    select(media.c.file)
    .join(inbox, inbox.c.id == media.c.inbox_id)
    .where(
        inbox.c.id == bindparam("message"),
        inbox.c.address_id == bindparam("which"),
        media.c.state == "kept",
        or_(_MINE, inbox.c.person_id.in_(_IDS)),
        OPENLY,
    )
)


async def file_of(tx: AsyncConnection, there: Door, message: int) -> str | None:
    """The photo or voice note that came with a message of this thread."""
    found: str | None = (await tx.execute(_FILE, {**_which(there), "message": message})).scalar()
    return found
