"""What an import would do, said before anything is written (conversations, 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.roster.compare import BURUNDI, Change, Changes, compare
from bot.programme.roster.nouns import Message, Roster
from bot.programme.roster.phones import shown
from bot.render.sentences import Sentence
from bot.store.roster import look

TEAM_BY_ADMINISTRATORS = Sentence(
    "This workbook changes the team (sheet Staff: a role, an area or a name). An administrator imports it; "
    "or give the sheet Staff back as it was."
)
"""A roster says who is an administrator: it is no way round the accounts."""


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

    def said(self) -> Sentence:
        """All of it; what changed otherwise only when something did."""
        there = {"new": self.new, "unchanged": self.unchanged, "phone": self.changed_phone, "changed": self.changed}
        if self.changed:
            return Sentence(
                "{new} new, {unchanged} unchanged, {phone} changed phone, {changed} changed otherwise", **there
            )
        return Sentence("{new} new, {unchanged} unchanged, {phone} changed phone", **there)


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

    def say(self) -> list[Sentence]:
        """The lines to show before "Import n now": the leaders, the other sheets, each change, what is missing."""
        lines = [self._first()]
        others = (
            ("Associations", self.changes.associations),
            ("Businesses", self.changes.businesses),
            ("Staff", self.changes.staff),
            ("Places", self.changes.places),
            ("Partners", self.changes.partners),
        )
        lines += [
            Sentence("{sheet}: {what}", sheet=name, what=_short(Tally.of(changes)))
            for name, changes in others
            if changes
        ]
        lines += [_change(change) for change in _all(self.changes) if not change.new and not change.unchanged]
        kept = "{sheet}, no longer in the workbook, kept in the database: {names}"
        gone = {sheet: names for sheet, names in self.changes.removed.items() if names}
        lines += [Sentence(kept, sheet=sheet, names=names) for sheet, names in gone.items()]
        if gone.keys() & {"Leaders", "Staff"}:
            leave = "Who has left still is what she was: {command}"
            lines.append(Sentence(leave, command="kurikirana roster left NAME"))
        return lines

    def _first(self) -> Sentence:
        """The leaders; how many errors and warnings, when they are known here."""
        fine = Sentence("{n} {n:leader|leaders} fine", n=len(self.changes.leaders))
        if self.messages is not None:
            levels = [message.level for message in self.messages]
            found = {"errors": levels.count("error"), "warnings": levels.count("warning")}
            counted = "{fine}, {errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}"
            fine = Sentence(counted, fine=fine, **found)
        return Sentence("{fine}; {tally}", fine=fine, tally=self.leaders.said())


async def plan(
    tx: AsyncConnection,
    roster: Roster,
    messages: Sequence[Message] | None = None,
    now: datetime | None = None,
    zone: tzinfo = BURUNDI,
) -> Plan:
    """Compare with the database; reads only. `messages` are check's, for the first line of `say`."""
    return Plan(compare(await look(tx), roster, now or datetime.now(UTC), zone), messages)


def _all(changes: Changes) -> Iterable[Change]:
    return (
        *changes.associations,
        *changes.leaders,
        *changes.businesses,
        *changes.staff,
        *changes.places,
        *changes.partners,
    )


def _short(tally: Tally) -> tuple[Sentence, ...]:
    changed = tally.changed + tally.changed_phone
    parts = ((tally.new, "{n} new"), (tally.unchanged, "{n} unchanged"), (changed, "{n} changed"))
    return tuple(Sentence(said, n=number) for number, said in parts if number)


def _change(change: Change) -> Sentence:
    name = getattr(change.item, "name", None) or getattr(change.item, "no", None) or change.item.colline
    fields = tuple(_field(column, *values) for column, values in change.fields.items())
    text = "{sheet} row {row}, {name}: {fields}"
    return Sentence(text, sheet=change.sheet, row=change.item.row, name=name, fields=fields)


def _field(column: str, old: Any, new: Any) -> Sentence:
    if column == "left":
        return Sentence("had left, is back")
    return Sentence("{column} {old} -> {new}", column=column, old=_value(old), new=_value(new))


def _value(value: Any) -> str:
    if value is None:
        return Sentence("(empty)")
    if isinstance(value, bool):
        return Sentence("yes") if value else Sentence("no")
    return shown(str(value))
