"""A plan and a report in plain words and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts.plan import Plan
from bot.programme.broadcasts.states import STATES, counted, plain_state, state_of
from bot.programme.broadcasts.wording import LANGUAGE_NAMES, LEAVE_OUT
from bot.render.plural import many
from bot.store import broadcasts as store
from bot.store import recipient_ends
from handlers.team.broadcast_text import offers_choice


def plan_json(plan: Plan) -> dict[str, Any]:
    """The plan for another program."""
    tally = plan.tally
    return {
        "audience": plan.asked,
        "people": tally.people,
        "phones": tally.phones,
        "chats": tally.chats,
        "number": tally.number,
        "left_out": dict(tally.left_out),
        "languages": dict(tally.languages),
        "undecided": dict(tally.undecided),
        "had_the_weeks_messages": tally.full,
        "parts": plan.parts,
        "cost_bif": plan.cost_bif,
        "month_bif": plan.month_parts * plan.price_bif if plan.price_bif else None,
        "budget_month_bif": plan.budget_bif or None,
        "starts_at": plan.starts_at,
        "last_leaves_at": plan.ends_at,
        "on_a_later_day": plan.spill,
        "longest": {"characters": tally.longest[0], "parts": tally.longest[1], "text": tally.longest[2]},
        "replaced": {lang: "".join(plan.wording.replaced(lang)) for lang in plan.wording.texts},
        "same_text": [{"broadcast": n, "at": at, "recipients": count} for n, at, count in plan.same],
    }


_ASKS = "Answers   1 and 2 are counted as yes and no"
_ASKS_NOT = (
    "Careful   the text has choices 1 and 2, and nobody counts them: a leader's 1 begins a training report. "
    "To count them write asks = true"
)


def plan_lines(plan: Plan, zone: ZoneInfo) -> Iterator[str]:
    """The composer's table, one line each. Times are the programme's own."""
    tally, shared = plan.tally, plan.tally.people - plan.tally.number
    sharing = f" ({many(shared, 'shares', 'share')} a phone)" if shared else ""
    people, phones = many(tally.people, "person", "people"), many(tally.phones, "phone", "phones")
    yield f"To        {plan.asked}: {people} = {phones} + {many(tally.chats, 'chat', 'chats')}{sharing}"
    for reason, count in tally.left_out.most_common():
        yield f"          left out, {reason}: {count}"
    if tally.full:
        yield f"          {tally.full} already had the week's messages (--leave-out-full leaves them out)"
    yield "Text      " + ", ".join(f"{LANGUAGE_NAMES[lang]} {n}" for lang, n in tally.languages.most_common())
    for (language, text), count in tally.instead.items():
        readers = f"{many(count, 'reader', 'readers')} of {LANGUAGE_NAMES[language]}"
        yield f"          {readers} {'gets' if count == 1 else 'get'} {LANGUAGE_NAMES[text]}"
    for language, instead in plan.wording.gaps.items():
        if instead == LEAVE_OUT and tally.languages[language] == 0:
            yield f"          readers of {LANGUAGE_NAMES[language]} are left out"
    for language in plan.wording.texts:
        if gone := plan.wording.replaced(language):
            yield f'          {LANGUAGE_NAMES[language]}: "{"".join(gone)}" cannot go by SMS and is replaced'
    characters, parts, text = tally.longest
    yield f"Longest   {many(characters, 'character', 'characters')}{f' = {parts} SMS' if parts else ''}: {text}"
    yield from _cost(plan)
    yield from _when(plan, zone)
    if offers_choice(plan.wording.texts.values()):
        yield _ASKS if plan.wording.asks else _ASKS_NOT
    for number, at, count in plan.same:
        went = f"the same text went to {many(count, 'phone or chat', 'phones and chats')}"
        yield f"Careful   {went} as broadcast {number} on {_said(at, zone)}"


def _cost(plan: Plan) -> Iterator[str]:
    if not plan.price_bif:
        yield f"Cost      {plan.parts} SMS parts; price not set ([sms] price_bif)"
        return
    month = (plan.month_parts + plan.parts) * plan.price_bif
    budget = f" of {plan.budget_bif:,} BIF" if plan.budget_bif else ""
    cost = f"{plan.parts} SMS parts x {plan.price_bif} BIF = {plan.cost_bif:,} BIF"
    yield f"Cost      {cost}; this month {month:,}{budget}"
    if plan.budget_bif and month > plan.budget_bif:
        yield f"Careful   this is {month - plan.budget_bif:,} BIF above the month's budget"


def _when(plan: Plan, zone: ZoneInfo) -> Iterator[str]:
    spill = ""
    if plan.spill and plan.spill_at:
        spill = f", so {plan.spill} go {_said(plan.spill_at, zone)}"
    last = f"the last one leaves {_said(plan.ends_at, zone)}{spill}"
    yield f"When      from {_said(plan.starts_at, zone)}; {last} ({zone})"


def _said(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d/%m %H:%M")


def recipient_json(row: Any) -> dict[str, Any]:
    """One recipient for another program: ids, never a name or a number."""
    state = state_of(row)
    return {
        "address": row.address_id,
        "person": row.person_id,
        "people": row.people,
        "channel": row.channel,
        "language": row.language,
        "parts": row.parts,
        "state": plain_state(row),
        "what": state.name,
        "words": state.words,
        "todo": state.todo,
        "reason": row.reason or row.sent_reason,
        "sent_at": row.sent_at,
        "answer": row.answer,
    }


async def report(tx: AsyncConnection, row: Any, zone: ZoneInfo) -> list[str]:
    """The report of a broadcast (its row), in plain words."""
    found, answers = counted(await recipient_ends.counted(tx, row.id))
    began = await store.began(tx, row)
    asked = await store.questions(tx, row.id, began)
    when = f" {_said(began, zone)}" if began else ""
    head = f"Broadcast {row.id} to {row.audience['asked']}: {row.state}{when}"
    return [head, *report_lines(found, answers, asked, asks=bool(row.asks))]


def report_lines(found: Counter[str], answers: Counter[str], questions: int, *, asks: bool) -> Iterator[str]:
    """The delivery report: each state with its count and the next action."""
    order = [name for name in STATES if found[name] and name != "left_out"]
    for name in order:
        state = STATES[name]
        yield f"{found[name]:>6}  {state.words}{f'  -> {state.todo}' if state.todo else ''}"
    yield f"{sum(found[name] for name in order):>6}  in all; {found['left_out']} left out"
    if asks or answers:
        yield f"Answers: {answers['yes']} yes, {answers['no']} no, {many(questions, 'question', 'questions')} to read"
    yield "We cannot tell whether a text was read."
