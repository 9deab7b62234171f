"""Which conversations there are, what of them is open, and whom they wait for: for the team's pages. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme import desk
from bot.store import talk_states, talks
from handlers.team.waiting import messages_of
from handlers.turn import Task, Viewer
from handlers.understand.words import plain

MOST = 100
"""Conversations of a page."""
STRETCHES = 4
"""So many stretches of the inbox before a page ends and says how far it looked."""
STATES = ("open", "pending", "snoozed", "resolved")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; '' and () mean everything."""

    words: tuple[str, ...] = ()
    kind: str = ""
    """unanswered, question, lesson, voice, mine"""
    language: str = ""
    state: str = ""


@dataclass(slots=True)
class Talk:
    """A conversation in the list."""

    address_id: int
    at: datetime
    name: str
    no: str
    association: str
    language: str
    text: str
    arrived: str
    tasks: list[Task] = field(default_factory=list)
    state: str = "resolved"
    until: datetime | None = None
    assigned: str = ""
    assigned_to: int | None = None

    @property
    def waits_since(self) -> datetime | None:
        return min((task.made_at for task in self.tasks), default=None)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list; `older`: the inbox row below which the next one goes on, `since` how far it looked."""

    talks: Sequence[Talk]
    older: int | None
    since: datetime | None


def state_of(decided: Any, tasks: Sequence[Task], now: datetime) -> str:
    """open, pending, snoozed or resolved. What came after somebody put it aside opens it again, and so does its day,
    whether anything waits in it or not."""
    if decided is None or decided.state == "open":
        return "open" if tasks else "resolved"
    if any(task.made_at > decided.changed_at for task in tasks):
        return "open"
    if decided.state == "snoozed" and (decided.until is None or decided.until <= now):
        return "open"
    return str(decided.state)


async def listed(tx: AsyncConnection, viewer: Viewer, wanted: Wanted, before: int | None, now: datetime) -> Found:
    """Unread ones first, who waits longest at the top, and those put aside; then the others, newest first."""
    waiting = by_address(messages_of(await desk.tasks_open(tx, viewer, now)))
    first = [_of_tasks(there) for there in waiting.values()]
    first += [_aside(row) for row in await talk_states.put_aside(tx, viewer) if row.address_id not in waiting]
    decided = await talk_states.decided(tx, [one.address_id for one in first])
    for one in first:
        _decide(one, decided.get(one.address_id), now)
    found: list[Talk] = []
    if before is None and wanted.kind not in ("question", "lesson"):
        found = [one for one in first if _fits(one, wanted, viewer)]
        found.sort(key=lambda one: (one.state != "open", one.waits_since or now))
    if wanted.kind in ("unanswered", "mine") or (wanted.state and wanted.state != "resolved"):
        return Found(found[:MOST], None, None)
    seen = {one.address_id for one in (first if not wanted.kind and not wanted.words else found)}
    rest, older, since = await _walk(tx, viewer, wanted, before, seen, MOST - min(len(found), MOST // 2))
    decided = await talk_states.decided(tx, [one.address_id for one in rest])
    for one in rest:
        one.tasks = waiting.get(one.address_id, [])
        _decide(one, decided.get(one.address_id), now)
    if wanted.state:
        rest = [one for one in rest if _fits(one, wanted, viewer)]
    return Found([*found[:MOST], *rest], older, since)


def by_address(tasks: Sequence[Task]) -> dict[int, list[Task]]:
    """What waits for an answer, by the phone or chat it came from; oldest first."""
    found: dict[int, list[Task]] = {}
    for task in tasks:
        if task.address_id is not None:
            found.setdefault(task.address_id, []).append(task)
    return found


def _of_tasks(tasks: list[Task]) -> Talk:
    last, place = tasks[-1], tasks[-1].association
    name = last.name or (f"…{last.ends_in}" if last.ends_in else "")
    no, association = (place.no, place.sms_name) if place else ("", "")
    text = last.text or last.about
    address = last.address_id or 0
    return Talk(address, last.made_at, name, no, association, last.language or "", text, last.arrived, tasks)


def _aside(row: Any) -> Talk:
    who = (row.sms_name, row.no, row.association, row.language or "")
    return Talk(row.address_id, row.at, *who, text="", arrived="")


def _decide(one: Talk, row: Any, now: datetime) -> None:
    one.state = state_of(row, one.tasks, now)
    if row is not None:
        one.assigned, one.assigned_to, one.until = row.assigned or "", row.assigned_to, row.until


def _fits(one: Talk, wanted: Wanted, viewer: Viewer) -> bool:
    if wanted.kind == "voice" and not any(task.arrived == "voice" for task in one.tasks):
        return False
    if wanted.kind == "unanswered" and not one.tasks:
        return False
    if wanted.kind == "mine" and one.assigned_to != viewer.person_id:
        return False
    if (wanted.language and one.language != wanted.language) or (wanted.state and one.state != wanted.state):
        return False
    return _has(wanted, one.name, one.association, one.no, *(task.text for task in one.tasks))


def _has(wanted: Wanted, *texts: str | None) -> bool:
    if not wanted.words:
        return True
    line = plain(" ".join(filter(None, texts)))
    return all(word in line for word in wanted.words)


async def _walk(
    tx: AsyncConnection, viewer: Viewer, wanted: Wanted, before: int | None, seen: set[int], room: int
) -> tuple[list[Talk], int | None, datetime | None]:
    """Conversations with a message that fits, newest first; the row to go on below, and when that one came."""
    found: list[Talk] = []
    before, since = before or await talks.newest(tx), None
    for _ in range(STRETCHES):
        asked, told = (
            await talks.asked_or_told(tx, before) if wanted.kind in ("question", "lesson") else (set(), set())
        )
        for row in await talks.stretch(tx, viewer, before):
            since = row.received_at
            if row.address_id in seen or not _row_fits(row, wanted, asked, told):
                continue
            if len(found) == room:
                return found, row.id + 1, since
            seen.add(row.address_id)
            found.append(_of_row(row))
        before = max(1, before - talks.STRETCH)
        if before == 1:
            return found, None, since
    return found, before, since


def _row_fits(row: Any, wanted: Wanted, asked: set[int], told: set[int]) -> bool:
    if wanted.kind in ("question", "lesson") and row.id not in (asked if wanted.kind == "question" else told):
        return False
    if wanted.kind == "voice" and row.kind != "voice":
        return False
    if wanted.language and row.language != wanted.language:
        return False
    return _has(wanted, row.text, row.sms_name, row.association, row.no)


def _of_row(row: Any) -> Talk:
    who = (row.sms_name or "", row.no or "", row.association or "", row.language or "")
    return Talk(row.address_id, row.received_at, *who, row.text, row.kind)
