"""What one answer costs, part by part, in microseconds of processor: `python -m benchmarks.parts [GROUP]`.

The conversation of W1 through the service's own pieces, without web server and provider: keep, take the turn, claim,
mark, each for groups of GROUP people. Of several rounds the least counts, so that a busy machine disturbs little:
this shows what a change is worth where the rates of `make bench` swing.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import talk, world
from bot import channels, settings
from bot.added_forms import load_all
from bot.render import Words
from bot.store import inbox, outbox
from bot.store.engine import Database
from bot.store.inbox import Incoming
from bot.store.outbox import Mark, Wanted
from bot.turns import Take, Turns
from handlers.conversations import step

ROUNDS = talk.PER_HOUR
PARTS = ("keep", "take", "claim", "mark")


class Parts:
    """The pieces, on a database of their own; `took[part][place]` is the least so far for message 0 to 6."""

    def __init__(self, database: Database, turns: Turns, group: int) -> None:
        self._database, self._turns, self._group = database, turns, group
        self._ahead = talk.offset()
        self.took: dict[str, list[float]] = {part: [float("inf")] * len(talk.TEXTS) for part in PARTS}

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def _part(self, part: str, place: int, work: Any, items: Sequence[Any], each: int = 0) -> list[Any]:
        async with self._database.engine.begin() as tx:
            began = time.thread_time()
            results: list[Any] = await work(tx, items)
            took = (time.thread_time() - began) / (each or len(items)) * 1e6
        self.took[part][place] = min(self.took[part][place], took)
        return results

    async def message(self, place: int, talks: int) -> None:
        """Everybody sends message `place` of their conversation number `talks`, and is answered."""
        now, people = self._now(), range(self._group)
        text, key = talk.text(place, talks), f"{talks}-{place}"
        arrived = [
            Incoming("kannel", f"{key}-{n}", "tel", talk.phone(n), "text", text, now, now, None) for n in people
        ]
        addresses = await self._part("keep", place, inbox.keep, arrived)
        await self._part("take", place, self._turns.take, [Take(address) for address in addresses])
        wanted = [Wanted("kannel", self._group, self._now())]
        [claims] = await self._part("claim", place, outbox.claim, wanted, self._group)
        if len(claims) != self._group:
            raise RuntimeError(f"{self._group} asked, {len(claims)} answered")
        marks = [Mark(claim.id, "accepted", self._now()) for claim in claims]
        await self._part("mark", place, outbox.mark, marks)


async def measure(group: int, folder: Path, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Microseconds for one answer: part -> for each of the seven messages."""
    await world.fill("sqlite:///parts.db", folder, max(group, world.PER_ASSOCIATION))
    own = settings.load(world.settings(folder, "parts", url="sqlite:///parts.db", port=1, provider=1))
    database = await Database.open(own.database.url, own.folder)
    try:
        ahead = talk.offset()
        now = lambda: datetime.now(UTC) + ahead  # noqa: E731
        turns = Turns(own, Words.load(), {}, now, step, channels.build(own, now))
        async with database.read() as tx:
            turns.forms = await load_all(tx)
        parts = Parts(database, turns, group)
        for talks in range(rounds):
            for place in range(len(talk.TEXTS)):
                await parts.message(place, talks)
        return parts.took
    finally:
        await database.close()


def main(group: int = 50) -> None:
    """Print the parts."""
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measure(group, Path(folder)))
    for part, places in took.items():
        print(f"{part:6}{sum(places) / len(places):8.1f}   {' '.join(f'{one:.0f}' for one in places)}")
    print(f"{'all':6}{sum(sum(places) / len(places) for places in took.values()):8.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
