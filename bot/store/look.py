"""What the simulator's page looks at: phones, what they showed, what became of each turn. Reading only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import (
    addresses,
    associations,
    inbox,
    outbox,
    people,
    people_addresses,
    report_history,
    reports,
    tasks,
    timers,
)
from handlers.noun import noun

SHOWN = ("delivered", "read")
"""States of a text that a phone's screen shows."""


@dataclass(slots=True)
class Owner:
    """A phone and who writes from it, as the roster has it."""

    phone: str
    names: list[str]
    association: str
    language: str
    shared: bool = False


@noun
class Stored:
    """One revision of a report that a turn wrote."""

    number: int
    revision: int
    form: str
    state: str
    values: Mapping[str, Any]
    reason: str


@dataclass(slots=True)
class Happened:
    """A turn: what arrived (`arrived`), what it stored, which tasks it opened, which texts it wrote."""

    arrived: Any
    stored: list[Stored] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    out: list[Any] = field(default_factory=list)


async def owners(tx: AsyncConnection) -> list[Owner]:
    """Every phone on the roster, in the order of the associations' numbers."""
    there = (
        select(
            addresses.c.value.label("phone"),
            people.c.sms_name,
            people.c.language,
            associations.c.sms_name.label("association"),
        )
        .select_from(people)
        .join(people_addresses, people_addresses.c.person_id == people.c.id)
        .join(addresses, addresses.c.id == people_addresses.c.address_id)
        .join(associations, associations.c.id == people.c.association_id)
        .where(people.c.kind == "leader", people.c.left_at.is_(None), addresses.c.scheme == "tel")
        .order_by(associations.c.no, people.c.id)
    )
    found: dict[str, Owner] = {}
    for row in await tx.execute(there):
        owner = found.get(row.phone)
        if owner is None:
            found[row.phone] = Owner(row.phone, [row.sms_name], row.association, row.language or "")
        else:
            owner.names.append(row.sms_name)
            owner.shared = True
    return list(found.values())


async def typed(tx: AsyncConnection, phone: str, most: int) -> list[Any]:
    """(id, text, received_at, sent_at, dedupe_key) of what this phone sent last, oldest first."""
    there = (
        select(inbox.c.id, inbox.c.text, inbox.c.received_at, inbox.c.sent_at, inbox.c.dedupe_key)
        .join(addresses, addresses.c.id == inbox.c.address_id)
        .where(addresses.c.scheme == "tel", addresses.c.value == phone, inbox.c.kind == "text")
        .order_by(inbox.c.id.desc())
        .limit(most)
    )
    return list(reversed((await tx.execute(there)).all()))


async def written(tx: AsyncConnection, phone: str, most: int) -> list[Any]:
    """(id, inbox_id, text, state, made_at) of what was written to this phone last, oldest first."""
    there = (
        select(outbox.c.id, outbox.c.inbox_id, outbox.c.text, outbox.c.state, outbox.c.made_at)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(addresses.c.scheme == "tel", addresses.c.value == phone, outbox.c.parts > 0)  # a USSD screen is no SMS
        .order_by(outbox.c.id.desc())
        .limit(most)
    )
    return list(reversed((await tx.execute(there)).all()))


async def held(tx: AsyncConnection) -> list[Any]:
    """(id, phone, text) of what waits for a simulated phone that is off, oldest first."""
    there = (
        select(outbox.c.id, addresses.c.value.label("phone"), outbox.c.text)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.channel == "phone", outbox.c.state == "accepted")
        .order_by(outbox.c.id)
    )
    return list((await tx.execute(there)).all())


async def unfinished(tx: AsyncConnection, phone: str) -> int:
    """How many turns and texts of this phone are still under way (what a switched-off phone waits for is not)."""
    return int((await tx.execute(_UNFINISHED, {"phone": phone})).scalar_one())


def _unfinished() -> Select[Any]:
    mine = select(addresses.c.id).where(addresses.c.scheme == "tel", addresses.c.value == bindparam("phone"))
    arrived = select(func.count()).where(inbox.c.address_id == mine.scalar_subquery(), inbox.c.state == "new")
    states = ("queued", "sending")
    leaving = select(func.count()).where(outbox.c.address_id == mine.scalar_subquery(), outbox.c.state.in_(states))
    return select(arrived.scalar_subquery() + leaving.scalar_subquery())


_UNFINISHED = _unfinished()


async def under_way(tx: AsyncConnection, now: datetime) -> bool:
    """Whether any turn waits, or any text of a simulated channel that is due."""
    turns = select(inbox.c.id).where(inbox.c.state == "new").limit(1)
    texts = select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending")), outbox.c.due_at <= now).limit(1)
    return bool((await tx.execute(select(or_(turns.exists(), texts.exists())))).scalar_one())


async def happened(
    tx: AsyncConnection, phones: Sequence[str], after: int, most: int, chat: str = ""
) -> list[Happened]:
    """The last turns of these phones, and of a chat, whose inbox id is above `after`, oldest first."""
    here = or_(
        and_(addresses.c.scheme == "tel", addresses.c.value.in_(list(phones))),
        and_(addresses.c.scheme == "telegram", addresses.c.value == chat),
    )
    there = (
        select(
            inbox.c.id,
            inbox.c.kind,
            inbox.c.text,
            inbox.c.data,
            inbox.c.sent_at,
            inbox.c.received_at,
            inbox.c.state,
            inbox.c.understood,
            addresses.c.value.label("phone"),
        )
        .join(addresses, addresses.c.id == inbox.c.address_id)
        .where(inbox.c.id > after, here)
        .order_by(inbox.c.id.desc())
        .limit(most)
    )
    turns = {row.id: Happened(row) for row in reversed((await tx.execute(there)).all())}
    if turns:
        await _add_texts(tx, turns)
        await _add_tasks(tx, turns)
        await _add_reports(tx, turns)
    return list(turns.values())


async def _add_texts(tx: AsyncConnection, turns: dict[int, Happened]) -> None:
    there = select(outbox).where(outbox.c.inbox_id.in_(list(turns))).order_by(outbox.c.id)
    for row in await tx.execute(there):
        turns[row.inbox_id].out.append(row)


async def _add_tasks(tx: AsyncConnection, turns: dict[int, Happened]) -> None:
    """Sealed tasks appear in no list."""
    there = select(tasks).where(tasks.c.inbox_id.in_(list(turns)), tasks.c.sealed.is_(False)).order_by(tasks.c.id)
    for row in await tx.execute(there):
        turns[row.inbox_id].tasks.append(row.kind)


async def _add_reports(tx: AsyncConnection, turns: dict[int, Happened]) -> None:
    """Revision 1 was written by the last of the report's messages, a later one by who replaced it."""
    since = min(turn.arrived.received_at for turn in turns.values())
    changed = select(report_history.c.number).where(report_history.c.inbox_id.in_(list(turns)))
    there = select(reports).where(or_(reports.c.created_at >= since, reports.c.number.in_(changed)))
    rows = {row.number: row for row in await tx.execute(there.order_by(reports.c.number))}
    earlier: dict[int, list[Any]] = {number: [] for number in rows}
    old = select(report_history).where(report_history.c.number.in_(list(rows)))
    for row in await tx.execute(old.order_by(report_history.c.number, report_history.c.revision)):
        earlier[row.number].append(row)
    for number, row in rows.items():
        by, reason = (row.inbox_ids or [None])[-1], ""
        for revision in [*earlier[number], row]:
            if by in turns:
                turns[by].stored.append(
                    Stored(number, revision.revision, row.form, revision.state, revision.values, reason)
                )
            if revision is not row:
                by, reason = revision.inbox_id, revision.reason


async def next_unasked(tx: AsyncConnection, after: datetime) -> datetime | None:
    """When the next reminder, tip or totals of a month are due."""
    there = select(func.min(timers.c.due_at)).where(
        timers.c.state == "waiting", timers.c.due_at > after, timers.c.kind.in_(("reminder", "tip", "totals"))
    )
    found: datetime | None = (await tx.execute(there)).scalar()
    return found


@noun
class ChatOwner:
    """A chat and whose it is: a leader, or somebody of the team with a role."""

    chat: str
    name: str
    role: str
    association: str


async def chat_owners(tx: AsyncConnection) -> list[ChatOwner]:
    """Every chat that belongs to somebody, the team first."""
    association = associations.c.sms_name.label("association")
    there = (
        select(addresses.c.value, people.c.sms_name, people.c.kind, people.c.role, association)
        .select_from(people)
        .join(people_addresses, people_addresses.c.person_id == people.c.id)
        .join(addresses, addresses.c.id == people_addresses.c.address_id)
        .outerjoin(associations, associations.c.id == people.c.association_id)
        .where(people.c.left_at.is_(None), addresses.c.scheme == "telegram")
        .order_by(people.c.kind.desc(), people.c.id)
    )
    return [
        ChatOwner(
            row.value, row.sms_name, (row.role or "") if row.kind == "staff" else "leader", row.association or ""
        )
        for row in await tx.execute(there)
    ]


def _of_chat(table: Any, chat: str) -> Any:
    mine = select(addresses.c.id).where(addresses.c.scheme == "telegram", addresses.c.value == chat)
    return table.c.address_id == mine.scalar_subquery()


async def chat_heard(tx: AsyncConnection, chat: str, most: int) -> list[Any]:
    """(id, kind, text, data, received_at) of what came from a chat last, oldest first."""
    columns = (inbox.c.id, inbox.c.kind, inbox.c.text, inbox.c.data, inbox.c.received_at)
    there = select(*columns).where(_of_chat(inbox, chat), inbox.c.channel == "chat")
    return list(reversed((await tx.execute(there.order_by(inbox.c.id.desc()).limit(most))).all()))


async def chat_said(tx: AsyncConnection, chat: str, most: int) -> list[Any]:
    """The texts that reached a chat last, oldest first; several with one `card` are one message, edited."""
    there = select(outbox).where(_of_chat(outbox, chat), outbox.c.state.in_(SHOWN))
    return list(reversed((await tx.execute(there.order_by(outbox.c.id.desc()).limit(most))).all()))


async def chat_text(tx: AsyncConnection, number: int) -> Any:
    """One text to a simulated chat by its outbox id; None when there is none."""
    there = select(outbox).where(outbox.c.id == number, outbox.c.channel == "chat", outbox.c.state.in_(SHOWN))
    return (await tx.execute(there)).first()
