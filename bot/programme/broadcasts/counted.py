"""What a card of /broadcast has counted over everybody: audiences, a plan, what became of the texts.

Few people are counted within the turn that asks; over many it would hold up everybody's messages, so the question is
kept (`bot/store/countings.py`), the service counts beside the turns and wakes the card.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import acts, compose, recipients, states
from bot.programme.broadcasts import audience as audiences
from bot.programme.broadcasts import plan as plans
from bot.programme.broadcasts.audience import AudienceError
from bot.programme.broadcasts.plan import Means
from bot.programme.broadcasts.recipients import Rule, Tally
from bot.programme.broadcasts.wording import Wording
from bot.store import audiences as people
from bot.store import broadcasts as store
from bot.store import countings, recipient_ends
from handlers.team.broadcast_card import MOST_CHOICES
from handlers.turn import (
    Audiences,
    AudiencesOf,
    BroadcastEnds,
    BroadcastPlan,
    Copy,
    Ended,
    Planned,
    ToCount,
)

Values = dict[Any, Any]
FEW = 1_000
"""Addresses, or recipients, that are counted within a turn: as much as a page of a list."""
AUDIENCES = ("all", "late", "women", "business")
MOST_COPIES = 12
"""Readers whose text may be looked at, beside the one of the longest."""
UNDO = timedelta(seconds=60)
_NOBODY = {"asked": "list:", "people": ()}
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
_ANSWERS: Mapping[type, TypeAdapter[Any]] = {
    AudiencesOf: TypeAdapter(Audiences),
    BroadcastPlan: TypeAdapter(Planned),
    BroadcastEnds: TypeAdapter(Ended),
}


async def known(tx: AsyncConnection, wanted: Sequence[ToCount], means: Means) -> Values:
    """What was counted already, or is counted here because it is quick; else None."""
    kept = await countings.counted(tx, [question.address_id for question in wanted])
    values: Values = {}
    for question in wanted:
        row = kept.get((question.address_id, countings.about(question)))
        if row and row.counted_at >= question.since and row.question == countings.written(question):
            values[question] = _ANSWERS[type(question)].validate_python(row.found)
        else:
            quick = await _is_quick(tx, question)
            values[question] = await count(tx, question, means, question.now) if quick else None
    return values


async def _is_quick(tx: AsyncConnection, question: ToCount) -> bool:
    if isinstance(question, BroadcastEnds):
        row = await store.by_key(tx, store.card_key(question.key))
        return row is None or (row.number or 0) <= FEW
    return not await people.more_than(tx, FEW)


async def count(tx: AsyncConnection, question: ToCount, means: Means, now: datetime) -> Any:
    """The answer. Reads only; between two pages others have their turn."""
    if isinstance(question, AudiencesOf):
        return await _audiences(tx, question, means, now)
    if isinstance(question, BroadcastPlan):
        return await _planned(tx, question, means, now)
    return await _ended(tx, question, means, now)


async def _audiences(tx: AsyncConnection, question: AudiencesOf, means: Means, now: datetime) -> Audiences:
    period = means.setup.period()
    chosen = {
        word: await audiences.resolve(tx, audiences.seen_by(word, question.viewer), period, now) for word in AUDIENCES
    }
    counts = Counter[str](dict.fromkeys(AUDIENCES, 0))
    after: int | None = 0
    while after is not None:
        page = await people.page(tx, after, FEW, now)
        for leader in recipients.reached(page, means.setup):
            counts.update(word for word, audience in chosen.items() if audience.holds(leader))
        after = page.last
        await asyncio.sleep(0)
    seen = await people.seen_by(tx, question.viewer)
    there = [row for row in await people.all_associations(tx) if row.id in seen and row.left_at is None]
    communes = sorted({row.commune_now or row.commune_old for row in there})[:MOST_CHOICES]
    in_order = sorted(there, key=lambda row: (len(row.no), row.no))  # 11 before 100
    names = tuple((row.no, row.sms_name) for row in in_order[:MOST_CHOICES])
    return Audiences(dict(counts), tuple(communes), names)


async def _planned(tx: AsyncConnection, question: BroadcastPlan, means: Means, now: datetime) -> Planned:
    wording = Wording(dict(question.texts), dict(question.gaps))
    longest: list[Copy] = []
    copies: list[Copy] = []
    shown = set[str]()

    def keep(page: people.Page, row: Mapping[str, Any], rule: Rule, tally: Tally) -> None:
        if row["state"] != "waiting":
            return
        if tally.longest[2] != (longest[0].text if longest else ""):
            longest[:] = [_copy(page, row, rule)]
        if len(copies) < MOST_COPIES or row["language"] not in shown:
            copies.append(_copy(page, row, rule))
            shown.add(row["language"])

    starts_at = max(now + UNDO, question.at or now)
    try:
        plan = await plans.make(
            tx, audiences.seen_by(question.to, question.viewer), wording, means, starts_at, now, keep
        )
    except AudienceError:  # an import took the commune or the association away
        plan = await plans.make(tx, _NOBODY, wording, means, starts_at, now)
    return _plain(plan, question, means, (*longest, *(copy for copy in copies if copy not in longest)))


def _plain(plan: plans.Plan, question: BroadcastPlan, means: Means, copies: tuple[Copy, ...]) -> Planned:
    """The plan as a conversation sees it."""
    tally, me, sender = plan.tally, question.me, means.setup.sender
    month = (plan.month_parts + plan.parts) * plan.price_bif
    mine = (plan.wording.say(language, me, sender, me, rich=True).text for language in plan.wording.texts)
    return Planned(
        tally.people,
        tally.phones,
        tally.chats,
        tuple((_WHY[why], count) for why, count in tally.left_out.most_common() if why in _WHY),
        tuple(tally.undecided.most_common()),
        copies,
        tuple(mine),
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


async def _ended(tx: AsyncConnection, question: BroadcastEnds, means: Means, now: datetime) -> Ended:
    row = await store.by_key(tx, store.card_key(question.key))
    rows = await recipient_ends.counted(tx, row.id) if row else ()
    found, answers = states.counted(rows)
    began = await store.began(tx, row) if row else None
    asked_ = await store.questions(tx, row.id, began) if row else 0
    over = row is not None and row.state in ("done", "stopped")
    again = await acts.reachable(tx, row.id, means.setup, now) if row and over else 0
    return Ended(tuple(sorted(found.items())), again, tuple(sorted(answers.items())), asked_, began)
