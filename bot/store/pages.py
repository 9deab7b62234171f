"""What an officer opens: an association with its people and last messages, a search, what waits on channels.

Reading only, within the viewer's area. Nothing that came through the neutral door is ever read here. The tables have
no index by address, which every report would pay: the last messages are found by walking back until there are enough.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.last_texts import last_texts
from bot.store.tables import (
    addresses,
    associations,
    inbox,
    media,
    outbox,
    people,
    people_addresses,
    questions,
    reports,
    tasks,
)
from bot.store.written import written
from handlers.turn import (
    Association,
    Contact,
    Fact,
    Kept,
    Message,
    OpenQuestion,
    Page,
    PageOf,
    QuestionsOpen,
    TextsWaiting,
    Waiting,
)

Associations = dict[int, Association]
Values = dict[Fact, Any]

LAST = 5
_TYPED = ("text", "voice", "photo", "edited", "ussd")
_IDS: Any = bindparam("ids", expanding=True)

_unasked = outbox.c.urgency > written(0)
_WAITING = (
    select(
        outbox.c.channel,
        _unasked.label("unasked"),
        func.count().label("texts"),
        func.min(outbox.c.due_at).label("since"),
    )
    .where(
        outbox.c.state == written("queued"),
        outbox.c.due_at <= bindparam("before", type_=outbox.c.due_at.type),
    )
    .group_by(outbox.c.channel, _unasked)
    .order_by(outbox.c.channel, _unasked)
)
_mentor = people.alias("mentor")
_QUESTIONS = (
    select(questions, _mentor.c.sms_name.label("mentor"))
    .outerjoin(_mentor, _mentor.c.id == questions.c.mentor_id)
    .where(
        questions.c.state == written("open"),
        or_(questions.c.association_id.is_(None), questions.c.association_id.in_(AREA)),
    )
    .order_by(questions.c.promised_at, questions.c.number)
)
_PLACE = select(associations).where(associations.c.id == bindparam("which"), associations.c.id.in_(AREA))
_CONTACTS = (
    select(
        people.c.id,
        people.c.sms_name,
        people.c.name,
        people.c.language,
        people.c.consent,
        addresses.c.id.label("address_id"),
        addresses.c.scheme,
        addresses.c.value,
        addresses.c.active,
    )
    .select_from(people)
    .outerjoin(people_addresses, people_addresses.c.person_id == people.c.id)
    .outerjoin(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(people.c.association_id == bindparam("which"), people.c.kind == "leader", people.c.left_at.is_(None))
    .order_by(people.c.id, addresses.c.id)
)
_one: Any = select(literal_column("1"))
_said = outbox.alias("said")
_FROM_J, _BELOW_K = (_said.c.key >= written("J"), _said.c.key < written("K"))
"""Written out, so that both databases take the partial index."""


def behind(row: Any) -> Any:
    """Whether a sealed task was opened by this inbox row."""
    return _one.where(tasks.c.inbox_id == row, tasks.c.sealed.is_(True)).exists()


_door = _one.where(_said.c.inbox_id == inbox.c.id, _FROM_J, _BELOW_K).exists()
"""The neutral door: its answers, and what they answer."""
NOT_THE_DOOR = and_(~behind(inbox.c.id), ~_door)
OPENLY = and_(NOT_THE_DOOR, inbox.c.kind.in_(_TYPED))
_CAME = (
    select(
        inbox.c.received_at, inbox.c.text, inbox.c.kind, inbox.c.person_id, media.c.kind.label("has"), media.c.file
    )
    .select_from(inbox)
    .outerjoin(media, and_(media.c.inbox_id == inbox.c.id, media.c.state == written("kept")))
    .where(inbox.c.address_id.in_(_IDS), OPENLY)
    .order_by(inbox.c.id.desc())
    .limit(LAST)
)
_LEFT = (
    select(outbox.c.made_at, outbox.c.text)
    .where(
        outbox.c.address_id.in_(_IDS),
        outbox.c.text != "",
        outbox.c.key.not_like("J%"),
        ~behind(outbox.c.inbox_id),
    )
    .order_by(outbox.c.id.desc())
    .limit(LAST)
)
_REPORT = (
    select(reports.c.number, reports.c.created_at)
    .where(
        reports.c.association_id == bindparam("which"),
        reports.c.state != "withdrawn",
        reports.c.practice.is_(False),
    )
    .order_by(reports.c.number.desc())
    .limit(1)
)


async def _waiting(tx: AsyncConnection, wanted: list[TextsWaiting], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        rows = await tx.execute(_WAITING, {"before": fact.before})
        values[fact] = tuple(Waiting(row.channel, row.texts, row.since, bool(row.unasked)) for row in rows)
    return values


async def _questions(tx: AsyncConnection, wanted: list[QuestionsOpen], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        values[fact] = tuple(
            OpenQuestion(row.number, known.get(row.association_id), row.mentor or "", row.asked_at, row.promised_at)
            for row in await tx.execute(_QUESTIONS, binds(fact.viewer))
        )
    return values


async def _page(tx: AsyncConnection, wanted: list[PageOf], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    for fact in wanted:
        which = {"which": fact.association_id}
        place = (await tx.execute(_PLACE, {**which, **binds(fact.viewer)})).first()
        if place is None or fact.association_id not in known:
            continue
        rows = (await tx.execute(_CONTACTS, which)).all()
        ids = [row.address_id for row in rows if row.address_id is not None]
        states = await last_texts(tx, ids)
        last = (await tx.execute(_REPORT, which)).first()
        values[fact] = Page(
            known[fact.association_id],
            place.commune_now,
            place.colline,
            tuple(_contact(row, states.get(row.address_id)) for row in rows),
            await _messages(tx, ids, {row.id: row.sms_name for row in rows}),
            last.number if last else None,
            last.created_at if last else None,
        )
    return values


def _contact(row: Any, sent: Any) -> Contact:
    return Contact(
        person_id=row.id,
        name=row.sms_name,
        language=row.language,
        consent=row.consent,
        address=(row.value or "") if row.scheme == "tel" else "",
        rich=row.scheme not in (None, "tel"),
        active=bool(row.active),
        sent=sent.state if sent else "",
        sent_at=sent.at if sent else None,
    )


async def _messages(tx: AsyncConnection, ids: list[int], names: dict[int, str]) -> tuple[Message, ...]:
    came = [
        Message(row.received_at, names.get(row.person_id, ""), row.text or f"({row.kind})", False, _file(row))
        for row in await tx.execute(_CAME, {"ids": ids})
    ]
    left = [Message(row.made_at, "", row.text, True) for row in await tx.execute(_LEFT, {"ids": ids})]
    return tuple(sorted([*came, *left], key=lambda one: one.at)[-LAST:])


def _file(row: Any) -> Kept | None:
    return Kept(row.has, row.file) if row.file else None


LOADERS: dict[type, Any] = {TextsWaiting: _waiting, QuestionsOpen: _questions, PageOf: _page}
"""A fact of what an officer opens -> its loader."""
