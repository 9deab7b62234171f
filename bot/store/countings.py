"""What is counted over everybody for a chat of the team: its newest question, the answer, the chat's wake.

A day at most, since an answer may hold names: whoever comes back later has it counted anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import orjson
from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import consent
from bot.store.prepared import rows
from bot.store.tables import countings
from handlers.noun import noun
from handlers.turn import AudiencesOf, BroadcastEnds, ToCount
from handlers.turn.beside import Found, Question, ReadBeside

_KINDS: Mapping[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(ToCount)}
KEPT = timedelta(days=1)
BESIDE = "figures "
"""How `about` begins for what is told as it was read; the rest is of cards of /broadcast."""
_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
_FOUND: TypeAdapter[Found] = TypeAdapter(Found)


def _ask(module: Any) -> Any:
    statement = module.insert(countings)
    new = {name: statement.excluded[name] for name in ("question", "inbox_id", "asked_at")}
    return statement.on_conflict_do_update(
        index_elements=["address_id", "about"], set_={**new, "found": None, "counted_at": None}
    )


ASK = {"sqlite": _ask(sqlite), "postgresql": _ask(postgresql)}
WAITING = (
    select(countings.c.address_id, countings.c.about, countings.c.question, countings.c.inbox_id)
    .where(countings.c.counted_at.is_(None))
    .order_by(countings.c.asked_at)
)
_BESIDE = countings.c.about.startswith(BESIDE)
FORGET = delete(countings).where(
    countings.c.address_id == bindparam("address"), countings.c.about == bindparam("which")
)
OLD = select(countings.c.address_id).where(countings.c.asked_at < bindparam("before")).limit(1)
_COUNTED = select(countings).where(
    countings.c.address_id.in_(bindparam("ids", expanding=True)), countings.c.counted_at.is_not(None)
)
_KEEP = (
    update(countings)
    .where(
        countings.c.address_id == bindparam("address"),
        countings.c.about == bindparam("which"),
        countings.c.inbox_id == bindparam("asked"),
        countings.c.counted_at.is_(None),
    )
    .values(found=bindparam("answer"), counted_at=bindparam("at"))
)


@noun
class Answer:
    """What was counted; `wakes`: what the chat's turn is told."""

    address_id: int
    about: str
    inbox_id: int
    found: Any
    now: datetime
    wakes: Mapping[str, Any]


def written(question: ToCount) -> str:
    """What a card of /broadcast asks, as it is kept: the same for the same question, whenever it is asked."""
    never = datetime.fromtimestamp(0, UTC)
    return orjson.dumps([type(question).__name__, replace(question, now=never, since=never)]).decode()


def about(question: ToCount) -> str:
    """What is asked once for each chat: a newer question takes the place of an older one."""
    if isinstance(question, BroadcastEnds):
        return f"ends {question.key} {question.then}".strip()
    return "audiences" if isinstance(question, AudiencesOf) else "plan"


def read(text: str) -> ToCount:
    """The question that was written so."""
    name, values = orjson.loads(text)
    question: ToCount = _KINDS[name].validate_python(values)
    return question


def question(text: str) -> Question:
    """What is asked to be read beside the turns, as it was kept (bot/effects/beside.py)."""
    return _QUESTION.validate_json(text)


def plain(answer: Any) -> Any:
    """An answer as it is kept."""
    return orjson.loads(orjson.dumps(answer, default=dict))


async def waiting(tx: AsyncConnection) -> Sequence[Any]:
    """(address_id, about, question, inbox_id) of what is to be counted, oldest first: for cards, and to be told."""
    return await rows(tx, WAITING, {})


async def counted(tx: AsyncConnection, ids: Sequence[int]) -> dict[tuple[int, str], Any]:
    """By address and what it is about: the question, what was found, and when (counted_at)."""
    return {(row.address_id, row.about): row for row in await tx.execute(_COUNTED, {"ids": list(ids)})}


async def keep(tx: AsyncConnection, items: Sequence[Answer]) -> list[bool]:
    """Work for the writer: keep each answer and wake its chat; False: it has asked something else meanwhile."""
    return [await _keep(tx, item) for item in items]


async def _keep(tx: AsyncConnection, item: Answer) -> bool:
    values = {
        "address": item.address_id,
        "which": item.about,
        "asked": item.inbox_id,
        "answer": item.found,
        "at": item.now,
    }
    if not (await tx.execute(_KEEP, values)).rowcount:
        return False
    what = {"timer": "wake", "what": "counted", **item.wakes}
    key = f"wake:counted:{item.inbox_id}:{item.about}"
    row = {"wake_key": key, "what": what, "at": item.now, "address": item.address_id}
    await tx.execute(consent.WAKE_ADDRESS, row)
    return True


async def old(tx: AsyncConnection, now: datetime) -> bool:
    """Whether there is something to forget."""
    return bool(await rows(tx, OLD, {"before": now - KEPT}))


async def forget(tx: AsyncConnection, items: Sequence[datetime]) -> list[None]:
    """Work for the writer: forget what was asked a day before these moments."""
    await tx.execute(delete(countings).where(countings.c.asked_at < max(items) - KEPT))
    return [None] * len(items)


async def forget_all(tx: AsyncConnection) -> None:
    """Somebody had herself erased: no answer may hold her name, also not one that is being read just now.

    What a card asks is asked again by the card; a summary is read anew, under another number.
    """
    await tx.execute(delete(countings).where(~_BESIDE))
    other = {"inbox_id": countings.c.inbox_id - 1, "found": None, "counted_at": None}
    await tx.execute(update(countings).where(_BESIDE).values(other))


async def _read_beside(tx: AsyncConnection, wanted: Sequence[ReadBeside], known: Any) -> dict[Any, Found | None]:
    kept = await counted(tx, [fact.address_id for fact in wanted])
    rows = {fact: kept.get((fact.address_id, fact.asked)) for fact in wanted}
    return {fact: _FOUND.validate_python(row.found) if row else None for fact, row in rows.items()}


LOADERS: dict[type, Any] = {ReadBeside: _read_beside}
