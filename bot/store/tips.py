"""Mentoring tips: those in use, who was sent which, what was said of them, and whose turn it is next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.inserts import if_new
from bot.store.prepared import rows
from bot.store.tables import people, tip_sends, tips
from handlers.turn import Association, Fact, MoreOfTip, NextTip, Tip, TipFor, TipRules
from handlers.understand.words import plain
from scheduler import tips as rules
from scheduler.cadence import Season

LATELY = timedelta(days=7)
"""What others of an association were told in this time, somebody else is not told as long as there is another."""

SENT = if_new(tip_sends)
USEFUL = (
    update(tip_sends)
    .where(
        tip_sends.c.tip_id == bindparam("which_tip"),
        tip_sends.c.person_id == bindparam("who"),
        tip_sends.c.round == bindparam("which_round"),
    )
    .values(useful=bindparam("said"))
)
_ACTIVE = select(tips).where(tips.c.active.is_(True)).order_by(tips.c.name, tips.c.variant)
_ASKED_FOR = select(people.c.id, people.c.association_id).where(people.c.id.in_(bindparam("ids", expanding=True)))
_MEMBERS = (
    select(people.c.id, people.c.association_id)
    .where(
        people.c.association_id.in_(bindparam("ids", expanding=True)),
        people.c.kind == "leader",
        people.c.left_at.is_(None),
    )
    .order_by(people.c.id)
)
_TOLD = (
    select(tip_sends.c.person_id, tip_sends.c.tip_id, tip_sends.c.at, tips.c.name)
    .join(tips, tips.c.id == tip_sends.c.tip_id)
    .where(tip_sends.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(tip_sends.c.id)
)


@dataclass(slots=True)
class _Told:
    """What a group of facts needs to be answered: read with a few queries, however many people they are about."""

    rows: dict[int, Any]
    """Tips in use, by id."""
    tips: tuple[rules.Tip, ...]
    shelf: rules.Shelf
    members: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Representatives by association, in the order of the roster."""
    association: dict[int, int | None] = field(default_factory=dict)
    sent: dict[int, list[rules.Sent]] = field(default_factory=lambda: defaultdict(list))

    def of(self, person_ids: Iterable[int]) -> tuple[rules.Sent, ...]:
        """What these people were sent."""
        return tuple(sent for one in person_ids for sent in self.sent[one])

    def as_seen(self, tip: rules.Tip | None, sent: Iterable[rules.Sent]) -> Tip | None:
        """A tip as a conversation sees it."""
        if tip is None:
            return None
        row, times = self.rows[tip.id], sum(one.tip_id == tip.id for one in sent)
        return Tip(tip.id, tip.name, dict(row.texts), tuple(row.drafts), times + 1)


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """The words of an activity, a business or a value chain, as they are compared."""
    return frozenset(plain(text.replace(",", " ")).split())


async def _load(tx: AsyncConnection, person_ids: Iterable[int]) -> _Told:
    """Four queries, however many people are asked about."""
    kept = {row.id: row for row in await rows(tx, _ACTIVE, {})}
    in_use = tuple(
        rules.Tip(row.id, row.name, row.variant, row.topic, words_of(row.value_chain or ""), row.seasons)
        for row in kept.values()
    )
    told = _Told(kept, in_use, rules.Shelf(in_use))
    wanted = sorted(set(person_ids))
    told.association = {row.id: row.association_id for row in await rows(tx, _ASKED_FOR, {"ids": wanted})}
    theirs = sorted({one for one in told.association.values() if one is not None})
    for row in await rows(tx, _MEMBERS, {"ids": theirs}):
        told.members[row.association_id].append(row.id)
    everybody = {*wanted, *(one for members in told.members.values() for one in members)}
    for sent in await rows(tx, _TOLD, {"ids": sorted(everybody)}):
        told.sent[sent.person_id].append(rules.Sent(sent.tip_id, sent.name, sent.at))
    return told


async def _tip_for(tx: AsyncConnection, wanted: list[TipFor], known: dict[int, Association]) -> dict[Fact, Any]:
    told = await _load(tx, (one for fact in wanted for one in fact.person_ids))
    return {fact: _next(fact, told, known) for fact in wanted}


def _next(fact: TipFor, told: _Told, known: dict[int, Association]) -> NextTip:
    number = told.association.get(fact.person_id)
    members = told.members[number] if number is not None else []
    zone, sent = ZoneInfo(fact.rules.timezone), told.of(fact.person_ids)
    others = told.of(one for one in members if one not in fact.person_ids)
    reader = rules.Reader(
        place=members.index(fact.person_id) if fact.person_id in members else 0,
        work=work_of(known.get(number or 0)),
        sent=sent,
        others=frozenset(one.tip_id for one in others if fact.now - one.at < LATELY),
    )
    today = fact.now.astimezone(zone).date()
    repeat_after = timedelta(weeks=fact.rules.repeat_after_weeks)
    tip = told.shelf.choose(reader, fact.now, _season(fact.rules, today), repeat_after)
    last = max((one.at.astimezone(zone).date() for one in sent), default=None)
    due = rules.next_due(
        fact.now, today if tip else last, fact.rules.every_days, fact.rules.at, number or fact.person_id, zone
    )
    return NextTip(told.as_seen(tip, sent), due, last)


@lru_cache(maxsize=16)
def _season(own: TipRules, day: date) -> frozenset[str]:
    return rules.letters_on({letter: Season(first, last) for letter, first, last in own.seasons}, day)


def work_of(association: Association | None) -> frozenset[str]:
    """The words of what an association does: its activity and its businesses."""
    if association is None:
        return frozenset()
    return words_of(" ".join((association.activity, *(business.type for business in association.businesses))))


async def _more(tx: AsyncConnection, wanted: list[MoreOfTip], known: dict[int, Association]) -> dict[Fact, Any]:
    told = await _load(tx, (one for fact in wanted for one in fact.person_ids))
    found: dict[Fact, Any] = {}
    for fact in wanted:
        sent = told.of(fact.person_ids)
        found[fact] = told.as_seen(
            rules.more(told.tips, fact.tip_id, (one.tip_id for one in sent), _season(fact.rules, fact.today)), sent
        )
    return found


LOADERS: dict[type, Callable[..., Any]] = {TipFor: _tip_for, MoreOfTip: _more}
