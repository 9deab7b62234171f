"""Broadcasts for the conversations of the team: loads what a card asks, does what it decided.

What it decided is done behind the other effects of a group of turns, in their transaction. What cannot be done
changes nothing: the card is woken and shows how things are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import acts, counted, states
from bot.programme.broadcasts.audience import AudienceError, seen_by
from bot.programme.broadcasts.plan import Means
from bot.programme.broadcasts.wording import Wording
from bot.store import audiences as people
from bot.store import broadcasts as store
from bot.store import recipient_ends, recipients
from handlers.turn import (
    ApproveBroadcast,
    AudiencesOf,
    BroadcastEnds,
    BroadcastMade,
    BroadcastPlan,
    Made,
    MakeBroadcast,
    Recipient,
    RecipientsOf,
    RetryBroadcast,
    StopBroadcast,
    ToCount,
    TryBroadcast,
)

log = structlog.get_logger(__name__)
Values = dict[Any, Any]


def loaders(means: Means) -> Mapping[type, Callable[[AsyncConnection, Any, Any], Awaitable[Values]]]:
    """A fact -> its loader, for the channels and prices of this programme."""

    async def counts(tx: AsyncConnection, wanted: Sequence[ToCount], known: Any) -> Values:
        return await counted.known(tx, wanted, means)

    async def made(tx: AsyncConnection, wanted: Sequence[BroadcastMade], known: Any) -> Values:
        return {fact: await _made(tx, fact.key) for fact in wanted}

    async def who(tx: AsyncConnection, wanted: Sequence[RecipientsOf], known: Any) -> Values:
        return {fact: await _who(tx, fact) for fact in wanted}

    counting = dict.fromkeys((AudiencesOf, BroadcastPlan, BroadcastEnds), counts)
    return {**counting, BroadcastMade: made, RecipientsOf: who}


async def _made(tx: AsyncConnection, key: str) -> Made | None:
    row = await store.by_key(tx, store.card_key(key))
    if row is None:
        return None
    number, frozen = row.number or 0, row.frozen_at is not None
    if row.state == "draft" and frozen:
        number = (await recipients.states(tx, row.id)).get("waiting", 0)
    by = await store.first_name(tx, row.approved_by or row.made_by)
    return Made(row.id, row.state, frozen, row.made_by, row.starts_at, row.ends_at, number, by)


async def _who(tx: AsyncConnection, fact: RecipientsOf) -> tuple[Recipient, ...]:
    row = await store.by_key(tx, store.card_key(fact.key))
    there = await recipient_ends.by_name(tx, row.id, fact.most, everybody=fact.everybody) if row else ()
    found, place = [], 0
    for one in there:
        what = states.state_of(one).name
        place += what == "waiting"
        waits = place if what == "waiting" else 0
        found.append(Recipient(one.sms_name, one.association or "", what, waits, one.answer or ""))
    return tuple(found)


# --- what was decided ---


async def perform(
    tx: AsyncConnection, decided: Sequence[tuple[Any, int | None]], means: Means, now: datetime
) -> None:
    """Do these effects, each with who decided it."""
    for effect, who in decided:
        try:
            await _DO[type(effect)](tx, effect, who, means, now)
        except (acts.BroadcastError, AudienceError) as error:
            log.warning("broadcast not changed", effect=type(effect).__name__, why=type(error).__name__)


async def _make(tx: AsyncConnection, effect: MakeBroadcast, who: int | None, means: Means, now: datetime) -> None:
    wording = Wording(dict(effect.texts), dict(effect.gaps), effect.asks)
    details = {**acts.as_details(wording), "audience": seen_by(effect.to, effect.viewer)}
    await acts.make(tx, {**details, "submitted": store.card_key(effect.key), "made_by": who}, now)


async def _approve(
    tx: AsyncConnection, effect: ApproveBroadcast, who: int | None, means: Means, now: datetime
) -> None:
    row = await store.by_key(tx, store.card_key(effect.key))
    if row is not None:
        times = {"starts_at": effect.starts_at.isoformat(), "ends_at": effect.ends_at.isoformat()}
        await acts.approve(tx, {"id": row.id, "number": effect.number, "who": who, **times}, now)


async def _stop(tx: AsyncConnection, effect: StopBroadcast, who: int | None, means: Means, now: datetime) -> None:
    row = await store.by_key(tx, store.card_key(effect.key))
    if row is not None:
        await acts.stop(tx, {"id": row.id}, now)


async def _retry(tx: AsyncConnection, effect: RetryBroadcast, who: int | None, means: Means, now: datetime) -> None:
    row = await store.by_key(tx, store.card_key(effect.key))
    if row is not None:
        ends_at = (now + timedelta(hours=1)).isoformat()
        again = {"id": row.id, "what": "reachable", "number": effect.number, "ends_at": ends_at}
        await acts.retry(tx, {**again, "setup": acts.setup_details(means.setup)}, now)


async def _try(tx: AsyncConnection, effect: TryBroadcast, who: int | None, means: Means, now: datetime) -> None:
    wording = Wording(dict(effect.texts))
    for one in await people.to_try_on(tx):
        if one.person_id == who and one.scheme == "tel":
            await acts.try_on(tx, one, wording, means.setup, now)


_DO: Mapping[type, Callable[[AsyncConnection, Any, int | None, Means, datetime], Awaitable[None]]] = {
    MakeBroadcast: _make,
    ApproveBroadcast: _approve,
    StopBroadcast: _stop,
    RetryBroadcast: _retry,
    TryBroadcast: _try,
}
