"""Rows that a group of turns wants to write, sent with one statement per kind of row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import calls, figures, message_days, timers, tombstones, training_days
from bot.store.message_days import Talk
from bot.store.prepared import write
from bot.store.reports import KEEP_OLD
from bot.store.tables import countings, inbox

Rows = dict[Executable, list[dict[str, Any]]]


class Batch:
    """Collects rows and sends them with `executemany`, inserts before changes.

    Statements are constants of the modules that own a table, so that they are compiled once.
    """

    def __init__(self, tx: AsyncConnection) -> None:
        self.tx = tx
        self._rounds: list[tuple[Rows, Rows]] = [({}, {})]
        self._replaced: set[int] = set()
        self.timers: timers.Wanted = {}
        """What becomes of timers; the last that is wanted of one."""
        self.recount: set[int] = set()
        """Associations whose figures must be counted anew after the flush."""
        self.days: set[tuple[int, str | None]] = set()
        """(association, day) whose trainings must be counted anew after the flush."""
        self.talk: Counter[Talk] = Counter()
        """What arrived, to be added to its days at the end."""
        self.erased: dict[int, datetime] = {}
        """People (and when) whose own words in reports must be blanked after the flush."""
        self._buried: set[int] = set()
        self.broadcasts: list[tuple[Any, int | None]] = []
        """What was decided about broadcasts and by whom: done after the flush."""
        self.wakes = False
        """Whether a row that wakes another conversation is among them."""
        self.asks = False
        """Whether something was asked that is read beside the turns."""

    def add(self, statement: Executable, row: dict[str, Any]) -> None:
        """One more row for this statement.

        The second change of one report keeps what the first one made of it, so it goes in a round of its own; so does
        a call that is asked for after one was taken back, which else would be closed with it.
        """
        if statement is KEEP_OLD:
            if row["which"] in self._replaced:
                self._next_round()
            self._replaced.add(row["which"])
        elif statement is calls.OPEN and calls.TAKE_BACK in self._rounds[-1][1]:
            self._next_round()
        inserts, changes = self._rounds[-1]
        rows = changes
        if isinstance(statement, Insert):
            rows, self.wakes = inserts, self.wakes or (statement.table is inbox and "handled_at" not in row)
            self.asks = self.asks or statement.table is countings
        rows.setdefault(statement, []).append(row)

    def _next_round(self) -> None:
        self._rounds.append(({}, {}))
        self._replaced.clear()

    async def count(self) -> None:
        """Count anew what changed, after a flush."""
        await figures.recount(self.tx, self.recount)
        await training_days.recount(self.tx, self.days)
        self.recount.clear()
        self.days.clear()

    async def close(self) -> None:
        """Count what arrived, at the end of the group."""
        await message_days.arrived(self.tx, self.talk)
        self.talk.clear()

    async def flush(self) -> None:
        """Send what was collected. What must stay of an erased person is taken before she is blanked."""
        if fresh := {person: at for person, at in self.erased.items() if person not in self._buried}:
            await tombstones.bury(self.tx, fresh)
            self._buried |= fresh.keys()
        rounds, self._rounds = self._rounds, [({}, {})]
        self._replaced.clear()
        for statements in (statements for both in rounds for statements in both):
            for statement, rows in statements.items():
                await write(self.tx, statement, rows)
        wanted, self.timers = self.timers, {}
        await timers.put(self.tx, wanted)
