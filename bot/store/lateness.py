"""The late list and reminders by hand, as officers ask for them: only of the associations that they see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.last_texts import last_texts
from bot.store.late import Late, by_hand, late
from bot.store.people import load_associations
from bot.store.tables import conversations, drafts
from bot.store.written import written
from handlers.turn import Association, Fact, LateList, Lateness, LateOf, RemindOf, ToRemind, Viewer
from handlers.turn.lateness import LATE

Associations = dict[int, Association]
Values = dict[Fact, Any]
Period = tuple[ZoneInfo, date, int]
"""The zone, the programme's first day, and the days of a period."""

_IDS: Any = bindparam("ids", expanding=True)
_HALF = select(conversations.c.address_id, conversations.c.state).where(conversations.c.address_id.in_(_IDS))
_DRAFTS = (
    select(drafts.c.association_id, func.max(drafts.c.at))
    .where(drafts.c.association_id.in_(_IDS), drafts.c.form == written("training"))
    .group_by(drafts.c.association_id)
)


async def _seen(tx: AsyncConnection, viewer: Viewer, known: Associations) -> dict[int, Association]:
    return {number: known[number] for number in (await tx.execute(AREA, binds(viewer))).scalars() if number in known}


async def listed(tx: AsyncConnection, wanted: LateOf, period: Period, page: slice, quiet: int | None) -> LateList:
    """The late list that somebody sees: `page` of those that are late, `quiet` of each other state (None: all)."""
    seen = await _seen(tx, wanted.viewer, await load_associations(tx))
    there = [one for one in await late(tx, wanted.now, *period) if one.id in seen]
    states = Counter[str](one.state for one in there)
    silent = [one for one in there if one.state in LATE][page]
    others = [one for state in ("later", "zero") for one in [one for one in there if one.state == state][:quiet]]
    shown = await _known(tx, silent + others, seen)
    rows, rest = shown[: len(silent)], shown[len(silent) :]
    late_ones = sum(states[state] for state in LATE)
    counts = (len(seen), period[2], late_ones, states["zero"], states["later"])
    return LateList(*counts, rows, rest, wanted.start, wanted.face)


async def _known(tx: AsyncConnection, shown: Sequence[Late], seen: Associations) -> tuple[Lateness, ...]:
    """With what is known of each."""
    texts = await last_texts(tx, [one.address_id for one in shown if one.address_id is not None])
    half = await _half(tx, shown)
    return tuple(_lateness(one, seen[one.id], texts, half) for one in shown)


def _lateness(one: Late, own: Association, texts: Mapping[int, Any], half: Mapping[int, datetime]) -> Lateness:
    text = texts.get(one.address_id or 0)
    return Lateness(
        own,
        one.commune,
        one.state,
        one.days,
        one.reminders,
        one.later,
        half.get(one.id),
        text.state if text else "",
        text.at if text else None,
    )


async def _half(tx: AsyncConnection, there: Sequence[Late]) -> dict[int, datetime]:
    """Associations with half a training report since the last whole one: asked just now, or left as a draft."""
    whose = {one.address_id: one.id for one in there if one.address_id is not None}
    found: dict[int, datetime] = {}
    for number, at in await tx.execute(_DRAFTS, {"ids": [one.id for one in there]}):
        found[number] = at
    for address, state in await tx.execute(_HALF, {"ids": list(whose)}):
        question = (state or {}).get("open") or {}
        asked = (question.get("kind"), question.get("form"), question.get("association"))
        if asked == ("form", "training", whose[address]):
            found[whose[address]] = datetime.fromisoformat(question["at"])
    heard = {one.id: one.heard_at for one in there}
    return {number: at for number, at in found.items() if (last := heard[number]) is None or at > last}


async def _remind(tx: AsyncConnection, wanted: list[RemindOf], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    by_viewer: dict[tuple[Viewer, datetime], set[int]] = {}
    for fact in wanted:
        by_viewer.setdefault((fact.viewer, fact.now), set()).add(fact.association_id)
    for (viewer, now), ids in by_viewer.items():
        seen = await _seen(tx, viewer, known)
        for there in await by_hand(tx, [seen[number] for number in sorted(ids) if number in seen], now):
            more = (there.touch, there.day0, there.heard.at, there.reminded_at, there.unasked, there.rich)
            values[RemindOf(viewer, there.association.id, now)] = ToRemind(there.association, there.person, *more)
    return values


LOADERS: dict[type, Any] = {RemindOf: _remind}
