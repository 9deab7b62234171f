"""What a writer sees before anything is sent: the plan, each language with its longest real text, one reader's phone.

Reads only; the plan is the one that commands and cards show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import plan as plans
from bot.programme.broadcasts.plan import Means, Plan
from bot.programme.broadcasts.recipients import Rule, Tally
from bot.programme.broadcasts.wording import Wording
from bot.render import septets
from bot.store import audiences as people
from handlers.turn import LANGUAGES

MOST_LEFT_OUT = 200
"""People who are named with the reason why they get nothing."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One phone or chat, and what it would get."""

    name: str
    association: str
    language: str
    rich: bool
    text: str
    parts: int

    @property
    def size(self) -> tuple[bool, int]:
        """By which the longest is found: an SMS before a chat's text, in septets."""
        return not self.rich, len(self.text) if self.rich else septets(self.text)


@dataclass(slots=True)
class Tab:
    """One language: how many read it, and its longest real text (None: nobody gets this text by SMS or chat)."""

    language: str
    readers: int = 0
    longest: Reader | None = None
    replaced: tuple[str, ...] = ()
    gap: str = ""
    """What readers get who have no text: another language, leave_out, or '' when nobody decided."""


@dataclass(slots=True)
class Composed:
    """A plan with what stands behind its figures."""

    plan: Plan
    tabs: list[Tab]
    shown: Reader | None
    """The reader at the place that was asked for."""
    place: int
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, association and reason, of the first ones."""


async def compose(
    tx: AsyncConnection,
    asked: Mapping[str, Any],
    wording: Wording,
    means: Means,
    starts_at: datetime,
    now: datetime,
    place: int = 0,
) -> Composed:
    """The plan of this audience and these texts; `place` chooses whose phone is shown. Raises AudienceError."""
    longest: dict[str, Reader] = {}
    shown: list[Reader] = []
    left: list[tuple[str, str, str]] = []
    counted = Counter[str]()

    def keep(page: people.Page, row: Mapping[str, Any], rule: Rule, tally: Tally) -> None:
        if row["state"] == "waiting":
            reader = reader_of(page, row, rule)
            before = longest.get(reader.language)
            if before is None or reader.size > before.size:
                longest[reader.language] = reader
            if counted["waiting"] == place or not shown:
                shown[:] = [reader]
            counted["waiting"] += 1
        elif len(left) < MOST_LEFT_OUT:
            door = next(door for door in page.doors if door.id == row["address_id"])
            there = [leader for leader in door.leaders if rule.audience.holds(leader)]
            left.extend((leader.sms_name, leader.association or "", row["reason"]) for leader in there)

    plan = await plans.make(tx, asked, wording, means, starts_at, now, keep)
    return Composed(
        plan,
        [_tab(language, wording, plan, longest.get(language)) for language in LANGUAGES],
        shown[0] if shown else None,
        place if place < counted["waiting"] else 0,
        left[:MOST_LEFT_OUT],
    )


def _tab(language: str, wording: Wording, plan: Plan, longest: Reader | None) -> Tab:
    there = language in wording.texts
    return Tab(
        language,
        plan.tally.languages[language],
        longest if there else None,
        wording.replaced(language) if there else (),
        "" if there else wording.gaps.get(language, ""),
    )


def reader_of(page: people.Page, row: Mapping[str, Any], rule: Rule) -> Reader:
    """What this recipient (a row of recipients.rows_of that is to be written to) would get."""
    door = next(door for door in page.doors if door.id == row["address_id"])
    first = next(leader for leader in door.leaders if leader.id == row["person_id"])
    rich = row["channel"] in rule.setup.rich
    association, officer = first.association or rule.setup.sender, first.officer or rule.setup.sender
    said = rule.wording.say(row["language"], first.sms_name, association, officer, rich=rich)
    return Reader(first.sms_name, first.association or "", row["language"], rich, said.text, said.parts)
