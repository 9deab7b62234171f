"""What an import would do, said before anything is written (conversations, 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.roster.compare import Change, Changes, compare
from bot.programme.roster.nouns import Message, Roster
from bot.programme.roster.phones import shown
from bot.render.plural import many
from bot.store.roster import look

TEAM_BY_ADMINISTRATORS = (
    "This workbook changes the team (sheet Staff: a role, an area or a name). An administrator imports it; "
    "or give the sheet Staff back as it was."
)
"""A roster says who is an administrator: it is no way round the accounts."""
_KEPT = "no longer in the workbook, kept in the database"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of one sheet; a row with a changed phone is counted there only."""

    new: int
    unchanged: int
    changed_phone: int
    changed: int

    @classmethod
    def of(cls, changes: Sequence[Change]) -> Tally:
        """Count these."""
        old = [change for change in changes if not change.new and not change.unchanged]
        phones = sum("phone" in change.fields for change in old)
        return cls(
            sum(change.new for change in changes),
            sum(change.unchanged for change in changes),
            phones,
            len(old) - phones,
        )

    def __str__(self) -> str:
        parts = [f"{self.new} new", f"{self.unchanged} unchanged", f"{self.changed_phone} changed phone"]
        return ", ".join([*parts, f"{self.changed} changed otherwise"] if self.changed else parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is new, unchanged, changed, and no longer there. Holds names: only for who may see them."""

    changes: Changes
    messages: Sequence[Message] | None = None

    @property
    def leaders(self) -> Tally:
        """Of the sheet Leaders, the one that matters most."""
        return Tally.of(self.changes.leaders)

    @property
    def nothing(self) -> bool:
        """Whether an import would change nothing."""
        return all(change.unchanged for change in _all(self.changes))

    @property
    def team(self) -> bool:
        """Whether it changes who is of the team, and with which role."""
        return any(not change.unchanged for change in self.changes.staff)

    def say(self) -> list[str]:
        """The lines to show before "Import n now": the leaders, the other sheets, each change, what is missing."""
        lines = [f"{many(len(self.changes.leaders), 'leader', 'leaders')} fine{self._found()}; {self.leaders}"]
        others = (
            ("Associations", self.changes.associations),
            ("Businesses", self.changes.businesses),
            ("Staff", self.changes.staff),
            ("Places", self.changes.places),
            ("Partners", self.changes.partners),
        )
        lines += [f"{name}: {_short(Tally.of(changes))}" for name, changes in others if changes]
        lines += [_change(change) for change in _all(self.changes) if not change.new and not change.unchanged]
        lines += [f"{sheet}, {_KEPT}: {', '.join(names)}" for sheet, names in self.changes.removed.items() if names]
        return lines

    def _found(self) -> str:
        """How many errors and warnings, when they are known here."""
        if self.messages is None:
            return ""
        levels = [message.level for message in self.messages]
        return f", {_many(levels.count('error'), 'error')}, {_many(levels.count('warning'), 'warning')}"


async def plan(
    tx: AsyncConnection, roster: Roster, messages: Sequence[Message] | None = None, now: datetime | None = None
) -> Plan:
    """Compare with the database; reads only. `messages` are check's, for the first line of `say`."""
    return Plan(compare(await look(tx), roster, now or datetime.now(UTC)), messages)


def _all(changes: Changes) -> Iterable[Change]:
    return (
        *changes.associations,
        *changes.leaders,
        *changes.businesses,
        *changes.staff,
        *changes.places,
        *changes.partners,
    )


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _short(tally: Tally) -> str:
    changed = tally.changed + tally.changed_phone
    parts = ((tally.new, "new"), (tally.unchanged, "unchanged"), (changed, "changed"))
    return ", ".join(f"{number} {word}" for number, word in parts if number)


def _change(change: Change) -> str:
    name = getattr(change.item, "name", None) or getattr(change.item, "no", None) or change.item.colline
    fields = ", ".join(f"{field} {_value(old)} -> {_value(new)}" for field, (old, new) in change.fields.items())
    return f"{change.sheet} row {change.item.row}, {name}: {fields}"


def _value(value: Any) -> str:
    if value is None:
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(str(value))
