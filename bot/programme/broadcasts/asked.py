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

from bot.programme.broadcasts import acts, compose, present, recipients, states
from bot.programme.broadcasts import audience as audiences
from bot.programme.broadcasts import plan as plans
from bot.programme.broadcasts.audience import AudienceError
from bot.programme.broadcasts.plan import Means
from bot.programme.broadcasts.recipients import Rule, Tally
from bot.programme.broadcasts.wording import Wording
from bot.store import audiences as people
from bot.store import broadcasts as store
from bot.store import recipient_ends
from handlers.turn import (
    LANGUAGES,
    ApproveBroadcast,
    Audiences,
    AudiencesOf,
    BroadcastMade,
    BroadcastPlan,
    Copy,
    Made,
    MakeBroadcast,
    Planned,
    Recipient,
    RecipientsOf,
    RetryBroadcast,
    StopBroadcast,
    TryBroadcast,
    Viewer,
)

log = structlog.get_logger(__name__)
Values = dict[Any, Any]
COUNTED = ("all", "late", "women", "business")
MOST_COPIES = 12
"""Readers whose text may be looked at, beside the one of the longest."""
_WHY = {
    recipients.STOPPED: "stopped",
    recipients.NOT_AGREED: "not_agreed",
    recipients.WANTS_CALLS: "calls",
    recipients.NO_ADDRESS: "no_number",
    recipients.CHAT_ONLY: "chat_only",
    recipients.NO_CHANNEL: "no_channel",
    recipients.NOT_LIVE: "not_live",
    recipients.NO_TEXT: "no_text",
}
_ANY = Wording({"en": "x"}, {language: "en" for language in LANGUAGES if language != "en"})


def loaders(means: Means) -> Mapping[type, Callable[[AsyncConnection, Any, Any], Awaitable[Values]]]:
    """A fact -> its loader, for the channels and prices of this programme."""

    async def counts(tx: AsyncConnection, wanted: Sequence[AudiencesOf], known: Any) -> Values:
        return {fact: await _counts(tx, fact, means) for fact in wanted}

    async def planned(tx: AsyncConnection, wanted: Sequence[BroadcastPlan], known: Any) -> Values:
        return {fact: await _planned(tx, fact, means) for fact in wanted}

    async def made(tx: AsyncConnection, wanted: Sequence[BroadcastMade], known: Any) -> Values:
        return {fact: await _made(tx, fact.key) for fact in wanted}

    async def who(tx: AsyncConnection, wanted: Sequence[RecipientsOf], known: Any) -> Values:
        return {fact: await _who(tx, fact) for fact in wanted}

    return {AudiencesOf: counts, BroadcastPlan: planned, BroadcastMade: made, RecipientsOf: who}


def seen_by(to: str, viewer: Viewer) -> dict[str, Any]:
    """An audience as it is kept: who may not write to everybody reaches only whom she sees."""
    return {"asked": to} if viewer.everything else {"asked": to, "seen_by": [viewer.person_id, list(viewer.words)]}


async def _counts(tx: AsyncConnection, fact: AudiencesOf, means: Means) -> Audiences:
    rules, tallies = {}, {word: Tally() for word in COUNTED}
    for word in COUNTED:
        chosen = await audiences.resolve(tx, seen_by(word, fact.viewer), means.setup.period(), fact.now)
        rules[word] = Rule(chosen, _ANY, means.setup)
    after: int | None = 0
    while after is not None:
        page = await people.page(tx, after, acts.PAGE, fact.now)
        for word, tally in tallies.items():
            for _ in recipients.rows_of(page, rules[word], tally):
                pass
        after = page.last
    seen = await people.seen_by(tx, fact.viewer)
    there = [row for row in await people.all_associations(tx) if row.id in seen and row.left_at is None]
    communes = tuple(sorted({row.commune_now or row.commune_old for row in there}))
    return Audiences(
        {word: tally.people for word, tally in tallies.items()},
        communes,
        tuple((row.no, row.sms_name) for row in there),
    )


async def _planned(tx: AsyncConnection, fact: BroadcastPlan, means: Means) -> Planned:
    wording = Wording(dict(fact.texts), dict(fact.gaps))
    longest: list[Copy] = []
    copies: list[Copy] = []

    def keep(page: people.Page, row: Mapping[str, Any], rule: Rule, tally: Tally) -> None:
        if row["state"] != "waiting":
            return
        if tally.longest[2] != (longest[0].text if longest else ""):
            longest[:] = [_copy(page, row, rule)]
        if len(copies) < MOST_COPIES or row["language"] not in {copy.language for copy in copies}:
            copies.append(_copy(page, row, rule))

    asked = seen_by(fact.to, fact.viewer)
    plan = await plans.make(tx, asked, wording, means, fact.starts_at, fact.now, keep)
    tally = plan.tally
    month = (plan.month_parts + plan.parts) * plan.price_bif
    sender = means.setup.sender
    return Planned(
        tally.people,
        tally.phones,
        tally.chats,
        tuple((_WHY[why], count) for why, count in tally.left_out.most_common() if why in _WHY),
        tuple(tally.undecided.most_common()),
        (*longest, *(copy for copy in copies if copy not in longest)),
        tuple(wording.say(language, fact.me, sender, fact.me, rich=True).text for language in wording.texts),
        plan.parts,
        plan.cost_bif,
        max(0, month - plan.budget_bif) if plan.budget_bif else 0,
        plan.starts_at,
        plan.ends_at,
        plan.spill,
        plan.spill_at,
        tally.full,
        plan.same,
    )


def _copy(page: people.Page, row: Mapping[str, Any], rule: Rule) -> Copy:
    """What this recipient would get."""
    reader = compose.reader_of(page, row, rule)
    return Copy(reader.name, reader.rich, row["language"], reader.text, reader.parts)


async def _made(tx: AsyncConnection, key: str) -> Made | None:
    row = await store.by_key(tx, store.card_key(key))
    if row is None:
        return None
    rows = await recipient_ends.counted(tx, row.id)
    found, answers = states.counted(rows)
    asked = 0
    if row.starts_at:
        asked = await store.questions(tx, row.id, row.starts_at, row.starts_at + present.ANSWERED_WITHIN)
    return Made(
        row.id,
        row.state,
        row.frozen_at is not None,
        row.made_by,
        row.starts_at,
        row.ends_at,
        tuple(sorted(found.items())),
        sum(one.count for one in rows if states.may_arrive(one)),
        tuple(sorted(answers.items())),
        asked,
    )


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
    wording = Wording(dict(effect.texts), dict(effect.gaps))
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
        await acts.retry(tx, {"id": row.id, "what": "reachable", "number": effect.number, "ends_at": ends_at}, now)


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
