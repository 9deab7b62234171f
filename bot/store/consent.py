"""Statements on what people want: consent, language, their addresses, tokens, erasure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Integer,
    String,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.store import lessons, questions, visits
from bot.store.inserts import if_new
from bot.store.tables import (
    addresses,
    consents,
    conversations,
    drafts,
    inbox,
    media,
    notes,
    outbox,
    people,
    people_addresses,
    timers,
    tokens,
)
from bot.store.written import written

CONSENT = insert(consents)
STATE = update(people).where(people.c.id == bindparam("person")).values(consent=bindparam("new_consent"))
ROAD = (
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(channel=bindparam("new_road"), reminders_by=None, tips_by=None, broadcasts_by=None, answers_by=None)
)
LANGUAGE = update(people).where(people.c.id == bindparam("person")).values(language=bindparam("new_language"))
_THEIR_ADDRESSES = select(people_addresses.c.address_id).where(people_addresses.c.person_id == bindparam("person"))
_other, _others = people.alias("other"), people_addresses.alias("others")
_NOBODY_ELSE = ~exists().where(
    _others.c.address_id == outbox.c.address_id,
    _other.c.id == _others.c.person_id,
    _other.c.left_at.is_(None),
    _other.c.consent.not_in(("stopped", "no")),
)
CANCEL = (
    update(outbox)
    .where(
        outbox.c.address_id.in_(_THEIR_ADDRESSES),
        # on a phone that somebody shares who wants texts, only what is for her
        or_(outbox.c.person_id == bindparam("person"), _NOBODY_ELSE),
        outbox.c.state == "queued",
        or_(outbox.c.inbox_id.is_(None), outbox.c.inbox_id != bindparam("this")),
    )
    .values(state="cancelled", reason="said stop")
)
LINK = if_new(people_addresses)
UNLINK = delete(people_addresses).where(people_addresses.c.address_id == bindparam("address"))
OFF = update(addresses).where(addresses.c.id == bindparam("address")).values(active=False, reason=bindparam("why"))
ON = update(addresses).where(addresses.c.id == bindparam("address")).values(active=True, reason=None)
USED = update(tokens).where(tokens.c.digest == bindparam("used")).values(used_at=bindparam("at"))

_alone = people_addresses.alias("alone")
_OWN = select(people_addresses.c.address_id).where(
    people_addresses.c.person_id == bindparam("person"),
    ~exists().where(
        and_(
            _alone.c.address_id == people_addresses.c.address_id,
            _alone.c.person_id != bindparam("person"),
        )
    ),
)
_THEIR_ROWS = select(inbox.c.id).where(or_(inbox.c.address_id.in_(_OWN), inbox.c.person_id == bindparam("person")))
TEAM = (
    select(people_addresses.c.address_id)
    .join(people, people.c.id == people_addresses.c.person_id)
    .where(people.c.kind == "staff")
)
BLANK = (
    update(inbox).where(inbox.c.address_id.in_(_OWN)).values(text="", data=None),
    update(inbox).where(inbox.c.person_id == bindparam("person")).values(text="", data=None),
    update(outbox)
    .where(
        outbox.c.address_id.in_(_THEIR_ADDRESSES),
        # on a shared phone also what was said to nobody in particular: "Odette and Jean use this phone"
        or_(outbox.c.person_id.is_(None), outbox.c.person_id == bindparam("person"), outbox.c.address_id.in_(_OWN)),
        outbox.c.state != "queued",
    )
    .values(text="", data=None),
    # what the team was shown is a copy, and nobody knows which copies hold her name or words: all of them go; those
    # that have not left yet go later (erasure.finish)
    update(outbox)
    .where(outbox.c.address_id.in_(TEAM), outbox.c.state.not_in(("queued", "sending")))
    .values(text="", data=None),
    update(media).where(media.c.inbox_id.in_(_THEIR_ROWS)).values(state="erased", sha256=None, reason=None),
    update(conversations).where(conversations.c.address_id.in_(_OWN)).values(state={}),
    delete(drafts).where(or_(drafts.c.person_id == bindparam("person"), drafts.c.address_id.in_(_OWN))),
    delete(timers).where(timers.c.address_id.in_(_OWN)),
    # nobody knows which notes beside a shared phone speak of her: all of them go
    delete(notes).where(notes.c.address_id.in_(_THEIR_ADDRESSES)),
    update(addresses).where(addresses.c.id.in_(_OWN)).values(active=False, reason="erasing"),
    delete(people_addresses).where(people_addresses.c.person_id == bindparam("person")),
    delete(tokens).where(tokens.c.person_id == bindparam("person")),
    *questions.BLANK,
    *lessons.BLANK,
    *visits.BLANK,
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(
        name="",
        sms_name="",
        sex=None,
        status=None,
        youth=None,
        best_time=None,
        can_read=None,
        consent="stopped",
        left_at=bindparam("at"),
        erased_at=bindparam("at"),
    ),
)
FINISH_ERASURES = (
    update(addresses)
    .where(
        addresses.c.reason == "erasing",
        ~exists().where(
            outbox.c.address_id == addresses.c.id,
            outbox.c.state.in_((written("queued"), written("sending"))),
        ),
    )
    .values(reason="erased")
    .returning(addresses.c.id)
)

_phone = (
    select(func.min(people_addresses.c.address_id))
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(
        people_addresses.c.person_id == bindparam("person"), addresses.c.active.is_(True), addresses.c.scheme == "tel"
    )
    .scalar_subquery()
)
_chat_first = (
    select(people_addresses.c.address_id)
    .join(addresses, addresses.c.id == people_addresses.c.address_id)
    .where(people_addresses.c.person_id == bindparam("person"), addresses.c.active.is_(True))
    .order_by(case((addresses.c.scheme == "tel", 1), else_=0), people_addresses.c.address_id)
    .limit(1)
    .scalar_subquery()
)


def _wake(where: Any) -> Any:
    """An inbox row for another conversation; none when the person has no address there."""
    return insert(inbox).from_select(
        ["channel", "dedupe_key", "address_id", "kind", "text", "data", "received_at", "state", "deaths"],
        select(
            literal("timer"),
            bindparam("wake_key", type_=String),
            where,
            literal("timer"),
            literal(""),
            bindparam("what", type_=inbox.c.data.type),
            bindparam("at", type_=inbox.c.received_at.type),
            literal("new"),
            literal(0),
        ).where(where.is_not(None)),
    )


WAKE_PHONE = _wake(_phone)
WAKE_CHAT = _wake(_chat_first)
WAKE_ADDRESS = _wake(bindparam("address", type_=Integer))
